"""Who is served when: one chat in order, chats side by side, heavy work in a few threads with a deadline."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from bot.telegram.records import LaneKey

QUEUE_SECONDS = 60.0
"""How long work may wait for a free thread before it is given up."""

T = TypeVar("T")
Job = Callable[[], Awaitable[None]]

_LOG = logging.getLogger(__name__)


class DeadlineError(Exception):
    """Heavy work took too long, or no thread came free for it. The person should ask again."""


class Lanes:
    """Runs the jobs of each lane one after the other. Only for one event loop."""

    def __init__(
        self, workers: int, deadline: float, on_failure: Callable[[Exception], None] | None = None
    ) -> None:
        """Start no thread yet.

        Args:
            workers: threads for heavy work.
            deadline: seconds that one piece of heavy work may take once it runs.
            on_failure: told of a job that raised; the lane goes on with the next job.
        """
        self._deadline = deadline
        self._on_failure = on_failure
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="search")
        self._free = asyncio.Semaphore(workers)
        self._running: set[Future[Any]] = set()
        self._waiting: dict[LaneKey, deque[Job]] = {}
        self._tasks: dict[LaneKey, asyncio.Task[None]] = {}
        self._closed = False

    @property
    def depth(self) -> int:
        """Jobs that wait or run."""
        return len(self._tasks) + sum(map(len, self._waiting.values()))

    @property
    def has_stuck_work(self) -> bool:
        """Whether a thread is still at work; such a thread can't be stopped."""
        return bool(self._running)

    def submit(self, lane: LaneKey, job: Job) -> None:
        """Run a job after those of its lane. After :meth:`drain` nothing is taken on any more."""
        if self._closed:
            return
        if lane in self._tasks:
            self._waiting.setdefault(lane, deque()).append(job)
        else:
            self._tasks[lane] = asyncio.create_task(self._serve(lane, job), name=f"lane {lane}")

    async def run_search(self, work: Callable[[], T]) -> T:
        """Do heavy work in a thread.

        Raises:
            DeadlineError: it took too long. The thread goes on until the work ends and counts as taken.
        """
        try:
            await asyncio.wait_for(self._free.acquire(), QUEUE_SECONDS)
        except TimeoutError:
            raise DeadlineError from None
        future = self._pool.submit(work)
        self._running.add(future)
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda done: _call_soon(loop, partial(self._release, done)))
        wrapped = asyncio.wrap_future(future)
        # However this ends, nobody else will ask what became of the work.
        wrapped.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait({wrapped}, timeout=self._deadline)
        if not wrapped.done():
            raise DeadlineError
        return wrapped.result()

    async def drain(self, seconds: float) -> bool:
        """Take on nothing more and let what is there finish; True when all of it did.

        What is left after that many seconds is cancelled: its questions stay open in the database.
        """
        self._closed = True
        tasks = set(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        left = [task for task in tasks if not task.done()]
        self._waiting.clear()
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        self._pool.shutdown(wait=False, cancel_futures=True)
        return not left

    async def idle(self) -> None:
        """Wait until no job waits or runs."""
        while self._tasks:
            await asyncio.wait(set(self._tasks.values()))

    async def _serve(self, lane: LaneKey, first: Job) -> None:
        job: Job | None = first
        try:
            while job is not None:
                await self._run(lane, job)
                waiting = self._waiting.get(lane)
                job = waiting.popleft() if waiting else None
        finally:
            self._waiting.pop(lane, None)
            del self._tasks[lane]

    async def _run(self, lane: LaneKey, job: Job) -> None:
        try:
            await job()
        except Exception as error:  # noqa: BLE001 - one question's failure must not stop the chat's next one
            _LOG.error("a job of lane %s failed", lane, exc_info=error)
            if self._on_failure is not None:
                self._on_failure(error)

    def _release(self, future: Future[Any]) -> None:
        self._running.discard(future)
        self._free.release()


def _call_soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(call)
