"""What noise costs: the same archive in every variant of `benchmarks.noising`, asked the same questions.

usage: python -m benchmarks.noise QUESTIONS.jsonl ... --archive DIR --out RESULT.json
       [--variant NAME ...] [--no-cross-encoder]
       python -m benchmarks.noise --page PAGE.md --out RESULT.json

Each variant is written, indexed and asked. What comes back is carried over to the clean texts, character by
character, and measured there, so that every variant is held against the same gold. A difference is to the
clean archive, question by question, with its 95% interval. "In noise" is how many quotes
have characters of an advert, a page number or a running header in them. RESULT.json is kept up after every
variant, and what it holds of other variants stays. The second form writes the table into a page, between
`<!-- RESULT -->` and `<!-- /RESULT -->`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.noised import Noised
from benchmarks.noising import CLEAN, VARIANTS, Variant, write_variant
from config.messages import Language
from config.settings import load_settings
from retrieval.cli.building import build_index
from retrieval.cli.state import State
from retrieval.documents.decoding import decode
from retrieval.documents.types import Span
from retrieval.evaluation.comparison import compare
from retrieval.evaluation.measures import Judged, gold_spans, values_of
from retrieval.evaluation.questions import Dialogue, load_dialogues
from retrieval.evaluation.runs import run
from retrieval.search.opening import open_searcher
from retrieval.search.searcher import Searcher
from retrieval.types import Evidence, Hit, Quote

_REFERENCE = re.compile(r"&\w+;")
_SHOWN = re.compile(r"\w")
SHOWN = ("success@5", "mrr@10", "fact_recall")
COLUMNS = ("variant", *(c for name in SHOWN for c in (name, "difference")), "not verbatim", "in noise")
HEAD = "| " + " | ".join(COLUMNS).replace("_", " ") + " |"
RULE = "|---" + "|--:" * (len(COLUMNS) - 1) + "|"


@dataclass(frozen=True, slots=True)
class Measured:
    """A variant as it was answered, on the clean texts, with what only the noisy ones tell.

    Attributes:
        judged: every question in order.
        not_verbatim: quotes that are not exactly what stands in the noisy file.
        quotes: how many there were.
        in_noise: how many of them hold characters that are noise.
    """

    judged: tuple[Judged, ...]
    not_verbatim: int
    quotes: int
    in_noise: int


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", type=Path, nargs="*")
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--page", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--variant", action="append", choices=[variant.name for variant in VARIANTS])
    parser.add_argument("--no-cross-encoder", action="store_true")
    arguments = parser.parse_args()
    if arguments.page:
        rows = json.loads(arguments.out.read_text("utf-8"))
        page = with_table(arguments.page.read_text("utf-8"), arguments.out.stem, rows)
        arguments.page.write_text(page, "utf-8")
        return
    if not arguments.questions or not arguments.archive:
        parser.error("questions and --archive are needed")
    dialogues = [dialogue for path in arguments.questions for dialogue in load_dialogues(path)]
    wanted = [v for v in VARIANTS if not arguments.variant or v.name in arguments.variant]
    rows = json.loads(arguments.out.read_text("utf-8")) if arguments.out.exists() else {}
    clean = _timed(CLEAN, arguments, dialogues)
    for variant in (CLEAN, *wanted):
        measured = clean if variant is CLEAN else _timed(variant, arguments, dialogues)
        rows[variant.name] = row_of(measured, clean)
        print(_line(variant.name, rows[variant.name]), flush=True)
        arguments.out.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")


def measure(
    variant: Variant, archive: Path, dialogues: Sequence[Dialogue], *, cross_encoder: bool = True
) -> Measured:
    """Write, index and ask one variant of a flat archive.

    Raises:
        ValueError: a file does not decode to what was written.
    """
    with tempfile.TemporaryDirectory() as folder:
        noisy, index = Path(folder, "archive"), Path(folder, "index")
        noisy.mkdir()
        written = write_variant(variant, archive, noisy)
        settings = load_settings(overrides={"index": index, "retrieval.cross_encoder": cross_encoder})
        build_index(settings, noisy, index, state=State(Language.EN, "noise"))
        with open_searcher(settings) as searcher:
            return ask(searcher, dialogues, written, archive)


def ask(
    searcher: Searcher, dialogues: Sequence[Dialogue], written: Mapping[str, Noised], archive: Path
) -> Measured:
    """Ask an opened index of a noisy archive, and carry everything over to the clean texts."""
    clean = clean_texts(archive)
    judged: list[Judged] = []
    not_verbatim = quotes = in_noise = 0
    for answered in run(searcher, dialogues):
        for quote in answered.evidence.quotes:
            noised = written[quote.document.path]
            quotes += 1
            not_verbatim += noised.text[quote.span.start : quote.span.end] != quote.text
            in_noise += bool(_SHOWN.search(_REFERENCE.sub("", noised.added(quote.span))))
        gold = gold_spans(answered.question, clean)
        judged.append(Judged(answered.question, carried_over(answered.evidence, written, clean), gold))
    return Measured(tuple(judged), not_verbatim, quotes, in_noise)


def clean_texts(archive: Path) -> dict[str, str]:
    """The clean texts by file name."""
    return {path.name: decode(path.read_bytes()).text for path in sorted(archive.iterdir())}


def carried_over(evidence: Evidence, written: Mapping[str, Noised], clean: Mapping[str, str]) -> Evidence:
    """Evidence from noisy files as if it came from the clean ones."""
    hits = tuple(_hit(hit, written[hit.document.path]) for hit in evidence.hits)
    quotes = tuple(
        _quote(quote, written[quote.document.path], clean[quote.document.path]) for quote in evidence.quotes
    )
    return replace(evidence, hits=hits, quotes=quotes)


def row_of(measured: Measured, clean: Measured) -> dict[str, Any]:
    """One row of the table: the measures, how they differ from the clean archive, and the quotes."""
    changes = {change.measure: change for change in compare(clean.judged, measured.judged)}
    row: dict[str, Any] = {
        name: {
            "value": round(changes[name].second, 4),
            "difference": round(changes[name].difference.value, 4),
            "low": round(changes[name].difference.low, 4),
            "high": round(changes[name].difference.high, 4),
        }
        for name in SHOWN
    }
    values = [values_of(one) for one in measured.judged]
    for name in ("answered_when_answerable", "answered_when_not"):
        listed = [value[name] for value in values if name in value]
        row[name] = round(sum(listed) / len(listed), 4) if listed else None
    missed = [
        one.question.id
        for one, value in zip(measured.judged, values, strict=True)
        if not value.get("success@5", 1)
    ]
    return row | {
        "questions": sum("success@5" in value for value in values),
        "quotes": measured.quotes,
        "not_verbatim": measured.not_verbatim,
        "in_noise": measured.in_noise,
        "missed": missed,
    }


def _timed(variant: Variant, arguments: argparse.Namespace, dialogues: Sequence[Dialogue]) -> Measured:
    started = time.monotonic()
    measured = measure(variant, arguments.archive, dialogues, cross_encoder=not arguments.no_cross_encoder)
    print(f"{variant.name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return measured


def with_table(page: str, name: str, rows: Mapping[str, Any]) -> str:
    """A page with the table between the marks of that name written anew, in the order of `VARIANTS`.

    Raises:
        ValueError: the page has no such marks.
    """
    before, opening, rest = page.partition(f"<!-- {name} -->")
    _, closing, after = rest.partition(f"<!-- /{name} -->")
    if not opening or not closing:
        raise ValueError(f"no <!-- {name} --> … <!-- /{name} -->")
    names = [variant.name for variant in (CLEAN, *VARIANTS) if variant.name in rows]
    table = "\n".join([HEAD, RULE, *(_line(name, rows[name]) for name in names)])
    return f"{before}{opening}\n{table}\n{closing}{after}"


def _line(name: str, row: Mapping[str, Any]) -> str:
    cells = [name]
    for measure_name in SHOWN:
        figures = row[measure_name]
        cells.append(f"{figures['value']:.3f}")
        if name != CLEAN.name:
            cells.append(
                f"{_signed(figures['difference'])} [{_signed(figures['low'])}, {_signed(figures['high'])}]"
            )
        else:
            cells.append("")
    return (
        "| " + " | ".join([*cells, str(row["not_verbatim"]), f"{row['in_noise']} of {row['quotes']}"]) + " |"
    )


def _signed(figure: float) -> str:
    return f"{figure:+.3f}".replace("-", "−") if round(figure, 3) else "0.000"


def _hit(hit: Hit, noised: Noised) -> Hit:
    spans = tuple(span for one in hit.passage.spans if (span := noised.original(one)))
    return replace(hit, passage=replace(hit.passage, spans=spans))


def _quote(quote: Quote, noised: Noised, clean: str) -> Quote:
    span = noised.original(quote.span) or Span(0, 0)
    return replace(quote, span=span, text=clean[span.start : span.end])


if __name__ == "__main__":
    main()
