"""Reading question and found words together: does what would be quoted answer at all?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from embeddings import FloatArray
from retrieval.documents.views import encoded_text
from retrieval.search.found import Found
from retrieval.search.query import Query
from retrieval.search.units import Run, Unit

CHARACTERS = 160
"""Of a text that is judged: what the cross-encoder learned from is as long, and time grows with it."""


class Judge(Protocol):
    """What reads question and text together; see :class:`embeddings.cross_encoder.CrossEncoder`."""

    @property
    def fingerprint(self) -> str:
        """Of its weights; not empty."""

    def logits(self, question: str, texts: Sequence[str]) -> FloatArray:
        """How surely each text answers, ``float32 (len(texts),)``, unbounded."""


def judged(judge: Judge, query: Query, runs: Sequence[Run], sources: Sequence[Found]) -> float:
    """The logit of the best words of what would be quoted. A second quote would add little and cost as much.

    Args:
        judge: the cross-encoder.
        query: what is asked; a follow-up is judged in the words of the questions that it leans on.
        runs: what would be quoted, best first; at least one.
        sources: what ``runs`` count their sources in.
    """
    # The header tells whose words these are and what part of the speech they stand in. The cross-encoder
    # learned with titles alone and makes more of headers all the same.
    text = f"{sources[runs[0].source].hit.passage.header}\n{best_words(runs[0])}"
    return float(judge.logits(query.probes[-1].text, [encoded_text(text)])[0])


def best_words(run: Run) -> str:
    """The text of `best_units`."""
    return "".join(unit.sentence.text for unit in best_units(run))


def best_units(run: Run) -> tuple[Unit, ...]:
    """The best sentence of a run and its neighbours, those that answer better first, while there is room."""
    units = run.units
    first = last = units.index(run.best)
    room = CHARACTERS - len(run.best.sentence.text)
    while True:
        beside: list[Unit] = [*units[max(0, first - 1) : first], *units[last + 1 : last + 2]]
        nearest = max(beside, key=lambda unit: unit.measure, default=None)
        if nearest is None or len(nearest.sentence.text) > room:
            return units[first : last + 1]
        room -= len(nearest.sentence.text)
        at = units.index(nearest)
        first, last = min(first, at), max(last, at)
