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
from retrieval.search.quotable import Quotable, Run
from retrieval.search.told_stretches import LEAST_COVERAGE, TOLD, tells_stretch

CHARACTERS = 200
"""Of words that are read, where that is more than one sentence. Beyond, time grows, certainty does not."""


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
    judge: Judge,
    query: Query,
    glossary: Glossary,
    runs: Sequence[Run],
    sources: Sequence[Found],
    *,
    characters: int = CHARACTERS,
) -> float:
    """The logit of the best words of what would be quoted. A second quote would add little and cost as much.

    At least ``TOLD`` where a stretch of time is asked for and told; see `told_stretches`.

    Args:
        judge: the cross-encoder.
        query: what is asked; a follow-up is judged in the words of the questions that it leans on.
        glossary: knows the words of a speech for what is asked in everyday ones.
        runs: what would be quoted, best first; at least one.
        sources: what ``runs`` count their sources in.
        characters: most that are read, where that is more than one sentence.
    """
    told = "".join(each.sentence.text for each in best_quotables(runs[0], characters))
    # The header tells whose words these are and what part of the speech they stand in. The cross-encoder
    # learned with titles alone and makes more of headers all the same.
    text = f"{sources[runs[0].source].hit.passage.header}\n{told}"
    question = glossary.reworded(query.probes[-1].text, told)
    logit = float(judge.logits(question, [encoded_text(text)])[0])
    return max(logit, TOLD) if _tells_stretch(query, runs[0].best) else logit


def _tells_stretch(query: Query, best: Quotable) -> bool:
    return best.coverage >= LEAST_COVERAGE and tells_stretch(query.question, best.sentence.text)


def best_quotables(run: Run, characters: int) -> tuple[Quotable, ...]:
    """The best sentence of a run and its neighbours, those that answer better first, while there is room.

    Args:
        run: what would be quoted.
        characters: room for all of them; the best sentence is taken however long it is.
    """
    quotables = run.quotables
    first = last = quotables.index(run.best)
    room = characters - len(run.best.sentence.text)
    while True:
        beside: list[Quotable] = [*quotables[max(0, first - 1) : first], *quotables[last + 1 : last + 2]]
        fitting = [each for each in beside if len(each.sentence.text) <= room]
        if not fitting:
            return quotables[first : last + 1]
        nearest = max(fitting, key=lambda each: each.measure)
        room -= len(nearest.sentence.text)
        at = quotables.index(nearest)
        first, last = min(first, at), max(last, at)
