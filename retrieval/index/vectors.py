"""Unit vectors of a generation and exact search over them.

The file is FAISS's flat inner-product index. Up to ``IN_MEMORY_ROWS`` rows its vectors are read straight
into a numpy array and multiplied there: exact as well, and a question then needs no FAISS import (0.1 s).
Beyond, FAISS searches on all cores.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from config.errors import IndexDamagedError
from embeddings.types import FloatArray, IntArray

PASSAGE_VECTORS_FILE = "passages.faiss"
SENTENCE_VECTORS_FILE = "sentences.faiss"

IN_MEMORY_ROWS = 50_000
"""At 384 dimensions 77 MB, read in 30 ms and searched in 5 ms; no slower than FAISS's own flat search."""

NORM_TOLERANCE = 1e-3
"""How far from 1 a vector's length may be: bf16 encoders stay within 1e-3 after normalisation in float32."""

_HEADER = struct.Struct("<4siqqq?iQ")
"""IndexFlatIP as FAISS writes it: name, dim, rows, two unused, trained, metric (0: inner product), floats."""
_FLAT = b"IxFI"
_INNER_PRODUCT = 0


class _Backend(Protocol):
    def search(self, query: FloatArray, k: int) -> tuple[IntArray, FloatArray]: ...
    def vectors(self, rows: IntArray) -> FloatArray: ...


class Vectors:
    """``float32 (count, dim)`` unit vectors. Scores are inner products: cosines, in [-1, 1]."""

    def __init__(self, backend: _Backend, count: int, dim: int) -> None:
        self._backend = backend
        self.count = count
        self.dim = dim

    def search(self, query: FloatArray, k: int) -> tuple[IntArray, FloatArray]:
        """The nearest rows to one query.

        Args:
            query: a unit vector, ``float32 (dim,)``.
            k: how many; fewer come back when there are fewer rows. ``k = count`` scores them all.

        Returns:
            rows and their scores, best first, equal scores by ascending row.

        Raises:
            ValueError: the query has another shape.
        """
        if query.shape != (self.dim,):
            raise ValueError(f"the query has shape {query.shape}, the index has {self.dim} dimensions")
        k = min(k, self.count)
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return self._backend.search(np.ascontiguousarray(query, dtype=np.float32), k)

    def vectors(self, rows: IntArray | list[int]) -> FloatArray:
        """The vectors of some rows, ``float32 (len(rows), dim)``.

        Raises:
            IndexError: a row lies outside ``range(count)``.
        """
        wanted = np.asarray(rows, dtype=np.int64)
        if wanted.size and (wanted.min() < 0 or wanted.max() >= self.count):
            raise IndexError(f"rows run from 0 to {self.count - 1}")
        return self._backend.vectors(wanted)


def write_vectors(path: Path, vectors: FloatArray) -> None:
    """Write unit vectors as a FAISS flat inner-product index.

    Raises:
        ValueError: they are not ``float32 (n, dim)`` of length 1.
        OSError: the file can't be written.
    """
    detail = _fault(vectors)
    if detail:
        raise ValueError(detail)
    faiss = _faiss()
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    # FAISS's own file writer reports a full disk only on stderr, when it closes the file.
    with path.open("wb") as file:
        faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))


def read_vectors(path: Path, *, count: int, dim: int, label: str = "") -> Vectors:
    """Open a file of vectors; shape and lengths are checked.

    Args:
        path: what `write_vectors` wrote.
        count: rows that the manifest promises.
        dim: components that the manifest promises.
        label: how messages name the file; its own name when empty.

    Raises:
        IndexDamagedError: the file is not what was promised, or a vector is not of length 1.
    """
    label = label or path.name
    _check_header(path, count, dim, label)
    backend = _Matrix(path, count, dim) if count <= IN_MEMORY_ROWS else _Faiss(path)
    detail = _fault(backend.matrix)
    if detail:
        raise IndexDamagedError("index.file_content", file=label, detail=detail)
    return Vectors(backend, count, dim)


def _faiss() -> Any:
    import faiss  # noqa: PLC0415 - 0.1 s that only rebuilds and large archives need

    return faiss  # as Any: its type stubs lack half of what is used here


class _Matrix:
    def __init__(self, path: Path, count: int, dim: int) -> None:
        floats = np.fromfile(path, dtype="<f4", count=count * dim, offset=_HEADER.size)
        self.matrix: FloatArray = floats.reshape(count, dim).astype(np.float32, copy=False)

    def search(self, query: FloatArray, k: int) -> tuple[IntArray, FloatArray]:
        scores: FloatArray = self.matrix @ query
        # Ties at the k-th place are cut by row, so everything that reaches its score is a candidate.
        least = np.partition(scores, -k)[-k]
        candidates = np.flatnonzero(scores >= least)
        return _ordered(candidates, scores[candidates], k)

    def vectors(self, rows: IntArray) -> FloatArray:
        return self.matrix[rows]


class _Faiss:
    def __init__(self, path: Path) -> None:
        faiss = _faiss()
        self._index = faiss.read_index(os.fspath(path))
        pointer = faiss.rev_swig_ptr(self._index.get_xb(), self._index.ntotal * self._index.d)
        self.matrix: FloatArray = pointer.reshape(self._index.ntotal, self._index.d)

    def search(self, query: FloatArray, k: int) -> tuple[IntArray, FloatArray]:
        scores, rows = self._index.search(query[None, :], k)
        return _ordered(rows[0], scores[0], k)

    def vectors(self, rows: IntArray) -> FloatArray:
        return self.matrix[rows]


def _ordered(rows: npt.NDArray[np.int64], scores: FloatArray, k: int) -> tuple[IntArray, FloatArray]:
    order = np.lexsort((rows, -scores))[:k]
    return rows[order].astype(np.int64, copy=False), scores[order]


def _check_header(path: Path, count: int, dim: int, label: str) -> None:
    expected = (_FLAT, dim, count, _INNER_PRODUCT, count * dim, _HEADER.size + 4 * count * dim)
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER.size)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise IndexDamagedError("index.file_content", file=label, detail=error.strerror) from error
    if len(head) == _HEADER.size:
        name, found_dim, rows, _, _, _, metric, floats = _HEADER.unpack(head)
        if (name, found_dim, rows, metric, floats, size) == expected:
            return
    raise IndexDamagedError("index.file_content", file=label, detail=f"not {count} vectors of {dim} numbers")


def _fault(vectors: FloatArray) -> str:
    """What is wrong with an array that should hold unit vectors; "" when nothing is."""
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        return f"vectors are {vectors.dtype} {vectors.shape}, not float32 (n, dim)"
    squares = np.einsum("ij,ij->i", vectors, vectors)
    # Negated so that a NaN counts as wrong.
    wrong = np.flatnonzero(~(np.abs(squares - 1) < 2 * NORM_TOLERANCE))
    return f"vector {wrong[0]} is not of length 1" if wrong.size else ""
