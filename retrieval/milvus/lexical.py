"""BM25 by a Milvus server: inner products of sparse vectors that hold our own weights.

Milvus has a BM25 of its own, but cuts texts into other terms and counts them by segment. Here the server adds
up what `retrieval.index.lexical` would: of each passage it keeps what each term adds, of its worth, and the
query brings the worth of its terms. Which terms there are, and how frequent, stands in files that are mapped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from embeddings.types import BoolArray, FloatArray, IntArray
from retrieval.index.lexical import LexicalIndex
from retrieval.index.nearest import best_of
from retrieval.index.postings import Terms
from retrieval.index.recent import Recent
from retrieval.milvus.names import TERMS
from retrieval.milvus.server import MOST, Server
from retrieval.milvus.within import among, between, filters

KEPT_ROWS = 256
"""Terms whose passages are kept: those of some questions."""


class Numbering:
    """Numbers the terms of all parts: those of the first as its vocabulary does, then what others add."""

    def __init__(self, parts: Sequence[Terms]) -> None:
        self._parts = parts
        self._firsts = np.cumsum([0, *(len(part.vocabulary) for part in parts)]).tolist()

    def number(self, term: str) -> int | None:
        """The number of a term; None for an unknown one."""
        for part, first in zip(self._parts, self._firsts, strict=False):
            at = part.number(term)
            if at is not None:
                return int(first) + at
        return None


class MilvusLexical(LexicalIndex):
    """Scores passages on a server."""

    def __init__(self, server: Server, collection: str, terms: Sequence[Terms], passage_count: int) -> None:
        super().__init__(terms, passage_count)
        self._server = server
        self._collection = collection
        self._numbering = Numbering(terms)
        self._rows: Recent[str, IntArray] = Recent(KEPT_ROWS)

    def rows(self, term: str) -> IntArray:
        """See `LexicalIndex.rows`. A term of more passages than an answer holds is asked for by stretches."""
        number = self._numbering.number(term)
        if number is None:
            return np.empty(0, np.int64)
        kept = self._rows.get(term)
        if kept is None:
            is_whole = self.document_frequency(term) <= MOST
            stretches = [] if is_whole else range(0, self.passage_count, MOST)
            found = [
                self._server.search(self._collection, TERMS, [{number: 1.0}], MOST, within)[0][0]
                for within in [between(start, start + MOST) for start in stretches] or [""]
            ]
            kept = np.sort(np.concatenate(found))
            self._rows.put(term, kept)
        return kept

    def rows_of_all(self, terms: Sequence[str]) -> IntArray:
        """See `LexicalIndex.rows_of_all`; of all terms but the rarest only its passages are asked for."""
        rarest, *others = sorted(dict.fromkeys(terms), key=self.document_frequency)
        rows = self.rows(rarest)
        for term in others:
            worth = {number: 1.0} if (number := self._numbering.number(term)) is not None else {}
            rows = rows[MilvusRanking(self._server, self._collection, worth).scores(rows) > 0]
        return rows

    def rank(self, terms: Mapping[str, float]) -> MilvusRanking:
        """See `LexicalIndex.rank`."""
        worth = {
            number: weight * self.idf(term)
            for term, weight in terms.items()
            if (number := self._numbering.number(term)) is not None
        }
        return MilvusRanking(self._server, self._collection, worth)


class MilvusRanking:
    """See `retrieval.index.lexical.Ranked`."""

    def __init__(self, server: Server, collection: str, worth: Mapping[int, float]) -> None:
        """Rank by the worth of terms, by their numbers."""
        self._server = server
        self._collection = collection
        self._worth = {number: value for number, value in worth.items() if value > 0}

    def scores(self, rows: IntArray) -> FloatArray:
        """See `Ranked.scores`."""
        distinct, places = np.unique(rows, return_inverse=True)
        scores = np.zeros(distinct.size, np.float32)
        for start in range(0, distinct.size if self._worth else 0, MOST):
            asked = distinct[start : start + MOST]
            found, products = self._search(asked.size, among(asked))
            scores[np.searchsorted(distinct, found)] = products
        return scores[places]

    def best(self, depth: int, allowed: BoolArray | None = None) -> IntArray:
        """See `Ranked.best`; ``depth`` is `MOST` at most."""
        if not self._worth:
            return np.empty(0, np.int64)
        found = [self._search(depth, within) for within in filters(allowed)]
        rows = np.concatenate([np.empty(0, np.int64), *(each for each, _ in found)])
        scores = np.concatenate([np.empty(0, np.float32), *(each for _, each in found)])
        return np.sort(best_of(rows, scores, min(depth, rows.size))[0]) if rows.size else rows

    def _search(self, limit: int, within: str) -> tuple[IntArray, FloatArray]:
        return self._server.search(self._collection, TERMS, [self._worth], limit, within)[0]
