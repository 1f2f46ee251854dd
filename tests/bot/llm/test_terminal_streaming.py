"""A worded text on a terminal while it comes: proved sentences, gone again where they come to nothing.

The model is a real server in the test, the terminal a real pseudo-terminal.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import termios
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.cli import build_app
from config.messages import Language, message
from tests.bot.llm.chat_server import (
    DONE,
    Act,
    chat_server_beside,
    fails,
    head,
    piece,
    says,
    sends,
)
from tests.bot.llm.model_words import FALSE, HEADING, ONE, TWO, use
from tests.bot.llm.window import Window, on_a_terminal, set_size, watch
from tests.bot.pseudo_terminal import program_on_a_terminal

pytest.importorskip("openai")
pytestmark = pytest.mark.usefixtures("interruptible")

ROOT = Path(__file__).resolve().parents[3]
QUESTION = "春节期间烟花爆竹怎么管"
WAITING = message("ask.wording", Language.ZH)
UNPROVED = message("llm.unproved", Language.ZH)


def staged(*parts: bytes | threading.Event) -> Act:
    """Bytes as they are; an event is waited for."""

    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(head())
        for part in parts:
            if isinstance(part, bytes):
                writer.write(part)
                await writer.drain()
            else:
                while not part.is_set():
                    await asyncio.sleep(0.01)

    return act


@pytest.fixture
def ask(apart: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Window]:
    """Asks on a terminal; the cues say what happens when what is seen there."""

    def ask(*cues: tuple[str, Callable[[], object]], command: str = "ask", **window: Any) -> Window:
        shown = Window(cues=list(cues), **window)
        with on_a_terminal(monkeypatch, shown), pytest.raises(SystemExit) as end:
            build_app(Language.ZH)([command, QUESTION, "--index", str(example_index)])
        assert end.value.code == 0
        assert shown.cues == []
        return shown

    return ask


@pytest.fixture
def plain(ask: Callable[..., Window]) -> str:
    """The answer in quotes, without a model."""
    return ask().text


def sketches(window: Window, below: str) -> list[str]:
    """What stood below the answer in turn, less what was still being written."""
    texts = [text.removeprefix(below).strip() for text in window.seen if text.startswith(below)]
    return [text for text, after in pairwise([*texts, ""]) if not (text and after.startswith(text)) and text]


def test_proved_sentences_grow_below_the_quotes_and_the_whole_takes_their_place(
    plain: str, ask: Callable[..., Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = threading.Event(), threading.Event()
    act = staged(
        piece(FALSE + ONE + TWO[:1]),
        first,
        piece(TWO[1:] + "公"),
        second,
        piece("安。"),
        piece(end="stop"),
        DONE,
    )
    with chat_server_beside(act, says("无\n无")) as server:
        use(monkeypatch, server, rewrite_seconds="0")
        window = ask((f"{ONE} …", first.set), (f"{ONE}{TWO} …", second.set))
    assert sketches(window, plain) == [
        WAITING,
        f"{HEADING}\n{ONE} …",
        f"{HEADING}\n{ONE}{TWO} …",
        f"{HEADING}\n{ONE}{TWO}",
    ]
    assert window.text == f"{plain}\n\n{HEADING}\n{ONE}{TWO}"
    assert not [text for text in window.seen if "随意" in text]


def test_what_turns_out_to_be_the_smaller_part_is_taken_back_and_one_line_says_so(
    plain: str, ask: Callable[..., Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    act = staged(piece(ONE + FALSE[:1]), gate, piece(FALSE[1:] + FALSE), piece(end="stop"), DONE)
    with chat_server_beside(act, says("无\n无")) as server:
        use(monkeypatch, server, rewrite_seconds="0")
        window = ask((f"{HEADING}\n{ONE} …", gate.set))
    assert window.text == f"{plain}\n{UNPROVED}"


BROKEN = (
    (staged(piece(ONE + "一"), threading.Event()), "timeout"),
    (sends(head(), piece(ONE + "一")), "cut_off"),
    (sends(head(), piece(ONE + "一"), b"data: {broken\n\n"), "malformed"),
    (sends(head(), piece(ONE + "一"), piece("长" * 9000)), "too_long"),
    (sends(30.0), "timeout"),
    (fails("429 Too Many Requests"), "rate_limited"),
    (sends(b"\x00\xffnot HTTP at all\r\n\r\n"), "failed"),
)


def test_whatever_the_model_does_the_quotes_stand_and_one_line_says_why(
    plain: str, ask: Callable[..., Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    with chat_server_beside(BROKEN[0][0]) as server:
        use(monkeypatch, server, rewrite_seconds="0", timeout_seconds="1")
        for act, why in BROKEN:
            server.requests.clear()
            server.acts = [act]
            line = message(f"llm.{why}", Language.ZH)
            assert ask().text == f"{plain}\n{line}", why


def test_a_text_longer_than_the_window_is_taken_back_as_far_as_it_was_shown(
    plain: str, ask: Callable[..., Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    act = staged(piece(ONE + TWO[:1]), gate, piece(TWO[1:] + FALSE * 3), piece(end="stop"), DONE)
    with chat_server_beside(act, says("无")) as server:
        use(monkeypatch, server, rewrite_seconds="0")
        window = ask((f"{ONE[-8:]} …", gate.set), width=24, height=4)
    assert HEADING[:8] not in window.text
    assert ONE[:8] not in window.text.rpartition("把握")[2]


def test_what_follows_an_interrupt_is_the_answer_in_quotes(
    plain: str, ask: Callable[..., Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    act = staged(piece(ONE + TWO[:1]), threading.Event())
    with chat_server_beside(act) as server:
        use(monkeypatch, server, rewrite_seconds="0")
        window = ask((f"{ONE} …", lambda: os.kill(os.getpid(), signal.SIGINT)))
    assert window.text == plain


@pytest.mark.parametrize("kind", ["dumb", "verbose"])
def test_where_lines_can_not_be_taken_back_only_the_whole_is_shown(
    kind: str, apart: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = Window()
    arguments = ["--verbose"] if kind == "verbose" else []
    with chat_server_beside(says(ONE + TWO)) as server:
        use(monkeypatch, server, rewrite_seconds="0")
        terminal = on_a_terminal(monkeypatch, window, "dumb" if kind == "dumb" else "xterm")
        with terminal, pytest.raises(SystemExit):
            build_app(Language.ZH)([*arguments, "ask", QUESTION, "--index", str(example_index)])
    assert window.text.endswith(f"\n\n{HEADING}\n{ONE}{TWO}")
    assert not [text for text in window.seen if WAITING in text or "…\n" in text]


def test_a_pipe_and_json_get_it_whole(
    apart: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with chat_server_beside(says(ONE + TWO)) as server:
        use(monkeypatch, server, rewrite_seconds="0")
        for arguments in ([], ["--json"]):
            with pytest.raises(SystemExit):
                build_app(Language.ZH)(["ask", QUESTION, *arguments, "--index", str(example_index)])
            out = capsys.readouterr().out
            assert out.count(ONE) == 1
            assert WAITING not in out
            assert "\x1b" not in out
    assert json.loads(out)["answer"] == ONE + TWO


def test_keys_typed_meanwhile_move_nothing_and_an_interrupt_leaves_the_quotes(
    apart: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program itself, with the terminal as its own: keys are echoed there, and Ctrl-C is a signal."""
    first = staged(piece(ONE + TWO[:1]), threading.Event())
    with chat_server_beside(first) as server:
        use(monkeypatch, server, rewrite_seconds="0")
        environ = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "TERM": "xterm",
            "LANG": "C.UTF-8",
            "ANJIANG_LANGUAGE": "zh",
        }
        command = [sys.executable, "-m", "bot", "ask", QUESTION, "--index", str(example_index)]
        window = Window()
        echo: list[bool] = []
        with program_on_a_terminal(command, environ) as (terminal, codes):
            set_size(terminal, window)

            def type_and_leave() -> None:
                echo.append(bool(termios.tcgetattr(terminal)[3] & termios.ECHO))
                os.write(terminal, b"\r\rabc\r\x03")

            window.cues = [(f"{ONE} …", type_and_leave)]
            watch(terminal, window)
    assert codes == [0]
    assert echo == [False]
    assert ONE not in window.text
    assert "abc" not in window.text
    assert window.text.splitlines()[-1].startswith("把握")
