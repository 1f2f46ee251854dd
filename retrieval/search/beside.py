"""Work done on another core while this thread goes on.

What numpy, FAISS and ONNX Runtime compute needs no lock of Python's: two parts of a question that wait for
nothing of each other take the time of the longer one.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def beside(work: Callable[[], Result]) -> Callable[[], Result]:
    """Begin some work in another thread.

    Returns:
        what waits for its result. Where all threads are busy until then, the work is done by the caller: many
        questions at once wait for none but their own.
    """
    future = _pool().submit(work)
    return lambda: work() if future.cancel() else future.result()


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="beside")
