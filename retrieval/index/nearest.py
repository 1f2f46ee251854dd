"""Cosines and the best of them, for every way of keeping vectors.

Dot products go row by row (`np.vecdot`), not through a matrix product: that one waits for all cores in BLAS's
threads, and takes 30 times as long where another process keeps one of them busy. Rows that are the same get
the same score, to the last bit.
"""

from __future__ import annotations

import numpy as np

from embeddings.types import FloatArray, IntArray


def cosines_of(vectors: FloatArray, queries: FloatArray) -> FloatArray:
    """Dot products of ``float32 (n, dim)`` and ``float32 (m, dim)``, ``float32 (n, m)``."""
    return np.stack([np.vecdot(vectors, query) for query in queries], axis=1)


def best_of(rows: IntArray, scores: FloatArray, k: int) -> tuple[IntArray, FloatArray]:
    """The ``k`` rows with the highest scores, best first, equal ones by ascending row.

    Args:
        rows: ``int64 (n,)``, in any order.
        scores: ``float32 (n,)``, theirs.
        k: 1 to ``n``.
    """
    # Ties at the k-th place are cut by row, so everything that reaches its score is a candidate.
    reaching = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
    order = reaching[np.lexsort((rows[reaching], -scores[reaching]))[:k]]
    return rows[order].astype(np.int64, copy=False), scores[order]
