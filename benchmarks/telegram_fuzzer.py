"""People and groups of the fake Telegram who send the bot anything at all, drawn from a seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.bot.telegram.fake import BOT_NAME, ChatWindow, FakeTelegram, Person, join, open_group

QUESTION = "清明防火要注意什么"
READERS, STRANGERS = range(201, 221), range(301, 306)
GROUPS = (-7001, -1007000000001, -1007000000002)

_QUESTIONS = (
    QUESTION,
    "电动自行车怎么管",
    "那国庆呢",
    "谁负责",
    "具体怎么做",
    "燃气软管多久换一次",
    "红楼梦的作者是谁",
    "what about elevators",
    "春节 值班",
)
_COMMANDS = [
    "start",
    "help",
    "ask",
    "search",
    "trace",
    "sources",
    "doc",
    "stats",
    "new",
    "lang",
    "reload",
    "feedback",
    "health",
    "remove",
    "nonsense",
    "cancel",
    "ASK",
    "帮助",
]
_ALPHABETS = (
    "安全生产责任落实检查隐患整改消防应急值班防汛森林火灾",
    "abcdefghijklmnop ,.!?",
    "<b></b>&amp;<script>alert(1)</script>*_`[]()~>#+-=|{}.!\\",
    "\u200b\u200c\u200d\u2060\ufeff\u202a\u202e\u2066\u2069\u00ad",
    "😀👍🏽👨‍👩‍👧‍👦🇨🇳🧯",
    "𠮷𪚥𠀋",
    "\n\t \u3000\u2028",
    "١٢٣שלום مرحبا",
    "\x00\x01\x1f\x7f\u0085\ud7ff\ue000\uffff",
    "e\u0301\u0323a\u0300",
    "1234567890%$￥",
)
_KINDS: dict[str, Any] = {
    "sticker": {
        "file_id": "s",
        "file_unique_id": "s",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "emoji": "👍",
    },
    "voice": {"file_id": "v", "file_unique_id": "v", "duration": 3},
    "audio": {"file_id": "a", "file_unique_id": "a", "duration": 3},
    "video": {"file_id": "f", "file_unique_id": "f", "width": 1, "height": 1, "duration": 1},
    "video_note": {"file_id": "n", "file_unique_id": "n", "length": 1, "duration": 1},
    "photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}],
    "location": {"latitude": 30.0, "longitude": 110.0},
    "contact": {"phone_number": "1", "first_name": "张"},
    "dice": {"emoji": "🎲", "value": 6},
    "poll": {
        "id": "1",
        "question": "？",
        "options": [{"text": "是", "voter_count": 0, "persistent_id": "0"}],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    },
    "venue": {"location": {"latitude": 1.0, "longitude": 1.0}, "title": "水库", "address": "坝头"},
    "story": {"chat": {"id": 1, "type": "private", "first_name": "张"}, "id": 1},
    "new_chat_members": [{"id": 9, "is_bot": False, "first_name": "新"}],
    "left_chat_member": {"id": 9, "is_bot": False, "first_name": "旧"},
    "new_chat_title": "新名",
    "group_chat_created": True,
    "delete_chat_photo": True,
    "forum_topic_closed": {},
    "video_chat_started": {},
    "message_auto_delete_timer_changed": {"message_auto_delete_time": 60},
    "a_kind_of_tomorrow": {"what": 1},
}


class Fuzzer:
    """People who do anything at all."""

    def __init__(self, fake: FakeTelegram, seed: int) -> None:
        self.fake = fake
        self.world = fake.world
        self.random = random.Random(seed)
        self.readers = [join(fake, number, f"读者{number}") for number in READERS]
        self.strangers = [join(fake, number, f"路人{number}", language="en") for number in STRANGERS]
        self.admin = Person(fake, fake.world.users[101])
        people = [*self.readers, *self.strangers, self.admin]
        self.groups = [
            open_group(fake, GROUPS[0], "组", *people),
            open_group(fake, GROUPS[1], "大组", *people),
            open_group(fake, GROUPS[2], "论坛", *people, topics=("防汛", "消防")),
        ]
        self.kinds: Counter[str] = Counter()
        self._deeds: list[tuple[int, Callable[[Person, ChatWindow], None]]] = [
            (30, self.write),
            (12, self.command),
            (8, self.edit),
            (14, self.press),
            (3, self.forge),
            (4, self.react),
            (5, self.file),
            (8, self.other),
            (3, self.forward),
            (4, self.raw),
            (2, self.repeat),
        ]

    def act(self) -> None:
        """One deed of somebody somewhere."""
        who = self.random.choices((self.admin, *self.readers, *self.strangers), k=1)[0]
        where = self.random.choice((who.private, who.private, who.private, *self.groups))
        (deed,) = self.random.choices(
            [deed for _, deed in self._deeds], [weight for weight, _ in self._deeds], k=1
        )
        self.kinds[deed.__name__] += 1
        deed(who, where)

    def disorder(self) -> None:
        """Deliver what is queued in another order."""
        with self.world.changes.lock:
            numbers = [update["update_id"] for update in self.world.updates]
            self.random.shuffle(queued := list(self.world.updates))
            self.world.updates.clear()
            self.world.updates.extend(
                {**update, "update_id": number} for update, number in zip(queued, numbers, strict=True)
            )

    def trouble(self) -> None:
        """Let some request fail."""
        faults, method = self.fake.faults, self.random.choice(("sendMessage", "editMessageText", None))
        self.random.choice(
            (
                lambda: faults.flood(method, 1),
                lambda: faults.bad_gateway(method),
                lambda: faults.timeout_before(method),
                lambda: faults.timeout_after(method),
                lambda: faults.disconnect(method),
                lambda: faults.garbage(method),
                lambda: faults.entities(method),
            )
        )()

    def write(self, who: Person, where: ChatWindow) -> None:
        who.write(self._text() or "？", where, thread=self._thread(where), reply_to=self._reply(where))

    def command(self, who: Person, where: ChatWindow) -> None:
        name = self.random.choice(_COMMANDS)
        to = self.random.choice(("", "", f"@{BOT_NAME}", "@other_bot"))
        rest = self.random.choice(
            ("", " ", f" {self._text()[:200]}", " zh", " en", " p0df123b1d2253ca1", " 1")
        )
        who.write(f"/{name}{to}{rest}", where, thread=self._thread(where), reply_to=self._reply(where))

    def edit(self, who: Person, where: ChatWindow) -> None:
        own = [m.id for m in where.chat.messages.values() if m.sender is who.user and "text" in m.content]
        if own:
            who.edit(self.random.choice(own[-20:]), self._text() or "？", where)

    def press(self, who: Person, where: ChatWindow) -> None:
        buttons = [
            (message, button["callback_data"])
            for message in list(where.chat.messages.values())[-40:]
            if message.markup
            for row in message.markup.get("inline_keyboard", ())
            for button in row
            if "callback_data" in button and "重建" not in button["text"]
        ]
        if buttons:
            who.press_data(*self.random.choice(buttons))

    def forge(self, who: Person, where: ChatWindow) -> None:
        data = self.random.choice(("", "x", "安" * 21, "../..", self._text()[:20]))
        messages = list(where.chat.messages.values())
        if messages and self.random.random() < 0.6:
            who.press_data(self.random.choice(messages), data)
            return
        query: dict[str, Any] = {
            "id": str(self.world.new_id()),
            "from": who.user.json(),
            "chat_instance": "1",
        }
        far = {"chat": where.chat.json(), "message_id": 1, "date": 0}
        query |= self.random.choice(
            (
                {"inline_message_id": "i", "data": data},
                {"message": far, "data": data},
                {"message": far, "game_short_name": "g"},
            )
        )
        self._tell("callback_query", query)

    def react(self, who: Person, where: ChatWindow) -> None:
        messages = list(where.chat.messages)
        if messages:
            who.react(self.random.choice(messages), self.random.choice(("👍", "👎", "🔥", None)), where)

    def file(self, who: Person, where: ChatWindow) -> None:
        name = self.random.choice(
            (
                "讲话.txt",
                "a.md",
                "../../etc/passwd",
                "",
                "a\nb.txt",
                "长" * 200 + ".txt",
                "x.exe",
                ".txt",
                "CON.txt",
                "讲话.docx",
            )
        )
        data = self.random.choice(
            (b"", b"\0" * 2000, self._text().encode("utf-8", "replace"), "同志们：讲安全。".encode("gb18030"),
             self.random.randbytes(3000), "在会上的讲话\n镇长 张三\n同志们：今天讲防火。\n".encode())
        )  # fmt: skip
        who.send_document(name, data, where, caption=self._text()[:50], thread=self._thread(where))

    def other(self, who: Person, where: ChatWindow) -> None:
        kind = self.random.choice(list(_KINDS))
        who.send({kind: _KINDS[kind]}, where, thread=self._thread(where), reply_to=self._reply(where))

    def forward(self, who: Person, where: ChatWindow) -> None:
        origin = {"type": "hidden_user", "sender_user_name": "某人", "date": 1}
        extra = self.random.choice(
            (
                {"forward_origin": origin},
                {"via_bot": self.world.bot.json()},
                {"media_group_id": "1"},
                {"sender_chat": {"id": -1005, "type": "channel", "title": "频道"}},
                {"has_protected_content": True},
                {"quote": {"text": "引", "position": 0}},
            )
        )
        who.write(self._text() or "？", where, extra=extra)

    def raw(self, who: Person, where: ChatWindow) -> None:
        user, chat, date = who.user.json(), where.chat.json(), int(self.world.now())
        channel = {"id": -1009, "type": "channel", "title": "频道"}
        post = {"message_id": 1, "date": date, "chat": channel, "text": self._text() or "？"}
        member = {"user": self.world.bot.json(), "status": "member"}
        kinds: dict[str, Any] = {
            "channel_post": post,
            "edited_channel_post": post,
            "inline_query": {"id": "1", "from": user, "query": self._text()[:50], "offset": ""},
            "chosen_inline_result": {"result_id": "1", "from": user, "query": "问"},
            "poll": self.random.choice((_KINDS["poll"], {"id": "not as the library knows it"})),
            "poll_answer": {"poll_id": "1", "user": user, "option_ids": [0], "option_persistent_ids": ["0"]},
            "my_chat_member": {"chat": chat, "from": user, "date": date, "old_chat_member": member,
                               "new_chat_member": {**member, "status": "left"}},
            "chat_join_request": {"chat": chat, "from": user, "user_chat_id": who.id, "date": date},
            "message_reaction_count": {"chat": chat, "message_id": 1, "date": date, "reactions": []},
            "a_kind_of_tomorrow": {"what": 1},
        }  # fmt: skip
        kind = self.random.choice(list(kinds))
        self._tell(kind, kinds[kind])

    def repeat(self, _who: Person, _where: ChatWindow) -> None:
        """The same update once more, and the same message under another number."""
        with self.world.changes.lock:
            if self.world.updates:
                update = self.random.choice(list(self.world.updates))
                self.world.updates.append(update)
                for kind in update.keys() - {"update_id"}:
                    self._tell(kind, update[kind])

    def _tell(self, kind: str, payload: Any) -> None:
        allowed, self.world.allowed = self.world.allowed, [kind]
        try:
            self.world.tell_bot(kind, payload)
        finally:
            self.world.allowed = allowed

    def _text(self) -> str:
        dice = self.random.random()
        if dice < 0.45:
            return self.random.choice(_QUESTIONS)
        alphabets = self.random.sample(_ALPHABETS, k=self.random.randint(1, 3))
        length = self.random.choice((1, 3, 10, 60, 400, 4096))
        text = "".join(self.random.choice(self.random.choice(alphabets)) for _ in range(length))
        # As Telegram would cut it, and never through a pair.
        return text.encode("utf-16-le")[: 4096 * 2].decode("utf-16-le", "ignore")

    def _thread(self, where: ChatWindow) -> int | None:
        return self.random.choice((None, *where.chat.topics)) if where.chat.is_forum else None

    def _reply(self, where: ChatWindow) -> int | None:
        messages = list(where.chat.messages)[-10:]
        return self.random.choice(messages) if messages and self.random.random() < 0.3 else None
