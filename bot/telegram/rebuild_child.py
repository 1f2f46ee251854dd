"""A rebuild in a process of its own, told what to do on standard input, reporting in lines of JSON.

The bot's process never imports what encoding needs (seconds and hundreds of megabytes), and nothing of it
holds up a question. Lines: ``{"phase", "done", "total"}`` on the way, then ``{"report"}`` or ``{"error"}``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.errors import AnjiangError
from config.messages import Language
from config.settings import Settings
from retrieval.cli.building import build_index
from retrieval.cli.state import State
from retrieval.index.report import Phase

PROGRAM = "python -m bot.telegram.rebuild_child"
_BETWEEN = 0.2  # seconds between two lines of progress
_NICE = 10  # questions that are asked meanwhile go first


class _Lines:
    """Progress as lines, not more of them than anybody can read."""

    def __init__(self, write: Callable[[dict[str, Any]], None]) -> None:
        self._write = write
        self._phase = Phase.READ
        self._total = self._done = 0
        self._told = 0.0

    def start(self, phase: Phase, total: int) -> None:
        """A step begins."""
        self._phase, self._total, self._done = phase, total, 0
        self._tell()

    def advance(self, count: int) -> None:
        """So many more of the step are done."""
        self._done += count
        if time.monotonic() - self._told >= _BETWEEN or self._done >= self._total:
            self._tell()

    def expect(self, share: float, seconds: float) -> None:
        """Nothing: the bar in a chat counts."""

    def _tell(self) -> None:
        self._told = time.monotonic()
        self._write({"phase": self._phase.value, "done": self._done, "total": self._total})


def main() -> int:
    """Rebuild as standard input says: ``{"settings", "language"}``. Exit code 0, or 1 after an error line."""
    os.nice(_NICE)
    order = json.loads(sys.stdin.read())
    language = Language(order["language"])
    settings = Settings(**order["settings"])
    archive = Path(order["settings"]["archive"])
    try:
        report = build_index(
            settings,
            archive,
            settings.index,
            state=State(language, PROGRAM),
            progress=_Lines(_write),
        )
    except AnjiangError as error:
        _write({"error": error.text(language)})
        return 1
    _write({"report": report.as_json(language), "summary": report.summary(language)})
    return 0


def _write(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
