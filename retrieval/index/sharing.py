"""Which rows of an index have the same vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

from embeddings.types import IntArray
from retrieval.index.nearest import BoolArray

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

    def with_any(self, allowed: BoolArray) -> BoolArray:
        """The vectors that an allowed row has, ``bool (distinct,)``."""
        result = np.zeros(self.ends.size, np.bool_)
        result[self.places[allowed]] = True
        return result

    def rows_of(self, places: IntArray, allowed: BoolArray | None, most: int) -> tuple[IntArray, IntArray]:
        """The allowed rows of some vectors, the first so many of each, and how many each vector has there."""
        ends = self.ends[places]
        sizes = ends - np.where(places > 0, self.ends[places - 1], 0)
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
