"""BM25 over the terms of passages.

The score of passage d for weighted terms is the sum over terms of

    weight * idf(t) * tf / (tf + K1 * (1 - B + B * length(d) / mean length))
    idf(t) = ln(1 + (N - df + 0.5) / (df + 0.5))

This is BM25 as Lucene has it (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
Beyond", 2009; Kamphuis et al., "Which BM25 Do You Mean?", 2020): the idf never gets negative, and the
constant factor K1 + 1, which changes no order, is left out. Postings keep counts, not scores, so that the
next generation can take over those of unchanged passages although every idf changes.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from embeddings.types import BoolArray, FloatArray, IntArray
from retrieval.index.postings import REMEMBERED, Terms

K1 = 1.2
"""Lucene's default. Robertson and Zaragoza find 1.2 to 2 reasonable."""
B = 0.75
"""Lucene's default. Robertson and Zaragoza find 0.5 to 0.8 reasonable."""


class Ranked(Protocol):
    """The passages as some terms rank them."""

    def scores(self, rows: IntArray) -> FloatArray:
        """BM25 of some passages, ``float32 (n,)``, 0 and above; 0 where no term stands."""
        ...

    def best(self, depth: int, allowed: BoolArray | None = None) -> IntArray:
        """The passages that score best, ascending; fewer than ``depth`` where fewer score above 0.

        Args:
            depth: how many; of equal scores any.
            allowed: which passages may be among them, ``bool (passage_count,)``; None means all.
        """
        ...


class LexicalIndex(ABC):
    """What a search asks of the terms of a generation, wherever its postings are.

    Safe to use from several threads. Passages that are gone still count in how frequent a term is, until
    everything is written anew: a tenth of the passages at most, which moves no weight by more than that.

    Attributes:
        passage_count: number of passages, those that are gone included.
    """

    def __init__(self, terms: Sequence[Terms], passage_count: int) -> None:
        """Use the terms of all parts."""
        self._terms = tuple(terms)
        self.passage_count = passage_count
        self._known: dict[str, tuple[int, float]] = {}

    def document_frequency(self, term: str) -> int:
        """In how many passages a term stands; 0 for an unknown one."""
        return self.weight(term)[0]

    def idf(self, term: str) -> float:
        """How telling a term is: above 0; highest for a term that no passage has."""
        return self.weight(term)[1]

    def weight(self, term: str) -> tuple[int, float]:
        """In how many passages a term stands, and its idf; kept, for a question asks two hundred times."""
        known = self._known.get(term)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            frequency = sum(part.frequency(term) for part in self._terms)
            idf = math.log(1 + (self.passage_count - frequency + 0.5) / (frequency + 0.5))
            known = self._known[term] = frequency, idf
        return known

    def following(self, character: str) -> dict[str, int]:
        """What follows a character: single characters, "" for itself; in how many passages each."""
        counts: Counter[str] = Counter()
        for part in self._terms:
            counts.update(part.following(character))
        return dict(counts)

    @abstractmethod
    def rows(self, term: str) -> IntArray:
        """The passages that hold a term, ascending; empty for an unknown one."""

    def rows_of_all(self, terms: Sequence[str]) -> IntArray:
        """The passages that hold each of some terms, ascending.

        Args:
            terms: one or more.
        """
        rows = self.rows(terms[0])
        for term in terms[1:]:
            rows = np.intersect1d(rows, self.rows(term), assume_unique=True)
        return rows

    def scores(self, terms: Mapping[str, float]) -> FloatArray:
        """BM25 of every passage, ``float32 (passage_count,)``, 0 and above; 0 where no term stands.

        Args:
            terms: weight of each term: how often the query has it, less for one added by a glossary.

        Raises:
            IndexDamagedError: a posting names a passage that does not exist.
        """
        return self.rank(terms).scores(np.arange(self.passage_count))

    @abstractmethod
    def rank(self, terms: Mapping[str, float]) -> Ranked:
        """The best passages, and the scores of some, for less than the scores of all.

        Args:
            terms: weight of each term: how often the query has it, less for one added by a glossary.
        """
