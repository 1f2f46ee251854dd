"""The bot's tests: a fake Telegram, people in it, and whole bots that serve them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import bot.telegram  # noqa: F401 -- first of all: it says how the library is to give times
from tests.bot.telegram.clients import client
from tests.bot.telegram.fake import FakeTelegram, Person, join
from tests.bot.telegram.running import EXAMPLES, QUICK, Boot, RunningBot, bot_settings

if TYPE_CHECKING:
    from telegram import Bot


@pytest.fixture
def fake() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
def wang(fake: FakeTelegram) -> Person:
    """Somebody who has written to the bot once."""
    person = join(fake, 11, "王")
    person.write("/start")
    return person


@pytest.fixture(name="bot")
async def library_client(fake: FakeTelegram) -> AsyncIterator[Bot]:
    """The library's own client, without a bot that answers."""
    async with client(fake) as opened:
        yield opened


@pytest.fixture
async def boot(fake: FakeTelegram, example_index: Path, tmp_path: Path) -> AsyncIterator[Boot]:
    """Starts bots: ``await boot(readers=(102,), max_open=2)``, and stops them when the test ends.

    ``index=`` names another index, ``llm=`` a model, ``timings=`` changes the patience, ``start=False`` only
    builds it. All bots of one test share one database, so that the second one is the first after a restart.
    """
    bots: list[RunningBot] = []

    async def start(
        *,
        index: Path | None = None,
        archive: Path | None = None,
        timings: dict[str, Any] | None = None,
        start: bool = True,
        llm: dict[str, Any] | None = None,
        **telegram: Any,
    ) -> RunningBot:
        settings = bot_settings(tmp_path, index or example_index, archive or EXAMPLES, llm, **telegram)
        running = RunningBot(fake, settings, replace(QUICK, **(timings or {})))
        if start:
            bots.append(running)
            await running.start()
        return running

    yield start
    for running in bots:
        await running.stop()


@pytest.fixture
async def running_bot(boot: Boot) -> RunningBot:
    """A bot over the example speeches with one admin and one reader."""
    return await boot()
