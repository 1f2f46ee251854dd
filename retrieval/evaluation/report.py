"""The report of a run: one HTML file that shows everything by itself."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from config.messages import Language, message
from retrieval.evaluation.charts import reliability_svg, risk_coverage_svg
from retrieval.evaluation.comparison import Change
from retrieval.evaluation.intervals import LEVEL, RESAMPLES, Estimate
from retrieval.evaluation.measures import NEVER
from retrieval.evaluation.misses import Miss, MissKind, find_misses
from retrieval.evaluation.page import safe, table, whole_page
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
    body = f"{''.join(sections)}{page.curves(summary)}{page.misses(summary)}"
    return whole_page(title, body, language)


def measure_name(measure: str, language: Language) -> str:
    """A measure's name in the catalogue: "success@5" is the entry "success" with k = 5."""
    name, _, depth = measure.partition("@")
    return message(f"eval.{name}", language, k=depth)


def shown(measure: str, value: float, *, is_change: bool = False) -> str:
    """A value as tables show it: characters as a whole number, shares with three digits; changes signed."""
    sign = "+" if is_change else ""
    return f"{value:{sign}.0f}" if measure == "answer_chars" else f"{value:{sign}.3f}"


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
                questions=safe(about.questions),
                archive=safe(about.archive),
                model=safe(about.model),
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
        return self._section("report_figures", table([self.text(key) for key in head], rows))

    def modes(self, worded: Summary, changes: Sequence[Change]) -> str:
        """Quotes as they are against quotes that a language model worded."""
        rows = [
            (html.escape(measure_name(name, self._language)), *cells)
            for name, *cells in mode_rows(worded, changes, shown)
        ]
        return self._section("report_modes", table([self.text(key) for key in COLUMNS], rows))

    def types(self, summary: Summary) -> str:
        """The measures of each type of question."""
        present = [name for name in BY_TYPE if name in summary.whole.measures]
        head = [self.text("column_type"), self.text("column_questions")]
        head += [html.escape(measure_name(name, self._language)) for name in present]
        rows = [
            (
                safe(name),
                f"{figures.answerable} + {figures.unanswerable}",
                *(_cell(measure, figures.measures.get(measure)) for measure in present),
            )
            for name, figures in summary.by_type.items()
        ]
        return self._section("report_types", table(head, rows))

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
        asked = "".join(f'<span class="faint">{safe(text)} → </span>' for text in question.before)
        facts = f"{safe(question.id)} · {safe(question.type)} · " + self.text(
            "miss_confidence", value=f"{evidence.confidence:.2f}"
        )
        parts = [f"<article><h3>{asked}{safe(question.question)}</h3><p class='faint'>{facts}</p>"]
        if question.gold:
            parts.append(f"<h4>{self.text('miss_gold')}</h4>{self._gold(miss)}")
        if miss.facts and question.answerable:
            listed = "、".join(safe(fact) for fact in miss.facts)
            parts.append(f"<h4>{self.text('miss_facts')}</h4><p>{listed}</p>")
        quotes, hits = evidence.quotes, evidence.hits[:SHOWN_HITS]
        parts.append(self._listed("miss_answer", [self._quote(quote) for quote in quotes]))
        parts.append(self._listed("miss_found", [self._hit(hit) for hit in hits]))
        return "".join(parts) + "</article>\n"

    def _gold(self, miss: Miss) -> str:
        rows = []
        for gold, rank in zip(miss.judged.question.gold, miss.ranks, strict=True):
            where = self.text("miss_never") if rank == NEVER else self.text("miss_rank", rank=rank)
            rows.append(f"<p>{safe(gold.doc)} · {where}</p><blockquote>{safe(gold.quote)}</blockquote>")
        return "".join(rows)

    def _listed(self, title: str, entries: Sequence[str]) -> str:
        if not entries:
            return f"<h4>{self.text(title)}</h4><p>{self.text('miss_nothing')}</p>"
        return f"<h4>{self.text(title)}</h4><ol>{''.join(f'<li>{entry}</li>' for entry in entries)}</ol>"

    def _hit(self, hit: Hit) -> str:
        section = " › ".join(hit.passage.section_path)
        return f"{_named(hit.document, section)}<blockquote>{safe(_clipped(hit.passage.text))}</blockquote>"

    def _quote(self, quote: Quote) -> str:
        place = f"{quote.span.start}–{quote.span.end}"
        return f"{_named(quote.document, place)}<blockquote>{safe(_clipped(quote.text))}</blockquote>"

    def _section(self, title: str, content: str) -> str:
        return f"<section><h2>{self.text(title)}</h2>\n{content}\n</section>\n"


def _named(document: DocumentInfo, place: str) -> str:
    """A document's title, its path and a place in it."""
    parts = [document.title, document.path, place]
    return " · ".join(safe(part) for part in dict.fromkeys(parts) if part)


def _with_interval(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} – {estimate.high:.3f})"


def _cell(measure: str, figure: Figure | None) -> str:
    if figure is None:
        return "–"
    one = figure.estimate
    return f"{shown(measure, one.value)}<small>{shown(measure, one.low)} – {shown(measure, one.high)}</small>"
