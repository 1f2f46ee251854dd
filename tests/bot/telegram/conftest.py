"""The bot's tests: a fake Telegram and people in it."""

from __future__ import annotations

import pytest

import bot.telegram  # noqa: F401 -- first of all: it says how the library is to give times
from tests.bot.telegram.fake import FakeTelegram, Person, join


@pytest.fixture
def fake() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
def wang(fake: FakeTelegram) -> Person:
    """Somebody who has written to the bot once."""
    person = join(fake, 11, "王")
    person.write("/start")
    return person
