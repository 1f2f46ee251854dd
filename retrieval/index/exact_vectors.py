"""Vectors of small archives: exact float32, multiplied in numpy.

The file is FAISS's flat inner-product index, read without FAISS (its import takes 0.1 s).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from config.errors import IndexDamagedError
from embeddings.types import BoolArray, FloatArray, IntArray
from retrieval.index.files import read_head
from retrieval.index.nearest import best_of
from retrieval.index.recent import Recent

NORM_TOLERANCE: Final = 1e-3
"""How far from 1 a vector's length may be: bf16 encoders stay within 1e-3 after normalisation in float32."""

_KEPT: Final = 8
"""Queries whose cosines with all vectors are kept: a question asks for them three times, and for those of its
few probes in turn. At most 200 kB each."""

_HEADER = struct.Struct("<4siqqq?iQ")
"""IndexFlatIP as FAISS writes it: name, dim, rows, two unused, trained, metric (0: inner product), floats."""
_FLAT = b"IxFI"
_UNUSED = 1 << 20
_INNER_PRODUCT = 0


class ExactVectors:
    """``float32 (count, dim)`` in memory."""

    centre: None = None

    def __init__(self, matrix: FloatArray) -> None:
        self._matrix = matrix
        self._scores: Recent[bytes, FloatArray] = Recent(_KEPT)

    def search(self, query: FloatArray, k: int, allowed: BoolArray | None) -> tuple[IntArray, FloatArray]:
        """See `retrieval.index.vectors.Vectors.search`."""
        rows = np.arange(len(self._matrix)) if allowed is None else np.flatnonzero(allowed)
        return best_of(rows, self._compared(query)[rows], k)

    def vectors(self, rows: IntArray) -> FloatArray:
        """See `retrieval.index.vectors.Vectors.vectors`."""
        return self._matrix[rows]

    def cosines(self, rows: IntArray, queries: FloatArray) -> FloatArray:
        """See `retrieval.index.vectors.Vectors.cosines`."""
        return np.stack([self._compared(query)[rows] for query in queries], axis=1)

    def _compared(self, query: FloatArray) -> FloatArray:
        """Cosines of all vectors with one query, ``float32 (count,)``; not to be changed.

        Of all, though few are asked for: to copy a fifth of them would take longer.
        """
        key = query.tobytes()
        scores = self._scores.get(key)
        if scores is None:
            scores = np.vecdot(self._matrix, query)
            self._scores.put(key, scores)
        return scores


def write_exact(file: BinaryIO, vectors: FloatArray) -> None:
    """Write unit vectors, ``float32 (n, dim)``, as FAISS writes a flat inner-product index.

    Raises:
        OSError: the file can't be written.
    """
    count, dim = vectors.shape
    file.write(_HEADER.pack(_FLAT, dim, count, _UNUSED, _UNUSED, True, _INNER_PRODUCT, count * dim))
    file.write(np.ascontiguousarray(vectors, dtype="<f4").data)


def read_exact(path: Path, *, count: int, dim: int, label: str) -> ExactVectors:
    """Read what `write_exact` wrote.

    Raises:
        IndexDamagedError: the file is not what was promised, or a vector is not of length 1.
    """
    _check_header(path, count, dim, label)
    floats = np.fromfile(path, dtype="<f4", count=count * dim, offset=_HEADER.size)
    matrix: FloatArray = floats.reshape(count, dim).astype(np.float32, copy=False)
    detail = fault(matrix)
    if detail:
        raise IndexDamagedError("index.file_content", file=label, detail=detail)
    return ExactVectors(matrix)


def fault(vectors: FloatArray) -> str:
    """What is wrong with an array that should hold unit vectors; "" when nothing is."""
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        return f"vectors are {vectors.dtype} {vectors.shape}, not float32 (n, dim)"
    # Squares of damaged numbers may overflow, and a signalling NaN warns: both are told as wrong below.
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.sqrt(np.vecdot(vectors, vectors))
    # Negated so that a NaN counts as wrong.
    wrong = np.flatnonzero(~(np.abs(lengths - 1) < NORM_TOLERANCE))
    return f"vector {wrong[0]} is not of length 1" if wrong.size else ""


def _check_header(path: Path, count: int, dim: int, label: str) -> None:
    expected = (_FLAT, dim, count, _INNER_PRODUCT, count * dim, _HEADER.size + 4 * count * dim)
    head, size = read_head(path, _HEADER.size, label)
    if len(head) == _HEADER.size:
        name, found_dim, rows, _, _, _, metric, floats = _HEADER.unpack(head)
        if (name, found_dim, rows, metric, floats, size) == expected:
            return
    raise IndexDamagedError("index.file_content", file=label, detail=f"not {count} vectors of {dim} numbers")
