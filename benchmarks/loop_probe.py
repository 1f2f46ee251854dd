"""The bot's command with its event loop watched: which step of it holds the others up, and for how long?

usage: python -m benchmarks.loop_probe FILE bot

Runs `anjiang bot` and writes FILE when that ends: steps of the event loop, how many took over 50 ms, and the
slowest by what they belong to, in wall milliseconds and in CPU of the loop's thread. On a busy machine a step
waits for a core and for other threads; CPU is what it did itself. Counted from the first question on: before,
the bot imports its handlers and opens its connections.
`benchmarks/telegram_load.py --loop` starts it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

LIMIT = 0.05
SHOWN = 12


class Steps:
    """Times what the event loop runs."""

    def __init__(self) -> None:
        self.count = self.over_wall = self.over_cpu = 0
        self.is_asked = False
        self.wall: dict[str, float] = {}
        self.cpu: dict[str, float] = {}

    def watch(self) -> None:
        """From now on every step of every event loop is timed."""
        run = asyncio.Handle._run  # there is no public place to stand in

        def timed(handle: Any) -> None:
            wall, cpu = time.perf_counter(), time.thread_time()
            callback = handle._callback
            try:
                run(handle)
            finally:
                self._add(callback, time.perf_counter() - wall, time.thread_time() - cpu)

        asyncio.Handle._run = timed  # type: ignore[method-assign]

    def figures(self) -> dict[str, Any]:
        def slowest(by: dict[str, float]) -> dict[str, float]:
            ordered = sorted(by.items(), key=lambda one: -one[1])[:SHOWN]
            return {name: round(seconds * 1000, 1) for name, seconds in ordered}

        return {
            "steps": self.count,
            "over_50_ms_wall": self.over_wall,
            "over_50_ms_cpu": self.over_cpu,
            "longest_ms_cpu": slowest(self.cpu),
            "longest_ms_wall": slowest(self.wall),
        }

    def _add(self, callback: Any, wall: float, cpu: float) -> None:
        name = _name(callback)
        self.is_asked = self.is_asked or "answer_question" in name or "Lanes" in name
        if not self.is_asked:
            return
        self.count += 1
        self.over_wall += wall > LIMIT
        self.over_cpu += cpu > LIMIT
        if cpu > LIMIT / 50 or wall > LIMIT / 5:
            self.wall[name] = max(wall, self.wall.get(name, 0.0))
            self.cpu[name] = max(cpu, self.cpu.get(name, 0.0))


def _name(callback: Any) -> str:
    """What a step belongs to: of a task its coroutine's innermost function, else the callback."""
    task = getattr(callback, "__self__", None)
    if not isinstance(task, asyncio.Task):
        return getattr(callback, "__qualname__", repr(callback)[:60])
    at: Any = task.get_coro()
    names = []
    while at is not None and hasattr(at, "cr_await"):
        names.append(at.__qualname__)
        at = at.cr_await
    return " > ".join(names[-3:]) or repr(task.get_coro())[:80]


def main() -> None:
    from bot.__main__ import main as run  # noqa: PLC0415 - watched from its first step

    target = Path(sys.argv.pop(1))
    steps = Steps()
    steps.watch()
    try:
        run()
    finally:
        target.write_text(json.dumps(steps.figures(), ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()
