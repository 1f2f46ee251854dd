"""Everything that is no question and no command: one friendly line, or silence where nobody asked the bot."""

from __future__ import annotations

from telegram import Update
from telegram.ext import CallbackContext

from bot.telegram.handlers.addressed import is_addressed, is_for_another_bot
from bot.telegram.handlers.talk import Talk, talk_of
from bot.telegram.services import Services

_PAUSE = 3.0
"""Seconds between two such lines in one chat: an album of ten pictures is ten messages."""


class Other:
    """Says what the bot can read."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._told: dict[int, float] = {}

    async def __call__(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """A message that no other handler takes."""
        said = update.message
        talk = talk_of(self._services, update)
        if said is None or talk is None:
            return
        if not talk.is_private and not is_addressed(said, context.bot):
            return
        key = "other_bot" if is_for_another_bot(said, context.bot) else "only_text"
        if self._may_tell(talk.address.chat_id):
            talk.submit_look(lambda: _say(talk, talk.text(key)))

    def _may_tell(self, chat_id: int) -> bool:
        now = self._services.clock()
        self._told = {chat: at for chat, at in self._told.items() if now - at < _PAUSE}
        return self._told.setdefault(chat_id, now) == now


async def _say(talk: Talk, line: str) -> None:
    await talk.say(line)
