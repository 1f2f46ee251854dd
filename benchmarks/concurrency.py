"""Questions asked at once: throughput by number of threads, and what two busy processes beside it cost.

usage: python -m benchmarks.concurrency QUESTIONS.jsonl ... --index DIR [--no-cross-encoder] [--threads N]
       [--rounds N] [--most N] [--json FILE]

One searcher answers all questions of a round on 1, 2, 4, 8 and 16 threads, the numbers taking turns round by
round; then one thread asks alone and beside two processes that only count, in turns. Medians over the rounds,
each as a ratio of the same run: 16 threads to the best number, and busy to alone. Run it on a quiet machine;
on another one the CPU of a question still tells, for where every core is taken throughput follows from it.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Line, write_lines
from config.settings import load_settings
from retrieval.evaluation.questions import load_dialogues
from retrieval.search.opening import open_searcher
from retrieval.search.question import clean_question

THREADS = (1, 2, 4, 8, 16)
BUSY = 2
"""Processes beside: as many as the cores of the smallest machine that this is meant for."""

Ask = Callable[[str], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--no-cross-encoder", action="store_true")
    parser.add_argument("--threads", type=int, help="the setting embedding.threads")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--most", type=int, default=80, help="questions of a round")
    parser.add_argument("--json", type=Path, help="write the lines for `bench`")
    arguments = parser.parse_args()
    questions = [
        clean_question(dialogue.turns[0].question)
        for path in arguments.questions
        for dialogue in load_dialogues(path)
    ]
    # Spread over the files, whose types of question come one after the other.
    questions = questions[:: -(-len(questions) // arguments.most)]
    chosen = {"index": arguments.index, "retrieval.cross_encoder": not arguments.no_cross_encoder}
    if arguments.threads:
        chosen["embedding.threads"] = arguments.threads
    with open_searcher(load_settings(overrides=chosen)) as searcher:
        rates = throughput(searcher.ask, questions, arguments.rounds)
        alone, beside = latencies(searcher.ask, questions, arguments.rounds)
    best, least = max(rate for rate, _ in rates.values()), min(cpu for _, cpu in rates.values())
    print(f"{len(questions)} questions, {arguments.rounds} rounds")
    print("| threads | questions/s | of the best | CPU ms | of the least |\n|--:|--:|--:|--:|--:|")
    for threads, (rate, cpu) in rates.items():
        print(f"| {threads} | {rate:.1f} | {rate / best:.0%} | {cpu * 1000:.1f} | {cpu / least:.0%} |")
    quiet, busy = statistics.median(alone), statistics.median(beside)
    print(f"p50 alone {quiet * 1000:.1f} ms, beside {BUSY} busy processes {busy / quiet:.2f} times as long")
    if arguments.json:
        many = max(THREADS)
        told = f"questions a second on {many} threads, to the best number of threads"
        write_lines(
            arguments.json,
            [
                Line("concurrency.threads", told, rates[many][0] / best, higher_is_better=True),
                Line("concurrency.busy", f"median beside {BUSY} busy processes, to alone", busy / quiet),
            ],
        )


def throughput(
    ask: Ask, questions: Sequence[str], rounds: int, threads: Sequence[int] = THREADS
) -> dict[int, tuple[float, float]]:
    """By number of threads: questions a second, and CPU seconds of one.

    Medians over the rounds, after one that warms.
    """
    seconds: dict[int, list[tuple[float, float]]] = {number: [] for number in threads}
    for turn in range(rounds + 1):
        for number, found in seconds.items():
            with ThreadPoolExecutor(number) as pool:
                wall, cpu = time.perf_counter(), time.process_time()
                list(pool.map(ask, questions))
                if turn:
                    found.append((time.perf_counter() - wall, time.process_time() - cpu))
    medians = {number: map(statistics.median, zip(*found, strict=True)) for number, found in seconds.items()}
    return {number: (len(questions) / wall, cpu / len(questions)) for number, (wall, cpu) in medians.items()}


def latencies(ask: Ask, questions: Sequence[str], rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each question alone, and beside busy processes, the two taking turns."""
    alone: list[float] = []
    beside: list[float] = []
    for _ in range(rounds):
        alone.extend(_timed(ask, questions))
        with _busy(BUSY):
            beside.extend(_timed(ask, questions))
    return alone, beside


def _timed(ask: Ask, questions: Sequence[str]) -> Iterator[float]:
    for question in questions:
        begun = time.perf_counter()
        ask(question)
        yield time.perf_counter() - begun


@contextmanager
def _busy(processes: int) -> Iterator[None]:
    """Processes that do nothing but compute."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
