from __future__ import annotations

import threading

import pytest

from config.cores import usable_cores
from retrieval.beside import beside


def test_work_is_done_in_another_thread_while_this_one_goes_on() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        assert go_on.wait(10)
        return threading.current_thread().name

    result = beside(work)
    assert begun.wait(10)
    go_on.set()
    assert result() != threading.current_thread().name


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    result = beside(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        result()


def test_where_all_threads_are_busy_the_caller_does_the_work() -> None:
    go_on = threading.Event()
    busy = [beside(lambda: go_on.wait(10)) for _ in range(usable_cores())]
    try:
        assert beside(threading.current_thread)() is threading.current_thread()
    finally:
        go_on.set()
    assert all(result() for result in busy)
