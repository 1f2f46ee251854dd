"""Flood control: how many messages the fake takes before it answers 429."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

from tests.bot.telegram.fake.wire import ApiError

COUNTED = frozenset({"sendmessage", "senddocument", "sendphoto", "editmessagetext", "editmessagereplymarkup"})


@dataclass
class FloodControl:
    """Sliding windows: (count, seconds) each; None switches a rule off.

    Telegram allows short bursts in a private chat before it holds the rate of one a second.
    """

    overall: tuple[int, float] | None = (30, 1.0)
    private: tuple[int, float] | None = (20, 10.0)
    group: tuple[int, float] | None = (20, 60.0)
    refused: int = 0
    _sent: dict[object, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def check(self, method: str, chat_id: int) -> None:
        """Count a call, or refuse it."""
        if method not in COUNTED:
            return
        now = time.monotonic()
        rules: list[tuple[object, tuple[int, float] | None]] = [
            (chat_id, self.group if chat_id < 0 else self.private),
            ("overall", self.overall),
        ]
        for key, rule in rules:
            if rule is None:
                continue
            sent = self._sent[key]
            while sent and now - sent[0] >= rule[1]:
                sent.popleft()
            if len(sent) >= rule[0]:
                self.refused += 1
                wait = max(1, int(sent[0] + rule[1] - now) + 1)
                raise ApiError(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
        for key, rule in rules:
            if rule is not None:
                self._sent[key].append(now)
