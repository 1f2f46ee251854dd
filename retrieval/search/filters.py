"""Which documents and whose words may answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.types import BoolArray
from retrieval.documents.views import search_text
from retrieval.index.store import Store
from retrieval.types import DocumentInfo


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may answer; None means any.

    Attributes:
        document: id, path, or a part of the path or title.
        speaker: whose words, or a part of the name.
        year: of the speech, as a number.
    """

    document: str | None = None
    speaker: str | None = None
    year: int | None = None


ANY = Filters()
"""Every document may answer."""


def allowed_passages(store: Store, filters: Filters) -> BoolArray | None:
    """Which passages may answer, ``bool (passage_count,)``; None when all may."""
    if filters == ANY:
        return None
    allowed = np.zeros(store.passage_count, np.bool_)
    wanted = search_text(filters.document or "")
    # Folded only where a name is looked for: of 10,000 documents that takes a tenth of a second once.
    told: Sequence[Sequence[str]] = [()] * len(store.documents) if filters.document is None else store.told
    for stored, texts in zip(store.documents, told, strict=True):
        if _fits(stored.info, filters, wanted, texts[:2]):
            allowed[stored.passages.start : stored.passages.stop] = True
    if filters.speaker is not None:
        spoken = np.zeros(store.passage_count, np.bool_)
        wanted = search_text(filters.speaker)
        for speaker, rows in store.speakers().items():
            if wanted in search_text(speaker):
                spoken[rows] = True
        allowed &= spoken
    return allowed


def only_in(store: Store, documents: Iterable[str], allowed: BoolArray | None) -> BoolArray:
    """Which of the allowed passages belong to some documents, ``bool (passage_count,)``."""
    kept = np.zeros(store.passage_count, np.bool_)
    for id_ in documents:
        rows = store.stored(id_).passages
        kept[rows.start : rows.stop] = True if allowed is None else allowed[rows.start : rows.stop]
    return kept


def _fits(document: DocumentInfo, filters: Filters, wanted: str, texts: Sequence[str]) -> bool:
    """Whether the year is right and, where a document is named, its id or one of its texts."""
    if filters.year is not None and not (document.date or "").startswith(f"{filters.year:04d}"):
        return False
    return filters.document in (None, document.id) or any(wanted in text for text in texts)
