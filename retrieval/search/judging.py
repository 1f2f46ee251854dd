"""Reading question and found words together: does what would be quoted answer at all?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from embeddings import FloatArray
from retrieval.documents.views import encoded_text
from retrieval.search.followup import Form
from retrieval.search.found import Found
from retrieval.search.glossary import Glossary
from retrieval.search.query import Query
from retrieval.search.units import Run, Unit

CHARACTERS = 160
"""Of words that are shown or read, where that is more than one sentence."""

ENOUGH = 60
"""From so many characters on nothing is added to what is read: time grows with it, certainty does not."""


NOT_READ = (Form.ASKING, Form.ITEM, Form.OTHER)
"""Turns whose words say nothing of what they are about (谁负责, 别的会上呢): nothing that could be read."""


class Judge(Protocol):
    """What reads question and text together; see :class:`embeddings.cross_encoder.CrossEncoder`."""

    @property
    def fingerprint(self) -> str:
        """Of its weights; not empty."""

    def logits(self, question: str, texts: Sequence[str]) -> FloatArray:
        """How surely each text answers, ``float32 (len(texts),)``, unbounded."""


def judged(
    judge: Judge, query: Query, glossary: Glossary, runs: Sequence[Run], sources: Sequence[Found]
) -> float:
    """The logit of the best words of what would be quoted. A second quote would add little and cost as much.

    Args:
        judge: the cross-encoder.
        query: what is asked; a follow-up is judged in the words of the questions that it leans on.
        glossary: knows the words of a speech for what is asked in everyday ones.
        runs: what would be quoted, best first; at least one.
        sources: what ``runs`` count their sources in.
    """
    told = "".join(unit.sentence.text for unit in best_units(runs[0], ENOUGH))
    # The header tells whose words these are and what part of the speech they stand in. The cross-encoder
    # learned with titles alone and makes more of headers all the same.
    text = f"{sources[runs[0].source].hit.passage.header}\n{told}"
    question = glossary.reworded(query.probes[-1].text, told)
    return float(judge.logits(question, [encoded_text(text)])[0])


def best_units(run: Run, enough: int = CHARACTERS) -> tuple[Unit, ...]:
    """The best sentence of a run and its neighbours, those that answer better first, while there is room.

    Args:
        run: what would be quoted.
        enough: characters from which on nothing is added.
    """
    units = run.units
    first = last = units.index(run.best)
    length = len(run.best.sentence.text)
    while length < enough:
        beside: list[Unit] = [*units[max(0, first - 1) : first], *units[last + 1 : last + 2]]
        nearest = max(beside, key=lambda unit: unit.measure, default=None)
        if nearest is None or length + len(nearest.sentence.text) > CHARACTERS:
            break
        length += len(nearest.sentence.text)
        at = units.index(nearest)
        first, last = min(first, at), max(last, at)
    return units[first : last + 1]
