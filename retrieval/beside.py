"""Work done on another core while this thread goes on.

What numpy, FAISS and ONNX Runtime compute needs no lock of Python's: two parts of a question that wait for
nothing of each other take the time of the longer one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from config.cores import usable_cores

Result = TypeVar("Result")


class Begun(Generic[Result]):
    """Work that another thread has or will take up; called, it waits for the result.

    Where all threads are busy until then, the work is done by the caller: many questions at once wait for
    none but their own.
    """

    def __init__(self, work: Callable[[], Result], future: Future[Result] | None) -> None:
        self._work = work
        self._future = future

    def __call__(self) -> Result:
        """The result, or the error that the work raised."""
        if self._future is None or self._future.cancel():
            return self._work()
        return self._future.result()

    def is_running(self) -> bool:
        """Whether another thread is at it now, so that who waits for it has time."""
        return self._future is not None and self._future.running()


def beside(work: Callable[[], Result]) -> Begun[Result]:
    """Begin some work in another thread."""
    return Begun(work, _pool().submit(work))


def later(work: Callable[[], Result]) -> Begun[Result]:
    """Leave some work until it is called for."""
    return Begun(work, None)


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(usable_cores(), thread_name_prefix="beside")
