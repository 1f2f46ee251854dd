"""Passages on the server, by what stands of them in the shared folder.

The folder's SQLite file has each passage's row, id, speaker and the checksum of its record, so that ids,
neighbours and filters are looked up without the server, and what the server gives is checked. The record
itself, the text with its places, is on the server.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from retrieval.index.store import Store
from retrieval.index.store_part import INDEXES, SCHEMA, StorePart, checksum
from retrieval.milvus.names import RECORD, ROW
from retrieval.milvus.server import Server

_COPIED = ("documents", "sources", "dictionary", "copies")  # signatures only serve the next rebuild
_BATCH = 1_000


class MilvusPart(StorePart):
    """One file whose passages' records are on the server."""

    def __init__(self, path: Path, label: str, first: int, server: Server, collection: str) -> None:
        """Open the file; ``first`` is the row on the server at which its own rows begin."""
        super().__init__(path, label)
        self._first = first
        self._server = server
        self._collection = collection

    def _packed(self, found: Iterable[tuple[int, bytes, int]]) -> Iterator[tuple[int, bytes]]:
        checksums = {row: crc for row, _, crc in found}
        rows = [row + self._first for row in checksums]
        for each in self._server.fetch(self._collection, rows, [RECORD]):
            row = each[ROW] - self._first
            record = from_text(each[RECORD])
            self._check(record, checksums[row])
            yield row, record


def as_text(record: bytes) -> str:
    """A record as the server can keep it: a lone surrogate becomes its JSON escape."""
    return record.decode("utf-8", "surrogatepass").encode("utf-8", "backslashreplace").decode("utf-8")


def from_text(text: str) -> bytes:
    """A record again; see `as_text`."""
    return text.encode("utf-8")


def write_skeleton(source: Path, target: Path, store: Store, first: int) -> None:
    """Write a store's file without the records of its passages.

    Args:
        source: a file of a generation.
        target: where it is written; not there yet.
        store: of that generation.
        first: the row at which the file's rows begin.

    Raises:
        IndexDamagedError: a record does not match its checksum.
        sqlite3.Error, OSError: the file can't be written.
    """
    with closing(sqlite3.connect(target.resolve().as_uri(), uri=True)) as connection:
        connection.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {SCHEMA}")
        connection.execute("ATTACH ? AS source", (f"{source.resolve().as_uri()}?mode=ro&immutable=1",))
        for table in _COPIED:
            connection.execute(f"INSERT INTO {table} SELECT * FROM source.{table}")  # noqa: S608
        columns = connection.execute("SELECT row, id, document, speaker FROM source.passages ORDER BY row")
        while rows := columns.fetchmany(_BATCH):
            records = store.packed([first + row[0] for row in rows])
            connection.executemany(
                "INSERT INTO passages VALUES (?, ?, ?, ?, x'', ?)",
                [(*row, checksum(from_text(as_text(records[first + row[0]])))) for row in rows],
            )
        connection.commit()
        connection.execute("DETACH source")
        connection.executescript(INDEXES)
