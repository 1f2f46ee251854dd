"""Stretches of a speech as quotes, with whose words they are."""

from __future__ import annotations

from retrieval.documents.headings import bold_runs
from retrieval.documents.types import Document, Span
from retrieval.readers.places import located
from retrieval.types import DocumentInfo, Passage, Quote

_BOLD = "**"


def quote_of(document: Document, info: DocumentInfo, passage: Passage, span: Span) -> Quote:
    """A raw stretch of a passage as a quote; who else is quoted inside is told besides.

    Bold words at its start or end keep both their marks, one of which stands outside of the passage.
    """
    span = _with_both_marks(document, span)
    quoted = dict.fromkeys(
        quotation.speaker
        for quotation in document.quotations
        if quotation.span.start < span.end
        and quotation.span.end > span.start
        and quotation.speaker != passage.speaker
    )
    return Quote(
        text=document.raw[span.start : span.end],
        span=span,
        document=info,
        section_path=passage.section_path,
        speaker=passage.speaker,
        quoted_speaker="、".join(quoted),
        passage_id=passage.id,
        located=located(document.units, span),
    )


def _with_both_marks(document: Document, span: Span) -> Span:
    start, end = span.start, span.end
    for clean in bold_runs(document.clean):
        first, last = document.clean.to_source(*clean)
        if not document.raw.endswith(_BOLD, 0, first) or not document.raw.startswith(_BOLD, last):
            continue  # other deletions have two characters, too
        if start == first and last <= end:
            start -= len(_BOLD)
        if end == last and start <= first:
            end += len(_BOLD)
    return Span(start, end)
