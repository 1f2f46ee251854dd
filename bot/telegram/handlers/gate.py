"""The one gate before every handler: who is not listed gets no further."""

from __future__ import annotations

from telegram import Update
from telegram.ext import ApplicationHandlerStop, CallbackContext

from bot.telegram.handlers.access import Role
from bot.telegram.handlers.addressed import is_addressed
from bot.telegram.handlers.talk import Talk, talk_of
from bot.telegram.services import Services


class Gate:
    """Stops every update of strangers, whatever it is."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """Let an update pass, or end it here.

        Raises:
            ApplicationHandlerStop: nobody listed sent it, or it was news for the bot alone.
        """
        if self._note_move(update):
            raise ApplicationHandlerStop
        talk = talk_of(self._services, update)
        if talk is not None and talk.role is not Role.NOBODY:
            return
        self._services.metrics.refusals.labels("stranger").inc()
        if talk is not None and self._spoke_to_the_bot(talk, update, context):
            self._tell(talk, update)
        raise ApplicationHandlerStop

    def _note_move(self, update: Update) -> bool:
        """A group that became a supergroup keeps its access, its questions and its language."""
        said = update.message
        if said is None or (said.migrate_to_chat_id is None and said.migrate_from_chat_id is None):
            return False
        state, here = self._services.state, said.chat.id
        if said.migrate_to_chat_id is not None:
            state.move_chat(here, said.migrate_to_chat_id)
        else:
            state.move_chat(said.migrate_from_chat_id or here, here)
        return True

    def _spoke_to_the_bot(self, talk: Talk, update: Update, context: CallbackContext) -> bool:  # type: ignore[type-arg]
        if update.callback_query is not None:
            return True
        said = update.message
        return said is not None and (talk.is_private or is_addressed(said, context.bot))

    def _tell(self, talk: Talk, update: Update) -> None:
        """Say so politely, to each stranger at most once an hour."""
        services = self._services
        stranger = (talk.user_id or talk.address.chat_id) if talk.is_private else talk.address.chat_id
        query = update.callback_query
        if query is not None:
            stranger = talk.user_id or stranger
        if not services.state.may_tell(stranger, services.clock()):
            return
        key = "stranger" if talk.is_private or query is not None else "strange_group"
        line = talk.text(key, id=stranger)

        async def tell() -> None:
            if query is not None:
                await services.delivery.answer_callback(query.id, line, alert=True)
            else:
                await talk.say(line)

        talk.submit_look(tell)
