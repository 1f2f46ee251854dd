"""Showing something that grows, at a pace: the newest state, and not what came in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType


class Preview:
    """Shows the newest text again and again for the length of an ``async with``."""

    def __init__(self, put: Callable[[str], Awaitable[None]], apart: float) -> None:
        """Show nothing yet.

        Args:
            put: shows a text.
            apart: least seconds before the first time and between two.
        """
        self._put = put
        self._apart = apart
        self._newest = ""
        self._news = asyncio.Event()
        self._putting = asyncio.Lock()
        self._task: asyncio.Task[None]

    def show(self, text: str) -> None:
        """Take a newer text; never waits."""
        self._newest = text
        self._news.set()

    async def __aenter__(self) -> Preview:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            # What is on its way must not arrive after what is shown next.
            async with self._putting:
                pass
        finally:
            self._task.cancel()
        await asyncio.wait({self._task})

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._apart)
            await self._news.wait()
            self._news.clear()
            async with self._putting:
                await self._put(self._newest)
