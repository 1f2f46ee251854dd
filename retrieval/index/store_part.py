"""One SQLite file of a generation: documents and passages by their rows in this file.

Every record carries a CRC-32 that is checked when it is read: a changed byte raises, it never answers.
"""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from config.errors import IndexDamagedError
from embeddings.types import IntArray
from retrieval.copies.choice import Signature, unpack_signature
from retrieval.documents.types import Document
from retrieval.index import codec
from retrieval.index.compression import Compression
from retrieval.index.stored_copies import COPIES_SCHEMA, Copies, with_files
from retrieval.types import DocumentInfo, Passage

STORE_FILE = "passages.sqlite"

SCHEMA = (
    """
CREATE TABLE documents (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,
    first_passage INTEGER NOT NULL, passages INTEGER NOT NULL,
    first_sentence INTEGER NOT NULL, sentences INTEGER NOT NULL,
    info BLOB NOT NULL, crc INTEGER NOT NULL
);
CREATE TABLE sources (position INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL, document INTEGER NOT NULL,
    speaker TEXT NOT NULL, record BLOB NOT NULL, crc INTEGER NOT NULL
);
CREATE TABLE dictionary (record BLOB NOT NULL, crc INTEGER NOT NULL);
CREATE TABLE signatures (position INTEGER PRIMARY KEY, record BLOB NOT NULL, crc INTEGER NOT NULL);
"""
    + COPIES_SCHEMA
)
INDEXES = """
CREATE UNIQUE INDEX passages_id ON passages (id);
CREATE INDEX passages_speaker ON passages (speaker);
"""
_COLUMNS = "position, id, path, sha256, first_passage, passages, first_sentence, sentences, info, crc"
_BATCH = 500  # values in one IN (...): SQLite's oldest limit is 999
_MAPPED = 2**31 - 2**16
"""Bytes of a file that SQLite maps, which is all that it can: where calls of the system are slow, as in many
containers, a passage of 10,000 speeches took 150 µs to fetch, of which 100 were spent in reading a page."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """Where a document stands: its place in the order of paths, its passage rows, its sentence rows."""

    position: int
    info: DocumentInfo
    passages: range
    sentences: range


def checksum(*parts: bytes) -> int:
    """CRC-32 of a record, its parts kept apart."""
    return zlib.crc32(b"\0", zlib.crc32(b"\0".join(parts)))


def document_checksum(row: Sequence[Any]) -> int:
    """CRC-32 of a row of ``documents`` without its last column."""
    # A list: opening a large archive asks this of each of its documents.
    return checksum(*[part if isinstance(part, bytes) else str(part).encode() for part in row])


class StorePart:
    """Reads one file. May be used from several threads.

    Attributes:
        documents: in the order of their paths, with the rows they own.
        copies: files of the same speeches.
        compression: what the passages' records are packed by.
    """

    def __init__(self, path: Path, label: str = "") -> None:
        """Open the file, read-only.

        Args:
            path: the SQLite file; nothing may write to it (it is opened as immutable).
            label: how messages name the file; its own name when empty.

        Raises:
            IndexDamagedError: it is no such file.
        """
        self._label = label or path.name
        self._lock = threading.Lock()
        with self._guarded():
            self._connection = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._connection.execute(f"PRAGMA mmap_size={_MAPPED}")
        try:
            self.compression = self._read_compression()
            self.copies = Copies(self._select, document_checksum, self.damaged)
            self.documents = tuple(self._read_documents())
        except IndexDamagedError:
            self.close()
            raise

    @property
    def passage_count(self) -> int:
        """Number of passages; rows run from 0 to one below it."""
        return self.documents[-1].passages.stop if self.documents else 0

    @property
    def sentence_count(self) -> int:
        """Number of sentences of all passages."""
        return self.documents[-1].sentences.stop if self.documents else 0

    def passages(self, rows: Iterable[int]) -> Iterator[tuple[int, Passage]]:
        """Rows with their passages, in no order; rows that are not there are left out.

        Raises:
            IndexDamagedError: a record does not match its checksum.
        """
        return self._unpacked("row", rows)

    def packed(self, rows: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """The same as `codec.pack_passage` made them."""
        return self._found("row", rows)

    def passages_by_id(self, identifiers: Iterable[str]) -> Iterator[tuple[int, Passage]]:
        """The same by the passages' ids."""
        return self._unpacked("id", identifiers)

    def passage_row(self, passage_id: str) -> int | None:
        """The row of a passage; None when the file has none with that id."""
        rows = self._select("SELECT row FROM passages WHERE id = ?", (passage_id,))
        return int(rows[0][0]) if rows else None

    def speakers(self) -> list[tuple[str, IntArray]]:
        """Every speaker of a passage, with the rows of these passages, ascending."""
        # One text of numbers a speaker is read in a ninth of the time of a row a passage.
        found = self._select("SELECT speaker, group_concat(row) FROM passages GROUP BY speaker")
        return [(speaker, np.sort(np.asarray(rows.split(","), np.int64))) for speaker, rows in found]

    def signatures(self) -> list[Signature]:
        """What the cited file of each document is compared by.

        Raises:
            IndexDamagedError: a record does not match its checksum.
        """
        # All at once: a rebuild wants those of all documents that stay.
        rows = self._select("SELECT position, record, crc FROM signatures ORDER BY position")
        if [row[0] for row in rows] != list(range(len(self.documents))):
            raise self.damaged("signatures are missing")
        for position, record, crc in rows:
            if checksum(record) != crc:
                raise self.damaged(f"the signature of document {position} does not match its checksum")
        paths = (stored.info.path for stored in self.documents)
        return [unpack_signature(record, path) for (_, record, _), path in zip(rows, paths, strict=True)]

    def document(self, stored: StoredDocument) -> Document:
        """The whole document, as it was read from its file.

        Raises:
            IndexDamagedError: its record does not match its checksum.
        """
        rows = self._select("SELECT record FROM sources WHERE position = ?", (stored.position,))
        if not rows:
            raise self.damaged(f"document {stored.info.id} has no text")
        return self.unpacked_record(rows[0][0], stored.info)

    def unpacked_record(self, record: bytes, info: DocumentInfo) -> Document:
        """A document from its record.

        Raises:
            IndexDamagedError: the record does not match its checksum.
        """
        try:
            return codec.unpack_document(record, document_id=info.id, path=info.path, sha256=info.sha256)
        except zlib.error as error:
            raise self.damaged(f"document {info.id}: {error}") from error

    def copy_passages(self, rows: range, compression: Compression) -> list[tuple[str, str, bytes, int]]:
        """Records of passages (id, speaker, record, checksum) for the next generation, as that packs them.

        Raises:
            IndexDamagedError: a record does not match its checksum.
        """
        records = self._select(
            "SELECT id, speaker, record, crc FROM passages WHERE row >= ? AND row < ? ORDER BY row",
            (rows.start, rows.stop),
        )
        for _, _, record, crc in records:
            self._check(record, crc)
        if compression.dictionary == self.compression.dictionary:
            return records
        packed = [
            (identifier, speaker, compression.pack(self.compression.unpack(record)))
            for identifier, speaker, record, _ in records
        ]
        return [(*each, checksum(each[2])) for each in packed]

    def copy_source(self, stored: StoredDocument) -> tuple[bytes, bytes]:
        """Records of a document as they stand: what citations say, and the document itself."""
        rows = self._select(
            "SELECT info, record FROM documents JOIN sources USING (position) WHERE position = ?",
            (stored.position,),
        )
        if not rows:
            raise self.damaged(f"document {stored.info.id} has no text")
        info, record = rows[0]
        return info, record

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def damaged(self, detail: str) -> IndexDamagedError:
        """The error that names this file."""
        return IndexDamagedError("index.file_content", file=self._label, detail=detail)

    def _read_compression(self) -> Compression:
        rows = self._select("SELECT record, crc FROM dictionary")
        if len(rows) != 1 or checksum(rows[0][0]) != rows[0][1]:
            raise self.damaged("the dictionary does not match its checksum")
        return Compression(rows[0][0])

    def _read_documents(self) -> Iterator[StoredDocument]:
        rows = self._select(f"SELECT {_COLUMNS} FROM documents ORDER BY position")  # noqa: S608
        for at, row in enumerate(rows):
            position, identifier, path, sha256, passage, passages, sentence, sentences, info, crc = row
            if document_checksum(row[:-1]) != crc or position != at:
                raise self.damaged(f"document {at} does not match its checksum")
            own = codec.unpack_info(info, document_id=identifier, path=path, sha256=sha256)
            yield StoredDocument(
                position,
                with_files(own, [copy.info for copy in self.copies.of_document(position)]),
                range(passage, passage + passages),
                range(sentence, sentence + sentences),
            )

    def _unpacked(self, column: str, values: Iterable[int | str]) -> Iterator[tuple[int, Passage]]:
        for row, record in self._found(column, values):
            yield row, codec.unpack_passage(record)

    def _found(self, column: str, values: Iterable[int | str]) -> Iterator[tuple[int, bytes]]:
        wanted = list(dict.fromkeys(values))
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            query = f"SELECT row, record, crc FROM passages WHERE {column} IN ({marks})"  # noqa: S608
            yield from self._packed(self._select(query, batch))

    def _packed(self, found: Iterable[tuple[int, bytes, int]]) -> Iterator[tuple[int, bytes]]:
        """What `codec.pack_passage` made of some passages, of their rows, records and checksums."""
        for row, record, crc in found:
            self._check(record, crc)
            try:
                yield row, self.compression.unpack(record)
            except zlib.error as error:
                raise self.damaged(f"a passage: {error}") from error

    def _select(self, query: str, values: Sequence[int | str] = ()) -> list[Any]:
        with self._guarded(), self._lock:
            return self._connection.execute(query, values).fetchall()

    def _check(self, record: bytes, crc: int) -> None:
        if checksum(record) != crc:
            raise self.damaged("a passage does not match its checksum")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self.damaged(str(error)) from error
