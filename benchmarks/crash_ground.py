"""The archive that `benchmarks.crashes` changes, its index and cache, and what rebuilds and reads them."""

from __future__ import annotations

import hashlib
import json
import os
import random
import sqlite3
import time
import zlib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crash_nursery import Nursery, Order
from benchmarks.distractors import speeches
from bot.answer import answer, answer_json
from config.errors import IndexDamagedError
from config.settings import load_settings
from embeddings import Purpose, load_encoder
from embeddings.cache import VectorCache
from retrieval.cli.building import VECTORS_FILE
from retrieval.index import Generation, open_sound
from retrieval.index.recovery import damage_behind, damage_beside, damage_of
from retrieval.search.glossary import load_glossary
from retrieval.search.searcher import Searcher

QUESTIONS = ("疏散楼梯有什么要求", "值班纪律怎么抓", "隐患排查由谁负责")
SPEECHES = (5, 12)
"""Fewest and most speeches in the archive."""
DISKS = ("index", "cache")


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
        store, damage_in = generation.store, damage_beside(generation)
        searcher = Searcher(generation, self._encoder, self._glossary)
        given = [answer_json(answer(searcher, question)) for question in QUESTIONS]
        if damage := damage_in():
            raise damage
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


def check(holds: object, what: str) -> None:
    """Raises:
    FailedError: it does not hold.
    """
    if not holds:
        raise FailedError(what)
