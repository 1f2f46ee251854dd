"""Vectors of a main and a recent part as those of one index.

Rows of the recent part follow those of the main one. Rows that no document owns any more are never found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from embeddings.types import FloatArray, IntArray
from retrieval.index.vectors import Vectors

BoolArray: TypeAlias = npt.NDArray[np.bool_]


class _JoinedVectors:
    def __init__(self, parts: Sequence[Vectors], owned: BoolArray) -> None:
        self._parts = parts
        self._owned = owned
        self._firsts = np.cumsum([0, *(part.count for part in parts)])

    def search(self, query: FloatArray, k: int) -> tuple[IntArray, FloatArray]:
        rows, scores = [], []
        for part, first in zip(self._parts, self._firsts[:-1], strict=True):
            gone = part.count - int(self._owned[first : first + part.count].sum())
            found, near = part.search(query, k + gone)
            is_owned = self._owned[found + first]
            rows.append(found[is_owned] + first)
            scores.append(near[is_owned])
        joined, nearness = np.concatenate(rows), np.concatenate(scores)
        order = np.lexsort((joined, -nearness))[:k]
        return joined[order], nearness[order]

    def vectors(self, rows: IntArray) -> FloatArray:
        result = np.empty((rows.size, self._parts[0].dim), np.float32)
        for part, first in zip(self._parts, self._firsts[:-1], strict=True):
            own = (rows >= first) & (rows < first + part.count)
            result[own] = part.vectors(rows[own] - first)
        return result


def join_vectors(parts: Sequence[Vectors], owned: BoolArray) -> Vectors:
    """Vectors of several parts as one; rows that are not ``owned`` are not found, but can be had."""
    return Vectors(_JoinedVectors(parts, owned), sum(part.count for part in parts), parts[0].dim)
