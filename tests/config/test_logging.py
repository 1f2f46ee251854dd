from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from config.logging import configure_logging
from config.redaction import redact

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_token_is_masked_in_message_arguments_and_traceback() -> None:
    stream = io.StringIO()
    configure_logging(0, stream, ["hunter2"])
    log = logging.getLogger("bot.somewhere")
    log.warning("asking %s with %s", f"https://host/bot{TOKEN}/getMe", "hunter2")
    log.warning("number %d: %s", 123456789, "plain")
    try:
        int(f"bad {TOKEN} and hunter2")
    except ValueError:
        log.exception("failed", stack_info=True)
    shown = stream.getvalue()
    assert TOKEN not in shown
    assert "hunter2" not in shown
    assert "asking https://host/bot********/getMe with ********" in shown
    assert "number 123456789: plain" in shown
    assert "ValueError: invalid literal for int() with base 10: 'bad ******** and ********'" in shown
    assert "Stack (most recent call last)" in shown


def test_token_split_between_template_and_argument_is_masked() -> None:
    stream = io.StringIO()
    configure_logging(0, stream)
    number, rest = TOKEN.split(":")
    logging.getLogger("x").warning("%s:" + rest, number)
    assert rest not in stream.getvalue()


@pytest.mark.parametrize(("verbosity", "shown"), [(-1, "W"), (0, "W"), (1, "WI"), (2, "WID"), (9, "WID")])
def test_verbosity_chooses_the_level(verbosity: int, shown: str) -> None:
    stream = io.StringIO()
    configure_logging(verbosity, stream)
    log = logging.getLogger("x")
    log.debug("D")
    log.info("I")
    log.warning("W")
    assert sorted(line[-1] for line in stream.getvalue().splitlines()) == sorted(shown)


def test_second_call_replaces_the_first_and_leaves_other_handlers() -> None:
    first, second, other = io.StringIO(), io.StringIO(), logging.StreamHandler(io.StringIO())
    logging.getLogger().addHandler(other)
    configure_logging(0, first)
    configure_logging(0, second)
    logging.getLogger("x").warning("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1
    assert other in logging.getLogger().handlers


def test_addresses_of_requests_are_not_logged() -> None:
    stream = io.StringIO()
    configure_logging(2, stream)
    logging.getLogger("httpx").info("HTTP Request: POST https://host/path")
    assert stream.getvalue() == ""


def test_longer_secret_is_masked_first() -> None:
    assert redact("abcdef abc", ["abc", "abcdef", ""]) == "******** ********"


def test_ordinary_text_is_kept() -> None:
    text = "12:30 开会：https://host/a?b=1@c 3:1 at me@host"
    assert redact(text) == text
