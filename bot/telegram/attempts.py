"""What may be left out: made at once, or not at all where Telegram asks for a wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from telegram import Bot, InlineKeyboardMarkup
from telegram.constants import ChatAction
from telegram.error import BadRequest

from bot.telegram.formatted import Part
from bot.telegram.records import Address
from bot.telegram.requests import RefusedError, Requests
from bot.telegram.state import State


class Attempts:
    """Previews, signs of being at work, and tidying up, for one bot."""

    def __init__(self, bot: Bot, state: State, requests: Requests) -> None:
        self._bot = bot
        self._state = state
        self._requests = requests

    async def progress(self, address: Address, message_id: int, text: str) -> bool:
        """Change a message if that can be done at once; whether it was. Never raises, never waits."""
        chat = self._state.current_chat(address.chat_id)
        return await self._requests.try_once(
            chat, lambda: self._bot.edit_message_text(text, chat_id=chat, message_id=message_id)
        )

    async def draft(self, address: Address, draft_id: int, part: Part) -> bool:
        """Show a message that is being written, for 30 s or until the bot sends one; whether it was done.

        Never waits. Only in private chats.

        Raises:
            RefusedError: this chat takes no drafts, or not this one.
            GoneError: the chat takes nothing any more.
        """

        async def request(chat: int) -> None:
            await self._bot.send_message_draft(
                chat, draft_id, part.text, address.topic_id, entities=part.entities or None
            )

        return await self._preview(address, request)

    async def last_draft(self, address: Address, draft_id: int, part: Part) -> bool:
        """Leave a draft saying something until it fades; whether it was done. Never raises, never waits."""
        chat = self._state.current_chat(address.chat_id)
        return await self._requests.try_once(
            chat,
            lambda: self._bot.send_message_draft(
                chat, draft_id, part.text, address.topic_id, entities=part.entities or None
            ),
        )

    async def edit_at_once(
        self, address: Address, message_id: int, part: Part, keyboard: InlineKeyboardMarkup | None
    ) -> bool:
        """Change a message if the chat has a turn to spare; whether it was done. Never waits.

        Raises:
            RefusedError: the message is gone, or can't say this.
            GoneError: the chat takes nothing any more.
        """

        async def request(chat: int) -> None:
            await self._bot.edit_message_text(
                part.text,
                chat_id=chat,
                message_id=message_id,
                entities=part.entities or None,
                reply_markup=keyboard,
            )

        return await self._preview(address, request)

    async def typing(self, address: Address) -> bool:
        """Show that the bot is at work, if that can be done at once. Never raises, never waits."""
        chat = self._state.current_chat(address.chat_id)
        return await self._requests.try_once(
            chat,
            lambda: self._bot.send_chat_action(chat, ChatAction.TYPING, message_thread_id=address.topic_id),
        )

    async def delete(self, address: Address, message_id: int) -> bool:
        """Take a message away if that can be done at once; whether it was."""
        chat = self._state.current_chat(address.chat_id)
        return await self._requests.try_once(chat, lambda: self._bot.delete_message(chat, message_id))

    async def answer_callback(self, query_id: str, text: str = "", *, alert: bool = False) -> bool:
        """Stop the button's spinner, perhaps with a line; whether Telegram still cared. Never raises."""
        return await self._requests.try_once(
            0, lambda: self._bot.answer_callback_query(query_id, text or None, show_alert=alert)
        )

    async def _preview(self, address: Address, request: Callable[[int], Awaitable[None]]) -> bool:
        try:
            return await self._requests.preview(address.chat_id, request)
        except BadRequest as error:
            raise RefusedError(str(error)) from error
