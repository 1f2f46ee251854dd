"""Vectors kept on disk, so that a rebuild encodes only texts it has not met before."""

from __future__ import annotations

import contextlib
import enum
import hashlib
import logging
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np

from embeddings.types import Encoder, FloatArray, IntArray, Progress

_LOG = logging.getLogger(__name__)

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS vectors (
    fingerprint TEXT NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (fingerprint, key)
) WITHOUT ROWID
"""
_STORED: Final = np.dtype("<f2")  # float16: half the disk, and a cosine of 0.9999999 to the float32 vector
_LOOKUP: Final = 500  # keys asked for at once; SQLite allows 999 parameters even in old builds
_WAIT_SECONDS: Final = 30.0
_CHUNK: Final = 512
"""Texts encoded between two writes: what a killed rebuild loses at most (some seconds of work)."""


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


class VectorCache:
    """A SQLite file of vectors by (encoder fingerprint, text key). It is an aid and never fails its user.

    Several threads and processes may use one file; a killed process leaves it whole (write-ahead log). A
    damaged file is moved aside and begun anew; a file that can't be written is done without. Both are
    logged. The file may be deleted at any time when nobody uses it.

    Args:
        path: the file; its folder is made if need be.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._inode = 0
        self._connection: sqlite3.Connection | None = None
        self._open()

    def get_many(self, fingerprint: str, keys: Sequence[bytes], dim: int) -> dict[bytes, FloatArray]:
        """The vectors that are there, ``float32 (dim,)`` of length 1; absent keys are absent."""
        found: dict[bytes, FloatArray] = {}
        for start in range(0, len(keys), _LOOKUP):
            part = keys[start : start + _LOOKUP]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, vector FROM vectors WHERE fingerprint = ? AND key IN ({marks})"  # noqa: S608
            for key, blob in self._run(query, [fingerprint, *part]):
                vector = _from_blob(blob, dim)
                if vector is not None:
                    found[key] = vector
        return found

    def put_many(self, fingerprint: str, vectors: Mapping[bytes, FloatArray]) -> None:
        """Keeps vectors, all or none; they are safe from a kill when this returns."""
        rows = [(fingerprint, key, vector.astype(_STORED).tobytes()) for key, vector in vectors.items()]
        self._run("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows, many=True)

    def count(self, fingerprint: str) -> int:
        """How many vectors of one model are kept."""
        rows = self._run("SELECT count(*) FROM vectors WHERE fingerprint = ?", [fingerprint])
        return int(rows[0][0]) if rows else 0

    def close(self) -> None:
        """Closes the file; afterwards nothing is found and nothing kept."""
        with self._lock:
            self._disconnect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(
        self, statement: str, values: Iterable[object], *, many: bool = False
    ) -> list[tuple[bytes, bytes]]:
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
        self._connection = sqlite3.connect(self._path, timeout=_WAIT_SECONDS, check_same_thread=False)
        self._inode = self._path.stat().st_ino
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(_SCHEMA)

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
                _LOG.warning("vector cache %s is damaged (%s): moved to %s", self._path, error, aside)
                self._path.replace(aside)
                for suffix in ("-wal", "-shm"):
                    Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            self._connect()
        except (OSError, sqlite3.DatabaseError) as failure:
            _LOG.warning("vector cache %s is done without: %s", self._path, failure)
            self._disconnect()


class CachedEncoder:
    """An encoder that asks the cache first and keeps what it encodes, chunk by chunk.

    Equal texts are encoded once. Vectors are ``rounded`` whether they were kept or new, so that a rebuild
    gives the same ones again.

    Args:
        encoder: what encodes the missing texts.
        cache: where vectors are kept; the caller closes it.
    """

    def __init__(self, encoder: Encoder, cache: VectorCache) -> None:
        self._encoder = encoder
        self._cache = cache

    @property
    def dim(self) -> int:
        """Components of a vector."""
        return self._encoder.dim

    @property
    def max_tokens(self) -> int:
        """Longest input in tokens, special tokens and prefix included."""
        return self._encoder.max_tokens

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the encoder within."""
        return self._encoder.fingerprint

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Unit vectors of queries, ``float32 (len(texts), dim)``."""
        return self._encode(Kind.QUERY, texts, None)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Unit vectors of passages, ``float32 (len(texts), dim)``."""
        return self._encode(Kind.PASSAGE, texts, progress)

    def count_tokens(self, texts: Sequence[str]) -> IntArray:
        """Tokens of each passage, prefix and special tokens included, not cut off; ``int64 (n,)``."""
        return self._encoder.count_tokens(texts)

    def _encode(self, kind: Kind, texts: Sequence[str], progress: Progress | None) -> FloatArray:
        keys = [text_key(kind, text) for text in texts]
        known = self._cache.get_many(self.fingerprint, list(dict.fromkeys(keys)), self.dim)
        report = progress or (lambda _: None)
        waiting: dict[bytes, list[int]] = {}
        for position, key in enumerate(keys):
            if key not in known:
                waiting.setdefault(key, []).append(position)
        if texts:
            report(len(texts) - sum(map(len, waiting.values())))
        # Longest first, so that a chunk holds texts of one length and wastes little on padding.
        missing = sorted(waiting, key=lambda key: -len(texts[waiting[key][0]]))
        for start in range(0, len(missing), _CHUNK):
            part = missing[start : start + _CHUNK]
            batch = [texts[waiting[key][0]] for key in part]
            encode = self._encoder.encode_queries if kind is Kind.QUERY else self._encoder.encode_passages
            new = dict(zip(part, rounded(encode(batch)), strict=True))
            self._cache.put_many(self.fingerprint, new)
            known |= new
            report(sum(len(waiting[key]) for key in part))
        return np.array([known[key] for key in keys], dtype=np.float32).reshape(len(texts), self.dim)


def _from_blob(blob: bytes, dim: int) -> FloatArray | None:
    """The vector, or None where the bytes are not one of this size."""
    if len(blob) != dim * _STORED.itemsize:
        return None
    vector = np.frombuffer(blob, _STORED).astype(np.float32)
    return _unit(vector) if np.isfinite(vector).all() and vector.any() else None


def _unit(vectors: FloatArray) -> FloatArray:
    lengths: FloatArray = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: FloatArray = vectors / lengths
    return unit
