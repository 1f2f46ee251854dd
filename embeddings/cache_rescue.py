"""What can be read of a damaged vector cache goes into a new one."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

WAIT_SECONDS: Final = 30.0
_HEAD: Final = struct.Struct(">16x H 10x I")
"""SQLite's: bytes of a page, number of pages (https://sqlite.org/fileformat.html)."""
_LARGEST: Final = 1 << 40
_SPLIT_BITS: Final = 16
"""Keys are as good as random: among a million, fifteen begin with the same 16 bits, which is four pages."""


def rescue(path: Path, aside: Path, schema: str) -> int:
    """Put what can be read of a damaged file in its place, and the file itself aside; how many vectors.

    A kill at any moment leaves the damaged file where it is, or the new one.

    Raises:
        OSError, sqlite3.Error: the disk is full or read-only; the damaged file stays where it is.
    """
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    _fill_up(path)
    with contextlib.closing(sqlite3.connect(new)) as connection:
        connection.executescript(schema)
        with connection, contextlib.closing(sqlite3.connect(path, timeout=WAIT_SECONDS)) as damaged:
            connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", _readable(damaged))
        kept = int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])
    aside.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # not every file system has links
        aside.hardlink_to(path)
    new.replace(path)
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    return kept


def _fill_up(path: Path) -> None:
    """Give a file that was cut the length that its head promises: SQLite reads nothing of a shorter one."""
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
    if len(head) == _HEAD.size:
        page, pages = _HEAD.unpack(head)
        # A head that is damaged itself may promise anything.
        if 512 <= page <= 1 << 15 and path.stat().st_size < page * pages <= _LARGEST:
            os.truncate(path, page * pages)


def _readable(connection: sqlite3.Connection) -> Iterator[tuple[str, bytes, bytes]]:
    """The rows of a damaged file, some of them more than once."""
    for fingerprint in sorted(_fingerprints(connection)):
        yield from _between(connection, fingerprint, 0, 1 << _SPLIT_BITS)


def _fingerprints(connection: sqlite3.Connection) -> set[str]:
    found = set()
    for aggregate, sign, last in (("min", ">", ""), ("max", "<", "\U0010ffff")):
        query = f"SELECT {aggregate}(fingerprint) FROM vectors WHERE fingerprint {sign} ?"  # noqa: S608
        with contextlib.suppress(sqlite3.DatabaseError):
            while isinstance(last := connection.execute(query, (last,)).fetchone()[0], str):
                found.add(last)
    return found


def _between(
    connection: sqlite3.Connection, fingerprint: str, low: int, high: int
) -> Iterator[tuple[str, bytes, bytes]]:
    """Rows whose keys begin with these bits; a range that can't be read is halved again and again."""
    query = "SELECT key, vector FROM vectors WHERE fingerprint = ? AND key >= ? AND key < ?"
    ends = [bound.to_bytes(_SPLIT_BITS // 8 + 1, "big")[1:] for bound in (low, high - 1)]
    try:
        for key, vector in connection.execute(query, (fingerprint, ends[0], ends[1] + b"\xff" * 33)):
            if isinstance(key, bytes) and isinstance(vector, bytes):
                yield fingerprint, key, vector
    except sqlite3.DatabaseError:
        if high - low > 1:
            middle = (low + high) // 2
            yield from _between(connection, fingerprint, low, middle)
            yield from _between(connection, fingerprint, middle, high)
