"""A day's questions to a model, counted by several processes in one file."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.llm.budget import day_of, spend_own

ROOT = Path(__file__).resolve().parents[3]
SPENDING = """
import sys, pathlib
from bot.llm.budget import spend_own
print("ready", flush=True)
sys.stdin.readline()
print(sum(spend_own(pathlib.Path(sys.argv[1]), 1e9, 300) for _ in range(200)))
"""


@pytest.fixture
def in_shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        yield
    time.tzset()


def test_processes_at_once_spend_what_there_is_and_no_more(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SPENDING, str(tmp_path / "own" / "language-model.sqlite")]
    pipe = subprocess.PIPE
    running = [subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=ROOT, text=True) for _ in range(2)]
    for one in running:
        assert one.stdout is not None
        one.stdout.readline()
    for one in running:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    spent = [int(one.communicate()[0]) for one in running]
    assert sum(spent) == 300


@pytest.mark.usefixtures("in_shanghai")
def test_a_day_begins_at_midnight_of_the_time_zone_that_is_set(tmp_path: Path) -> None:
    midnight = 1_772_640_000.0  # 2026-03-04 16:00 UTC
    assert [day_of(midnight - 1), day_of(midnight)] == ["2026-03-04", "2026-03-05"]
    path = tmp_path / "language-model.sqlite"
    assert [spend_own(path, midnight - 1, 1) for _ in range(2)] == [True, False]
    assert [spend_own(path, midnight, 1) for _ in range(2)] == [True, False]
    assert path.stat().st_mode & 0o777 == 0o600
