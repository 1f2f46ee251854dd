"""A terminal's window as a person sees it: what was written, less the lines that were erased."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import struct
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from retrieval.cli.terminal import columns
from tests.bot.pseudo_terminal import END

_TOKEN = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|(\r)|(\n)|([^\x1b\r\n])")
_CUT = re.compile(r"\x1b(\[[?0-9;]*)?$")  # the rest of it comes with the next chunk


@dataclass
class Window:
    """What stands on the lines from the first one on; those beyond ``height`` have rolled out of sight.

    Attributes:
        seen: the text of all lines after each chunk that arrived.
        cues: what to do once when a text is seen first, in this order.
    """

    width: int = 100
    height: int = 40
    lines: list[str] = field(default_factory=lambda: [""])
    seen: list[str] = field(default_factory=list)
    cues: list[tuple[str, Callable[[], object]]] = field(default_factory=list)
    row: int = 0
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("strict")
    )
    _column: int = 0
    _held: str = ""

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines).rstrip("\n")

    def feed(self, data: bytes) -> None:
        text = self._held + self._decoder.decode(data)
        cut = _CUT.search(text)
        self._held = cut[0] if cut else ""
        text = text.removesuffix(self._held)
        at = 0
        for found in _TOKEN.finditer(text):
            assert found.start() == at, repr(text[at:])
            at = found.end()
            self._take(found)
        assert at == len(text), repr(text[at:])
        self.seen.append(self.text)
        while self.cues and self.cues[0][0] in self.text:
            self.cues.pop(0)[1]()

    def _take(self, found: re.Match[str]) -> None:
        parameters, final, carriage, feed, char = found.groups()
        if char:
            self._put(char)
        elif carriage:
            self._column = 0
        elif feed:
            self._down()
        elif final == "A":
            top = max(0, len(self.lines) - self.height)
            self.row = max(top, self.row - int(parameters or 1))
        elif final == "K":
            assert parameters == "2"
            self.lines[self.row] = ""
        else:
            assert final in "mhl", found[0]

    def _put(self, char: str) -> None:
        if self._column + columns(char) > self.width:
            self._column = 0
            self._down()
        assert columns(self.lines[self.row]) == self._column, "written over what stands there"
        self.lines[self.row] += char
        self._column += columns(char)

    def _down(self) -> None:
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append("")


def set_size(terminal: int, window: Window) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", window.height, window.width, 0, 0))


def watch(terminal: int, window: Window) -> None:
    """Take what comes until the mark of its end."""
    last = b""
    while END not in last:
        data = os.read(terminal, 65536)
        window.feed(data)
        last = last[-len(END) :] + data


@contextmanager
def on_a_terminal(monkeypatch: pytest.MonkeyPatch, window: Window, kind: str = "xterm") -> Iterator[int]:
    """Standard output and error of this process in a window; gives the program's side of it."""
    terminal, inner = pty.openpty()
    set_size(terminal, window)
    thread = threading.Thread(target=watch, args=(terminal, window))
    thread.start()
    with open(inner, "w", encoding="utf-8", buffering=1) as stream:  # noqa: PTH123
        try:
            with monkeypatch.context() as patch:
                values = {"TERM": kind, "COLUMNS": str(window.width), "LINES": str(window.height)}
                for name, value in values.items():
                    patch.setenv(name, value)
                patch.setattr(sys, "stdout", stream)
                patch.setattr(sys, "stderr", stream)
                yield inner
        finally:
            stream.write(END.decode("ascii"))
            stream.flush()
            thread.join()
            os.close(terminal)
