"""Run files: reading back what `retrieval.evaluation.runs.write_run`, or another system, has written.

A line needs "id", "answerable" and "hits" with "spans" and the document's "path"; what else a run file may
leave out is empty here. Passages come back with what measuring and showing needs: place, section and words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from config.errors import UsageError
from retrieval.documents.types import TEXT_READER, Span
from retrieval.evaluation.lines import parsed_lines
from retrieval.evaluation.questions import Dialogue
from retrieval.evaluation.runs import Answered
from retrieval.evaluation.worded import Wording
from retrieval.types import OPTIONAL_FIELDS, DocumentInfo, Evidence, Hit, Passage, Quote

Row = Mapping[str, Any]


def read_run(path: Path, dialogues: Sequence[Dialogue]) -> list[Answered]:
    """A run file as the answers to the questions of a file, in the questions' order.

    Answers to other questions are left out.

    Raises:
        UsageError: the file can't be read, a line is no answer or repeats an id, or a question has none.
    """
    seen: set[str] = set()

    def answer(row: Row) -> tuple[str, tuple[Evidence, Wording | None]]:
        identity = _text(row, "id")
        if identity in seen:
            raise ValueError(f"{identity} again")
        seen.add(identity)
        return identity, (_evidence(row), _wording(row.get("wording")))

    answers = dict(parsed_lines(path, answer, unreadable="eval.unreadable_run", bad="eval.bad_run"))
    questions = [question for dialogue in dialogues for question in dialogue.turns]
    for question in questions:
        if question.id not in answers:
            raise UsageError("eval.run_lacks", path=path, id=question.id)
    return [Answered(question, *answers[question.id]) for question in questions]


def _evidence(row: Row) -> Evidence:
    answerable, confidence = row["answerable"], row.get("confidence", 0.0)
    if not isinstance(answerable, bool):
        raise TypeError("answerable is neither true nor false")
    if not isinstance(confidence, int | float) or not math.isfinite(confidence):
        raise TypeError("confidence is no number")
    return Evidence(
        question=str(row.get("question", "")),
        quotes=tuple(_quote(quote) for quote in row.get("quotes", ())),
        hits=tuple(_hit(hit) for hit in row["hits"]),
        confidence=float(confidence),
        answerable=answerable,
    )


def _wording(row: Row | None) -> Wording | None:
    if row is None:
        return None
    counts = {name: row[name] for name in ("proved", "repaired", "dropped", "added")}
    if any(type(count) is not int or count < 0 for count in counts.values()):
        raise TypeError("wording has something that is no count")
    return Wording(_text(row, "text"), **counts)


def _hit(row: Row) -> Hit:
    document = _document(row["document"])
    passage = Passage(
        id=str(row.get("passage_id", "")),
        document_id=document.id,
        ordinal=0,
        section_path=tuple(map(str, row.get("section", ()))),
        speaker=row.get("speaker") or "",
        quoted_speaker=row.get("quoted_speaker") or "",
        spans=_apart(_span(span) for span in row["spans"]),
        text=str(row.get("text", "")),
        header="",
        sentences=(),
    )
    return Hit(passage, document, float(row.get("score", 0.0)), tuple(map(str, row.get("found_by", ()))))


def _quote(row: Row) -> Quote:
    return Quote(
        text=_text(row, "text"),
        span=_span(row),
        document=_document(row["document"]),
        section_path=tuple(map(str, row.get("section", ()))),
        speaker=row.get("speaker") or "",
        quoted_speaker=row.get("quoted_speaker") or "",
        passage_id=str(row.get("passage_id", "")),
        located=str(row.get("place") or ""),
    )


def _document(row: Row) -> DocumentInfo:
    path = _text(row, "path")
    known: dict[str, Any] = {key: row.get(key) for key in OPTIONAL_FIELDS}
    return DocumentInfo(
        id=str(row.get("id") or path),
        path=path,
        sha256=str(row.get("sha256", "")),
        title=str(row.get("title") or ""),
        reader=str(row.get("reader") or TEXT_READER),
        **known,
    )


def _span(row: Row) -> Span:
    start, end = row["start"], row["end"]
    if type(start) is not int or type(end) is not int:
        raise TypeError("start and end are no whole numbers")
    return Span(start, end)


def _apart(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, overlapping ones joined: other systems' passages may overlap themselves."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def _text(row: Row, key: str) -> str:
    value = row[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} is no text")
    return value
