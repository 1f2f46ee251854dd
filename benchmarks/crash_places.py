"""Disks that can be filled or made read-only, and ways to damage files, for `benchmarks.crashes`.

In a namespace of its own (``unshare -Urm``) index and vector cache lie on memory disks, which are given a new
size or made read-only while they are in use. Where that is not permitted, full disks are imitated by a limit
on the size of files, and nothing is made read-only.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_INSIDE = "CRASHES_INSIDE"
_ROOMY = "size=256m"

Damage = Callable[[Path, random.Random], None]


def enter_namespace(module: str, arguments: list[str]) -> bool:
    """Run this program again in a namespace where it may mount; False where that is not permitted."""
    unshare = shutil.which("unshare")
    if _INSIDE not in os.environ and unshare is not None:
        os.environ[_INSIDE] = "1"
        if subprocess.run([unshare, "-Urm", "true"], check=False, capture_output=True).returncode == 0:
            os.execv(unshare, [unshare, "-Urm", sys.executable, "-m", module, *arguments])
        os.environ[_INSIDE] = ""
    return bool(os.environ.get(_INSIDE))


@contextmanager
def memory_disk(folder: Path) -> Iterator[None]:
    """A memory disk under a folder."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", _ROOMY, "crashes", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def nearly_full(folder: Path, room: int) -> Iterator[None]:
    """A memory disk with only ``room`` bytes left."""
    used = sum(path.stat().st_blocks * 512 for path in folder.rglob("*"))
    _remount(folder, f"size={used + room}")
    try:
        yield
    finally:
        _remount(folder, _ROOMY)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A memory disk that can't be written to."""
    _remount(folder, "ro")
    try:
        yield
    finally:
        _remount(folder, "rw")


def _remount(folder: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", folder], check=True)


def flip(path: Path, chance: random.Random) -> None:
    """Change one bit."""
    place, bit = chance.randrange(path.stat().st_size), 1 << chance.randrange(8)
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ bit]))


def cut(path: Path, chance: random.Random) -> None:
    """Leave the beginning only."""
    os.truncate(path, chance.randrange(path.stat().st_size))


def blank(path: Path, chance: random.Random) -> None:
    """Fill with zeros, as a lost block reads."""
    size = path.stat().st_size
    start = chance.randrange(size) // 4096 * 4096
    with path.open("r+b") as file:
        file.seek(start)
        file.write(bytes(min(4096, size - start)))


def remove(path: Path, chance: random.Random) -> None:  # noqa: ARG001 - as the others
    """Delete the file."""
    path.unlink()


DAMAGES: dict[str, Damage] = {"flip": flip, "cut": cut, "blank": blank, "remove": remove}
