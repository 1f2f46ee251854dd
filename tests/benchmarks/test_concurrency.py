"""The benchmark of questions asked at once: each number of threads asks all of them, in turns."""

from __future__ import annotations

import threading

from benchmarks.concurrency import latencies, throughput


def test_each_number_of_threads_asks_every_question_in_every_round() -> None:
    asked: list[tuple[str, int]] = []

    def ask(text: str) -> None:
        asked.append((text, threading.get_ident()))

    rates = throughput(ask, ["甲", "乙", "丙"], 2, threads=(1, 2))
    # Two rounds that count and one that warms, by each number of threads.
    assert [text for text, _ in asked if text == "甲"] == ["甲"] * 6
    assert len(asked) == 18
    assert set(rates) == {1, 2}
    assert all(rate > 0 and cpu > 0 for rate, cpu in rates.values())
    assert len({thread for _, thread in asked[:3]}) == 1


def test_alone_and_beside_busy_processes_take_turns() -> None:
    alone, beside = latencies(lambda text: text, ["甲", "乙"], 2)
    assert len(alone) == len(beside) == 4
