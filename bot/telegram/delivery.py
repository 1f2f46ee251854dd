"""Getting messages to Telegram whatever happens on the way, none of them twice.

A ``sendMessage`` that timed out may have arrived, and nothing tells; an edit may be repeated safely. So
everything that matters is a short placeholder first, recorded, and then edited into what it should say.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from telegram import Bot, InlineKeyboardMarkup, MessageEntity
from telegram.error import BadRequest

from bot.telegram.metrics import Metrics
from bot.telegram.pace import Pace
from bot.telegram.records import Address
from bot.telegram.requests import (
    DoubtfulError,
    GoneError,
    RefusedError,
    Requests,
    UndeliveredError,
    UnreachableError,
    says,
)
from bot.telegram.state import State
from bot.telegram.uploads import REPLY_PATIENCE, Uploads, reply_to_message

PATIENCE = 900.0
"""Seconds for which an answer keeps trying to get through."""

_DOUBTFUL_SENDS = 3  # placeholders that may each be left over, before the question is left for later

__all__ = [
    "Delivery",
    "DoubtfulError",
    "GoneError",
    "RefusedError",
    "UndeliveredError",
    "UnreachableError",
]

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


class Delivery(Uploads):
    """Sends and edits for one bot: what must get through, and by `Attempts` what need not."""

    def __init__(
        self,
        bot: Bot,
        state: State,
        metrics: Metrics,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(bot, state, Requests(state, metrics, pace or Pace(), clock))
        self._metrics = metrics

    @property
    def bot_name(self) -> str:
        """The bot's user name, without the @."""
        return self._bot.username

    async def send(
        self,
        address: Address,
        text: str,
        *,
        entities: Sequence[MessageEntity] = (),
        keyboard: InlineKeyboardMarkup | None = None,
        reply_to: int | None = None,
    ) -> int:
        """Send a line that may be lost in rare cases: help, notices, results of commands.

        Returns:
            The id of the message.

        Raises:
            UndeliveredError: it did not get through, or nobody can tell.
        """
        return await self._send(address, text, entities, keyboard, reply_to=reply_to, patience=REPLY_PATIENCE)

    async def placeholder(self, address: Address, text: str, *, reply_to: int | None = None) -> int:
        """Send a message that will be edited. In rare cases it is left over beside a second one.

        Raises:
            UndeliveredError: it can't be sent.
        """
        for _ in range(_DOUBTFUL_SENDS):
            try:
                return await self._send(address, text, (), None, reply_to=reply_to, patience=PATIENCE)
            except DoubtfulError:
                await self._until_reachable()
        raise UnreachableError("placeholders vanish")

    async def post(
        self,
        address: Address,
        text: str,
        *,
        stored_id: int | None,
        record: Callable[[int], None],
        entities: Sequence[MessageEntity] = (),
        keyboard: InlineKeyboardMarkup | None = None,
        reply_to: int | None = None,
        waiting: str = "…",
    ) -> int:
        """Make a message say something, exactly once however often this is called with the same message.

        Args:
            address: where.
            text: what it says in the end.
            stored_id: the message, when one was recorded before; None sends a new one first.
            record: called with the id of a new message before the text goes in.
            entities: of the text, in UTF-16 units.
            keyboard: under the text.
            reply_to: the person's message, for a new one.
            waiting: what a new message says until then.

        Raises:
            UndeliveredError: it does not get through.
        """
        message_id = stored_id
        for _ in range(2):
            if message_id is None:
                message_id = await self.placeholder(address, waiting, reply_to=reply_to)
                record(message_id)
            if await self.edit(address, message_id, text, entities=entities, keyboard=keyboard):
                return message_id
            message_id = None  # the person deleted it
        raise RefusedError("messages vanish")

    async def edit(
        self,
        address: Address,
        message_id: int,
        text: str,
        *,
        entities: Sequence[MessageEntity] = (),
        keyboard: InlineKeyboardMarkup | None = None,
    ) -> bool:
        """Change what a message says; False when it is no longer there.

        Raises:
            UndeliveredError: the change does not get through.
        """

        async def request(chat: int) -> None:
            await self._plain_if_needed(
                entities,
                lambda marked: self._bot.edit_message_text(
                    text, chat_id=chat, message_id=message_id, entities=marked, reply_markup=keyboard
                ),
            )

        return await self._change(address, request)

    async def set_keyboard(
        self, address: Address, message_id: int, keyboard: InlineKeyboardMarkup | None
    ) -> bool:
        """Change the buttons under a message; False when it is no longer there.

        Raises:
            UndeliveredError: the change does not get through.
        """

        async def request(chat: int) -> None:
            await self._bot.edit_message_reply_markup(chat, message_id, reply_markup=keyboard)

        return await self._change(address, request)

    async def _send(
        self,
        address: Address,
        text: str,
        entities: Sequence[MessageEntity],
        keyboard: InlineKeyboardMarkup | None,
        *,
        reply_to: int | None,
        patience: float,
    ) -> int:
        async def request(chat: int, place: Address) -> int:
            sent = await self._plain_if_needed(
                entities,
                lambda marked: self._bot.send_message(
                    chat,
                    text,
                    entities=marked,
                    reply_markup=keyboard,
                    reply_parameters=reply_to_message(reply_to),
                    message_thread_id=place.topic_id,
                ),
            )
            return sent.message_id

        return await self._send_where_possible(address, request, patience)

    async def _change(self, address: Address, request: Callable[[int], Awaitable[None]]) -> bool:
        try:
            await self._requests.insist(address.chat_id, request, may_repeat=True, patience=PATIENCE)
        except BadRequest as error:
            if says(error, "not modified"):
                return True
            if says(error, "message to edit not found", "message can't be edited", "message_id_invalid"):
                return False
            raise self._requests.refusal(address.chat_id, error) from error
        return True

    async def _plain_if_needed(
        self,
        entities: Sequence[MessageEntity],
        request: Callable[[Sequence[MessageEntity] | None], Awaitable[T]],
    ) -> T:
        """A text whose marks Telegram does not like goes without them, once."""
        try:
            return await request(entities or None)
        except BadRequest as error:
            if not entities or not says(error, "entit"):
                raise
            _LOG.warning("Telegram refused the entities of a message: %s", error)
            self._metrics.errors.labels("entities").inc()
            return await request(None)

    async def _until_reachable(self) -> None:
        """Wait for Telegram with a request that changes nothing."""

        async def request(_chat: int) -> None:
            await self._bot.get_me()

        await self._requests.insist(0, request, may_repeat=True, patience=PATIENCE)
