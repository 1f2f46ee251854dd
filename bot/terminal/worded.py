"""A worded answer under the quotes, where a language model is set and its words are proved."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Mode
from bot.llm.setting import is_set, trouble
from config.errors import AnjiangError
from retrieval.cli.screen import STRONG, Screen, styled
from retrieval.cli.state import State

if TYPE_CHECKING:
    from bot.llm.wording import Worded


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
        self._day = date.min
        self._asked = 0

    def worded(self, answer: Answer, past: Sequence[str] = ()) -> Answer | None:
        """The same quotes under a worded text; None without a model, or where nothing is proved.

        Takes at most twice ``llm.timeout_seconds``; Ctrl-C ends the wait.

        Args:
            answer: as the quotes give it.
            past: the questions before, oldest first.
        """
        if self._trouble or not is_set(self._settings) or not answer.quotes:
            return None
        if not self._is_within_budget():
            return None
        try:
            given = asyncio.run(self._ask(answer, past))
        except KeyboardInterrupt:
            return None
        except AnjiangError as error:
            self._tell(error)
            return None
        return replace(answer, text=given.text, mode=Mode.LLM) if given else None

    def show(self, screen: Screen, answer: Answer, past: Sequence[str] = ()) -> None:
        """Put the worded text under an answer that stands on the screen already."""
        if is_set(self._settings):
            sys.stdout.flush()  # into a pipe, too, the quotes wait for no model
        if worded := self.worded(answer, past):
            screen.blank()
            screen.line((self._state.text("ask.worded"), STRONG))
            screen.block(styled(worded.text))

    async def _ask(self, answer: Answer, past: Sequence[str]) -> Worded | None:
        from bot.llm.client import OpenAIChat  # noqa: PLC0415 -- what nobody has set costs nothing
        from bot.llm.wording import word  # noqa: PLC0415

        model = OpenAIChat(self._settings)
        try:
            return await word(model, answer.evidence, past, tell=self._tell)
        finally:
            await model.close()

    def _is_within_budget(self) -> bool:
        """Count one more answer of this process and day."""
        today = date.today()
        if today != self._day:
            self._day, self._asked = today, 0
        self._asked += 1
        limit = self._settings.daily_budget
        if limit and self._asked == limit + 1:
            self._state.say(self._state.text("llm.budget"))
        return not limit or self._asked <= limit

    def _tell(self, error: AnjiangError) -> None:
        self._state.say(error.text(self._state.language))
