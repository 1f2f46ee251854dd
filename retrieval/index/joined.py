"""Vectors and postings of a main and a recent part as those of one index.

Rows of the recent part follow those of the main one. Rows that no document owns any more are never found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from embeddings.types import FloatArray, IntArray
from retrieval.index.lexical import Lexical, inverse_frequency
from retrieval.index.vectors import Vectors

BoolArray: TypeAlias = npt.NDArray[np.bool_]


class JoinedLexical:
    """The postings of two parts: what a question needs of `Lexical`.

    Passages that are gone still count in how frequent a term is, until everything is written anew: a tenth of
    the passages at most, which moves no weight by more than that.
    """

    def __init__(self, parts: Sequence[Lexical], owned: BoolArray) -> None:
        """Join parts; ``owned`` says which of all rows belong to a document."""
        self._parts = parts
        self._owned = owned

    @property
    def passage_count(self) -> int:
        """Number of passages scored, those that are gone included."""
        return sum(part.passage_count for part in self._parts)

    def document_frequency(self, term: str) -> int:
        """In how many passages a term stands; 0 for an unknown one."""
        return sum(part.document_frequency(term) for part in self._parts)

    def idf(self, term: str) -> float:
        """How telling a term is: above 0; highest for a term that no passage has."""
        return inverse_frequency(self.document_frequency(term), self.passage_count)

    def following(self, character: str) -> dict[str, int]:
        """What follows a character: single characters, "" for itself; in how many passages each."""
        counts: Counter[str] = Counter()
        for part in self._parts:
            counts.update(part.following(character))
        return dict(counts)

    def rows(self, term: str) -> IntArray:
        """The passages that hold a term, ascending; empty for an unknown one."""
        found: IntArray = np.concatenate([part.rows(term) + first for part, first in self._numbered()])
        return found[self._owned[found]]

    def scores(self, terms: Mapping[str, float]) -> FloatArray:
        """BM25 of every passage, ``float32 (passage_count,)``; see `Lexical.scores`.

        Raises:
            IndexDamagedError: a posting names a passage that does not exist.
        """
        scores = np.concatenate([part.scores(terms, self.idf) for part in self._parts])
        scores[~self._owned] = 0
        return scores

    def _numbered(self) -> list[tuple[Lexical, int]]:
        firsts = np.cumsum([0, *(part.passage_count for part in self._parts)]).tolist()
        return list(zip(self._parts, firsts, strict=False))


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
