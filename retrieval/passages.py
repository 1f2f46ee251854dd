"""Document -> passages: one leaf section of one speaker each, sized for retrieval, traceable to the file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from retrieval.documents.types import Document, Span, ZoneKind
from retrieval.headers import passage_header
from retrieval.parts import Outline, Part, cut_parts
from retrieval.splitting import halve, split_evenly
from retrieval.types import Passage, Sentence

LONGEST = 480
"""A stretch of more characters than this is split evenly."""

TARGET = 420
"""Characters that a part of a split stretch has at most, where its sentences allow."""

Exceed = Callable[[Sequence[str], int], Sequence[bool]]
"""Which texts have more than so many tokens as the encoder counts, prefix and special tokens included."""


def indexed_text(header: str, text: str) -> str:
    """What of a passage is embedded, indexed and measured against the encoder's limit."""
    return f"{header}\n{text}" if header else text


def cut_passages(document: Document, exceed: Exceed, max_tokens: int = 512) -> tuple[Passage, ...]:
    """Cut the body of a document; every character of it that is not white space is in exactly one passage.

    A passage never crosses a heading (short siblings under one parent aside) or a speaker; noise inside it is
    left out of its spans. No sentence is cut unless it alone is beyond the encoder's limit.

    Args:
        document: as read from its file.
        exceed: asked about headers, and about ``indexed_text`` of each passage.
        max_tokens: the encoder's limit; the header is shortened rather than the text cut to fit in.
    """
    outline = Outline(document)
    parts = cut_parts(document, outline)
    sized = [
        replace(part, pieces=run) for part in parts for run in split_evenly(part.pieces, LONGEST, TARGET)
    ]
    fitting = _fit(document, outline, sized, exceed, max_tokens)
    return tuple(
        _passage(document, outline, part, header, ordinal) for ordinal, (part, header) in enumerate(fitting)
    )


def _fit(
    document: Document,
    outline: Outline,
    parts: Sequence[Part],
    exceed: Exceed,
    max_tokens: int,
) -> list[tuple[Part, str]]:
    """Parts with their headers, halved until every one is within the encoder's limit."""
    headers = _headers(document, outline, parts, exceed, max_tokens)
    fitting: list[tuple[Part, str]] = []
    todo = list(parts)
    while todo:
        texts = [indexed_text(headers[part.path, part.speaker], _text(document, part)) for part in todo]
        again: list[Part] = []
        for part, is_beyond in zip(todo, exceed(texts, max_tokens), strict=True):
            runs = halve(part.pieces) if is_beyond else [part.pieces]
            if len(runs) == 1:
                fitting.append((part, headers[part.path, part.speaker]))
            else:
                again += [replace(part, pieces=run) for run in runs]
        todo = again
    return sorted(fitting, key=lambda one: one[0].pieces[0].start)


def _headers(
    document: Document,
    outline: Outline,
    parts: Sequence[Part],
    exceed: Exceed,
    max_tokens: int,
) -> dict[tuple[tuple[int, ...], str], str]:
    """The header of each section path and speaker; none takes more than half of the encoder's limit."""
    keys = sorted({(part.path, part.speaker) for part in parts})
    headers = [_header(document, outline, path, speaker) for path, speaker in keys]
    while headers:
        beyond = exceed(headers, max_tokens // 2)
        if not any(is_beyond and header for header, is_beyond in zip(headers, beyond, strict=True)):
            break
        headers = [
            header[: len(header) // 2] if is_beyond else header
            for header, is_beyond in zip(headers, beyond, strict=True)
        ]
    return dict(zip(keys, headers, strict=True))


def _header(document: Document, outline: Outline, path: tuple[int, ...], speaker: str) -> str:
    metadata = document.metadata
    role = next((turn.role for turn in document.turns if turn.speaker == speaker), "") if speaker else ""
    # A document may name the office of a speaker whose name it does not give.
    if not document.turns:
        role = metadata.role.text
    return passage_header(metadata.title.text, speaker, role, outline.names(path))


def _text(document: Document, part: Part) -> str:
    return document.clean.text[part.pieces[0].start : part.pieces[-1].end]


def _passage(document: Document, outline: Outline, part: Part, header: str, ordinal: int) -> Passage:
    spans = _raw_spans(document, part.pieces[0].start, part.pieces[-1].end)
    quoted = dict.fromkeys(
        quotation.speaker
        for quotation in document.quotations
        if quotation.speaker != part.speaker and any(quotation.span.overlaps(span) for span in spans)
    )
    sentences = tuple(
        Sentence(piece.text, Span(*document.clean.to_source(piece.start, piece.end))) for piece in part.pieces
    )
    return Passage(
        _passage_id(document.id, spans),
        document.id,
        ordinal,
        outline.names(part.path),
        part.speaker,
        "、".join(quoted),
        spans,
        _text(document, part),
        header,
        sentences,
    )


def _raw_spans(document: Document, start: int, end: int) -> tuple[Span, ...]:
    """The raw ranges of a clean range, with the noise between them left out."""
    at, stop = document.clean.to_source(start, end)
    spans: list[Span] = []
    for zone in document.zones:
        if zone.kind is ZoneKind.BODY or zone.span.end <= at or zone.span.start >= stop:
            continue
        spans += _trimmed(document.raw, at, zone.span.start)
        at = zone.span.end
    return (*spans, *_trimmed(document.raw, at, stop))


def _trimmed(raw: str, start: int, end: int) -> list[Span]:
    """The range without white space at its ends, or nothing."""
    text = raw[start:end]
    if not text.strip():
        return []
    start += len(text) - len(text.lstrip())
    return [Span(start, start + len(text.strip()))]


def _passage_id(document_id: str, spans: Sequence[Span]) -> str:
    key = " ".join([document_id, *(f"{span.start}-{span.end}" for span in spans)])
    return hashlib.sha256(key.encode()).hexdigest()[:16]
