"""The bar of a rebuild: it counts files, while its length and its end are estimates of time."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console
from rich.progress import Progress

from config.messages import Language
from retrieval.cli import screen
from retrieval.cli.building import ProgressBars
from retrieval.cli.columns import Counted, Left
from retrieval.cli.state import State
from retrieval.index.report import Phase


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(bars: ProgressBars) -> list[tuple[str, float, str, str]]:
    """Each bar: what it is for, its share, what it counts, what is left."""
    progress = bars._bars
    assert isinstance(progress, Progress)
    return [
        (task.description, task.percentage, Counted().render(task).plain, Left().render(task).plain)
        for task in progress.tasks
    ]


def test_a_bar_counts_files_and_shows_time(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(screen, "stderr_console", lambda: Console(file=terminal, width=80))
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    with ProgressBars(State(Language.ZH, "anjiang")) as bars:
        bars.start(Phase.CHECK, 40)
        bars.advance(40)
        bars.start(Phase.READ, 12)
        bars.advance(3)
        bars.expect(0.6, 3725.0)
        bars.advance(1)
        assert shown(bars) == [
            ("核对文件", 100.0, "40/40", "0:00:00"),
            ("读文件", pytest.approx(60.0), " 4/12", "1:02:05"),
        ]
        bars.advance(8)
        bars.expect(0.99, 1.0)
        assert shown(bars)[1][:3] == ("读文件", 100.0, "12/12")
        bars.start(Phase.ENCODE, 10)
        bars.advance(5)
        assert shown(bars)[2][:3] == ("算向量", 50.0, " 5/10")


def test_without_a_terminal_there_is_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBars(State(Language.ZH, "anjiang")) as bars:
        bars.start(Phase.READ, 12)
        bars.advance(1)
        bars.expect(0.5, 1.0)
    assert capsys.readouterr() == ("", "")
