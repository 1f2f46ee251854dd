"""What only whole processes show: what is loaded, pipes, signals, terminals."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import pytest

from tests.bot.pseudo_terminal import END, program_on_a_terminal

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "春节期间烟花爆竹怎么管"
NAMING = "春节期间安全要求是什么"
"""An occasion: the names of the archive are gone through."""
HEAVY = ("torch", "sentence_transformers", "transformers", "opencc")
SLOW = ("asyncio", "dotenv", "numpy.ma", "pydantic_settings")
"""Tens of milliseconds each, and no question needs them."""
OTHERS = ("bot.terminal.chat", "retrieval.cli.app")
"""The other commands."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program that runs, with its pipes."""

    process: subprocess.Popen[bytes]
    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]


class Start(Protocol):
    """Starts the program with these words."""

    def __call__(self, *arguments: str) -> Program: ...


@pytest.fixture
def environ(apart: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}


@pytest.fixture
def start(environ: dict[str, str]) -> Iterator[Start]:
    """Starts the program; at the end it is gone and its pipes are closed, however the test went.

    What a failed test leaves behind would else be a warning in whichever test runs next, and fail that one.
    """
    with contextlib.ExitStack() as started:

        def start(*arguments: str) -> Program:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", *arguments],
                env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            started.callback(process.wait)
            for stream in (process.stdin, process.stdout, process.stderr):
                started.callback(stream.close)
            started.callback(process.kill)
            return Program(process, process.stdin, process.stdout, process.stderr)

        yield start


def run(environ: dict[str, str], *arguments: str, module: str = "bot") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], env=environ, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["--help"], (*HEAVY, "numpy", "pydantic", "rich", "prompt_toolkit", "faiss", "onnxruntime")),
        (
            ["ask", QUESTION, "--json"],
            (*HEAVY, *SLOW, *OTHERS, "faiss", "rich", "prompt_toolkit", "telegram"),
        ),
        (["ask", QUESTION], (*HEAVY, *SLOW, *OTHERS, "faiss", "prompt_toolkit", "telegram")),
        (["ask", NAMING, "--json"], (*HEAVY, *SLOW, "faiss")),
        (["show", "清明"], (*HEAVY, "onnxruntime", "prompt_toolkit")),
    ],
)
def test_commands_load_only_what_they_need(
    environ: dict[str, str], example_index: Path, arguments: list[str], absent: tuple[str, ...]
) -> None:
    code = (
        "import sys, atexit; from bot.cli import main; "
        f"atexit.register(lambda: print('LOADED', *sorted(set(sys.modules) & set({absent!r})))); main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments, "--index", str(example_index)],
        env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "LOADED"


def test_ends_as_python_does_without_taking_down_its_memory(environ: dict[str, str]) -> None:
    code = """
import atexit, sys
import bot.__main__, bot.cli

class Held:
    def __del__(self):
        print("taken down")

def program():
    atexit.register(print, "tidied")
    sys.exit(END)

held = Held()
bot.cli.main = program
bot.__main__.main()
"""
    ends = {"3": ("tidied\n", 3), "'a text'": ("tidied\ntaken down\n", 1)}
    for end, expected in ends.items():
        done = subprocess.run(
            [sys.executable, "-c", code.replace("END", end)],
            env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.stdout, done.returncode) == expected


def test_retrieval_is_a_program_of_its_own(environ: dict[str, str], example_index: Path) -> None:
    done = run(environ, "search", QUESTION, "--json", "--index", str(example_index), module="retrieval")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["hits"]
    assert done.stderr == ""


def test_locale_chooses_the_language(environ: dict[str, str]) -> None:
    assert run(environ, "ask").stderr.startswith("错误：缺少 问题")
    assert run({**environ, "LANG": "en_US.UTF-8"}, "ask").stderr.startswith("error: QUESTION is missing")


def test_reader_that_leaves_is_no_error(start: Start, example_index: Path) -> None:
    program = start("show", "2024", "--index", str(example_index))
    program.stdout.close()
    assert program.stderr.read() == b""
    program.process.wait(60)


@pytest.mark.usefixtures("interruptible")
def test_interrupt_is_one_line_and_130(start: Start, example_index: Path) -> None:
    program = start("chat", "--index", str(example_index))
    program.stdin.write(b"/help\n")
    program.stdin.flush()
    assert "/show 1" in program.stdout.readline().decode()
    program.process.send_signal(signal.SIGINT)
    # The input stays open: its end would end the chat, too.
    assert program.process.wait(60) == 130
    assert program.stderr.read().decode() == "错误：已中断\n"


def test_unexpected_error_is_one_line_unless_debugging(environ: dict[str, str], example_index: Path) -> None:
    # A full device is nothing that any command expects.
    with Path("/dev/full").open("w") as full:
        for debug in ([], ["--debug"]):
            done = subprocess.run(
                [sys.executable, "-m", "bot", *debug, "stats", "--index", str(example_index)],
                env=environ, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 1
            assert ("Traceback" in done.stderr) == bool(debug)
            assert "程序内部出错（OSError：" in done.stderr
            if not debug:
                assert done.stderr.count("\n") == 1


def test_output_that_knows_no_chinese_still_prints(environ: dict[str, str], example_index: Path) -> None:
    latin = {**environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = run(latin, "ask", QUESTION, "--json", "--index", str(example_index))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["question"] == QUESTION
    command = [sys.executable, "-m", "bot", "stats", "--index", str(example_index)]
    shown = subprocess.run(command, env=latin, capture_output=True, check=True)
    assert b"9 ?" in shown.stdout


def test_completion_knows_commands_and_files_nothing_else(environ: dict[str, str]) -> None:
    asked = {**environ, "_ANJIANG_COMPLETE": "complete_bash", "COMP_WORDS": "anjiang s", "COMP_CWORD": "1"}
    done = run(asked)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["search", "show", "stats"]


def test_terminal_gets_bars_styles_and_short_lines(environ: dict[str, str], example_index: Path) -> None:
    screen = in_terminal(environ, ["ask", QUESTION, "--index", str(example_index)], columns=60)
    assert "\x1b[" in screen
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen)
    lines = plain.replace("\r", "").splitlines()
    assert any(line.startswith("[1] ▎ ") for line in lines)
    assert max(map(columns_of, lines)) <= 60


def test_chat_takes_keys_from_a_terminal(environ: dict[str, str], example_index: Path) -> None:
    home = {**environ, "XDG_DATA_HOME": str(Path.cwd() / "data"), "HOME": str(Path.cwd())}
    keys = ["/help\r", "half a line\x03", "\x04"]
    screen = in_terminal(home, ["chat", "--index", str(example_index)], columns=80, keys=keys)
    assert "9 篇讲话" in screen
    assert "再列一次出处" in screen
    histories = list(Path.cwd().rglob("history"))
    assert [path.stat().st_mode & 0o777 for path in histories] == [0o600]
    assert "/help" in histories[0].read_text("utf-8")


def columns_of(line: str) -> int:
    from retrieval.cli.terminal import columns

    return columns(line)


def in_terminal(
    environ: dict[str, str], arguments: list[str], *, columns: int, keys: list[str] | None = None
) -> str:
    """Run the program in a pseudo-terminal, type the keys one after the other, and return what it showed."""
    environ = {**environ, "TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": "50"}
    shown = b""
    waiting = list(keys or ())
    deadline = time.monotonic() + 60
    command = [sys.executable, "-m", "bot", *arguments]
    with program_on_a_terminal(command, environ) as (terminal, codes):
        while END not in shown and time.monotonic() < deadline:
            ready, _, _ = select.select([terminal], [], [], 1.5)
            if not ready:
                # Nothing for a moment: the program waits for keys (or still loads, if it showed nothing yet).
                if shown and waiting:
                    os.write(terminal, waiting.pop(0).encode())
                continue
            data = os.read(terminal, 65536)
            shown += data
            if b"\x1b[6n" in data:  # it asks where the cursor is
                os.write(terminal, b"\x1b[1;1R")
    shown = shown.removesuffix(END)
    assert codes == [0], shown.decode("utf-8", "replace")
    return shown.decode("utf-8", "replace")
