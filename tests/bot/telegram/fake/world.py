"""What Telegram knows: people, chats, messages with their history, files, and the updates for the bot."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.bot.telegram.fake.changes import Changes
from tests.bot.telegram.fake.wire import Json, bad_request

BOT_ID = 5_000_000_001
BOT_NAME = "anjiang_test_bot"

# What a bot gets without asking; the rest only when ``allowed_updates`` names it.
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass
class User:
    """A person, or the bot."""

    id: int
    first_name: str
    username: str = ""
    language: str = ""
    is_bot: bool = False

    def json(self) -> Json:
        known: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            known["username"] = self.username
        if self.language:
            known["language_code"] = self.language
        return known


@dataclass
class Stored:
    """A message as it is now, and what it said before."""

    chat: Chat
    id: int
    date: int
    sender: User | None
    content: Json
    markup: Json | None = None
    thread: int | None = None
    reply_to: Stored | None = None
    extra: Json = field(default_factory=dict)
    edited: int | None = None
    deleted: bool = False
    silent: bool = False
    reactions: dict[int, list[str]] = field(default_factory=dict)
    history: list[Json] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    @property
    def text(self) -> str:
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def entities(self) -> list[Json]:
        return list(self.content.get("entities") or self.content.get("caption_entities") or ())

    def json(self, *, nested: bool = False) -> Json:
        known: Json = {"message_id": self.id, "date": self.date, "chat": self.chat.json()}
        if self.sender is not None:
            known["from"] = self.sender.json()
        if self.edited is not None:
            known["edit_date"] = self.edited
        if self.thread is not None:
            known |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.reply_to is not None and not nested:
            known["reply_to_message"] = self.reply_to.json(nested=True)
        if self.markup is not None and "inline_keyboard" in self.markup:
            known["reply_markup"] = self.markup
        return known | self.extra | {name: value for name, value in self.content.items() if value != []}


@dataclass
class Chat:
    """A private chat (its id is the person's), a group, a supergroup, perhaps with topics, or a channel."""

    id: int
    type: str
    title: str = ""
    user: User | None = None
    is_forum: bool = False
    members: dict[int, str] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Stored] = field(default_factory=dict)
    migrated_to: int | None = None
    blocked: bool = False
    bot_out: str = ""
    drafts: list[Json] = field(default_factory=list)
    refuses_drafts: bool = False
    forbids: set[str] = field(default_factory=set)
    actions: list[tuple[str, float]] = field(default_factory=list)
    reactions_by_bot: dict[int, list[Json]] = field(default_factory=dict)

    def json(self) -> Json:
        known: Json = {"id": self.id, "type": self.type}
        if self.user is not None:
            known["first_name"] = self.user.first_name
            if self.user.username:
                known["username"] = self.user.username
        else:
            known["title"] = self.title
        if self.is_forum:
            known["is_forum"] = True
        return known

    def shown(self) -> Iterator[Stored]:
        return (message for message in self.messages.values() if not message.deleted)


@dataclass
class Query:
    """A pressed button that waits for ``answerCallbackQuery``."""

    id: str
    message: Stored
    data: str
    at: float
    answer: Json | None = None


class World:
    """The state behind the API. Every change is made under ``changes.lock`` and announced."""

    def __init__(self) -> None:
        self.changes = Changes()
        self.bot = User(BOT_ID, "安讲", BOT_NAME, is_bot=True)
        self.users: dict[int, User] = {BOT_ID: self.bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.queries: dict[str, Query] = {}
        self.updates: deque[Json] = deque()
        self.allowed: list[str] | None = None
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.keep_history = True
        # Added to the machine's clock, so that a test can let hours pass.
        self.clock_offset = 0.0
        self._update_ids = itertools.count(700_000_001)
        self._message_ids = itertools.count(1)
        self._other_ids = itertools.count(1)

    def now(self) -> float:
        return time.time() + self.clock_offset

    def new_id(self) -> int:
        return next(self._other_ids)

    def chat(self, chat_id: int) -> Chat:
        """The chat with that id; refuses an unknown or migrated one as Telegram does."""
        chat = self.chats.get(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise bad_request(
                "group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": chat.migrated_to}
            )
        return chat

    def post(self, chat: Chat, sender: User | None, content: Json, **more: Any) -> Stored:
        """Put a message into a chat."""
        with self.changes.lock:
            message = Stored(chat, next(self._message_ids), int(self.now()), sender, content, **more)
            message.history.append(content)
            message.times.append(time.monotonic())
            chat.messages[message.id] = message
            self.changes.notify(chat.id)
            return message

    def rewrite(self, message: Stored, content: Json | None, markup: Json | None) -> None:
        """Give a message another content (None: the same) and another keyboard."""
        with self.changes.lock:
            message.markup = markup
            if content is not None:
                message.content = content
                message.edited = int(self.now())
                if self.keep_history:
                    message.history.append(content)
                    message.times.append(time.monotonic())
            self.changes.notify(message.chat.id)

    def tell_bot(self, kind: str, payload: Json) -> int | None:
        """Queue an update; its id, or None where the bot did not ask for that kind."""
        with self.changes.lock:
            if not self._wanted(kind):
                return None
            update_id = next(self._update_ids)
            self.updates.append({"update_id": update_id, kind: payload})
            self.changes.notify("updates")
            return update_id

    def confirm(self, offset: int | None) -> None:
        """Forget the updates below ``offset``; a negative one keeps only that many of the last."""
        if offset is None:
            return
        with self.changes.lock:
            before = len(self.updates)
            if offset < 0:
                while len(self.updates) > -offset:
                    self.updates.popleft()
            while self.updates and self.updates[0]["update_id"] < offset:
                self.updates.popleft()
            if len(self.updates) != before:
                self.changes.notify("confirmed")

    def _wanted(self, kind: str) -> bool:
        if self.allowed:
            return kind in self.allowed
        return kind not in NOT_BY_DEFAULT
