"""A bot whose answers a model words: a real server in the test, in a chat of the strict fake."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from config.messages import Language, message
from tests.bot.llm.asking import KEY
from tests.bot.llm.chat_server import DONE, Act, ChatServer, chat_server, head, piece
from tests.bot.telegram.fake import ChatWindow, FakeTelegram, Shown, open_group
from tests.bot.telegram.running import FIREWORKS, Boot, RunningBot, until

OTHER = "森林防火谁负责"
PLACED = message("telegram.draft_placed", Language.ZH)
DROPPED = message("telegram.draft_dropped", Language.ZH)
GROUP = -77


def staged(*parts: bytes | asyncio.Event) -> Act:
    """Bytes as they are; an event is waited for."""

    async def act(writer: Any) -> None:
        writer.write(head())
        for part in parts:
            if isinstance(part, bytes):
                writer.write(part)
                await writer.drain()
            else:
                await part.wait()

    return act


def in_two(gate: asyncio.Event, first: str, rest: str) -> Act:
    """A text whose second half waits for the gate; the beginning of it ends the first."""
    return staged(piece(first + rest[:1]), gate, piece(rest[1:]), piece(end="stop"), DONE)


@dataclass
class Scene:
    """A bot with a model, and where it is asked."""

    bot: RunningBot
    model: ChatServer
    group: ChatWindow

    @property
    def private(self) -> ChatWindow:
        """The reader's chat with the bot."""
        return self.bot.reader.private

    def drafts(self) -> list[str]:
        """Texts of the private chat's drafts."""
        return [str(one["text"]) for one in self.private.chat.drafts]

    def outcomes(self) -> dict[str, float]:
        """How many worded answers came to what, as the bot counts them."""
        return self._figures("worded", "outcome")

    def sentences(self) -> dict[str, float]:
        """The same of their sentences."""
        return self._figures("worded_sentences", "fate")

    def _figures(self, name: str, label: str) -> dict[str, float]:
        text = self.bot.services.metrics.text().decode()
        found = re.findall(rf'^anjiang_{name}_total{{{label}="(\w+)"}} ([\d.]+)', text, re.MULTILINE)
        return {key: float(value) for key, value in found if float(value)}

    async def ended(self, times: int = 1) -> None:
        """Wait until so many worded answers have come to something."""
        await until(lambda: sum(self.outcomes().values()) >= times)

    async def ask(self, *, in_group: bool = False, text: str = FIREWORKS) -> Shown:
        """Ask, in private or in the group; what the bot shows."""
        if in_group:
            return await self.bot.ask(f"/ask {text}", self.bot.reader, self.group)
        return await self.bot.ask(text)


@asynccontextmanager
async def scene(
    boot: Boot,
    fake: FakeTelegram,
    *acts: Act,
    rewrites: Act | None = None,
    readers: tuple[int, ...] = (),
    **llm: Any,
) -> AsyncIterator[Scene]:
    """A bot over the example speeches, with a model that answers by acts, in private and in a group.

    Previews come as fast as they can; how far apart they are in earnest is for `test_preview`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.telegram.wordings.PRIVATE_APART", 0.01)
        patch.setattr("bot.telegram.wordings.GROUP_APART", 0.01)
        async with chat_server(*acts, rewrites=rewrites) as model:
            values: dict[str, Any] = {
                "base_url": model.url,
                "model": "m",
                "api_key": KEY,
                "timeout_seconds": 5,
                "rewrite_seconds": 5 if rewrites else 0,
            }
            bot = await boot(readers=(102, GROUP, *readers), llm={**values, **llm})
            group = open_group(fake, GROUP, "值班组", bot.reader, bot.admin)
            yield Scene(bot, model, group)
            await bot.stop()
