"""Vectors kept on disk, so that a rebuild encodes only texts it has not met before."""

from __future__ import annotations

import contextlib
import enum
import hashlib
import logging
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from config.closing import Closing
from embeddings.cache_rescue import WAIT_SECONDS, rescue
from embeddings.types import BoolArray, FloatArray

_LOG = logging.getLogger(__name__)

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS vectors (
    fingerprint TEXT NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (fingerprint, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS models (fingerprint TEXT PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID
"""
_STORED: Final = np.dtype("<f2")  # float16: half the disk, and a cosine of 0.9999999 to the float32 vector
_LOOKUP: Final = 500  # keys asked for at once; SQLite allows 999 parameters even in old builds
_PASSED_OVER: Final = 2
"""Keys read for each one wanted, up to which a run of keys takes half the time of looking up each."""
_WORTH_RUNS: Final = 20 * _LOOKUP
"""Keys from which on runs are tried: the first one then spans a twentieth of the file at most."""
_PAUSE_SECONDS: Final = 0.02
"""Between two attempts to open a file that another process opens for the first time."""
_UNUSED_DAYS: Final = 90
"""A model's vectors are dropped when no rebuild used it for so long."""
_DAY: Final = 86_400  # seconds

# Every model that has vectors, by leaps through the primary key: DISTINCT would read the whole file.
_NOTE_MODELS: Final = """
WITH RECURSIVE each (fingerprint) AS (
    SELECT min(fingerprint) FROM vectors UNION ALL
    SELECT (SELECT min(fingerprint) FROM vectors WHERE fingerprint > each.fingerprint)
    FROM each WHERE fingerprint IS NOT NULL
)
INSERT OR IGNORE INTO models SELECT fingerprint, ? FROM each WHERE fingerprint IS NOT NULL
"""


class Kind(enum.Enum):
    """Queries and passages of one text have different vectors."""

    QUERY = "query"
    PASSAGE = "passage"


def text_key(kind: Kind, text: str) -> bytes:
    """The key that a text's vector is kept under: 32 bytes, never the text itself."""
    return hashlib.sha256(f"{kind.value}\0{text}".encode("utf-8", "surrogatepass")).digest()


def rounded(vectors: FloatArray) -> FloatArray:
    """Vectors as the cache gives them back: through float16, then of length 1 again."""
    return _unit(vectors.astype(_STORED).astype(np.float32))


class VectorCache(Closing):
    """A SQLite file of vectors by (encoder fingerprint, text key). It is an aid and never fails its user.

    Several threads and processes may use one file; a killed process leaves it whole (write-ahead log). A
    damaged file is moved aside, and what can still be read in it goes into a new one; a file that can't be
    written is done without. Both are logged. A vector that does not match its checksum counts as absent. The
    file may be deleted at any time when nobody uses it.

    Args:
        path: the file; its folder is made if need be.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._inode = 0
        self._connection: sqlite3.Connection | None = None
        self._open()

    def fill(self, fingerprint: str, keys: Sequence[bytes], vectors: FloatArray) -> BoolArray:
        """Writes the vectors that are there into their rows.

        Args:
            fingerprint: of the encoder.
            keys: of the rows, no two alike.
            vectors: ``float32 (len(keys), dim)``; known rows are overwritten with vectors of length 1.

        Returns:
            ``bool (len(keys),)``, which rows are known.
        """
        known = np.zeros(len(keys), dtype=np.bool_)
        # In the order of the file each of its pages is read once.
        order = sorted(range(len(keys)), key=keys.__getitem__)
        size = vectors.shape[1] * _STORED.itemsize
        is_run = len(order) >= _WORTH_RUNS
        for start in range(0, len(order), _LOOKUP):
            places = {keys[row]: row for row in order[start : start + _LOOKUP]}
            rows_there = self._stored(fingerprint, list(places), is_run=is_run)
            is_run = is_run and len(rows_there) <= _PASSED_OVER * len(places)
            # Vectors kept before there were checksums have none; to encode them again would take hours.
            found = [
                (places[key], blob[:size])
                for key, blob in rows_there
                if key in places and len(blob) >= size and blob[size:] in (b"", _crc(key, blob[:size]))
            ]
            rows = np.array([row for row, _ in found], dtype=np.intp)
            stored = np.frombuffer(b"".join(blob for _, blob in found), _STORED).astype(np.float32)
            stored = stored.reshape(len(rows), vectors.shape[1])
            lengths = _lengths(stored)
            sound = np.isfinite(lengths) & (lengths > 0)
            vectors[rows[sound]] = stored[sound] / lengths[sound, None]
            known[rows[sound]] = True
        return known

    def _stored(self, fingerprint: str, keys: Sequence[bytes], *, is_run: bool) -> list[tuple[Any, ...]]:
        """Keys and what is stored under them; of a run also what lies between the first and the last."""
        if is_run:
            query = "SELECT key, vector FROM vectors WHERE fingerprint = ? AND key BETWEEN ? AND ?"
            return self._run(query, [fingerprint, keys[0], keys[-1]])
        marks = ",".join("?" * len(keys))
        query = f"SELECT key, vector FROM vectors WHERE fingerprint = ? AND key IN ({marks})"  # noqa: S608
        return self._run(query, [fingerprint, *keys])

    def put_many(self, fingerprint: str, keys: Sequence[bytes], vectors: FloatArray) -> None:
        """Keeps vectors, all or none; they are safe from a kill when this returns."""
        rows = zip(keys, map(bytes, vectors.astype(_STORED)), strict=True)
        values = [(fingerprint, key, blob + _crc(key, blob)) for key, blob in rows]
        self._run("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", values, many=True)

    def note_use(self, fingerprint: str) -> None:
        """Remembers that a model is used today, and drops the vectors of those that none used for 90 days."""
        today = int(time.time() // _DAY)
        self._run("INSERT OR REPLACE INTO models VALUES (?, ?)", [fingerprint, today])
        self._run(_NOTE_MODELS, [today])
        unused = self._run("SELECT fingerprint FROM models WHERE day < ?", [today - _UNUSED_DAYS])
        for (name,) in unused:
            self._run("DELETE FROM vectors WHERE fingerprint = ?", [name])
            self._run("DELETE FROM models WHERE fingerprint = ?", [name])

    def count(self, fingerprint: str) -> int:
        """How many vectors of one model are kept."""
        rows = self._run("SELECT count(*) FROM vectors WHERE fingerprint = ?", [fingerprint])
        return rows[0][0] if rows else 0

    def close(self) -> None:
        """Closes the file; afterwards nothing is found and nothing kept."""
        with self._lock:
            self._disconnect()

    def _run(self, statement: str, values: Iterable[object], *, many: bool = False) -> list[tuple[Any, ...]]:
        with self._lock:
            for _ in range(2):  # once more after a damaged file was replaced
                if self._connection is None:
                    return []
                try:
                    with self._connection:  # one transaction
                        run = self._connection.executemany if many else self._connection.execute
                        return run(statement, values).fetchall()  # type: ignore[arg-type]
                except sqlite3.OperationalError as error:
                    # Disk full, read-only, or locked for longer than we wait.
                    _LOG.warning("vector cache %s is not used any more: %s", self._path, error)
                    self._disconnect()
                except sqlite3.DatabaseError as error:
                    self._replace_damaged(error)
            return []

    def _open(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connect()
        except (OSError, sqlite3.OperationalError) as error:
            _LOG.warning("vector cache %s can't be opened and is done without: %s", self._path, error)
            self._disconnect()
        except sqlite3.DatabaseError as error:
            self._replace_damaged(error)

    def _connect(self) -> None:
        until = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                return self._begin()
            except sqlite3.OperationalError as error:
                # SQLite does not wait where two begin to write ahead at once.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                self._disconnect()
                time.sleep(_PAUSE_SECONDS)

    def _begin(self) -> None:
        self._connection = sqlite3.connect(self._path, timeout=WAIT_SECONDS, check_same_thread=False)
        self._inode = self._path.stat().st_ino
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _replace_damaged(self, error: sqlite3.DatabaseError) -> None:
        self._disconnect()
        try:
            # Another process may have replaced it already.
            if self._path.stat().st_ino == self._inode:
                aside = self._path.with_name(self._path.name + ".damaged")
                kept = rescue(self._path, aside, _SCHEMA)
                told = "vector cache %s is damaged (%s): moved to %s; vectors saved: %d"
                _LOG.warning(told, self._path, error, aside, kept)
            self._connect()
        except (OSError, sqlite3.DatabaseError) as failure:
            _LOG.warning(
                "vector cache %s is damaged (%s) and is done without: %s", self._path, error, failure
            )
            self._disconnect()


def _crc(key: bytes, blob: bytes) -> bytes:
    return zlib.crc32(blob, zlib.crc32(key)).to_bytes(4, "little")


def _unit(vectors: FloatArray) -> FloatArray:
    unit: FloatArray = vectors / _lengths(vectors)[:, None]
    return unit


def _lengths(vectors: FloatArray) -> FloatArray:
    """``float32 (len(vectors),)``, by one way of summing: another may differ in the last bit."""
    lengths: FloatArray = np.sqrt(np.vecdot(vectors, vectors))
    return lengths
