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
import hashlib
import itertools
import json
import os
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from benchmarks.crash_nursery import Nursery, Order
from benchmarks.crash_places import DAMAGES, enter_namespace, memory_disk, nearly_full, read_only
from benchmarks.distractors import speeches
from bot.answer import answer, answer_json
from config.errors import AnjiangError, IndexDamagedError
from config.settings import load_settings
from embeddings import Purpose, load_encoder
from embeddings.cache import VectorCache
from retrieval.cli.building import VECTORS_FILE
from retrieval.index import Generation, manifest, open_sound
from retrieval.index.generation import CURRENT_FILE
from retrieval.index.recovery import damage_behind, damage_of
from retrieval.search.glossary import load_glossary
from retrieval.search.searcher import Searcher

QUESTIONS = ("疏散楼梯有什么要求", "值班纪律怎么抓", "隐患排查由谁负责")
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
SPEECHES = (5, 12)
"""Fewest and most speeches in the archive."""
MOST_STEPS = 120
"""Operations on files that a rebuild of such an archive takes, about."""
COMPARED_EVERY = 25
"""Runs after which the index is compared with one built from nothing."""
DISKS = ("index", "cache")
FLIPS = 4
"""Places in each file where a bit is changed."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader found: the archive that the index knows, its answers, and what it was told of damage."""

    documents: tuple[tuple[str, str], ...]
    answers: tuple[str, ...]
    contents: str
    told: str = ""


class Reader:
    """Opens the index afresh each time, as a new process would, but keeps the encoder."""

    def __init__(self) -> None:
        self._encoder = load_encoder(purpose=Purpose.QUERY, threads=1)
        self._glossary = load_glossary()
        self.fingerprint = self._encoder.fingerprint

    def read(self, index: Path, *, deep: bool = True) -> Said:
        """Ask the index, as every command does.

        Args:
            index: its folder.
            deep: hash all that it holds besides.

        Raises:
            IndexDamagedError: nothing can answer.
        """
        damaged: dict[str, IndexDamagedError] = {}
        while True:
            with open_sound(index, self._encoder.fingerprint, damaged) as generation:
                try:
                    return self._said(generation, deep=deep)
                except Exception as error:
                    damage = damage_behind(error, generation)
                    if damage is None:
                        raise
                    damaged[generation.path.name] = damage

    def _said(self, generation: Generation, *, deep: bool) -> Said:
        store = generation.store
        searcher = Searcher(generation, self._encoder, self._glossary)
        given = [answer_json(answer(searcher, question)) for question in QUESTIONS]
        files = [stored.info for stored in store.documents] + [copy.info for copy in store.copies]
        return Said(
            tuple(sorted((info.path, info.sha256) for info in files)),
            tuple(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in given),
            _digest(generation) if deep else "",
            str(generation.damage or ""),
        )


def _digest(generation: Generation) -> str:
    """Of all files of a generation, each compared with what its manifest says.

    Raises:
        IndexDamagedError: one is another.
    """
    damage = damage_of(generation)
    if damage is not None:
        raise damage
    return repr(sorted(generation.manifest.files.items()))


class Archive:
    """A folder of speeches that changes at random."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self._texts = speeches(1_000_000, seed)
        self._count = 0
        folder.mkdir()
        for _ in range(SPEECHES[0] + 2):
            self._add()

    def change(self, chance: random.Random) -> None:
        """Add, change, remove or rename one to three speeches; at least one text is new."""
        self._add()
        for _ in range(chance.randint(0, 2)):
            path = chance.choice(sorted(self.folder.iterdir()))
            match chance.choice(("change", "remove", "rename")):
                case "change":
                    path.write_text(
                        path.read_text("utf-8") + next(self._texts).splitlines()[-1] + "\n", "utf-8"
                    )
                case "remove":
                    path.unlink()
                case _:
                    path.rename(path.with_stem(f"{path.stem}a"))
        while len(files := sorted(self.folder.iterdir())) > SPEECHES[1]:
            chance.choice(files).unlink()

    def files(self) -> tuple[tuple[str, str], ...]:
        """Paths and SHA-256, sorted."""
        return tuple(
            (path.name, hashlib.sha256(path.read_bytes()).hexdigest())
            for path in sorted(self.folder.iterdir())
        )

    def _add(self) -> None:
        self._count += 1
        (self.folder / f"{self._count:05d}.txt").write_text(next(self._texts), "utf-8")


class Ground:
    """The archive, its index, its cache, and what rebuilds and reads them."""

    def __init__(self, home: Path, seed: int, *, is_mounted: bool) -> None:
        self.home, self.is_mounted = home, is_mounted
        self.archive = Archive(home / "archive", seed)
        self.disks = {name: home / name for name in DISKS}
        (self.disks["cache"] / "models").symlink_to(load_settings().embedding.cache / "models")
        self.index = self.disks["index"] / "speeches"
        self.cache = self.disks["cache"] / VECTORS_FILE
        self.encoded, self.output = home / "encoded", home / "output"
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ANJIANG_")},
            "ANJIANG_EMBEDDING__CACHE": str(self.disks["cache"]),
            "ANJIANG_EMBEDDING__THREADS": "1",
            "ANJIANG_RETRIEVAL__CROSS_ENCODER": "false",
            "OMP_NUM_THREADS": "1",
            "TOKENIZERS_PARALLELISM": "false",
        }
        self.nursery = Nursery(self.environ, self.order())
        self.reader = Reader()
        self.seconds = [1.0]

    def order(self, index: Path | None = None, **more: int) -> Order:
        """A rebuild; ``more`` as `Order` has it."""
        arguments = ("--json", "--lang", "en", "--index", str(index or self.index), str(self.archive.folder))
        watched = tuple(map(str, self.disks.values()))
        return Order(arguments, str(self.output), str(self.encoded), watched=watched, **more)

    def rebuild(self, index: Path | None = None, **more: int) -> int:
        """One that is left in peace; its exit code."""
        self.encoded.unlink(missing_ok=True)
        started = time.monotonic()
        self.nursery.start(self.order(index, **more))
        code = self.nursery.wait()
        self.seconds.append(time.monotonic() - started)
        return code

    def kept_keys(self) -> set[str]:
        """Of the vectors that the cache has, unchanged."""
        with VectorCache(self.cache) as cache:
            cache.count(self.reader.fingerprint)  # reads all of it, so that damage is dealt with by now
        with closing(sqlite3.connect(self.cache)) as connection:
            rows = connection.execute("SELECT key, vector FROM vectors").fetchall()
        return {
            key.hex()
            for key, blob in rows
            if blob[-4:] == zlib.crc32(blob[:-4], zlib.crc32(key)).to_bytes(4, "little")
        }

    def encoded_keys(self) -> set[str]:
        """Of the texts that the last rebuild encoded."""
        return set(self.encoded.read_text().split()) if self.encoded.exists() else set()


class FailedError(Exception):
    """What must not happen has happened."""


def _check(holds: object, what: str) -> None:
    if not holds:
        raise FailedError(what)


def _suffer(ground: Ground, name: str, chance: random.Random) -> str:
    """One rebuild under a misfortune; how it ended, in a word."""
    if name in ("kill", "process"):
        return _killed(ground, name, chance)
    if name == "cache-damaged":
        damage = chance.choice(("flip", "cut", "blank"))
        DAMAGES[damage](ground.cache, chance)
    size = _size(ground.index)
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
    _check("Traceback" not in output, output)
    if code == 0:
        return "done"
    _check(code == 1, f"exit code {code}: {output}")
    _check(sum(line.startswith("error: ") for line in output.splitlines()) == 1, output)
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


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def run(ground: Ground, name: str, before: Said, chance: random.Random) -> tuple[Said, str]:
    """One run: what the index says at its end, and how the rebuild under the misfortune ended.

    Raises:
        FailedError: it lost something.
    """
    kept = ground.kept_keys()
    ground.archive.change(chance)
    end = _suffer(ground, name, chance)
    found = ground.reader.read(ground.index)
    _check(not found.told, found.told)
    known = ground.kept_keys()
    if name != "cache-damaged":
        _check(kept <= known, f"the cache lost {len(kept - known)} vectors")
    code = ground.rebuild()
    _check(code == 0, f"the rebuild afterwards failed: {ground.output.read_text()}")
    after = ground.reader.read(ground.index)
    _check(found in (before, after), "the answers are those of neither archive")
    if end == "done":
        _check(found == after, "a rebuild that ended had not done all")
    _check(after.documents == ground.archive.files(), "documents are missing")
    again = ground.encoded_keys() & known
    _check(not again, f"{len(again)} texts were encoded although the cache had them")
    left = [path.name for path in ground.index.iterdir() if path.suffix == ".tmp"]
    _check(not left, f"left behind: {left}")
    return after, f"{end}, {'new' if found == after else 'old'} index"


def compare(ground: Ground, said: Said) -> None:
    """The index against one that is built from nothing.

    Raises:
        FailedError: they say different things.
    """
    fresh = ground.home / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    _check(ground.rebuild(fresh) == 0, ground.output.read_text())
    other = ground.reader.read(fresh)
    _check(other.documents == said.documents, "an index built from nothing has other documents")
    _check(_quotes(other) == _quotes(said), "an index built from nothing has other quotes")


def _quotes(said: Said) -> list[list[tuple[str, int, int]]]:
    """Vectors that were encoded in another batch may differ in their last bit, and so may scores."""
    return [
        [(quote["document"]["path"], quote["start"], quote["end"]) for quote in json.loads(one)["quotes"]]
        for one in said.answers
    ]


def damage_files(ground: Ground, chance: random.Random) -> Counter[tuple[str, str]]:
    """Damage every file of the generation in force; how often each way of damaging had each outcome.

    Raises:
        FailedError: an answer was wrong, or something was raised that no person can act on.
    """
    before, current = sorted(ground.index.glob("gen-*"))
    pointer = ground.index / CURRENT_FILE
    newest, said = ground.reader.read(ground.index, deep=False), pointer.read_text()
    pointer.write_text(f"{before.name}\n")
    older = ground.reader.read(ground.index, deep=False)
    pointer.write_text(said)
    files = [path for path in sorted(current.rglob("*")) if path.is_file()]
    kinds = [*["flip"] * FLIPS, *(name for name in DAMAGES if name != "flip")]
    outcomes: Counter[tuple[str, str]] = Counter()
    for way, file, kind in itertools.product(_EXPECTED, [pointer, *files], kinds):
        hurt = [file]
        if way == "shared":
            if file == pointer or not (twin := before / file.relative_to(current)).exists():
                continue
            hurt.append(twin)
        with ExitStack() as stack:
            for path in hurt:
                stack.enter_context(_damaged(path, kind, chance))
            if way == "large":
                stack.enter_context(_unhashed())
            try:
                outcome = _outcome(ground, older, newest)
            except Exception as error:
                raise FailedError(f"{kind} of {file.name}, {way}: {error!r}") from error
        _check(outcome in _EXPECTED[way], f"{kind} of {file.name}, {way}: {outcome}")
        outcomes[way, outcome] += 1
    return outcomes


_SAME, _ORDER, _REFUSED = "same answers", "other quotes, word for word", "one line, no answer"
_TOLD = ("one line, answers of the generation before", "one line, same answers")
_EXPECTED = {"hashed": (*_TOLD, _SAME), "large": (*_TOLD, _SAME, _ORDER), "shared": (_REFUSED,)}


@contextmanager
def _damaged(path: Path, kind: str, chance: random.Random) -> Iterator[None]:
    """A file in another state for a while; always as another file, for nobody's memory is mapped to it."""
    kept, hurt = path.with_name("kept"), path.with_name("hurt")
    path.rename(kept)
    shutil.copyfile(kept, hurt)
    while hurt.exists() and hurt.read_bytes() == kept.read_bytes():  # zeros may be zeros already
        DAMAGES[kind](hurt, chance)
    if hurt.exists():
        hurt.rename(path)
    try:
        yield
    finally:
        kept.replace(path)


@contextmanager
def _unhashed() -> Iterator[None]:
    most, manifest.HASHED_AT_OPEN = manifest.HASHED_AT_OPEN, -1
    try:
        yield
    finally:
        manifest.HASHED_AT_OPEN = most


def _outcome(ground: Ground, older: Said, newest: Said) -> str:
    try:
        found = ground.reader.read(ground.index, deep=False)
    except IndexDamagedError as error:
        _check("\n" not in str(error), str(error))
        return _REFUSED
    if found.told:
        _check("anjiang index" in found.told, found.told)
        _check(found.answers in (older.answers, newest.answers), "answers of neither generation")
        return _TOLD[found.answers == newest.answers]
    if found.answers == newest.answers:
        return _SAME
    quotes = [quote for one in found.answers for quote in json.loads(one)["quotes"]]
    for quote in quotes:
        source = (ground.archive.folder / quote["document"]["path"]).read_text("utf-8")
        _check(source[quote["start"] : quote["end"]] == quote["text"], "a quote that is in no file")
    return _ORDER


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
