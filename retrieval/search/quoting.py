"""Stretches of a speech as quotes, with whose words they are."""

from __future__ import annotations

from retrieval.types import Document, DocumentInfo, Passage, Quote, Span


def quote_of(document: Document, info: DocumentInfo, passage: Passage, span: Span) -> Quote:
    """A raw stretch of a passage as a quote; who else is quoted inside is told besides."""
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
    )
