"""A document as read, with what a person says of it in the place of what was read."""

from __future__ import annotations

from dataclasses import replace

from retrieval.corrections.sidecar import Correction
from retrieval.documents.attribution import find_turns
from retrieval.documents.types import Document, Genre, Known, Metadata, Provenance, Turn


def corrected(document: Document, correction: Correction | None) -> Document:
    """The document with its metadata corrected, and with whose words it gives where that changes.

    Args:
        document: as read from its file, not corrected yet.
        correction: of this document; None when there is none.
    """
    if correction is None or not correction.values:
        return document
    metadata = replace(
        document.metadata,
        **{name: Known(text, Provenance.CORRECTED) for name, text in correction.values.items()},  # type: ignore[arg-type]
    )
    return replace(
        document,
        metadata=metadata,
        turns=_turns(document, metadata),
        corrections=correction.digest,
    )


def _turns(document: Document, metadata: Metadata) -> tuple[Turn, ...]:
    if metadata.genre is not Genre.NEWS:
        return find_turns(document.clean, metadata)
    # Of a report the words between are others': only the person who was taken for somebody else changes.
    before, speaker = document.metadata.speaker.text, metadata.speaker.text
    if not before or not speaker:
        return document.turns
    return tuple(
        replace(turn, speaker=speaker, role=metadata.role.text) if turn.speaker == before else turn
        for turn in document.turns
    )
