"""Gather passages that may answer, and measure each of them in every way that fusion uses.

Three rankings propose passages: BM25, passage vectors, and sentence vectors (a passage is as near as its
nearest sentence). Whatever any of them proposes is then measured by all three, so that fusion never has to
guess a missing value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np

from embeddings.types import BoolArray, FloatArray, IntArray
from retrieval.beside import Begun, beside, later
from retrieval.index import Generation
from retrieval.index.lexical import Ranked
from retrieval.index.nearest import cosines_of
from retrieval.index.vectors import Vectors
from retrieval.search.query import Query

POOL = 200
"""Passages that each ranking proposes. An archive of up to that many passages is measured whole; how deep
larger ones need it has not been measured."""

MANY_PASSAGES = 10_000
"""From so many passages on rankings are made beside each other: each takes a millisecond or more."""

AHEAD = 80
AT_ONCE = 4
"""Passages that are fetched ahead, and so many at a time: four take a fifth of a millisecond."""

WAYS = ("bm25", "passage", "sentence")
"""The names of the rankings, in the order of `Candidates.proposed`."""

ByTerms: TypeAlias = tuple[Ranked, IntArray]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages with their measures; row *i* of every array is passage ``rows[i]``.

    Attributes:
        rows: passage rows, ascending, ``int64 (n,)``.
        coverage: BM25 as a share of the most that the question's own words can score, ``float32 (n,)``; 0 and
            above, over 1 where words of the glossary stand there too.
        passage: nearness of the passage vector in standard deviations above the background, ``(n,)``.
        sentence: the same of the passage's nearest sentence, ``(n,)``.
        sentences: nearness of every sentence of every passage, in order, the same unit; see `nearness`.
        ends: where in ``sentences`` those of each passage end, ``int64 (n,)``.
        first_sentence: row of each passage's first sentence, ``int64 (n,)``.
        cosine: of the sentence nearest to any probe, in [-1, 1]; -1 when there is none.
        proposed: for each passage whether BM25, passage vectors, sentence vectors proposed it, ``(n, 3)``.
    """

    rows: IntArray
    coverage: FloatArray
    passage: FloatArray
    sentence: FloatArray
    sentences: FloatArray
    ends: IntArray
    first_sentence: IntArray
    cosine: float
    proposed: BoolArray

    def nearness(self, at: int) -> FloatArray:
        """Nearness of the sentences of the passage ``rows[at]``, in order."""
        return self.sentences[self.ends[at - 1] if at else 0 : self.ends[at]]


def gather(
    generation: Generation,
    query: Query,
    vectors: FloatArray,
    allowed: BoolArray | None = None,
    also: IntArray | None = None,
    *,
    ranked: ByTerms | None = None,
) -> Candidates:
    """Propose and measure passages.

    Args:
        generation: the opened index.
        query: its terms weigh the lexical side, its probes are what ``vectors`` encode.
        vectors: ``float32 (len(query.probes), dim)``.
        allowed: which passages may answer, ``bool (passage_count,)``; None means all.
        also: rows to measure though no ranking may propose them; None means no others.
        ranked: what `rank_by_terms` gave for the same query, where it was asked.
    """
    weights = np.asarray([probe.weight for probe in query.probes], np.float32)
    count = generation.store.passage_count
    if count == 0 or (allowed is not None and not allowed.any()):
        return _nothing()
    near_passages = beside_in_many(generation, lambda: _nearest_passages(generation, vectors, allowed))
    near_sentences = _nearest_sentences(generation, vectors, allowed)
    ranking, best = ranked or rank_by_terms(generation, query, allowed)
    others = np.empty(0, np.int64) if also is None else _permitted(also, allowed)
    rows, marks = _marked(count, (best, near_passages(), near_sentences, others))
    first, after = generation.sentences_of(rows)
    ends = np.cumsum(after - first)
    begins = ends - (after - first)
    owned = np.arange(ends[-1]) + np.repeat(first - begins, after - first)
    of_passages, of_sentences = _cosines(generation, rows, owned, vectors)
    sentences = _stand_out(of_sentences, _background(generation.sentence_vectors, vectors), weights)
    return Candidates(
        rows=rows,
        coverage=_coverage(generation, query, ranking.scores(rows)),
        passage=_stand_out(of_passages, _background(generation.passage_vectors, vectors), weights),
        sentence=np.maximum.reduceat(sentences, begins),
        sentences=sentences,
        ends=ends,
        first_sentence=first,
        cosine=float(of_sentences.max()),
        proposed=marks[:, : len(WAYS)],
    )


def rank_by_terms(generation: Generation, query: Query, allowed: BoolArray | None = None) -> ByTerms:
    """The passages as the query's terms rank them, and at most ``POOL`` rows of the best, ``int64 (n,)``."""
    ranking = generation.lexical.rank(query.terms)
    return ranking, ranking.best(POOL, allowed)


def beside_in_many(generation: Generation, work: Callable[[], Result]) -> Begun[Result]:
    """Begin some work where it takes longer than another thread takes to begin, else do it when asked for."""
    return beside(work) if ranks_beside(generation) else later(work)


def ranks_beside(generation: Generation) -> bool:
    """Whether an archive is so large that its passages are ranked by terms while the question is encoded."""
    return generation.store.passage_count >= MANY_PASSAGES


def fetch_ahead(generation: Generation, ranked: ByTerms, goes_on: Callable[[], bool]) -> None:
    """Read the passages that the terms rank best while something else is waited for: most will be wanted.

    Of 56 passages that a question about 10,000 speeches fetches, 37 are among the first 80 of its terms. The
    store keeps what it read.

    Args:
        generation: the opened index.
        ranked: what `rank_by_terms` gave.
        goes_on: whether there is still something to wait for; asked again and again.
    """
    if not goes_on():
        return
    ranking, best = ranked
    order = best[np.argsort(-ranking.scores(best), kind="stable")][:AHEAD]
    for start in range(0, order.size, AT_ONCE):
        if not goes_on():
            return
        generation.store.passages(order[start : start + AT_ONCE])


def _nothing() -> Candidates:
    empty = np.empty(0, np.float32)
    rows = np.empty(0, np.int64)
    return Candidates(rows, empty, empty, empty, empty, rows, rows, -1.0, np.empty((0, 3), np.bool_))


def _coverage(generation: Generation, query: Query, scores: FloatArray) -> FloatArray:
    most = sum(weight * generation.lexical.idf(term) for term, weight in query.own_terms.items())
    return scores / np.float32(most) if most > 0 else scores


def _nearest_passages(generation: Generation, vectors: FloatArray, allowed: BoolArray | None) -> IntArray:
    found = [generation.passage_vectors.nearest(vector, POOL, allowed) for vector in vectors]
    return np.concatenate(found)


def _nearest_sentences(generation: Generation, vectors: FloatArray, allowed: BoolArray | None) -> IntArray:
    owners = generation.sentence_passage
    within = None if allowed is None else allowed[owners]
    found = [generation.sentence_vectors.nearest(vector, 2 * POOL, within) for vector in vectors]
    return owners[np.concatenate(found)].astype(np.int64)


def _cosines(
    generation: Generation, rows: IntArray, owned: IntArray, vectors: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Cosines of passages and of their sentences; of many, half of the sentences on another core."""
    middle = owned.size // 2
    others = beside_in_many(
        generation,
        lambda: (
            generation.passage_vectors.cosines(rows, vectors),
            generation.sentence_vectors.cosines(owned[middle:], vectors),
        ),
    )
    first_half = generation.sentence_vectors.cosines(owned[:middle], vectors)
    of_passages, second_half = others()
    return of_passages, np.concatenate([first_half, second_half])


def _marked(count: int, proposals: Sequence[IntArray]) -> tuple[IntArray, BoolArray]:
    """The rows, of ``count``, that any proposal has, ascending, and which of them each has.

    Returns:
        ``int64 (n,)`` and ``bool (n, len(proposals))``.
    """
    # A bit for each proposal in a byte for each row: to sort and seek them would take three times as long.
    bits = np.zeros(count, np.uint8)
    each = (1 << np.arange(len(proposals))).astype(np.uint8)
    for bit, proposed in zip(each, proposals, strict=True):
        bits[proposed] |= bit
    rows = np.flatnonzero(bits > 0)  # of bytes themselves it would take ten times as long
    return rows, (bits[rows, None] & each) > 0


def _permitted(rows: IntArray, allowed: BoolArray | None) -> IntArray:
    return rows if allowed is None else rows[allowed[rows]]


def _background(among: Vectors, vectors: FloatArray) -> FloatArray:
    """Cosines of texts in general, evenly spread over the index, ``float32 (n_texts, n_probes)``."""
    return cosines_of(among.sample, vectors)


def _stand_out(cosines: FloatArray, background: FloatArray, weights: FloatArray) -> FloatArray:
    """Cosines in standard deviations above those of the background, averaged over the probes.

    Cosines of one query all lie in a narrow band whose place depends on the query; what tells is how far
    a text stands out from texts in general.
    """
    # As numpy's `mean` and `std` do it, which take four times as long to call.
    mean = np.add.reduce(background) / len(background)
    beyond = background - mean
    deviation = np.sqrt(np.add.reduce(beyond * beyond) / len(background))
    standard = (cosines - mean) / np.maximum(deviation, 1e-6)
    return np.asarray(standard @ (weights / weights.sum()), np.float32)
