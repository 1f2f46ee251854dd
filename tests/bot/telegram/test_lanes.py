from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.telegram import lanes as module
from bot.telegram.lanes import DeadlineError, Lanes


def noting(log: list[str], name: str, seconds: float = 0.0) -> Callable[[], Coroutine[Any, Any, None]]:
    async def job() -> None:
        log.append(f"{name} begins")
        await asyncio.sleep(seconds)
        log.append(f"{name} ends")

    return job


async def test_one_lane_keeps_its_order_and_does_not_overlap() -> None:
    lanes, log = Lanes(1, 1.0), list[str]()
    for name, seconds in (("a", 0.03), ("b", 0.0), ("c", 0.01)):
        lanes.submit((7, 0), noting(log, name, seconds))
    assert lanes.depth == 3
    await lanes.idle()
    assert log == [f"{name} {what}" for name in "abc" for what in ("begins", "ends")]
    assert lanes.depth == 0


async def test_lanes_run_side_by_side_and_topics_are_lanes() -> None:
    lanes, log = Lanes(1, 1.0), list[str]()
    lanes.submit((7, 0), noting(log, "slow", 0.2))
    lanes.submit((7, 3), noting(log, "topic"))
    lanes.submit((8, 0), noting(log, "other chat"))
    await lanes.idle()
    assert log[-1] == "slow ends"


async def test_job_that_fails_does_not_hold_up_the_next(caplog: pytest.LogCaptureFixture) -> None:
    failures, log = list[Exception](), list[str]()
    lanes = Lanes(1, 1.0, failures.append)

    async def failing() -> None:
        raise ValueError("broken")

    with caplog.at_level(logging.ERROR):
        lanes.submit((7, 0), failing)
        lanes.submit((7, 0), noting(log, "next"))
        await lanes.idle()
    assert log == ["next begins", "next ends"]
    assert [str(error) for error in failures] == ["broken"]
    assert "ValueError" in caplog.text


async def test_job_may_submit_to_its_own_lane() -> None:
    lanes, log = Lanes(1, 1.0), list[str]()

    async def first() -> None:
        lanes.submit((7, 0), noting(log, "second"))
        await asyncio.sleep(0)
        log.append("first ends")

    lanes.submit((7, 0), first)
    await lanes.idle()
    assert log == ["first ends", "second begins", "second ends"]


async def test_search_runs_in_a_thread_and_gives_its_value_or_error() -> None:
    lanes = Lanes(1, 1.0)
    assert await lanes.run_search(lambda: threading.current_thread() is threading.main_thread()) is False

    def failing() -> None:
        raise KeyError("gone")

    with pytest.raises(KeyError):
        await lanes.run_search(failing)
    assert await lanes.run_search(lambda: 3) == 3


async def test_search_never_uses_more_threads_than_allowed() -> None:
    lanes, lock, now, most = Lanes(2, 5.0), threading.Lock(), [0], [0]

    def work() -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1

    await asyncio.gather(*(lanes.run_search(work) for _ in range(10)))
    assert most == [2]


async def test_search_past_its_deadline_is_given_up_but_keeps_its_thread() -> None:
    lanes, go = Lanes(1, 0.05), threading.Event()
    with pytest.raises(DeadlineError):
        await lanes.run_search(go.wait)
    assert lanes.has_stuck_work
    waiting = asyncio.create_task(lanes.run_search(lambda: "free again"))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    go.set()
    assert await waiting == "free again"
    await asyncio.sleep(0.01)
    assert not lanes.has_stuck_work


async def test_waiting_for_a_thread_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUE_SECONDS", 0.02)
    lanes, go = Lanes(1, 0.01), threading.Event()
    for _ in range(3):
        with pytest.raises(DeadlineError):
            await lanes.run_search(go.wait)
    go.set()
    await asyncio.sleep(0.02)
    assert await lanes.run_search(lambda: 1) == 1


async def test_deadline_counts_from_the_start_of_the_work() -> None:
    lanes = Lanes(1, 0.5)
    done = await asyncio.gather(*(lanes.run_search(lambda: time.sleep(0.05)) for _ in range(12)))
    assert done == [None] * 12  # 0.6 s in all, each 0.05 s


async def test_drain_lets_work_finish_and_takes_none_on() -> None:
    lanes, log = Lanes(1, 1.0), list[str]()
    lanes.submit((7, 0), noting(log, "a", 0.02))
    lanes.submit((7, 0), noting(log, "b"))
    await asyncio.sleep(0)
    assert await lanes.drain(1.0)
    lanes.submit((8, 0), noting(log, "late"))
    await lanes.idle()
    assert log == ["a begins", "a ends", "b begins", "b ends"]


async def test_drain_gives_up_after_its_time() -> None:
    lanes, log = Lanes(1, 1.0), list[str]()
    lanes.submit((7, 0), noting(log, "endless", 60))
    lanes.submit((7, 0), noting(log, "after it"))
    await asyncio.sleep(0)
    async with asyncio.timeout(30):  # of the minute that the job takes
        assert not await lanes.drain(0.05)
    assert log == ["endless begins"]
    assert lanes.depth == 0


async def test_loop_is_not_blocked_by_searches() -> None:
    lanes, late = Lanes(2, 5.0), list[float]()

    async def watch() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append(time.perf_counter() - begun - 0.005)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(lanes.run_search(lambda: time.sleep(0.1)) for _ in range(4)))
    watching.cancel()
    assert sorted(late)[len(late) // 2] < 0.05  # each search blocks its thread for twice that
