"""BM25 by postings in files; see `retrieval.index.lexical` for the formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from embeddings.types import BoolArray, FloatArray, IntArray
from retrieval.index.lexical import K1, B, LexicalIndex
from retrieval.index.postings import REMEMBERED, Postings
from retrieval.index.recent import Recent

FREQUENT = 32
"""A term that stands in more than one of so many passages is told by a count for every passage: the words of
a question that are so frequent are most of its postings, and least of what tells."""

FEW = 1024
"""Passages up to which all are scored at once: in so few nearly every term is frequent, and to ask for these
later saves nothing."""

KEPT_COUNTS = 64 << 20
"""Bytes of such counts that are kept: 300 terms of 170,000 passages."""

KEPT_POSTINGS = 48 << 20
"""The same of the other terms' passages, were each as frequent as may be: 1,200 terms of 170,000 passages.
Most are far rarer. A question asks for its terms several times: as slips, as names, as words."""

_POSTING = np.dtype(np.int32).itemsize + np.dtype(np.float32).itemsize

AGAIN = 4
"""Frequent terms after which passages that can't be among the best any more are dropped."""

STRETCHES = 4
TRIED = 10
"""Passages that are scored in full to learn what the best score: those that reach the best of so many
stretches for each passage wanted, so many at most."""


class Lexical(LexicalIndex):
    """Scores passages by postings in files.

    Attributes:
        parts: their postings; rows of a part follow those of the part before.
        saturation: K1 * (1 - B + B * length / mean length) of each passage, ``float32 (passage_count,)``.
    """

    def __init__(self, parts: Sequence[Postings], owned: BoolArray | None = None) -> None:
        """Use some postings; ``owned`` says which of all rows belong to a document, None that all do."""
        self.parts = tuple(parts)
        super().__init__(self.parts, sum(part.lengths.size for part in parts))
        lengths = np.concatenate([part.lengths for part in parts])
        mean = float(lengths.mean()) if lengths.size else 0.0
        # Passages without a single term have length 0, and so may the mean be; no posting then needs it.
        self.saturation = (K1 * (1 - B + B * lengths / (mean or 1.0))).astype(np.float32)
        self._owned = owned
        self._firsts = np.cumsum([0, *(part.lengths.size for part in parts)]).tolist()
        self._counts: Recent[str, npt.NDArray[np.unsignedinteger]] = Recent(
            max(1, KEPT_COUNTS // max(1, lengths.size))
        )
        most = KEPT_POSTINGS * FREQUENT // (_POSTING * max(1, lengths.size))
        self._postings: Recent[str, tuple[npt.NDArray[np.int32], FloatArray]] = Recent(
            min(max(1, most), REMEMBERED)
        )

    def rows(self, term: str) -> IntArray:
        """The passages that hold a term, ascending; empty for an unknown one."""
        if self.is_frequent(self.document_frequency(term)):
            return np.flatnonzero(self.counts(term) > 0)  # of numbers it takes ten times as long
        return self.postings(term)[0].astype(np.int64)

    def rank(self, terms: Mapping[str, float]) -> Ranking:
        """See `LexicalIndex.rank`."""
        return Ranking(self, terms)

    def postings(self, term: str) -> tuple[npt.NDArray[np.int32], FloatArray]:
        """The passages that hold a term, ascending, and what it adds to the score of each, of its worth.

        Of a term that is not frequent, or of few passages; kept for the next question, so not to be changed.
        """
        kept = self._postings.get(term)
        if kept is None:
            rows, counts = self._term_counts(term)
            kept = rows, share_of(counts, self.saturation[rows])
            self._postings.put(term, kept)
        return kept

    def _term_counts(self, term: str) -> tuple[npt.NDArray[np.int32], IntArray]:
        """The passages that hold a term, ascending, and how often each has it."""
        found = [part.occurrences(term) for part in self.parts]
        if len(found) > 1:
            found = [np.concatenate([own + first for own, first in zip(found, self._firsts, strict=False)])]
        [occurrences] = found
        if self._owned is not None:
            occurrences = occurrences[self._owned[occurrences]]
        # The place behind the last of each passage; np.diff would take longer than all else here.
        ends = np.append(np.flatnonzero(occurrences[1:] != occurrences[:-1]) + 1, occurrences.size)
        if not occurrences.size:
            return occurrences, ends[:0]
        counts = ends.copy()
        counts[1:] -= ends[:-1]
        return occurrences[ends - 1], counts

    def is_frequent(self, frequency: int) -> bool:
        """Whether a term of so many passages is told by :meth:`counts`, else by :meth:`postings`."""
        return frequency * FREQUENT > self.passage_count

    def counts(self, term: str) -> npt.NDArray[np.unsignedinteger]:
        """How often each passage has a term, ``(passage_count,)``; kept for the next question."""
        counts = self._counts.get(term)
        if counts is None:
            rows, found = self._term_counts(term)
            counts = np.zeros(self.passage_count, dtype=np.min_scalar_type(found.max(initial=0)))
            counts[rows] = found
            self._counts.put(term, counts)
        return counts


class Ranking:
    """The passages as some terms rank them.

    The rarer terms are summed up for every passage. Of the frequent ones only those passages are asked that
    may still be among the best, given the most that these terms can add (as MaxScore does: Turtle and Flood,
    "Query Evaluation: Strategies and Optimizations", 1995), or that are asked for.
    """

    def __init__(self, lexical: Lexical, terms: Mapping[str, float]) -> None:
        self._lexical = lexical
        self._frequent: list[tuple[float, str]] = []
        rarer: list[tuple[float, str]] = []
        for term, weight in terms.items():
            frequency, idf = lexical.weight(term)
            worth = weight * idf
            if lexical.is_frequent(frequency):
                self._frequent.append((worth, term))
            elif frequency:
                rarer.append((worth, term))
        self._frequent.sort(reverse=True)
        if lexical.passage_count <= FEW:
            rarer, self._frequent = rarer + self._frequent, []
        self._scores = self._summed(rarer)

    def scores(self, rows: IntArray) -> FloatArray:
        """See `Ranked.scores`."""
        scores = self._scores[rows]
        saturation = self._lexical.saturation[rows]
        for worth, term in self._frequent:
            scores += worth * share_of(self._lexical.counts(term)[rows], saturation)
        return scores

    def best(self, depth: int, allowed: BoolArray | None = None) -> IntArray:
        """See `Ranked.best`."""
        at: IntArray | slice = slice(None) if allowed is None else np.flatnonzero(allowed)
        scores = self._scores[at].copy()
        saturation = self._lexical.saturation[at]
        least = self._least(scores, at, depth)
        left = sum(worth for worth, _ in self._frequent)
        for number, (worth, term) in enumerate(self._frequent):
            if number % AGAIN == 0:
                # A thousandth more than can be added: sums of float32 are not exact.
                kept = np.flatnonzero(scores >= least - left * 1.001 - 0.001)
                if kept.size < scores.size:
                    at, scores, saturation = _rows(at, kept), scores[kept], saturation[kept]
            scores += worth * share_of(self._lexical.counts(term)[at], saturation)
            left -= worth
        found = np.flatnonzero(scores > 0)
        if found.size > depth:
            found = np.sort(found[np.argpartition(-scores[found], depth)[:depth]])
        return _rows(at, found)

    def _summed(self, terms: Sequence[tuple[float, str]]) -> FloatArray:
        """What some terms add to the score of every passage, one after the other."""
        scores = np.zeros(self._lexical.passage_count, dtype=np.float32)
        if terms:
            rows, shares = zip(*(self._lexical.postings(term) for _, term in terms), strict=True)
            worths = np.asarray([worth for worth, _ in terms], np.float32)
            # All at once: term by term it takes two to ten times as long.
            np.add.at(
                scores, np.concatenate(rows), np.repeat(worths, list(map(len, rows))) * np.concatenate(shares)
            )
        return scores

    def _least(self, scores: FloatArray, at: IntArray | slice, depth: int) -> float:
        """What the best ``depth`` score at least: as much as some that the rarer terms rank high."""
        size = scores.size // (STRETCHES * depth)
        if not size:
            return 0.0
        # The best of each stretch, because to sort all passages would take longer than to score them.
        tops = scores[: scores.size - scores.size % size].reshape(-1, size).max(axis=1)
        high = np.flatnonzero(scores >= np.partition(tops, -depth)[-depth])[: TRIED * depth]
        return float(np.partition(self.scores(_rows(at, high)), -depth)[-depth])


def _rows(at: IntArray | slice, kept: IntArray) -> IntArray:
    return kept if isinstance(at, slice) else at[kept]


def share_of(counts: npt.NDArray[np.unsignedinteger] | IntArray, saturation: FloatArray) -> FloatArray:
    """What a term adds to a score, of its worth: tf / (tf + saturation), ``float32 (n,)``, below 1."""
    found = counts.astype(np.float32)
    return np.asarray(found / (found + saturation), dtype=np.float32)
