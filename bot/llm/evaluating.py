"""The second mode of ``eval``: questions answered with a language model's other words and worded texts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.answer import answer, answer_again
from bot.llm.chat import ChatError
from bot.llm.rewriting import rewrite
from bot.llm.setting import is_set, trouble
from bot.llm.wording import Counts, word
from config.errors import SettingsError, UsageError
from config.settings import LlmSettings
from retrieval.evaluation.runs import Ask
from retrieval.evaluation.worded import Wording
from retrieval.search.context import PastTurn
from retrieval.search.rewriting import is_rewritable
from retrieval.search.searcher import Searcher
from retrieval.types import Evidence

if TYPE_CHECKING:
    from bot.llm.client import OpenAIChat
    from retrieval.cli.state import State

PATIENCE = 3
"""Answers in a row that the model may fail before the run ends: without it figures say nothing."""


@contextmanager
def open_worded(state: State, questions: int) -> Iterator[Ask]:
    """Answers questions as `anjiang ask` does where a model is set.

    Raises:
        SettingsError, ExtraNotInstalledError: the settings name no model that can be asked.
        UsageError: the questions are more than a day's budget.
    """
    settings = state.settings().llm
    if error := trouble(settings):
        raise error
    if not is_set(settings):
        raise SettingsError("llm.not_set")
    if 0 < settings.daily_budget < questions:
        raise UsageError("llm.over_budget", questions=questions, budget=settings.daily_budget)
    from bot.llm.client import OpenAIChat  # noqa: PLC0415 -- a second of imports

    model = OpenAIChat(settings)
    with asyncio.Runner() as runner:
        try:
            yield _Asking(model, settings, runner)
        finally:
            runner.run(model.close())


class _Asking:
    def __init__(self, model: OpenAIChat, settings: LlmSettings, runner: asyncio.Runner) -> None:
        self._model = model
        self._settings = settings
        self._runner = runner
        self._failures = 0

    def __call__(
        self, searcher: Searcher, question: str, past: Sequence[PastTurn], limit: int
    ) -> tuple[Evidence, Wording]:
        return self._runner.run(self._ask(searcher, question, past, limit))

    async def _ask(
        self, searcher: Searcher, question: str, past: Sequence[PastTurn], limit: int
    ) -> tuple[Evidence, Wording]:
        given = answer(searcher, question, past, limit=limit)
        asked = [turn.question for turn in past]
        seconds = self._settings.rewrite_seconds
        if seconds and is_rewritable(question, past):
            rewriting = await rewrite(self._model, question, asked, seconds=seconds)
            if rewriting:
                given = answer_again(searcher, given, rewriting, past, limit=limit) or given
        told: list[ChatError] = []
        counts: list[Counts] = []
        text = await word(self._model, given.evidence, asked, told.append, count=counts.append)
        if counts:
            self._failures = 0
        elif told:
            self._failures += 1
            if self._failures == PATIENCE:
                raise told[-1]
        count = counts[-1] if counts else Counts(0, 0, 0)
        wording = Wording(text.text if text else "", count.proved, count.repaired, count.dropped, given.added)
        return given.evidence, wording
