"""The JSON contract: what ``search --json`` and ``ask --json`` print, and what ``eval`` writes.

Keys and their meaning are fixed; programs read them. An unknown value is null, never an empty string.
"""

from __future__ import annotations

from typing import Any

from retrieval.documents.types import TEXT_READER, Span
from retrieval.types import DocumentInfo, Evidence, Extent, FileInfo, Hit, Quote

Json = dict[str, Any]


def search_json(question: str, hits: tuple[Hit, ...]) -> Json:
    """The object of ``anjiang search QUESTION --json``."""
    return {"question": question, "hits": [_hit(rank, hit) for rank, hit in enumerate(hits, 1)]}


def evidence_json(evidence: Evidence, *, mode: str, answer: str) -> Json:
    """The object of ``anjiang ask QUESTION --json``.

    Where there is no answer, ``reason`` says why, ``near`` quotes what comes nearest, which is no answer, and
    ``unknown`` has the names that the archive does not have, or not of this subject, or the times without a
    speech.

    An answer drawn from several speeches has ``extent``: how many ``speeches`` treat what is asked or are
    listed, how many are ``quoted``, as ``extreme`` whether that is the "first" or "last" alone, and those
    ``undated`` where dates decide; and as ``unsaid`` what they were to do to it, where they say no such word.

    Args:
        evidence: what retrieval found.
        mode: "extractive" or "llm".
        answer: the text shown to a person, with [1] [2] for the quotes.
    """
    return {
        **search_json(evidence.question, evidence.hits),
        "answerable": evidence.answerable,
        "confidence": round(evidence.confidence, 4),
        "mode": mode,
        "answer": answer,
        "quotes": [_quote(number, quote) for number, quote in enumerate(evidence.quotes, 1)],
        "reason": evidence.reason.value if evidence.reason is not None else None,
        "unknown": list(evidence.unknown),
        "near": [_quote(number, quote) for number, quote in enumerate(evidence.near, 1)],
        **({"extent": _extent(evidence.extent)} if evidence.extent is not None else {}),
    }


def document_json(document: DocumentInfo) -> Json:
    """What a hit or quote says of its document."""
    return {
        "id": document.id,
        "path": document.path,
        "title": document.title or None,
        "speaker": document.speaker,
        "role": document.role,
        "date": document.date,
        "occasion": document.occasion,
        "organ": document.organ,
        "sha256": document.sha256,
        **({} if document.reader == TEXT_READER else {"reader": document.reader}),
        **({"files": [_file(file) for file in document.files]} if document.files else {}),
    }


def _file(file: FileInfo) -> Json:
    """Another file of the same speech; ``gives`` names what it says and the cited one does not."""
    gives = {"gives": list(file.gives)} if file.gives else {}
    return {"path": file.path, "sha256": file.sha256, "reader": file.reader, **gives}


def _hit(rank: int, hit: Hit) -> Json:
    passage = hit.passage
    return {
        "rank": rank,
        "score": round(hit.score, 6),
        "passage_id": passage.id,
        "text": passage.text,
        "section": list(passage.section_path),
        "speaker": passage.speaker or None,
        "quoted_speaker": passage.quoted_speaker or None,
        "document": document_json(hit.document),
        "spans": [_span(span) for span in passage.spans],
        "found_by": list(hit.found_by),
        "places": [
            {"document": document_json(place.document), "passage_id": place.passage_id, **_span(place.span)}
            for place in hit.places
        ],
    }


def _quote(number: int, quote: Quote) -> Json:
    return {
        "n": number,
        "text": quote.text,
        **_span(quote.span),
        "section": list(quote.section_path),
        "speaker": quote.speaker or None,
        "quoted_speaker": quote.quoted_speaker or None,
        "passage_id": quote.passage_id,
        **({"place": quote.located} if quote.located else {}),
        "document": document_json(quote.document),
    }


def _extent(extent: Extent) -> Json:
    return {
        "speeches": extent.speeches,
        "quoted": extent.quoted,
        "extreme": extent.extreme.value if extent.extreme is not None else None,
        "undated": [document_json(document) for document in extent.undated],
        "unsaid": extent.unsaid or None,
    }


def _span(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}
