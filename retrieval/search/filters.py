"""Which documents and whose words may answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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


def allowed_passages(store: Store, filters: Filters) -> npt.NDArray[np.bool_] | None:
    """Which passages may answer, ``bool (passage_count,)``; None when all may."""
    if filters == ANY:
        return None
    allowed = np.zeros(store.passage_count, np.bool_)
    for stored in store.documents:
        if _fits(stored.info, filters):
            allowed[stored.passages.start : stored.passages.stop] = True
    if filters.speaker is not None:
        spoken = np.zeros(store.passage_count, np.bool_)
        wanted = search_text(filters.speaker)
        for speaker, rows in store.speakers().items():
            if wanted in search_text(speaker):
                spoken[rows] = True
        allowed &= spoken
    return allowed


def _fits(document: DocumentInfo, filters: Filters) -> bool:
    if filters.year is not None and not (document.date or "").startswith(f"{filters.year:04d}"):
        return False
    if filters.document is None or filters.document == document.id:
        return True
    wanted = search_text(filters.document)
    return wanted in search_text(document.path) or wanted in search_text(document.title)
