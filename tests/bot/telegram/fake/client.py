"""The other side of the chat: people who write, press and edit, and what their clients show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.bot.telegram.fake.methods import store_file
from tests.bot.telegram.fake.telegram import FakeTelegram
from tests.bot.telegram.fake.text import clean, find_obvious, slice_units
from tests.bot.telegram.fake.wire import Json
from tests.bot.telegram.fake.world import Chat, Query, Stored, User

PATIENCE = 60.0  # seconds until a wait fails, on a busy machine

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; exactly one of the three does something."""

    text: str
    data: str = ""
    url: str = ""
    copy: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a client shows it; ``photo`` has width and height."""

    id: int
    sender: str
    by_bot: bool
    text: str
    entities: tuple[Json, ...]
    buttons: tuple[tuple[Button, ...], ...]
    edited: bool
    reply_to: int | None
    thread: int | None
    document: str | None
    photo: tuple[int, int] | None
    file_id: str | None
    history: tuple[str, ...]

    def parts(self, *kinds: str) -> tuple[str, ...]:
        """The stretches of text under entities of these kinds."""
        return tuple(
            slice_units(self.text, entity["offset"], entity["length"])
            for entity in self.entities
            if entity["type"] in kinds
        )

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(button.text for row in self.buttons for button in row)

    def button(self, label: str) -> Button:
        """The button whose text begins with ``label``, or else contains it."""
        every = [button for row in self.buttons for button in row]
        for button in [b for b in every if b.text.startswith(label)] + [b for b in every if label in b.text]:
            return button
        raise AssertionError(f"no button {label!r} among {self.labels} under {self.text[:80]!r}")


def show(message: Stored) -> Shown:
    """Draw a message."""
    rows = (message.markup or {}).get("inline_keyboard", ())
    document = message.content.get("document")
    photo = (message.content.get("photo") or [None])[-1]
    file = document or photo
    return Shown(
        message.id,
        message.sender.first_name if message.sender else "",
        bool(message.sender and message.sender.is_bot),
        message.text,
        tuple(message.entities),
        tuple(tuple(_button(button) for button in row) for row in rows),
        message.edited is not None,
        message.reply_to.id if message.reply_to else None,
        message.thread,
        document["file_name"] if document else None,
        (photo["width"], photo["height"]) if photo else None,
        file["file_id"] if file else None,
        tuple(str(content.get("text", content.get("caption", ""))) for content in message.history),
    )


class ChatWindow:
    """A chat as one of its members sees it."""

    def __init__(self, fake: FakeTelegram, chat: Chat) -> None:
        self.fake = fake
        self.chat = chat

    @property
    def id(self) -> int:
        return self.chat.id

    def messages(self) -> list[Shown]:
        with self.fake.world.changes.lock:
            return [show(message) for message in self.chat.shown()]

    def from_bot(self, after: int = 0) -> list[Shown]:
        """The bot's messages below the one with that id."""
        return [message for message in self.messages() if message.by_bot and message.id > after]

    def actions(self) -> list[str]:
        return [action for action, _ in self.chat.actions]

    def transcript(self) -> str:
        """The chat as text, for a failing test to show."""
        lines = []
        for message in self.messages():
            edited = " (edited)" if message.edited else ""
            lines.append(f"#{message.id} {message.sender}{edited}: {message.text}")
            lines += [f"    📄 {message.document}"] if message.document else []
            lines += [f"    🖼 {message.photo}"] if message.photo else []
            lines += ["    " + " ".join(f"[{b.text}]" for b in row) for row in message.buttons]
        return "\n".join(lines)

    async def wait_for(self, look: Callable[[], Found | None], timeout: float = PATIENCE) -> Found:
        """What ``look`` gives once it is true; fails with the transcript after ``timeout`` seconds."""
        found = await self.fake.world.changes.wait(look, timeout)
        if not found:
            raise AssertionError(f"waited {timeout} s in vain; the chat shows:\n{self.transcript()}")
        return found

    def block_for(self, look: Callable[[], Found | None], timeout: float = PATIENCE) -> Found:
        """The same for tests without an event loop."""
        found = self.fake.world.changes.block(look, timeout)
        if not found:
            raise AssertionError(f"waited {timeout} s in vain; the chat shows:\n{self.transcript()}")
        return found

    def first(self, after: int, fits: Callable[[Shown], bool] = lambda _: True) -> Callable[[], Shown | None]:
        """For ``wait_for``: the bot's first message below ``after`` that fits."""
        return lambda: next((message for message in self.from_bot(after) if fits(message)), None)

    async def says(self, *words: str, after: int = 0, timeout: float = PATIENCE) -> Shown:
        """The bot's first message below ``after`` that holds all the words, once it is there."""
        return await self.wait_for(
            self.first(after, lambda shown: all(w in shown.text for w in words)), timeout
        )


class Person:
    """Somebody with a Telegram client."""

    def __init__(self, fake: FakeTelegram, user: User) -> None:
        self.fake = fake
        self.user = user
        self.world = fake.world
        chat = self.world.chats.setdefault(user.id, Chat(user.id, "private", user=user))
        self.private = ChatWindow(fake, chat)

    @property
    def id(self) -> int:
        return self.user.id

    def write(
        self,
        text: str,
        where: ChatWindow | None = None,
        *,
        reply_to: int | None = None,
        thread: int | None = None,
        entities: list[Json] | None = None,
        extra: Json | None = None,
    ) -> int:
        """Send a text; the id of the message. Its entities are found as Telegram finds them."""
        text = clean(text).strip()
        found = (entities or []) + find_obvious(text)
        return self.send(
            {"text": text, "entities": found}, where, reply_to=reply_to, thread=thread, extra=extra
        )

    def send(
        self,
        content: Json,
        where: ChatWindow | None = None,
        *,
        reply_to: int | None = None,
        thread: int | None = None,
        extra: Json | None = None,
    ) -> int:
        """Send a message of any content, as the API spells it."""
        chat = (where or self.private).chat
        with self.world.changes.lock:
            replied = chat.messages.get(reply_to) if reply_to else None
            message = self.world.post(
                chat, self.user, content, reply_to=replied, thread=thread, extra=extra or {}
            )
            if not chat.bot_out and not chat.blocked:
                self.world.tell_bot("channel_post" if chat.type == "channel" else "message", message.json())
            return message.id

    def edit(self, message_id: int, text: str, where: ChatWindow | None = None) -> None:
        """Change one's own message."""
        chat = (where or self.private).chat
        with self.world.changes.lock:
            message = chat.messages[message_id]
            text = clean(text).strip()
            self.world.rewrite(message, {"text": text, "entities": find_obvious(text)}, None)
            self.world.tell_bot("edited_message", message.json())

    def press(self, shown: Shown, label: str, where: ChatWindow | None = None) -> Query:
        """Press the button with that label under a message."""
        return self.press_data((where or self.private).chat.messages[shown.id], shown.button(label).data)

    def press_data(self, message: Stored, data: str) -> Query:
        """What a client with a changed program could send as well: any data at all."""
        with self.world.changes.lock:
            query = Query(f"{self.world.new_id():018d}", message, data, self.world.now())
            self.world.queries[query.id] = query
            self.world.tell_bot(
                "callback_query",
                {
                    "id": query.id,
                    "from": self.user.json(),
                    "message": message.json(),
                    "chat_instance": str(message.chat.id),
                    "data": data,
                },
            )
            return query

    async def pressed(self, shown: Shown, label: str, where: ChatWindow | None = None) -> Json:
        """Press a button and wait for the bot's answer to the press."""
        window = where or self.private
        query = self.press(shown, label, window)
        return await window.wait_for(lambda: query.answer)

    def react(self, message_id: int, emoji: str | None, where: ChatWindow | None = None) -> None:
        """React with one emoji, or take the reaction back."""
        chat = (where or self.private).chat
        with self.world.changes.lock:
            message = chat.messages[message_id]
            old = message.reactions.get(self.id, [])
            new = [emoji] if emoji else []
            message.reactions[self.id] = new
            self.world.tell_bot(
                "message_reaction",
                {
                    "chat": chat.json(),
                    "message_id": message_id,
                    "user": self.user.json(),
                    "date": int(self.world.now()),
                    "old_reaction": [{"type": "emoji", "emoji": one} for one in old],
                    "new_reaction": [{"type": "emoji", "emoji": one} for one in new],
                },
            )

    def send_document(
        self,
        name: str,
        data: bytes,
        where: ChatWindow | None = None,
        *,
        caption: str = "",
        mime: str = "application/octet-stream",
        reply_to: int | None = None,
        thread: int | None = None,
    ) -> int:
        """Send a file."""
        content: Json = {"document": store_file(self.world, name, data, mime)}
        if caption:
            content |= {"caption": caption, "caption_entities": find_obvious(caption)}
        return self.send(content, where, reply_to=reply_to, thread=thread)

    def block(self) -> None:
        """Block the bot."""
        self._membership("kicked")
        self.private.chat.blocked = True

    def unblock(self) -> None:
        self.private.chat.blocked = False
        self._membership("member")

    def _membership(self, status: str) -> None:
        bot = self.world.bot.json()
        old = "member" if status == "kicked" else "kicked"
        states: list[Json] = [
            {"user": bot, "status": one} | ({"until_date": 0} if one == "kicked" else {})
            for one in (old, status)
        ]
        self.world.tell_bot(
            "my_chat_member",
            {
                "chat": self.private.chat.json(),
                "from": self.user.json(),
                "date": int(self.world.now()),
                "old_chat_member": states[0],
                "new_chat_member": states[1],
            },
        )


def join(
    fake: FakeTelegram, user_id: int, name: str, *, language: str = "zh-hans", username: str = ""
) -> Person:
    """A new person, who has not written to the bot yet."""
    user = User(user_id, name, username, language)
    fake.world.users[user_id] = user
    return Person(fake, user)


def open_group(
    fake: FakeTelegram,
    chat_id: int,
    title: str,
    *members: Person,
    topics: tuple[str, ...] = (),
    kind: str = "",
) -> ChatWindow:
    """A group with the bot in it; with topics it is a forum. Ids under -10**12 are supergroups."""
    kind = kind or ("supergroup" if chat_id < -(10**12) else "group")
    chat = Chat(chat_id, kind, title, is_forum=bool(topics))
    chat.members = {member.id: "member" for member in members} | {fake.world.bot.id: "member"}
    fake.world.chats[chat_id] = chat
    for topic in topics:
        opened = fake.world.post(
            chat,
            members[0].user if members else None,
            {"forum_topic_created": {"name": topic, "icon_color": 7322096}},
        )
        chat.topics[opened.id] = topic
        opened.thread = opened.id
    return ChatWindow(fake, chat)


def migrate(fake: FakeTelegram, window: ChatWindow, new_id: int, *, announce: bool = True) -> ChatWindow:
    """Turn a group into a supergroup with another id; the bot hears of it unless ``announce`` is false."""
    world = fake.world
    with world.changes.lock:
        old = window.chat
        new = Chat(new_id, "supergroup", old.title, members=dict(old.members))
        world.chats[new_id] = new
        leaving = world.post(old, None, {"migrate_to_chat_id": new_id})
        coming = world.post(new, None, {"migrate_from_chat_id": old.id})
        old.migrated_to = new_id
        if announce:
            world.tell_bot("message", leaving.json())
            world.tell_bot("message", coming.json())
        return ChatWindow(fake, new)


def _button(button: dict[str, Any]) -> Button:
    return Button(
        button["text"],
        button.get("callback_data", ""),
        button.get("url", ""),
        button.get("copy_text", {}).get("text", ""),
    )
