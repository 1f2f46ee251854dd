"""The report of a run: one HTML file that shows everything by itself.

It asks nothing of the network and runs no script; a policy in its head forbids both. Whatever comes from
documents, questions and file names is escaped, control characters are shown as U+FFFD, and writing direction
can not leak out of a text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.messages import Language, message
from retrieval.evaluation.charts import reliability_svg, risk_coverage_svg
from retrieval.evaluation.comparison import Change
from retrieval.evaluation.intervals import LEVEL, RESAMPLES, Estimate
from retrieval.evaluation.measures import NEVER
from retrieval.evaluation.misses import Miss, MissKind, find_misses
from retrieval.evaluation.report_modes import COLUMNS, mode_rows
from retrieval.evaluation.summary import Figure, Figures, Summary
from retrieval.types import DocumentInfo, Hit, Quote

SHOWN_HITS = 5
LONGEST = 400
"""Characters of a passage that a miss shows."""

BY_TYPE = (
    "success@1",
    "success@5",
    "recall@5",
    "ndcg@10",
    "mrr@10",
    "fact_recall",
    "quote_precision",
    "answer_chars",
    "answered_when_answerable",
    "answered_when_not",
)
"""The columns of the table by type; the summary has all measures."""

_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_STYLE = """
:root{color-scheme:light dark;--ink:#1d2329;--faint:#68727d;--line:#d9dee3;--paper:#fff;--soft:#f5f7f9;
--accent:#0b6bcb;--warn:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--faint:#98a2ad;--line:#3a424a;--paper:#15191d;
--soft:#1e2429;--accent:#6cb2ff;--warn:#ff8a80}}
body{margin:0 auto;padding:1.5rem;max-width:62rem;color:var(--ink);background:var(--paper);
font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.2rem}h3{font-size:1rem;margin:.2rem 0}
.faint,td small{color:var(--faint)}.warn{color:var(--warn)}
.wide{overflow-x:auto}table{border-collapse:collapse}
th,td{padding:.3rem .7rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left}td small{display:block;font-size:.75rem}
.curves{display:flex;flex-wrap:wrap;gap:1.5rem}.curves figure{margin:0;flex:1 1 20rem}
figcaption{font-size:.85rem;color:var(--faint)}
svg{width:100%;max-width:26rem}.grid{stroke:var(--line);stroke-width:.6}.axis{stroke:var(--faint)}
.guide{stroke:var(--faint);stroke-dasharray:4 4}.curve{fill:none;stroke:var(--accent);stroke-width:2}
.mark{fill:var(--accent);fill-opacity:.75}.label{fill:var(--faint);font-size:11px;text-anchor:middle}
article{margin:1rem 0;padding:.8rem 1rem;background:var(--soft);border-left:4px solid var(--warn)}
article p,article li,blockquote{overflow-wrap:anywhere}article h4{margin:.7rem 0 .2rem;font-size:.85rem;
color:var(--faint)}blockquote{margin:.2rem 0;padding-left:.8rem;border-left:2px solid var(--line);
white-space:pre-wrap}ol{margin:.2rem 0;padding-left:1.6rem}bdi{unicode-bidi:isolate}
"""


@dataclass(frozen=True, slots=True)
class About:
    """What was run: names for the head of the report."""

    questions: str
    archive: str
    model: str


def html_report(
    summary: Summary,
    about: About,
    language: Language,
    worded: Summary | None = None,
    changes: Sequence[Change] = (),
) -> str:
    """The whole page.

    Args:
        summary: of the run.
        about: what was run.
        language: of the page.
        worded: of the same questions in the second mode, if they were asked in it.
        changes: from the first mode to the second.
    """
    page = _Page(language)
    title = page.text("report_title")
    modes = page.modes(worded, changes) if worded else ""
    sections = (page.head(summary, about), page.figures(summary.whole), modes, page.types(summary))
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if language is Language.ZH else "en"}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
        f'<link rel="icon" href="data:,"><title>{title}</title><style>{_STYLE}</style></head><body>\n'
        f"<h1>{title}</h1>\n{''.join(sections)}{page.curves(summary)}{page.misses(summary)}</body></html>\n"
    )


def measure_name(measure: str, language: Language) -> str:
    """A measure's name in the catalogue: "success@5" is the entry "success" with k = 5."""
    name, _, depth = measure.partition("@")
    return message(f"eval.{name}", language, k=depth)


def shown(measure: str, value: float) -> str:
    """A value as tables show it: characters as a whole number, shares with three digits."""
    return f"{value:.0f}" if measure == "answer_chars" else f"{value:.3f}"


def _safe(text: str) -> str:
    """Foreign text as HTML."""
    return f"<bdi>{html.escape(_HIDDEN.sub(chr(0xFFFD), text))}</bdi>"


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


class _Page:
    """The parts of the page in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def text(self, key: str, **values: object) -> str:
        """A message of the area as HTML; its values must be safe already."""
        # Escaped around its fields: what fills them is HTML.
        template = message(f"eval.{key}", self._language, **{name: f"{{{name}}}" for name in values})
        return re.sub(r"\{([a-z_]+)\}", lambda field: str(values[field[1]]), html.escape(template))

    def head(self, summary: Summary, about: About) -> str:
        """What was run, and how to read the figures."""
        whole = summary.whole
        lines = [
            self.text(
                "report_about",
                questions=_safe(about.questions),
                archive=_safe(about.archive),
                model=_safe(about.model),
            ),
            self.text("report_counts", answerable=whole.answerable, unanswerable=whole.unanswerable),
            self.text("report_intervals", level=f"{LEVEL:.0%}", resamples=RESAMPLES),
        ]
        paragraphs = "".join(f'<p class="faint">{line}</p>\n' for line in lines)
        if summary.drafts:
            paragraphs += f'<p class="warn">{self.text("drafts", count=summary.drafts)}</p>\n'
        return paragraphs

    def figures(self, whole: Figures) -> str:
        """Every measure with its interval."""
        head = ("column_measure", "column_value", "column_interval", "column_questions")
        rows = [
            (
                html.escape(measure_name(name, self._language)),
                shown(name, one.estimate.value),
                f"{shown(name, one.estimate.low)} – {shown(name, one.estimate.high)}",
                str(one.questions),
            )
            for name, one in whole.measures.items()
        ]
        return self._section("report_figures", _table([self.text(key) for key in head], rows))

    def modes(self, worded: Summary, changes: Sequence[Change]) -> str:
        """Quotes as they are against quotes that a language model worded."""
        rows = [
            (html.escape(measure_name(name, self._language)), *cells)
            for name, *cells in mode_rows(worded, changes, shown)
        ]
        return self._section("report_modes", _table([self.text(key) for key in COLUMNS], rows))

    def types(self, summary: Summary) -> str:
        """The measures of each type of question."""
        present = [name for name in BY_TYPE if name in summary.whole.measures]
        head = [self.text("column_type"), self.text("column_questions")]
        head += [html.escape(measure_name(name, self._language)) for name in present]
        rows = [
            (
                _safe(name),
                f"{figures.answerable} + {figures.unanswerable}",
                *(_cell(measure, figures.measures.get(measure)) for measure in present),
            )
            for name, figures in summary.by_type.items()
        ]
        return self._section("report_types", _table(head, rows))

    def curves(self, summary: Summary) -> str:
        """Coverage against false answers, and confidence against what came of it."""
        return self._section(
            "report_confidence", f'<div class="curves">{self._risk(summary)}{self._trust(summary)}</div>'
        )

    def misses(self, summary: Summary) -> str:
        """Every question that did not go well, by kind."""
        found = find_misses(summary.run)
        if not found:
            return self._section("report_misses", f"<p>{self.text('report_no_misses')}</p>")
        parts = []
        for kind in MissKind:
            some = [miss for miss in found if miss.kind is kind]
            if some:
                parts.append(f"<h3>{self.text(f'miss_{kind.value}')} ({len(some)})</h3>\n")
                parts += [self._miss(miss) for miss in some]
        return self._section("report_misses", "".join(parts))

    def _risk(self, summary: Summary) -> str:
        curve = summary.curve
        if curve.area is None or curve.coverage_allowed is None or curve.in_force is None:
            return f"<p>{self.text('report_one_kind')}</p>"
        svg = risk_coverage_svg(
            curve,
            title=message("eval.report_risk", self._language),
            across=message("eval.answered_when_not", self._language),
            up=message("eval.answered_when_answerable", self._language),
        )
        caption = self.text(
            "report_risk_caption",
            area=_with_interval(curve.area),
            coverage=f"{curve.coverage_allowed:.3f}",
            risk=f"{curve.in_force[0]:.3f}",
            answered=f"{curve.in_force[1]:.3f}",
        )
        return self._figure("report_risk", svg, caption)

    def _trust(self, summary: Summary) -> str:
        if summary.reliability.error is None:
            return ""
        svg = reliability_svg(
            summary.reliability,
            title=message("eval.report_reliability", self._language),
            across=message("eval.axis_confidence", self._language),
            up=message("eval.axis_answerable", self._language),
        )
        caption = self.text("report_reliability_caption", error=f"{summary.reliability.error:.3f}")
        return self._figure("report_reliability", svg, caption)

    def _figure(self, title: str, svg: str, caption: str) -> str:
        return f"<figure><h3>{self.text(title)}</h3>{svg}<figcaption>{caption}</figcaption></figure>"

    def _miss(self, miss: Miss) -> str:
        question, evidence = miss.judged.question, miss.judged.evidence
        asked = "".join(f'<span class="faint">{_safe(text)} → </span>' for text in question.before)
        facts = f"{_safe(question.id)} · {_safe(question.type)} · " + self.text(
            "miss_confidence", value=f"{evidence.confidence:.2f}"
        )
        parts = [f"<article><h3>{asked}{_safe(question.question)}</h3><p class='faint'>{facts}</p>"]
        if question.gold:
            parts.append(f"<h4>{self.text('miss_gold')}</h4>{self._gold(miss)}")
        if miss.facts and question.answerable:
            listed = "、".join(_safe(fact) for fact in miss.facts)
            parts.append(f"<h4>{self.text('miss_facts')}</h4><p>{listed}</p>")
        quotes, hits = evidence.quotes, evidence.hits[:SHOWN_HITS]
        parts.append(self._listed("miss_answer", [self._quote(quote) for quote in quotes]))
        parts.append(self._listed("miss_found", [self._hit(hit) for hit in hits]))
        return "".join(parts) + "</article>\n"

    def _gold(self, miss: Miss) -> str:
        rows = []
        for gold, rank in zip(miss.judged.question.gold, miss.ranks, strict=True):
            where = self.text("miss_never") if rank == NEVER else self.text("miss_rank", rank=rank)
            rows.append(f"<p>{_safe(gold.doc)} · {where}</p><blockquote>{_safe(gold.quote)}</blockquote>")
        return "".join(rows)

    def _listed(self, title: str, entries: Sequence[str]) -> str:
        if not entries:
            return f"<h4>{self.text(title)}</h4><p>{self.text('miss_nothing')}</p>"
        return f"<h4>{self.text(title)}</h4><ol>{''.join(f'<li>{entry}</li>' for entry in entries)}</ol>"

    def _hit(self, hit: Hit) -> str:
        section = " › ".join(hit.passage.section_path)
        return f"{_named(hit.document, section)}<blockquote>{_safe(_clipped(hit.passage.text))}</blockquote>"

    def _quote(self, quote: Quote) -> str:
        place = f"{quote.span.start}–{quote.span.end}"
        return f"{_named(quote.document, place)}<blockquote>{_safe(_clipped(quote.text))}</blockquote>"

    def _section(self, title: str, content: str) -> str:
        return f"<section><h2>{self.text(title)}</h2>\n{content}\n</section>\n"


def _named(document: DocumentInfo, place: str) -> str:
    """A document's title, its path and a place in it."""
    parts = [document.title, document.path, place]
    return " · ".join(_safe(part) for part in dict.fromkeys(parts) if part)


def _with_interval(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} – {estimate.high:.3f})"


def _cell(measure: str, figure: Figure | None) -> str:
    if figure is None:
        return "–"
    one = figure.estimate
    return f"{shown(measure, one.value)}<small>{shown(measure, one.low)} – {shown(measure, one.high)}</small>"


def _table(head: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already."""
    lines = ["".join(f"<th>{cell}</th>" for cell in head)]
    lines += ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    return '<div class="wide"><table>' + "".join(f"<tr>{line}</tr>\n" for line in lines) + "</table></div>"
