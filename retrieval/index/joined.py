"""Vectors of a main and a recent part as those of one index.

Rows of the recent part follow those of the main one. Rows that no document owns any more are never found.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings.types import BoolArray, FloatArray, IntArray
from retrieval.index.nearest import best_of
from retrieval.index.vectors import Vectors


class _JoinedVectors:
    def __init__(self, parts: Sequence[Vectors], owned: BoolArray) -> None:
        self._parts = parts
        self._owned = None if owned.all() else owned
        self.centre = parts[0].centre
        self._firsts = np.cumsum([0, *(part.count for part in parts)])

    def search(self, query: FloatArray, k: int, allowed: BoolArray | None) -> tuple[IntArray, FloatArray]:
        if allowed is None:
            allowed = self._owned
        elif self._owned is not None:
            allowed = allowed & self._owned
        found = [
            part.search(query, k, None if allowed is None else allowed[first : first + part.count])
            for part, first in self._numbered()
        ]
        rows = np.concatenate([near + first for (near, _), first in zip(found, self._firsts, strict=False)])
        scores = np.concatenate([scores for _, scores in found])
        return best_of(rows, scores, min(k, rows.size)) if rows.size else (rows, scores)

    def vectors(self, rows: IntArray) -> FloatArray:
        result = np.empty((rows.size, self._parts[0].dim), np.float32)
        for part, first in self._numbered():
            own = (rows >= first) & (rows < first + part.count)
            result[own] = part.vectors(rows[own] - first)
        return result

    def cosines(self, rows: IntArray, queries: FloatArray) -> FloatArray:
        result = np.empty((rows.size, len(queries)), np.float32)
        for part, first in self._numbered():
            own = (rows >= first) & (rows < first + part.count)
            result[own] = part.cosines(rows[own] - first, queries)
        return result

    def _numbered(self) -> list[tuple[Vectors, int]]:
        return list(zip(self._parts, self._firsts[:-1].tolist(), strict=True))


def join_vectors(parts: Sequence[Vectors], owned: BoolArray) -> Vectors:
    """Vectors of several parts as one; rows that are not ``owned`` are not found, but can be had."""
    return Vectors(_JoinedVectors(parts, owned), sum(part.count for part in parts), parts[0].dim, owned)
