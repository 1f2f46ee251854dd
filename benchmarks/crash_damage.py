"""Damage to every file of a generation, and what a reader then says (`benchmarks.crashes`)."""

from __future__ import annotations

import itertools
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.crash_ground import FailedError, Ground, Said, check
from benchmarks.crash_places import DAMAGES
from config.errors import IndexDamagedError
from retrieval.index import manifest
from retrieval.index.in_force import CURRENT_FILE

FLIPS = 4
"""Places in each file where a bit is changed."""


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
        check(outcome in _EXPECTED[way], f"{kind} of {file.name}, {way}: {outcome}")
        outcomes[way, outcome] += 1
    return outcomes


_SAME, _REFUSED = "same answers", "one line, no answer"
_TOLD = ("one line, answers of the generation before", "one line, same answers")
_EXPECTED = {"hashed": (*_TOLD, _SAME), "large": (*_TOLD, _SAME), "shared": (_REFUSED,)}


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
        check("\n" not in str(error), str(error))
        return _REFUSED
    if found.told:
        check("anjiang index" in found.told, found.told)
        check(found.answers in (older.answers, newest.answers), "answers of neither generation")
        return _TOLD[found.answers == newest.answers]
    check(found.answers == newest.answers, "other answers and no line")
    return _SAME
