"""What a language model adds under the quotes, where one is set: more of them, and a text that they prove."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answer import Answer, Mode
from bot.llm.budget import spend_own
from bot.llm.chat import ChatError, Trouble
from bot.llm.setting import is_set, trouble
from bot.terminal.below import Below
from config.errors import AnjiangError, StateError
from retrieval.cli.state import State
from retrieval.search.context import PastTurn
from retrieval.search.rewriting import Rewriting, is_rewritable

if TYPE_CHECKING:
    from config.settings import LlmSettings
    from retrieval.cli.screen import Screen

Again = Callable[[Rewriting], Answer | None]
"""Looks for a question in other words, too; see `bot.answer.answer_again`."""


def budget_path() -> Path:
    """Where an account's questions of the day are counted."""
    import platformdirs  # noqa: PLC0415

    return platformdirs.user_data_path("anjiang", appauthor=False) / "language-model.sqlite"


class Wording:
    """Asks the model of the settings, if there is one. What goes wrong is told in one line, not raised.

    Settings that name half of a model are told at once.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._settings = state.settings().llm
        self._trouble = trouble(self._settings)
        if self._trouble:
            self._tell(self._trouble)
        self._is_told = False

    def improve(
        self, answer: Answer, again: Again, past: Sequence[PastTurn] = (), below: Below | None = None
    ) -> Answer:
        """The best answer that can be had: with the quotes that other words add, under a text that is proved.

        The answer as it is without a model, or where nothing comes of it. Takes at most
        ``llm.rewrite_seconds`` and twice ``llm.timeout_seconds``; Ctrl-C ends the wait.

        Args:
            answer: as the quotes give it.
            again: finds what the model's other words for the question find.
            past: the turns before, oldest first.
            below: shows what comes as it comes.
        """
        rewrites = self._settings.rewrite_seconds > 0 and is_rewritable(answer.evidence.question, past)
        if self._trouble or not is_set(self._settings) or not (answer.quotes or rewrites):
            return answer
        if not self._may_ask():
            return answer
        asking = _Asking(self._settings, answer, below)
        with below or nullcontext():
            try:
                asyncio.run(asking.improve(again if rewrites else None, [turn.question for turn in past]))
            except KeyboardInterrupt:
                asking.trouble = None
            except AnjiangError as error:
                asking.trouble = error
        if asking.trouble:
            self._tell(asking.trouble)
        return asking.best

    def show(self, screen: Screen, answer: Answer, again: Again, past: Sequence[PastTurn] = ()) -> None:
        """Put what is added under an answer that stands on the screen already."""
        if is_set(self._settings):
            sys.stdout.flush()  # into a pipe, too, the quotes wait for no model
            self.improve(answer, again, past, Below(screen, self._state))

    def _may_ask(self) -> bool:
        """Take one off the day of this account; that none is left is told once."""
        limit = self._settings.daily_budget
        if not limit:
            return True
        try:
            if spend_own(budget_path(), time.time(), limit):
                return True
            trouble: AnjiangError = ChatError(Trouble.BUDGET)
        except StateError as error:
            trouble = error
        if not self._is_told:
            self._tell(trouble)
        self._is_told = True
        return False

    def _tell(self, error: AnjiangError) -> None:
        self._state.say(error.text(self._state.language))


class _Asking:
    """One answer for which a model is asked.

    Attributes:
        best: the best answer so far.
        trouble: why there is no worded text; None where there is one, or none was to be expected.
    """

    def __init__(self, settings: LlmSettings, answer: Answer, below: Below | None) -> None:
        self._settings = settings
        self._below = below
        self.best = answer
        self.trouble: AnjiangError | None = None

    async def improve(self, again: Again | None, past: Sequence[str]) -> None:
        """Look for the question in other words, where ``again`` does that; then have the quotes worded."""
        from bot.llm.client import OpenAIChat  # noqa: PLC0415 -- what nobody has set costs nothing
        from bot.llm.rewriting import rewrite  # noqa: PLC0415
        from bot.llm.wording import word  # noqa: PLC0415

        model = OpenAIChat(self._settings)
        try:
            if again is not None:
                seconds = self._settings.rewrite_seconds
                rewriting = await rewrite(model, self.best.evidence.question, past, seconds=seconds)
                if rewriting and (wider := again(rewriting)):
                    self._take(wider)
            if not self.best.quotes:
                return
            troubles: list[ChatError] = []
            show = self._below.grow if self._below else None
            given = await word(model, self.best.evidence, past, troubles.append, show=show)
            if given:
                self._take(replace(self.best, text=given.text, mode=Mode.LLM))
            else:
                self.trouble = troubles[0] if troubles else AnjiangError("llm.unproved")
        finally:
            await model.close()

    def _take(self, better: Answer) -> None:
        self.best = better
        if self._below:
            self._below.add(better)
