"""One worded answer in its chat: its beginning while it comes, then the whole of it, or nothing.

Where a private chat takes drafts the beginning grows in one, elsewhere on top of the answer in quotes, by
edits. The whole goes on top of that answer, so that the quotes stand once, below it. A draft can't be taken
away: its last words say what became of it, and Telegram lets it fade within half a minute.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from telegram import InlineKeyboardMarkup

from bot.telegram.delivery import Delivery, GoneError, RefusedError
from bot.telegram.formatted import ITALIC, Formatted, Part, pack, stacked
from bot.telegram.records import Question
from bot.telegram.rendering import render_worded
from bot.telegram.state import State
from config.messages import message
from retrieval.types import Evidence

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wordable:
    """What wording needs of an answer.

    Attributes:
        evidence: with quotes.
        past: the questions before, oldest first.
        links: to the paragraph of each quote, None where there is none.
        cited: the quotes with their numbers, for a message of its own.
    """

    evidence: Evidence
    past: tuple[str, ...]
    links: tuple[str | None, ...]
    cited: Formatted


@dataclass(frozen=True, slots=True)
class Delivered:
    """The first message of an answer as it stands in the chat."""

    message_id: int
    part: Part
    keyboard: InlineKeyboardMarkup | None


class WordedAnswer:
    """What a chat sees of one worded answer.

    Attributes:
        drafts: whether the chat takes drafts, as far as is known.
    """

    def __init__(
        self,
        state: State,
        delivery: Delivery,
        question: Question,
        delivered: Delivered,
        wordable: Wordable,
        *,
        drafts: bool,
    ) -> None:
        """Show nothing yet."""
        self._state = state
        self._delivery = delivery
        self._question = question
        self._delivered = delivered
        self._wordable = wordable
        self.drafts = drafts
        self._is_drafted = False
        self._takes_edits = True
        self._is_on_top = False  # the beginning, above the answer in quotes

    async def preview(self, proved: str) -> None:
        """Show the beginning, if that can be done at once.

        Raises:
            GoneError: the chat takes nothing any more.
        """
        top = self._top(proved, goes_on=True)
        try:
            if self.drafts:
                await self._draft(top)
            if not self.drafts and self._takes_edits:  # refused just now, perhaps
                await self._put_on_top(top)
        except GoneError:
            self._is_drafted = False
            self._forget_preview()
            raise

    async def take_back(self) -> None:
        """Have the answer in quotes say what it said before, and a draft that nothing came of it.

        Raises:
            UndeliveredError: that does not get through; the next start of the bot does it.
        """
        await self._end_draft("telegram.draft_dropped")
        # The answer to an edited question goes over them anyway.
        if self._is_on_top and self._state.is_answered(self._question.id, self._question.revision):
            await self._edit(self._delivered.part)
            self._forget_preview()

    async def deliver(self, text: str) -> bool:
        """Show the whole, above the quotes; False where both are too long for a message.

        Raises:
            UndeliveredError: it does not get through, or nobody can tell.
        """
        top = self._top(text)
        part = stacked(top, self._delivered.part)
        if part is not None and await self._edit(part):
            self._forget_preview()
            await self._end_draft("telegram.draft_placed")
            return True
        part = _single(top, self._wordable.cited)
        if part is None:
            await self.take_back()
            return False
        self._is_drafted = False  # a message ends it
        await self.take_back()
        question = self._question
        sent = await self._delivery.send(
            question.address, part.text, entities=part.entities, reply_to=question.message_id
        )
        # As a part of the answer it goes, or changes, with the rest when the question is edited.
        current = self._state.question(question.id) or question
        self._state.record_parts(question.id, [*current.parts, sent])
        return True

    def _top(self, text: str, *, goes_on: bool = False) -> Formatted:
        return render_worded(text, self._wordable.links, self._question.language, goes_on=goes_on)

    async def _draft(self, top: Formatted) -> None:
        part = _single(top)
        try:
            if part is not None:
                is_done = await self._delivery.draft(self._question.address, self._question.id, part)
                self._is_drafted = is_done or self._is_drafted
        except RefusedError:
            self.drafts = False

    async def _end_draft(self, key: str) -> None:
        """Have a draft say what became of it, if that can be done at once."""
        if not self._is_drafted:
            return
        self._is_drafted = False
        line = Formatted(message(key, self._question.language)).marked(ITALIC)
        await self._delivery.last_draft(self._question.address, self._question.id, line.to_part())

    async def _put_on_top(self, top: Formatted) -> None:
        delivered = self._delivered
        part = stacked(top, delivered.part)
        if part is None:
            return
        if not self._is_on_top:
            self._is_on_top = True
            self._state.record_preview(self._question.id, is_shown=True)
        try:
            await self._delivery.edit_at_once(
                self._question.address, delivered.message_id, part, delivered.keyboard
            )
        except RefusedError as error:
            self._takes_edits = False
            _LOG.info("a preview was refused: %s", error)

    async def _edit(self, part: Part) -> bool:
        return await self._delivery.edit(
            self._question.address,
            self._delivered.message_id,
            part.text,
            entities=part.entities,
            keyboard=self._delivered.keyboard,
        )

    def _forget_preview(self) -> None:
        if self._is_on_top:
            self._is_on_top = False
            self._state.record_preview(self._question.id, is_shown=False)


def _single(*blocks: Formatted) -> Part | None:
    """Blocks as one message; None where they take more."""
    parts = pack(blocks)
    return parts[0] if len(parts) == 1 else None
