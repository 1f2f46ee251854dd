"""Waiting for something to change, from any thread or event loop, with a deadline and without sleeping."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Hashable
from typing import TypeVar

Found = TypeVar("Found")


class Changes:
    """One lock for the whole world, and a bell that rings at each change.

    ``key`` says whose bell: a chat's id, or a word; a waiter without a key hears them all.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._bell = threading.Condition(self.lock)
        self._listeners: dict[asyncio.Event, tuple[asyncio.AbstractEventLoop, Hashable]] = {}

    def notify(self, *keys: Hashable) -> None:
        with self.lock:
            self._bell.notify_all()
            for event, (loop, key) in list(self._listeners.items()):
                if (key is None or key in keys) and not loop.is_closed():
                    loop.call_soon_threadsafe(event.set)

    async def wait(
        self, look: Callable[[], Found | None], timeout: float, key: Hashable = None
    ) -> Found | None:
        """What ``look`` gives as soon as that is true; None after ``timeout`` seconds."""
        event = asyncio.Event()
        deadline = time.monotonic() + timeout
        with self.lock:
            self._listeners[event] = (asyncio.get_running_loop(), key)
        try:
            while True:
                event.clear()
                with self.lock:
                    found = look()
                left = deadline - time.monotonic()
                if found:
                    return found
                if left <= 0:
                    return None
                try:
                    async with asyncio.timeout(left):
                        await event.wait()
                except TimeoutError:
                    continue  # one last look
        finally:
            with self.lock:
                del self._listeners[event]

    def block(self, look: Callable[[], Found | None], timeout: float) -> Found | None:
        """The same for a thread without an event loop."""
        deadline = time.monotonic() + timeout
        with self.lock:
            while not (found := look()):
                left = deadline - time.monotonic()
                if left <= 0 or not self._bell.wait(left):
                    return look() or None
            return found
