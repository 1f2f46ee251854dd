"""From evidence to an answer. Extractive: the archive's own words and nothing else."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from config.messages import Language
from retrieval.search.compose import extractive_answer
from retrieval.search.filters import ANY, Filters
from retrieval.search.output import Json, evidence_json
from retrieval.search.searcher import PastTurn, Searcher
from retrieval.types import Certainty, Evidence, Quote


class Mode(enum.StrEnum):
    """Who worded the answer: nobody (quotes only), or a language model over the quotes."""

    EXTRACTIVE = "extractive"
    LLM = "llm"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person gets. ``[n]`` in ``text`` stands for ``quotes[n - 1]``."""

    text: str
    quotes: tuple[Quote, ...]
    mode: Mode
    evidence: Evidence

    @property
    def certainty(self) -> Certainty:
        """The confidence of the evidence in a word."""
        return self.evidence.certainty


def answer(
    searcher: Searcher,
    question: str,
    past: Sequence[PastTurn] = (),
    filters: Filters = ANY,
    *,
    limit: int = 10,
    language: Language = Language.ZH,
) -> Answer:
    """Ask the archive.

    Args:
        searcher: an opened index.
        question: as :func:`retrieval.search.question.clean_question` gives it.
        past: the turns before, oldest first.
        filters: which documents may answer.
        limit: most hits in the evidence.
        language: of the sentence that says there is no answer; quotes stay as they are.
    """
    evidence = searcher.ask(question, past=past, filters=filters, limit=limit)
    quotes = evidence.quotes if evidence.answerable else ()
    return Answer(extractive_answer(evidence, language), quotes, Mode.EXTRACTIVE, evidence)


def answer_json(answer: Answer) -> Json:
    """The object of ``anjiang ask QUESTION --json``."""
    return evidence_json(answer.evidence, mode=answer.mode.value, answer=answer.text)
