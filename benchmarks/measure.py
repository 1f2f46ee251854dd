"""Wall time and peak memory of whole processes, alternated so that a noisy machine is fair to both.

And the lines that standing benchmarks hand to the one that runs them all (``bench``).
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

ANJIANG: Final = (sys.executable, "-m", "bot")
"""The ``anjiang`` of this checkout: an installed script may be older and start it in its own way."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over the runs: wall seconds and peak resident memory in MiB."""

    seconds: float
    mebibytes: float


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a standing benchmark: a ratio, or a share of a limit, of what one run measured.

    Attributes:
        name: of the line, unique over all benchmarks; "first_answer.langchain_seconds".
        what: the same for people, in English.
        value: the figure.
        higher_is_better: which way is worse.
    """

    name: str
    what: str
    value: float
    higher_is_better: bool = False


def write_lines(path: Path, lines: Sequence[Line]) -> None:
    """Write what `read_lines` reads."""
    path.write_text(json.dumps([asdict(line) for line in lines], indent=1) + "\n", "utf-8")


def read_lines(path: Path) -> list[Line]:
    """The lines that a benchmark has written."""
    return [Line(**line) for line in json.loads(path.read_text("utf-8"))]


def run_once(command: Sequence[str], environ: Mapping[str, str] | None = None) -> Cost:
    """Run one process to its end.

    Raises:
        RuntimeError: it failed; its stderr is in the message.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **(environ or {})},
    )
    assert process.stderr is not None
    complaint = process.stderr.read().decode("utf-8", "replace")
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} exited {process.returncode}: {complaint.strip()[-500:]}")
    return Cost(seconds, _mebibytes(usage))


def alternate(commands: Mapping[str, Sequence[str]], runs: int) -> dict[str, Cost]:
    """Run the commands in turns, ``runs`` times each after one warm-up; medians by name."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            cost = run_once(command)
            if turn:
                costs[name].append(cost)
    return {
        name: Cost(
            statistics.median(c.seconds for c in listed), statistics.median(c.mebibytes for c in listed)
        )
        for name, listed in costs.items()
    }


def peak_mebibytes() -> float:
    """Peak resident memory of this process so far, in MiB."""
    return _mebibytes(resource.getrusage(resource.RUSAGE_SELF))


def _mebibytes(usage: resource.struct_rusage) -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit / 2**20


def bytes_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
