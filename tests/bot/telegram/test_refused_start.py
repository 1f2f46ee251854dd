"""Starts of ``anjiang bot`` that come to nothing: one line each, and exit code 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.telegram import runner
from bot.telegram.polling import Timings
from tests.bot.telegram.fake import TOKEN, FakeTelegram, served
from tests.bot.telegram.running import run_bot


@pytest.fixture
def settings(apart: Path, example_index: Path, fake: FakeTelegram) -> Iterator[dict[str, str]]:
    """What the command needs to run, from the environment."""
    with served(fake) as server:
        yield {
            "ANJIANG_INDEX": str(example_index),
            "ANJIANG_TELEGRAM__TOKEN": TOKEN,
            "ANJIANG_TELEGRAM__BASE_URL": server.base_url,
            "ANJIANG_TELEGRAM__ADMINS": "101",
            "ANJIANG_TELEGRAM__DATABASE": str(apart / "telegram.sqlite"),
            "ANJIANG_TELEGRAM__HEALTH_LISTEN": "off",
        }


def test_refused_token_is_one_line_without_the_token(settings: dict[str, str]) -> None:
    wrong = "5000000001:" + "A" * 35
    result = run_bot({**settings, "ANJIANG_TELEGRAM__TOKEN": wrong})
    assert result.exit_code == 1
    assert result.output == "error: Telegram refuses the token; check the value of telegram.token\n"


def test_missing_token_is_one_line(settings: dict[str, str]) -> None:
    result = run_bot({**settings, "ANJIANG_TELEGRAM__TOKEN": ""})
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "@BotFather" in result.output


def test_second_bot_on_the_same_token_ends_with_a_plain_line(
    settings: dict[str, str], fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "Timings", lambda: replace(Timings(), first_wait=0.05))
    fake.faults.refuse("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=None)
    result = run_bot(settings)
    assert result.exit_code == 1
    last = result.output.splitlines()[-1]
    assert last.startswith("error: another program receives messages with the same token")
    assert "Traceback" not in result.output
