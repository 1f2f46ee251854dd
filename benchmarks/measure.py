"""Wall time and peak memory of whole processes, alternated so that a noisy machine is fair to both."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over the runs: wall seconds and peak resident memory in MiB."""

    seconds: float
    mebibytes: float


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
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(seconds, usage.ru_maxrss * unit / 2**20)


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
