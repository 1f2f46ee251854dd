"""Find the passages that may answer a question, best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embeddings import Encoder
from embeddings.types import BoolArray, FloatArray, IntArray
from retrieval.beside import Begun
from retrieval.index import Generation
from retrieval.search.associations import Spoken, load_associations
from retrieval.search.candidates import (
    WAYS,
    ByTerms,
    Candidates,
    beside_in_many,
    fetch_ahead,
    gather,
    rank_by_terms,
)
from retrieval.search.context import Context
from retrieval.search.duplicates import fold_duplicates
from retrieval.search.found import Found
from retrieval.search.fusion import ASSOCIATED_WEIGHT, fuse, to_unit
from retrieval.search.leaning import preference_in
from retrieval.search.query import Query
from retrieval.search.router import Router
from retrieval.search.routing import Routing
from retrieval.search.sides import Sides
from retrieval.types import Hit

DEPTH = 4
"""Passages that are fetched for every hit wanted: near-duplicates among them fold into one."""

DEEPER = 2
"""How many times as many are fetched again where so many folded that hits are missing."""

_BITS = 1 << np.arange(len(WAYS))
_FOUND_BY = tuple(
    tuple(way for way, bit in zip(WAYS, _BITS, strict=True) if bits & bit) for bits in range(2 ** len(WAYS))
)
"""The names of the ways by which a passage was proposed, by their bits."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as asked, as its conversation makes it understood, and as it is looked for.

    Attributes:
        allowed: which passages may answer, ``bool (passage_count,)``; None for all.
        ranked: the passages as its terms rank them.
        vectors: of its probes, maybe still being made; not of one that asks for the sides of a comparison.
    """

    question: str
    context: Context
    query: Query
    routing: Routing
    allowed: BoolArray | None
    ranked: ByTerms
    vectors: Begun[FloatArray]


@dataclass(frozen=True, slots=True)
class Measured:
    """Passages that may answer, how well each does, and the question that says so.

    Attributes:
        fused: how well each of the candidates answers, ``float32 (n,)``; unbounded, higher is better.
        vector: of the question as it is best understood, ``float32 (dim,)``.
        spoken: the same question, to be looked for in the texts of passages.
    """

    candidates: Candidates
    fused: FloatArray
    vector: FloatArray
    spoken: Spoken


class Ranker:
    """Measures and orders passages; safe to use from several threads.

    Args:
        generation: the index.
        encoder: that made it.
        router: knows which documents a question names.
    """

    def __init__(self, generation: Generation, encoder: Encoder, router: Router) -> None:
        self._generation = generation
        self._encoder = encoder
        self._router = router

    def begin(self, query: Query, allowed: BoolArray | None) -> tuple[ByTerms, Begun[FloatArray]]:
        """What waits for no vector, while the vectors of the probes are made.

        Args:
            query: what is looked for.
            allowed: which passages may answer, ``bool (passage_count,)``; None for all.

        Returns:
            The passages as the terms rank them, and what gives ``float32 (len(query.probes), dim)``.
        """
        probes = [probe.text for probe in query.probes]
        vectors = beside_in_many(self._generation, lambda: self._encoder.encode_queries(probes))
        return rank_by_terms(self._generation, query, allowed), vectors

    def measure(self, asked: Asked, named: IntArray) -> Measured:
        """The passages that may answer, each measured in every way.

        Args:
            asked: the question.
            named: rows to measure whatever ranks them, ``int64 (n,)``.
        """
        query = asked.query
        spoken = Spoken(query.probes[-1].text, load_associations())
        fetch_ahead(self._generation, asked.ranked, asked.vectors.is_running)
        vectors = asked.vectors()
        if added := [probe.text for probe in query.probes[len(vectors) :]]:
            vectors = np.concatenate([vectors, self._encoder.encode_queries(added)])
        candidates = gather(self._generation, query, vectors, asked.allowed, named, ranked=asked.ranked)
        fused = fuse(candidates) + preference_in(asked.context, self._generation.store, candidates)
        fused += self._router.preference(candidates, fused, asked.routing)
        return Measured(candidates, fused, vectors[-1], spoken)

    def folded(self, measured: Measured, limit: int, sides: Sides = ()) -> list[Found]:
        """The best passages, best first, near-duplicates folded.

        Args:
            measured: what `measure` gave.
            limit: most passages that are returned.
            sides: ids of the documents of each side of a comparison, between which nothing is folded.
        """
        # Rows in index order break ties here, passage ids below: the cut-off must not cost a look-up each.
        best = np.argsort(-measured.fused, kind="stable")
        depth = DEPTH * limit
        fetched: list[Found] = []
        while True:
            fetched = best_first([*fetched, *self.fetch(measured, best[len(fetched) : depth])])
            found = fold_duplicates(fetched, limit, sides)
            if len(found) >= limit or depth >= best.size:
                return found
            depth *= DEEPER

    def fetch(self, measured: Measured, best: IntArray) -> list[Found]:
        """Some of the candidates with their passages, in the given order.

        What the texts say in words that go with the question's is measured here, where they are at hand.

        Args:
            measured: what `measure` gave.
            best: positions among its candidates, ``int64 (n,)``.
        """
        candidates = measured.candidates
        store, rows = self._generation.store, candidates.rows[best]
        passages = store.passages(rows)
        said = measured.spoken.within_each(
            [[each.text for each in passage.sentences] for passage in passages]
        )
        fused = measured.fused[best] + np.float32(ASSOCIATED_WEIGHT) * said
        columns = zip(
            passages,
            fused.tolist(),
            to_unit(fused).tolist(),
            candidates.first_sentence[best].tolist(),
            (candidates.proposed[best] @ _BITS).tolist(),
            best.tolist(),
            strict=True,
        )
        return [
            Found(
                Hit(passage, store.stored(passage.document_id).info, score, _FOUND_BY[bits]),
                measure,
                candidates.nearness(at),
                first,
            )
            for passage, measure, score, first, bits, at in columns
        ]


def best_first(found: Sequence[Found]) -> list[Found]:
    """By the fused measure, highest first; ties by passage id."""
    return sorted(found, key=lambda each: (-each.fused, each.hit.passage.id))
