"""Gather passages that may answer, and measure each of them in every way that fusion uses.

Three rankings propose passages: BM25, passage vectors, and sentence vectors (a passage is as near as its
nearest sentence). Whatever any of them proposes is then measured by all three, so that fusion never has to
guess a missing value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embeddings.types import FloatArray, IntArray
from retrieval.index import Generation
from retrieval.search.query import Query

POOL = 200
"""Passages that each ranking proposes. Of the gold passages of the development questions none stood
deeper than 120 in all three rankings."""

BACKGROUND = 1024
"""Vectors, evenly spread over the index, that say how near an unrelated text is to this query."""

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages with their measures; row *i* of every array is passage ``rows[i]``.

    Attributes:
        rows: passage rows, ascending, ``int64 (n,)``.
        coverage: BM25 as a share of the most that this query can score, ``float32 (n,)`` in [0, 1).
        passage: nearness of the passage vector in standard deviations above the background, ``(n,)``.
        sentence: the same of the passage's nearest sentence, ``(n,)``.
        sentences: nearness of every sentence of the passage, in order, the same unit; one array each.
        proposed: for each passage whether BM25, passage vectors, sentence vectors proposed it, ``(n, 3)``.
    """

    rows: IntArray
    coverage: FloatArray
    passage: FloatArray
    sentence: FloatArray
    sentences: tuple[FloatArray, ...]
    proposed: BoolArray


def gather(
    generation: Generation, query: Query, vectors: FloatArray, allowed: BoolArray | None = None
) -> Candidates:
    """Propose and measure passages.

    Args:
        generation: the opened index.
        query: its terms weigh the lexical side, its probes are what ``vectors`` encode.
        vectors: ``float32 (len(query.probes), dim)``.
        allowed: which passages may answer, ``bool (passage_count,)``; None means all.
    """
    weights = np.asarray([probe.weight for probe in query.probes], np.float32)
    count = generation.store.passage_count
    if count == 0 or (allowed is not None and not allowed.any()):
        return _nothing()
    lexical = _coverage(generation, query)
    proposals = [
        _best(lexical, allowed),
        _nearest_passages(generation, vectors, allowed),
        _nearest_sentences(generation, vectors, allowed),
    ]
    rows = np.unique(np.concatenate(proposals))
    passage = _deviations(generation.passage_vectors.vectors(rows), vectors, weights, generation, "passage")
    sentences = _sentences(generation, rows, vectors, weights)
    return Candidates(
        rows=rows,
        coverage=lexical[rows],
        passage=passage,
        sentence=np.asarray([nearness.max(initial=-9.0) for nearness in sentences], np.float32),
        sentences=sentences,
        proposed=np.stack([np.isin(rows, proposed) for proposed in proposals], axis=1),
    )


def _nothing() -> Candidates:
    empty = np.empty(0, np.float32)
    return Candidates(np.empty(0, np.int64), empty, empty, empty, (), np.empty((0, 3), np.bool_))


def _coverage(generation: Generation, query: Query) -> FloatArray:
    scores = generation.lexical.scores(query.terms)
    most = sum(weight * generation.lexical.idf(term) for term, weight in query.own_terms.items())
    return scores / np.float32(most) if most > 0 else scores


def _best(scores: FloatArray, allowed: BoolArray | None) -> IntArray:
    found = np.flatnonzero(scores > 0 if allowed is None else (scores > 0) & allowed)
    if found.size <= POOL:
        return found
    order = np.argpartition(-scores[found], POOL)[:POOL]
    return found[order]


def _nearest_passages(generation: Generation, vectors: FloatArray, allowed: BoolArray | None) -> IntArray:
    depth = POOL if allowed is None else generation.passage_vectors.count
    found = [generation.passage_vectors.search(vector, depth)[0] for vector in vectors]
    return np.concatenate([_permitted(rows, allowed)[:POOL] for rows in found])


def _nearest_sentences(generation: Generation, vectors: FloatArray, allowed: BoolArray | None) -> IntArray:
    depth = 2 * POOL if allowed is None else generation.sentence_vectors.count
    owners = generation.sentence_passage
    found = [
        owners[generation.sentence_vectors.search(vector, depth)[0]].astype(np.int64) for vector in vectors
    ]
    return np.concatenate([_permitted(rows, allowed)[: 2 * POOL] for rows in found])


def _permitted(rows: IntArray, allowed: BoolArray | None) -> IntArray:
    return rows if allowed is None else rows[allowed[rows]]


def _sentences(
    generation: Generation, rows: IntArray, vectors: FloatArray, weights: FloatArray
) -> tuple[FloatArray, ...]:
    starts = np.searchsorted(generation.sentence_passage, rows, side="left")
    ends = np.searchsorted(generation.sentence_passage, rows, side="right")
    wanted = np.concatenate([np.arange(a, b) for a, b in zip(starts, ends, strict=True)])
    near = _deviations(generation.sentence_vectors.vectors(wanted), vectors, weights, generation, "sentence")
    return tuple(np.split(near, np.cumsum(ends - starts)[:-1]))


def _deviations(
    found: FloatArray, vectors: FloatArray, weights: FloatArray, generation: Generation, kind: str
) -> FloatArray:
    """Cosines in standard deviations above those of the background, averaged over the probes.

    Cosines of one query all lie in a narrow band whose place depends on the query; what tells is how far
    a text stands out from texts in general.
    """
    source = generation.passage_vectors if kind == "passage" else generation.sentence_vectors
    sample = np.linspace(0, source.count - 1, min(BACKGROUND, source.count)).astype(np.int64)
    background = source.vectors(sample) @ vectors.T
    mean, deviation = background.mean(axis=0), background.std(axis=0)
    standard = (found @ vectors.T - mean) / np.maximum(deviation, 1e-6)
    return np.asarray(standard @ (weights / weights.sum()), np.float32)
