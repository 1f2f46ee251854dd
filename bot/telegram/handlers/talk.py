"""The exchange that an update belongs to: who, where, in which language, and how to answer there."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from telegram import Message, Update
from telegram.constants import ChatType

from bot.telegram.delivery import UndeliveredError
from bot.telegram.formatted import Part
from bot.telegram.handlers.access import Role, role_of
from bot.telegram.keyboards import Rows, keyboard
from bot.telegram.lanes import DeadlineError
from bot.telegram.records import Address, LaneKey
from bot.telegram.services import Services
from config.errors import AnjiangError, UsageError
from config.messages import Language, message

Job = Callable[[], Awaitable[None]]

_LOOKING = -1
"""In place of a topic: presses have a lane of their own and don't wait behind questions."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Talk:
    """One exchange.

    Attributes:
        user_id: None for channels and the like.
        message_id: the message that a reply refers to; None when there is none.
    """

    services: Services
    address: Address
    user_id: int | None
    language: Language
    role: Role
    is_private: bool
    message_id: int | None

    @property
    def lane(self) -> LaneKey:
        """The lane of the chat and topic."""
        return self.address.lane

    @property
    def is_admin(self) -> bool:
        """Whether the person may do what admins may."""
        return self.role is Role.ADMIN

    def text(self, key: str, **values: object) -> str:
        """A message of the catalogue's area "telegram" in the person's language."""
        return message(f"telegram.{key}", self.language, **values)

    async def say(self, said: Part | str, rows: Rows = ()) -> int:
        """Send a message; in groups as a reply, so that it is clear to whom. Gives its id.

        Raises:
            UndeliveredError: it did not get through, or nobody can tell.
        """
        part = Part(said) if isinstance(said, str) else said
        return await self.services.delivery.send(
            self.address,
            part.text,
            entities=part.entities,
            keyboard=keyboard(self.services.state, rows, self.services.clock()),
            reply_to=None if self.is_private else self.message_id,
        )

    async def change(self, message_id: int, said: Part | str, rows: Rows = ()) -> bool:
        """Change a message that the bot sent; False when it is gone.

        Raises:
            UndeliveredError: the change does not get through.
        """
        part = Part(said) if isinstance(said, str) else said
        buttons = keyboard(self.services.state, rows, self.services.clock())
        return await self.services.delivery.edit(
            self.address, message_id, part.text, entities=part.entities, keyboard=buttons
        )

    def submit(self, job: Job) -> None:
        """Do something after what the chat asked for before."""
        self.services.lanes.submit(self.lane, lambda: self.guarded(job))

    def submit_look(self, job: Job) -> None:
        """Do something that waits for no question: what a button asks for."""
        self.services.lanes.submit((self.address.chat_id, _LOOKING), lambda: self.guarded(job))

    async def guarded(self, job: Job) -> None:
        """Do it, and say in one line what kept it from being done."""
        try:
            try:
                await job()
            except DeadlineError:
                await self.say(self.text("deadline"))
            except AnjiangError as error:
                await self.say(self.explain(error))
        except UndeliveredError as error:
            _LOG.info("a line did not get through: %s", error)

    def explain(self, error: AnjiangError) -> str:
        """An error in one line: what is wrong with the request; of the machine only to admins."""
        if isinstance(error, UsageError) or self.is_admin:
            return error.text(self.language)
        return self.text("no_index")


def talk_of(services: Services, update: Update) -> Talk | None:
    """The exchange of an update; None for updates without a chat."""
    chat, user = update.effective_chat, update.effective_user
    if chat is None:
        return None
    said = message_of(update)
    topic = said.message_thread_id if said is not None and said.is_topic_message else None
    is_private = chat.type == ChatType.PRIVATE
    user_id = user.id if user else None
    return Talk(
        services,
        Address(chat.id, topic),
        user_id,
        language_of(services, chat.id, user_id, user.language_code if user else None),
        role_of(services, user_id, chat.id, is_private=is_private),
        is_private,
        said.message_id if said is not None else None,
    )


def message_of(update: Update) -> Message | None:
    """The message that an update brings, or under which a button was pressed, if it can be seen."""
    said: Any = update.effective_message
    return said if isinstance(said, Message) else None


def language_of(services: Services, chat_id: int, user_id: int | None, code: str | None) -> Language:
    """The language chosen with /lang in this chat or by this person, or else the client's."""
    chosen = services.state.language(chat_id)
    if chosen is None and user_id is not None:
        chosen = services.state.language(user_id)
    return chosen or client_language(code, services.language)


def client_language(code: str | None, otherwise: Language) -> Language:
    """The language of a client by its IETF tag; ``otherwise`` for those that the catalogue lacks."""
    tag = (code or "").lower().partition("-")[0]
    return Language(tag) if tag in tuple(Language) else otherwise
