"""From evidence to an answer. Extractive: the archive's own words and nothing else."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace

from config.messages import Language
from retrieval.documents.views import search_text
from retrieval.search.compose import extractive_answer
from retrieval.search.context import PastTurn
from retrieval.search.filters import ANY, Filters
from retrieval.search.output import Json, evidence_json
from retrieval.search.rewriting import Rewriting
from retrieval.search.searcher import Searcher
from retrieval.types import Certainty, Evidence, Quote, Reason

MOST_ADDED = 3
"""Quotes that other words for a question add to those that it found by itself."""


class Mode(enum.StrEnum):
    """Who worded the answer: nobody (quotes only), or a language model over the quotes."""

    EXTRACTIVE = "extractive"
    LLM = "llm"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person gets. ``[n]`` in ``text`` stands for ``quotes[n - 1]``.

    Attributes:
        rewriting: the other words that the last ``added`` quotes were found by; None where there are none.
    """

    text: str
    quotes: tuple[Quote, ...]
    mode: Mode
    evidence: Evidence
    rewriting: Rewriting | None = None
    added: int = 0

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


def answer_again(
    searcher: Searcher,
    first: Answer,
    rewriting: Rewriting,
    past: Sequence[PastTurn] = (),
    filters: Filters = ANY,
    *,
    limit: int = 10,
    language: Language = Language.ZH,
) -> Answer | None:
    """The same answer with what other words for its question find besides; None where that is nothing.

    The quotes that stand keep their numbers, and at most ``MOST_ADDED`` others follow. What the archive masks
    and names that it does not have stay declined.

    Args:
        searcher: an opened index.
        first: what the question found by itself.
        rewriting: the other words.
        past: the turns before, oldest first.
        filters: which documents may answer.
        limit: most hits in the evidence.
        language: as with :func:`answer`.
    """
    if first.evidence.reason in (
        Reason.MASKED,
        Reason.UNKNOWN,
        Reason.ABSENT,
        Reason.UNTOLD,
        Reason.ELSEWHERE,
    ):
        return None
    again = searcher.ask(
        first.evidence.question, past=past, filters=filters, limit=limit, rewriting=rewriting
    )
    added = _added(first, again)
    if not added:
        return None
    quotes = (*first.quotes, *added)
    stands = first.evidence if first.evidence.answerable else again
    evidence = replace(stands, quotes=quotes, hits=again.hits)
    text = extractive_answer(evidence, language)
    return Answer(text, quotes, Mode.EXTRACTIVE, evidence, rewriting, len(added))


def _added(first: Answer, again: Evidence) -> tuple[Quote, ...]:
    """The quotes of the best passages that touch none that stands, in reading order."""
    if not again.answerable:
        return ()
    ranks = {hit.passage.id: rank for rank, hit in enumerate(again.hits)}
    new = [quote for quote in again.quotes if not any(_touch(quote, old) for old in first.quotes)]
    best = sorted(new, key=lambda quote: ranks.get(quote.passage_id, len(ranks)))[:MOST_ADDED]
    return tuple(quote for quote in new if quote in best)


def _touch(one: Quote, other: Quote) -> bool:
    return (
        one.document.id == other.document.id
        and one.span.start < other.span.end
        and other.span.start < one.span.end
    )


def shown_rewriting(answer: Answer) -> tuple[str, ...]:
    """The other words that a person is told of: the question, and the words that the added quotes have.

    What a model says is no word of the archive, and only those stand on a screen.
    """
    if answer.rewriting is None:
        return ()
    added = search_text("".join(quote.text for quote in answer.quotes[len(answer.quotes) - answer.added :]))
    said = (answer.rewriting.question, *(word for word in answer.rewriting.words if word in added))
    return tuple(filter(None, said))


def answer_json(answer: Answer) -> Json:
    """The object of ``anjiang ask QUESTION --json``.

    Where other words were looked for, too, ``read_as`` has them and how many of the last quotes they added.
    """
    found = evidence_json(answer.evidence, mode=answer.mode.value, answer=answer.text)
    if answer.rewriting is None:
        return found
    other = answer.rewriting
    return {
        **found,
        "read_as": {"question": other.question or None, "words": list(other.words), "added": answer.added},
    }
