"""Vectors of a generation that a Milvus server keeps and searches."""

from __future__ import annotations

from typing import Final

import numpy as np

from config.errors import IndexDamagedError
from embeddings.types import BoolArray, FloatArray, IntArray
from retrieval.index.nearest import best_of, cosines_of
from retrieval.milvus.names import ROW, VECTOR
from retrieval.milvus.server import MOST, Server
from retrieval.milvus.within import among, filters

_MEASURED: Final = 4_096
"""Rows whose cosines are asked for at once: few enough that their list is 40 kB."""


class MilvusVectors:
    """See `retrieval.index.vectors.Backend`. A question waits for the server in each method."""

    centre: None = None

    def __init__(self, server: Server, collection: str, dim: int) -> None:
        self._server = server
        self._collection = collection
        self._dim = dim

    def search(self, query: FloatArray, k: int, allowed: BoolArray | None) -> tuple[IntArray, FloatArray]:
        """See `retrieval.index.vectors.Vectors.search`; ``k`` is `MOST` at most."""
        found = [
            self._server.search(self._collection, VECTOR, [query.tolist()], min(k, MOST), within)[0]
            for within in filters(allowed)
        ]
        rows = np.concatenate([each for each, _ in found])
        scores = np.concatenate([each for _, each in found])
        return best_of(rows, scores, min(k, rows.size)) if rows.size else (rows, scores)

    def vectors(self, rows: IntArray) -> FloatArray:
        """See `retrieval.index.vectors.Vectors.vectors`.

        Raises:
            IndexDamagedError: the server lacks a row.
        """
        distinct, places = np.unique(rows, return_inverse=True)
        result = np.full((distinct.size, self._dim), np.nan, np.float32)
        for each in self._server.fetch(self._collection, distinct.tolist(), [VECTOR]):
            result[np.searchsorted(distinct, each[ROW])] = each[VECTOR]
        if np.isnan(result).any():
            raise IndexDamagedError("index.file_content", file=self._collection, detail="rows are missing")
        return result[places]

    def cosines(self, rows: IntArray, queries: FloatArray) -> FloatArray:
        """See `retrieval.index.vectors.Vectors.cosines`.

        The server compares; only what a search among these rows leaves out is fetched and compared here.
        """
        distinct, places = np.unique(rows, return_inverse=True)
        result = np.full((distinct.size, len(queries)), np.nan, np.float32)
        for start in range(0, distinct.size, _MEASURED):
            asked = distinct[start : start + _MEASURED]
            found = self._server.search(self._collection, VECTOR, queries.tolist(), asked.size, among(asked))
            for number, (near, scores) in enumerate(found):
                result[np.searchsorted(distinct, near), number] = scores
        missing = np.flatnonzero(np.isnan(result).any(axis=1))
        if missing.size:
            result[missing] = cosines_of(self.vectors(distinct[missing]), queries)
        return result[places]
