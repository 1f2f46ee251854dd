"""How fast the bot may send: Telegram's limits, and the waits that it asks for."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many messages in so many seconds."""

    count: int
    seconds: float


# A message a second in one chat, with short bursts; 20 a minute in a group; 30 a second overall. Edits count.
PRIVATE = Limit(10, 10.0)
# Telegram counts what arrives, and that is bunched up otherwise than what was sent: hence the bit more.
GROUP = Limit(20, 61.0)
OVERALL = Limit(30, 1.2)
_MANY_CHATS = 1000


@dataclass(slots=True)
class _Window:
    """When the last messages went out."""

    limit: Limit
    sent: deque[float] = field(default_factory=deque)

    def free_at(self, now: float) -> float:
        """When the next message may go; a moment that was given away may lie ahead."""
        while self.sent and self.sent[0] <= now - self.limit.seconds:
            self.sent.popleft()
        if len(self.sent) < self.limit.count:
            return now
        return max(now, self.sent[-self.limit.count] + self.limit.seconds)

    def has_half(self, now: float) -> bool:
        """Whether half of what may be sent would be left after one more."""
        return self.free_at(now) <= now and len(self.sent) < self.limit.count // 2


class Pace:
    """Gives each message its moment. A chat that must wait holds up no other."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._overall = _Window(OVERALL)
        self._chats: dict[int, _Window] = {}
        self._held: dict[int, float] = {}

    async def turn(self, chat_id: int) -> None:
        """Wait until a message or an edit may go to a chat; a group's id is negative."""
        while (wait := self._free_at(chat_id) - self._clock()) > 0:
            await asyncio.sleep(wait)
        now = self._clock()
        self._window(chat_id).sent.append(now)
        # What all chats share is given out in order, so that under load nobody waits for ever.
        moment = self._overall.free_at(now)
        self._overall.sent.append(moment)
        if moment > now:
            await asyncio.sleep(moment - now)

    def take_spare(self, chat_id: int) -> bool:
        """Take a turn for what may be left out; False where an answer might have to wait for it."""
        now = self._clock()
        window = self._window(chat_id)
        if self.is_held(chat_id) or not window.has_half(now) or not self._overall.has_half(now):
            return False
        window.sent.append(now)
        self._overall.sent.append(now)
        return True

    def hold(self, chat_id: int, seconds: float) -> None:
        """Let nothing go to a chat for so long."""
        until = self._clock() + seconds
        self._held[chat_id] = max(until, self._held.get(chat_id, until))

    def is_held(self, chat_id: int) -> bool:
        """Whether Telegram asked for a wait that is not over yet."""
        return self._held.get(chat_id, 0.0) > self._clock()

    def _free_at(self, chat_id: int) -> float:
        now = self._clock()
        held = self._held.get(chat_id)
        if held is not None and held <= now:
            del self._held[chat_id]
        return max(held or now, self._window(chat_id).free_at(now))

    def _window(self, chat_id: int) -> _Window:
        window = self._chats.get(chat_id)
        if window is None:
            if len(self._chats) >= _MANY_CHATS:
                self._drop_idle()
            window = self._chats[chat_id] = _Window(GROUP if chat_id < 0 else PRIVATE)
        return window

    def _drop_idle(self) -> None:
        now = self._clock()
        for chat_id, window in list(self._chats.items()):
            window.free_at(now)
            if not window.sent:
                del self._chats[chat_id]
