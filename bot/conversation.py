"""A conversation: questions that are understood in the light of those before them."""

from __future__ import annotations

from collections import deque

from bot.answer import Answer, answer, answer_again
from config.messages import Language
from retrieval.search.context import PastTurn
from retrieval.search.filters import ANY, Filters
from retrieval.search.question import clean_question
from retrieval.search.rewriting import Rewriting
from retrieval.search.searcher import Searcher

KEPT_TURNS = 5
"""Turns that a follow-up may lean on. People refer to what is still on the screen."""


class Conversation:
    """Remembers the last turns. Not for several threads at once."""

    def __init__(self, *, filters: Filters = ANY, limit: int = 10, language: Language) -> None:
        self._filters = filters
        self._limit = limit
        self._language = language
        self._past: deque[PastTurn] = deque(maxlen=KEPT_TURNS)
        self._last: Answer | None = None

    @property
    def past(self) -> tuple[PastTurn, ...]:
        """The turns that the next question may lean on, oldest first."""
        return tuple(self._past)

    @property
    def last(self) -> Answer | None:
        """The latest answer of this conversation."""
        return self._last

    def ask(self, searcher: Searcher, text: str) -> Answer:
        """Answer what a person typed.

        Raises:
            UsageError: the question is empty or too long; the conversation stays as it was.
        """
        question = clean_question(text)
        given = answer(
            searcher, question, self.past, self._filters, limit=self._limit, language=self._language
        )
        self._past.append(PastTurn(question, given.evidence))
        self._last = given
        return given

    def ask_again(self, searcher: Searcher, rewriting: Rewriting) -> Answer | None:
        """Look for the latest question in other words, too; what they add belongs to its answer from now on.

        None, and nothing changed, where they add nothing.
        """
        if self._last is None:
            return None
        given = answer_again(
            searcher,
            self._last,
            rewriting,
            self.past[:-1],
            self._filters,
            limit=self._limit,
            language=self._language,
        )
        if given is not None:
            self._past[-1] = PastTurn(self._past[-1].question, given.evidence)
            self._last = given
        return given

    def new(self) -> None:
        """Forget everything that was said."""
        self._past.clear()
        self._last = None
