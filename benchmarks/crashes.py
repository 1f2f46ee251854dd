"""Does an index survive what can happen to it? Rebuilds that are killed, starved and hindered; damaged files.

Each run changes a small archive at random and rebuilds its index under one misfortune:

- ``kill``: SIGKILL at a random moment of a rebuild's usual time; ``step``: before its n-th operation on a
  file; ``process``: as ``kill``, but of ``python -m retrieval.rebuild`` started anew (the others are forked
  from a warm process, see `benchmarks.crash_nursery`);
- ``full`` and ``read-only``: the index's disk; ``cache-full``, ``cache-read-only``: the vector cache's;
- ``cache-damaged``: a bit of the vector cache is changed, its end or a block is lost.

Then a reader asks its questions: it must find exactly what the index said before the run or what it says
after a rebuild that is left in peace, which must succeed, have every document, and encode nothing that the
cache had.

Afterwards every file of a generation is damaged in several ways: the answers must be those of that
generation, or those of the one before it and one line that says so; ``large`` is the same with every file
counted as too large to be hashed when it is opened, ``shared`` with damage in both generations, as files
shared by hard links have it.

    python -m benchmarks.crashes --runs 300 --seed 1
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from filelock import FileLock, Timeout

from benchmarks.crash_damage import damage_files
from benchmarks.crash_ground import DISKS, FailedError, Ground, Said, check
from benchmarks.crash_places import DAMAGES, enter_namespace, memory_disk, nearly_full, read_only
from benchmarks.measure import bytes_of
from config.errors import AnjiangError

MISFORTUNES = {
    "kill": 40,
    "step": 20,
    "full": 14,
    "cache-full": 6,
    "cache-damaged": 8,
    "read-only": 4,
    "cache-read-only": 3,
    "process": 5,
}
"""How often each comes, in a hundred runs."""
MOST_STEPS = 120
"""Operations on files that a rebuild of such an archive takes, about."""
COMPARED_EVERY = 25
"""Runs after which the index is compared with one built from nothing."""


def _suffer(ground: Ground, name: str, chance: random.Random) -> str:
    """One rebuild under a misfortune; how it ended, in a word."""
    if name in ("kill", "process"):
        return _killed(ground, name, chance)
    if name == "cache-damaged":
        damage = chance.choice(("flip", "cut", "blank"))
        DAMAGES[damage](ground.cache, chance)
    size = bytes_of(ground.index)
    with ExitStack() as stack:
        more = {"kill_at": chance.randint(1, MOST_STEPS)} if name == "step" else {}
        disk = ground.disks["cache" if name.startswith("cache") else "index"]
        if name.endswith("full"):
            room = int(size * chance.uniform(0, 0.8 if name == "full" else 0.2))
            if ground.is_mounted:
                stack.enter_context(nearly_full(disk, room))
            else:
                more = {"file_size": max(room // 4, 1)}
        elif name.endswith("read-only") and ground.is_mounted:
            stack.enter_context(read_only(disk))
        code = ground.rebuild(**more)
        ground.reader.read(ground.index)  # under these circumstances, too
    if code == -signal.SIGKILL:
        return "killed"
    output = ground.output.read_text()
    check("Traceback" not in output, output)
    if code == 0:
        return "done"
    check(code == 1, f"exit code {code}: {output}")
    check(sum(line.startswith("error: ") for line in output.splitlines()) == 1, output)
    return "refused"


def _killed(ground: Ground, name: str, chance: random.Random) -> str:
    order = ground.order()
    if name == "kill":
        moment = chance.uniform(0, 1.2 * statistics.median(ground.seconds[-9:]))
        child = ground.nursery.start(order)
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
        return "killed" if ground.nursery.wait() else "done"
    command = [sys.executable, "-m", "retrieval.rebuild", *order.arguments]
    with ground.output.open("w") as output:
        process = subprocess.Popen(command, env=ground.environ, stdout=output, stderr=output)
        # Its imports take most of the time; what matters begins when it takes the lock.
        while process.poll() is None and not _is_locked(ground.index):
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 1.2 * statistics.median(ground.seconds[-9:])))
        process.kill()
        return "killed" if process.wait() else "done"


def _is_locked(index: Path) -> bool:
    lock = FileLock(index / "rebuild.lock")
    try:
        with lock.acquire(blocking=False):
            return False
    except Timeout:
        return True


def run(ground: Ground, name: str, before: Said, chance: random.Random) -> tuple[Said, str]:
    """One run: what the index says at its end, and how the rebuild under the misfortune ended.

    Raises:
        FailedError: it lost something.
    """
    kept = ground.kept_keys()
    ground.archive.change(chance)
    end = _suffer(ground, name, chance)
    found = ground.reader.read(ground.index)
    check(not found.told, found.told)
    known = ground.kept_keys()
    if name != "cache-damaged":
        check(kept <= known, f"the cache lost {len(kept - known)} vectors")
    code = ground.rebuild()
    check(code == 0, f"the rebuild afterwards failed: {ground.output.read_text()}")
    after = ground.reader.read(ground.index)
    check(found in (before, after), "the answers are those of neither archive")
    if end == "done":
        check(found == after, "a rebuild that ended had not done all")
    check(after.documents == ground.archive.files(), "documents are missing")
    again = ground.encoded_keys() & known
    check(not again, f"{len(again)} texts were encoded although the cache had them")
    left = [path.name for path in ground.index.iterdir() if path.suffix == ".tmp"]
    check(not left, f"left behind: {left}")
    return after, f"{end}, {'new' if found == after else 'old'} index"


def compare(ground: Ground, said: Said) -> None:
    """The index against one that is built from nothing.

    Raises:
        FailedError: they say different things.
    """
    fresh = ground.home / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    check(ground.rebuild(fresh) == 0, ground.output.read_text())
    other = ground.reader.read(fresh)
    check(other.documents == said.documents, "an index built from nothing has other documents")
    check(_quotes(other) == _quotes(said), "an index built from nothing has other quotes")


def _quotes(said: Said) -> list[list[tuple[str, int, int]]]:
    """Vectors that were encoded in another batch may differ in their last bit, and so may scores."""
    return [
        [(quote["document"]["path"], quote["start"], quote["end"]) for quote in json.loads(one)["quotes"]]
        for one in said.answers
    ]


def main() -> None:
    """Run it all and print tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    is_mounted = enter_namespace("benchmarks.crashes", sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="anjiang-crashes-") as home, ExitStack() as stack:
        for disk in DISKS:
            (Path(home) / disk).mkdir()
            if is_mounted:
                stack.enter_context(memory_disk(Path(home) / disk))
        ground = Ground(Path(home), asked.seed, is_mounted=is_mounted)
        stack.enter_context(ground.nursery)
        _run_all(ground, asked.runs, asked.seed)


def _run_all(ground: Ground, runs: int, seed: int) -> None:
    chance = random.Random(seed)
    newest = ground.reader.read(ground.index)
    ends: Counter[tuple[str, str]] = Counter()
    for number in range(1, runs + 1):
        (name,) = chance.choices(list(MISFORTUNES), list(MISFORTUNES.values()))
        try:
            newest, end = run(ground, name, newest, chance)
            if number % COMPARED_EVERY == 0:
                compare(ground, newest)
        except (FailedError, AnjiangError) as error:
            raise SystemExit(f"run {number} of seed {seed}, {name}: {error!r}") from error
        ends[name, end] += 1
        print(f"{number}/{runs} {name}: {end}", file=sys.stderr, flush=True)
    _print_table("rebuild under", ends)
    if runs:
        _print_table("damage", damage_files(ground, chance))


def _print_table(title: str, counts: Counter[tuple[str, str]]) -> None:
    print(f"| {title} | what came of it | times |\n|---|---|--:|")
    for (name, end), times in sorted(counts.items()):
        print(f"| {name} | {end} | {times} |")
    print(f"| all | | {counts.total()} |\n")


if __name__ == "__main__":
    main()
