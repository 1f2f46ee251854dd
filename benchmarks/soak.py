"""Very many questions against one process, with rebuilds in between: does anything grow, fail or change?

usage: python -m benchmarks.soak [--questions N] [--every N] [--threads N] [--archive DIR] [--cross-encoder]

The questions of tests/data go round and round through the object that the Telegram bot asks (`Live`), on as
many threads as the bot has. After every so many a file is changed and the index rebuilt by a process of its
own, and the new generation is taken up while questions go on. Prints memory, descriptors and threads as they
go, how long questions took that met a swap beside all others, and a verdict: no question may fail, answers to
the same question by one generation must be the same to the character, and memory, descriptors and
generations on the disk may not grow from the second fifth of the run to the last. Exit code 1 otherwise.
Ctrl-C ends the run early; what was asked until then is judged.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.answer import answer, answer_json
from bot.live import Live
from config.settings import Settings, load_settings
from retrieval.evaluation.questions import load_dialogues
from retrieval.search.question import clean_question
from retrieval.search.searcher import Searcher

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = 50
GROWTH = 1.05
"""Most that memory may have grown: between two samples of a process at rest it moves by 2 %."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The process after so many questions: MiB resident, descriptors, threads; generations on the disk."""

    questions: int
    mebibytes: float
    descriptors: int
    threads: int
    generations: int


@dataclass(slots=True)
class Run:
    """What came of a run; ``seconds`` and ``swapping`` are those of questions without and with a swap."""

    samples: list[Sample] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    different: int = 0
    swaps: int = 0
    # Arrays: a list of floats is four times as large, and would itself be what grows.
    seconds: array[float] = field(default_factory=lambda: array("d"))
    swapping: array[float] = field(default_factory=lambda: array("d"))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--questions", type=int, default=100_000)
    parser.add_argument("--every", type=int, default=5_000, help="questions between two rebuilds")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--archive", type=Path, default=ROOT / "examples" / "speeches")
    parser.add_argument("--cross-encoder", action="store_true")
    arguments = parser.parse_args()
    asked = load_dialogues(ROOT / "tests" / "data" / "questions.jsonl")
    questions = [clean_question(dialogue.turns[0].question) for dialogue in asked]
    with tempfile.TemporaryDirectory() as folder:
        archive, index = Path(folder, "archive"), Path(folder, "index")
        shutil.copytree(arguments.archive, archive)
        rebuild(archive, index)
        settings = load_settings(
            overrides={"index": index, "retrieval.cross_encoder": arguments.cross_encoder}
        )
        run = soak(
            settings,
            questions,
            lambda: change(archive, index),
            total=arguments.questions,
            every=arguments.every,
            threads=arguments.threads,
            watch=show,
        )
    print(f"{run.swaps} swaps, {sum(run.failures.values())} failures, {run.different} answers that changed")
    print(f"no swap: {spread(run.seconds)}; swap: {spread(run.swapping)}")
    found = faults(run)
    print("\n".join(found) or "flat")
    return 1 if found else 0


def soak(
    settings: Settings,
    questions: Sequence[str],
    renew: Callable[[], None],
    *,
    total: int,
    every: int,
    threads: int,
    watch: Callable[[Sample], object],
) -> Run:
    """Ask ``total`` questions on some threads; ``renew`` is called beside them after every so many.

    Args:
        settings: of the index.
        questions: asked in order, again and again.
        renew: puts another generation in force.
        total: questions in all.
        every: questions between two calls of ``renew``; more when one takes longer.
        threads: that ask at once.
        watch: told of each sample.
    """
    live, run = Live(settings), Run()
    live.refresh()
    asker = _Asker(live, run)
    step = max(1, min(every, total // SAMPLES))
    endless = itertools.cycle(questions)
    with (
        ThreadPoolExecutor(threads) as pool,
        ThreadPoolExecutor(1) as beside,
        suppress(KeyboardInterrupt),
    ):
        renewal, renewals = beside.submit(lambda: None), 0
        for done in range(0, total, step):
            if done // every > renewals and renewal.done():
                renewal.result()
                renewal, renewals = beside.submit(asker.take_up, renew), renewals + 1
            list(pool.map(asker.ask, itertools.islice(endless, min(step, total - done))))
            run.samples.append(sample(min(done + step, total), settings.index))
            watch(run.samples[-1])
        renewal.result()
    live.close()
    return run


class _Asker:
    """Asks one object from several threads, while what it opened is swapped, and notes what comes of it."""

    def __init__(self, live: Live, run: Run) -> None:
        self._live = live
        self._run = run
        self._lock = threading.Lock()
        self._swap = threading.Event()

    def ask(self, text: str) -> None:
        meets, begun = self._swap.is_set(), time.perf_counter()
        try:
            generation, digest = self._live.use(lambda searcher: answered(searcher, text))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted and shown
            with self._lock:
                self._run.failures[f"{type(error).__name__}: {error}"] += 1
            return
        took = time.perf_counter() - begun
        run = self._run
        with self._lock:
            (run.swapping if meets or self._swap.is_set() else run.seconds).append(took)
            run.different += run.answers.setdefault((generation, text), digest) != digest

    def take_up(self, renew: Callable[[], None]) -> None:
        renew()
        self._swap.set()
        self._run.swaps += self._live.refresh()
        self._swap.clear()


def answered(searcher: Searcher, text: str) -> tuple[str, str]:
    """The generation that answered, and a digest of all that it said."""
    said = json.dumps(answer_json(answer(searcher, text)), ensure_ascii=False, sort_keys=True)
    return searcher.generation.path.name, hashlib.sha256(said.encode()).hexdigest()


def faults(run: Run) -> list[str]:
    """What is wrong with a run, one line each."""
    found = [f"{count} times {error}" for error, count in run.failures.items()]
    if run.different:
        found.append(f"{run.different} answers differ from those of the same generation before")
    fifth = max(1, len(run.samples) // 5)
    early, late = run.samples[fifth : 2 * fifth] or run.samples, run.samples[-fifth:]
    most = GROWTH * statistics.median(one.mebibytes for one in early)
    if statistics.median(one.mebibytes for one in late) > most:
        found.append("memory grew")
    # While a swap lasts there are those of two generations: the least is what stays.
    for name in ("descriptors", "threads", "generations"):
        if min(getattr(one, name) for one in late) > min(getattr(one, name) for one in early):
            found.append(f"{name} grew")
    return found


def sample(questions: int, index: Path) -> Sample:
    resident = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True, check=True, text=True
    )
    return Sample(
        questions,
        int(resident.stdout) / 1024,
        len(list(Path("/dev/fd").iterdir())),
        threading.active_count(),
        len(list(index.glob("gen-*"))),
    )


def show(one: Sample) -> None:
    print(
        f"{one.questions:7} questions  {one.mebibytes:6.1f} MiB  {one.descriptors:3} descriptors  "
        f"{one.threads:2} threads  {one.generations} generations",
        flush=True,
    )


def spread(seconds: Sequence[float]) -> str:
    if not seconds:
        return "none"
    ordered = sorted(seconds)
    shares = (ordered[int(share * (len(ordered) - 1))] * 1000 for share in (0.5, 0.99, 1))
    return (
        f"{len(ordered)} questions, p50 / p99 / longest " + " / ".join(f"{one:.0f}" for one in shares) + " ms"
    )


def change(archive: Path, index: Path) -> None:
    """Add a sentence to one file and rebuild."""
    file = min(archive.rglob("*.txt"))
    with file.open("a", encoding="utf-8") as text:
        text.write(f"\n各单位要在第{time.time_ns() % 10**9}次检查之前把隐患整改到位。\n")
    rebuild(archive, index)


def rebuild(archive: Path, index: Path) -> None:
    command = [sys.executable, "-m", "retrieval.rebuild", str(archive), "--index", str(index)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
