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
    told = "".join(each.sentence.text for each in best_quotables(runs[0], ENOUGH))
    # The header tells whose words these are and what part of the speech they stand in. The cross-encoder
    # learned with titles alone and makes more of headers all the same.
    text = f"{sources[runs[0].source].hit.passage.header}\n{told}"
    question = glossary.reworded(query.probes[-1].text, told)
    return float(judge.logits(question, [encoded_text(text)])[0])


def best_quotables(run: Run, enough: int = CHARACTERS) -> tuple[Quotable, ...]:
    """The best sentence of a run and its neighbours, those that answer better first, while there is room.

    Args:
        run: what would be quoted.
        enough: characters from which on nothing is added.
    """
    quotables = run.quotables
    first = last = quotables.index(run.best)
    length = len(run.best.sentence.text)
    while length < enough:
        beside: list[Quotable] = [*quotables[max(0, first - 1) : first], *quotables[last + 1 : last + 2]]
        nearest = max(beside, key=lambda each: each.measure, default=None)
        if nearest is None or length + len(nearest.sentence.text) > CHARACTERS:
            break
        length += len(nearest.sentence.text)
        at = quotables.index(nearest)
        first, last = min(first, at), max(last, at)
    return quotables[first : last + 1]
