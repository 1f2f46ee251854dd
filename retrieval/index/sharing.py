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

    def rows_of(self, places: IntArray, allowed: BoolArray | None, most: int) -> list[Int32Array]:
        """The allowed rows of some vectors, the first so many of each."""
        ends = self.ends[places].tolist()
        starts = np.where(places > 0, self.ends[places - 1], 0).tolist()
        each = [self.rows[start:end] for start, end in zip(starts, ends, strict=True)]
        return [(rows if allowed is None else rows[allowed[rows]])[:most] for rows in each]
