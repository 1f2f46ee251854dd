"""What stands below an answer on the screen while a language model adds to it, and after."""

from __future__ import annotations

import os
import sys
import termios
from types import TracebackType
from typing import Any

from rich.text import Text

from bot.answer import Answer, Mode
from bot.terminal.answers import show_added
from retrieval.cli.screen import FAINT, STRONG, Screen, styled
from retrieval.cli.state import State

_LOCAL_MODES = 3  # of what `termios.tcgetattr` returns


class Below:
    """Shows what a model adds: at once what is whole, and for the length of a ``with`` what is coming.

    What is coming are the proved sentences so far, or a line that says that one waits. They are taken back
    before anything else is shown. Where lines can't be taken back, or others write between them (a log, a
    shell that goes on in front), they are never shown.
    """

    def __init__(self, screen: Screen, state: State) -> None:
        self._screen = screen
        self._state = state
        self._modes: list[Any] = []
        self._sketches = screen.can_sketch and not (state.verbose or state.debug) and _is_in_front()

    def __enter__(self) -> Below:
        """Say that there is more to come."""
        if self._sketches:
            self._modes = _without_echo()
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take back what was only coming."""
        if self._sketches:
            self._screen.sketch()
        if self._modes and _is_in_front():
            termios.tcsetattr(sys.stdout, termios.TCSADRAIN, self._modes)

    def grow(self, proved: str) -> None:
        """Show the proved sentences so far."""
        if self._sketches:
            self._screen.sketch(styled(), self._heading(), styled(f"{proved} …"))

    def add(self, better: Answer) -> None:
        """Show what is whole: further quotes, or the text over all of them."""
        self._screen.blank()
        if better.mode is Mode.LLM:
            self._screen.block(self._heading())
            self._screen.block(styled(better.text))
            return
        show_added(self._screen, self._state, better)
        sys.stdout.flush()
        self._wait()

    def _wait(self) -> None:
        if self._sketches:
            self._screen.sketch(styled(), styled((self._state.text("ask.wording"), FAINT)))

    def _heading(self) -> Text:
        return styled((self._state.text("ask.worded"), STRONG))


def _is_in_front() -> bool:
    """Whether nobody else writes on this terminal: another job must not lose its lines, nor its echo."""
    try:
        return os.tcgetpgrp(sys.stdout.fileno()) == os.getpgrp()
    except OSError:
        return True  # a terminal without jobs


def _without_echo() -> list[Any]:
    """Keep what is typed for later without showing it: it would move the lines that go again.

    Returns:
        The modes to set again; none where this is no terminal that has them.
    """
    try:
        before = termios.tcgetattr(sys.stdout)
        modes = termios.tcgetattr(sys.stdout)
        modes[_LOCAL_MODES] &= ~(termios.ECHO | termios.ECHONL)
        termios.tcsetattr(sys.stdout, termios.TCSADRAIN, modes)
    except (termios.error, OSError):
        return []
    return before
