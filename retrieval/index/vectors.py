"""Unit vectors of a generation and search over them: exact for small archives, approximate for large ones.

Which of both is decided by the number of rows alone: `is_exact`.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from embeddings.types import BoolArray, FloatArray, IntArray
from retrieval.index.approximate_vectors import read_approximate, write_approximate
from retrieval.index.exact_vectors import fault, read_exact, write_exact

PASSAGE_VECTORS_FILE = "passages.faiss"
SENTENCE_VECTORS_FILE = "sentences.faiss"

EXACT_ROWS: Final = 50_000
"""Up to here vectors are kept and searched exactly: at 384 dimensions 77 MB, read in 30 ms, searched in 4 ms.
Beyond, exact search would take longer than all else that a question needs."""

SAMPLE: Final = 1024
"""Most vectors of a sample; see `Vectors.sample`."""


class Backend(Protocol):
    """A way of keeping vectors; what `Vectors` checks is not checked again."""

    @property
    def centre(self) -> FloatArray | None:
        """See `Vectors.centre`."""
        ...

    def search(self, query: FloatArray, k: int, allowed: BoolArray | None) -> tuple[IntArray, FloatArray]:
        """See `Vectors.search`; ``k`` is at most the number of rows allowed, and at least 1."""
        ...

    def vectors(self, rows: IntArray) -> FloatArray:
        """See `Vectors.vectors`."""
        ...

    def cosines(self, rows: IntArray, queries: FloatArray) -> FloatArray:
        """See `Vectors.cosines`."""
        ...


class Vectors:
    """``float32 (count, dim)`` unit vectors. Scores are inner products: cosines, in [-1, 1].

    May be used from several threads.
    """

    def __init__(self, backend: Backend, count: int, dim: int, owned: BoolArray | None = None) -> None:
        """Use some vectors; ``owned`` says which rows belong to a document, None that all do."""
        self._backend = backend
        self._owned = owned
        self.count = count
        self.dim = dim

    def search(
        self, query: FloatArray, k: int, allowed: BoolArray | None = None
    ) -> tuple[IntArray, FloatArray]:
        """The nearest rows to one query.

        Several queries are several calls: FAISS would answer them together on all cores, which gains a fifth
        and makes questions that are asked at once wait for one another.

        Args:
            query: a unit vector, ``float32 (dim,)``.
            k: how many; fewer come back when fewer rows are allowed. ``k = count`` scores them all. Of one
                vector a large archive gives the first `approximate_vectors.COPIES` rows, and more only where
                that would not make ``k``.
            allowed: the rows that may be found, ``bool (count,)``; None means all.

        Returns:
            rows and their scores, best first, equal scores by ascending row.

        Raises:
            ValueError: the query or ``allowed`` has another shape.
        """
        if query.shape != (self.dim,):
            raise ValueError(f"the query has shape {query.shape}, the index has {self.dim} dimensions")
        if allowed is not None and allowed.shape != (self.count,):
            raise ValueError(f"allowed has shape {allowed.shape}, the index has {self.count} rows")
        k = min(k, self.count if allowed is None else _allowed_up_to(k, allowed))
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return self._backend.search(np.ascontiguousarray(query, dtype=np.float32), k, allowed)

    def nearest(self, query: FloatArray, k: int, allowed: BoolArray | None = None) -> IntArray:
        """The rows that `search` finds, in any order: where ``k`` are all, without a comparison."""
        if k < self.count:
            return self.search(query, k, allowed)[0]
        if self._owned is None:
            return np.arange(self.count) if allowed is None else np.flatnonzero(allowed)
        return np.flatnonzero(self._owned if allowed is None else self._owned & allowed)

    def vectors(self, rows: IntArray | list[int]) -> FloatArray:
        """The vectors of some rows, ``float32 (len(rows), dim)``; a server has none of what nobody owns.

        Raises:
            IndexError: a row lies outside ``range(count)``.
        """
        return self._backend.vectors(self._checked(rows))

    def cosines(self, rows: IntArray | list[int], queries: FloatArray) -> FloatArray:
        """Cosines of some rows with some queries, ``float32 (len(rows), len(queries))``.

        Args:
            rows: in any order.
            queries: unit vectors, ``float32 (m, dim)``.

        Raises:
            IndexError: a row lies outside ``range(count)``.
        """
        return self._backend.cosines(self._checked(rows), queries)

    @property
    def centre(self) -> FloatArray | None:
        """What approximate vectors are kept relative to, ``float32 (dim,)``; None of exact ones."""
        return self._backend.centre

    @cached_property
    def sample(self) -> FloatArray:
        """Up to `SAMPLE` vectors of documents, evenly spread, ``float32 (n, dim)``; not to be changed."""
        rows = np.arange(self.count) if self._owned is None else np.flatnonzero(self._owned)
        return self._backend.vectors(
            rows[np.linspace(0, rows.size - 1, min(SAMPLE, rows.size)).astype(np.int64)]
        )

    def _checked(self, rows: IntArray | list[int]) -> IntArray:
        wanted = np.asarray(rows, dtype=np.int64)
        if wanted.size and (wanted.min() < 0 or wanted.max() >= self.count):
            raise IndexError(f"rows run from 0 to {self.count - 1}")
        return wanted


def _allowed_up_to(k: int, allowed: BoolArray) -> int:
    """How many rows are allowed, counted until there are ``k``: mostly the first thousands are enough."""
    first = int(np.count_nonzero(allowed[: 16 * k]))
    return first if first >= k else int(np.count_nonzero(allowed))


def is_exact(count: int) -> bool:
    """Whether so many vectors are kept and searched exactly."""
    return count <= EXACT_ROWS


def write_vectors(
    path: Path, vectors: FloatArray, centre: FloatArray | None = None, *, places: IntArray | None = None
) -> None:
    """Write unit vectors.

    Args:
        path: of the file.
        vectors: what to write, ``float32 (n, dim)``.
        places: which of them each row is, ``int64 (rows,)``; None for one row each, in their order.
        centre: that of the vectors (`Vectors.centre`) which some of these come from, so that those stay the
            same; None where none do.

    Raises:
        ValueError: they are not ``float32 (n, dim)`` of length 1.
        OSError: the file can't be written.
    """
    detail = fault(vectors)
    if detail:
        raise ValueError(detail)
    rows = np.arange(len(vectors)) if places is None else places
    with path.open("wb") as file:
        if is_exact(rows.size):
            write_exact(file, vectors[rows])
        else:
            write_approximate(file, vectors, rows, centre)


def read_vectors(path: Path, *, count: int, dim: int, label: str = "") -> Vectors:
    """Open a file of vectors.

    Args:
        path: what `write_vectors` wrote.
        count: rows that the manifest promises.
        dim: components that the manifest promises.
        label: how messages name the file; its own name when empty.

    Raises:
        IndexDamagedError: the file is not what was promised.
    """
    read = read_exact if is_exact(count) else read_approximate
    return Vectors(read(path, count=count, dim=dim, label=label or path.name), count, dim)
