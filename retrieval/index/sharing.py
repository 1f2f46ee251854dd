"""Which rows of an index have the same vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

from embeddings.types import BoolArray, IntArray

Int32Array: TypeAlias = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Sharing:
    """Which rows have which vector; vectors are numbered by their first rows.

    Attributes:
        places: the vector of each row, ``int32 (count,)``.
        rows: all rows by vector, those of one ascending, ``int32 (count,)``.
        ends: where the rows of each vector end, ``int64 (distinct,)``.
    """

    places: Int32Array
    rows: Int32Array
    ends: IntArray

    @classmethod
    def of(cls, rows: Int32Array, sizes: Int32Array) -> Self:
        """From the rows by vector and how many each has."""
        places = np.empty(rows.size, np.int32)
        places[rows] = np.repeat(np.arange(sizes.size, dtype=np.int32), sizes)
        return cls(places, rows, np.cumsum(sizes, dtype=np.int64))

    def places_of(self, allowed: BoolArray) -> IntArray:
        """The vectors that an allowed row has, ascending."""
        has_any = np.zeros(self.ends.size, np.bool_)
        has_any[self.places[allowed]] = True
        return np.flatnonzero(has_any)

    def has_any(self, places: IntArray, allowed: BoolArray) -> BoolArray:
        """Whether an allowed row has a vector, of some vectors, at least one."""
        sizes = self._sizes(places)
        after = np.cumsum(sizes)
        rows = self.rows[np.repeat(self.ends[places] - after, sizes) + np.arange(after[-1])]
        found: BoolArray = np.logical_or.reduceat(allowed[rows], after - sizes)
        return found

    def rows_of(self, places: IntArray, allowed: BoolArray | None, most: int) -> tuple[IntArray, IntArray]:
        """The allowed rows of some vectors, the first so many of each, and how many each vector has there."""
        ends, sizes = self.ends[places], self._sizes(places)
        if allowed is None:
            sizes, starts = np.minimum(sizes, most), ends - sizes
            before = np.cumsum(sizes) - sizes
            rows = self.rows[np.repeat(starts - before, sizes) + np.arange(sizes.sum())].astype(np.int64)
            return rows, sizes
        after = np.cumsum(sizes)
        rows = self.rows[np.repeat(ends - after, sizes) + np.arange(sizes.sum())].astype(np.int64)
        permitted = allowed[rows]
        # How many are allowed up to each row, and of those how many are of vectors before.
        counted = np.concatenate([[0], np.cumsum(permitted)])
        sooner = counted[after - sizes]
        kept = permitted & (counted[1:] - np.repeat(sooner, sizes) <= most)
        return rows[kept], np.minimum(counted[after] - sooner, most)

    def _sizes(self, places: IntArray) -> IntArray:
        """How many rows have each of some vectors, at least 1."""
        sizes: IntArray = self.ends[places] - np.where(places > 0, self.ends[places - 1], 0)
        return sizes
