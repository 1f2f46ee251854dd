"""Which rows of a store belong to which documents; rows of documents that are gone belong to none."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from embeddings.types import BoolArray, IntArray
from retrieval.index.store_part import StoredDocument


class Owners:
    """The documents in force by the rows that they own.

    Args:
        documents: in the order of their paths.
        passage_count: of all rows, owned or not.
        sentence_count: likewise.
    """

    def __init__(self, documents: Sequence[StoredDocument], passage_count: int, sentence_count: int) -> None:
        self._documents = documents
        self._passage_count = passage_count
        self._sentence_count = sentence_count
        self._by_row = sorted(documents, key=lambda stored: (stored.passages.stop, stored.position))
        self._ends = [stored.passages.stop for stored in self._by_row]

    def of_passage(self, row: int) -> StoredDocument | None:
        """The document that owns a passage row; None where none does."""
        at = bisect_right(self._ends, row)
        owner = self._by_row[at] if row >= 0 and at < len(self._by_row) else None
        return owner if owner is not None and row in owner.passages else None

    def positions(self) -> IntArray:
        """Positions of the owners of the passage rows, ``int64 (passage_count,)``; -1 for none."""
        owners = np.full(self._passage_count, -1, dtype=np.int64)
        for stored in self._documents:
            owners[stored.passages.start : stored.passages.stop] = stored.position
        return owners

    def owned_passages(self) -> BoolArray:
        """Which passage rows have an owner, ``bool (passage_count,)``."""
        return _owned([stored.passages for stored in self._documents], self._passage_count)

    def owned_sentences(self) -> BoolArray:
        """Which sentence rows have an owner, ``bool (sentence_count,)``."""
        return _owned([stored.sentences for stored in self._documents], self._sentence_count)


def _owned(runs: Sequence[range], count: int) -> BoolArray:
    owned = np.zeros(count, np.bool_)
    for run in runs:
        owned[run.start : run.stop] = True
    return owned
