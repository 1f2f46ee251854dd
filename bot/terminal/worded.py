"""What a language model adds under the quotes, where one is set: more of them, and a text that they prove."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Mode
from bot.llm.setting import is_set, trouble
from bot.terminal.answers import show_added
from config.errors import AnjiangError
from retrieval.cli.screen import STRONG, Screen, styled
from retrieval.cli.state import State
from retrieval.search.rewriting import Rewriting, is_rewritable
from retrieval.search.searcher import PastTurn

if TYPE_CHECKING:
    from bot.llm.client import OpenAIChat

Again = Callable[[Rewriting], Answer | None]
"""Looks for a question in other words, too; see `bot.answer.answer_again`."""


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

    def improve(
        self,
        answer: Answer,
        again: Again,
        past: Sequence[PastTurn] = (),
        show: Callable[[Answer], object] | None = None,
    ) -> Answer:
        """The best answer that can be had: with the quotes that other words add, under a text that is proved.

        The answer as it is without a model, or where nothing comes of it. Takes at most
        ``llm.rewrite_seconds`` and twice ``llm.timeout_seconds``; Ctrl-C ends the wait.

        Args:
            answer: as the quotes give it.
            again: finds what the model's other words for the question find.
            past: the turns before, oldest first.
            show: is given every better answer as soon as it is there.
        """
        best = answer

        def take(better: Answer) -> None:
            nonlocal best
            best = better
            if show:
                show(better)

        rewrites = self._settings.rewrite_seconds > 0 and is_rewritable(answer.evidence.question, past)
        if self._trouble or not is_set(self._settings) or not (answer.quotes or rewrites):
            return answer
        if not self._is_within_budget():
            return answer
        try:
            asyncio.run(self._improve(answer, again if rewrites else None, past, take))
        except KeyboardInterrupt:
            pass
        except AnjiangError as error:
            self._tell(error)
        return best

    def show(self, screen: Screen, answer: Answer, again: Again, past: Sequence[PastTurn] = ()) -> None:
        """Put what is added under an answer that stands on the screen already."""
        if is_set(self._settings):
            sys.stdout.flush()  # into a pipe, too, the quotes wait for no model
        self.improve(answer, again, past, lambda better: self._show(screen, better))

    def _show(self, screen: Screen, better: Answer) -> None:
        screen.blank()
        if better.mode is Mode.EXTRACTIVE:
            show_added(screen, self._state, better)
            sys.stdout.flush()
            return
        screen.line((self._state.text("ask.worded"), STRONG))
        screen.block(styled(better.text))

    async def _improve(
        self, answer: Answer, again: Again | None, past: Sequence[PastTurn], take: Callable[[Answer], None]
    ) -> None:
        from bot.llm.client import OpenAIChat  # noqa: PLC0415 -- what nobody has set costs nothing
        from bot.llm.wording import word  # noqa: PLC0415

        asked = [turn.question for turn in past]
        model = OpenAIChat(self._settings)
        try:
            if again is not None and (wider := await self._wider(model, answer, again, asked)):
                answer = wider
                take(wider)
            given = await word(model, answer.evidence, asked, tell=self._tell)
            if given:
                take(replace(answer, text=given.text, mode=Mode.LLM))
        finally:
            await model.close()

    async def _wider(
        self, model: OpenAIChat, answer: Answer, again: Again, asked: Sequence[str]
    ) -> Answer | None:
        from bot.llm.rewriting import rewrite  # noqa: PLC0415

        seconds = self._settings.rewrite_seconds
        rewriting = await rewrite(model, answer.evidence.question, asked, seconds=seconds)
        return again(rewriting) if rewriting else None

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
