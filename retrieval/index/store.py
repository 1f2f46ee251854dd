"""The passages of a generation on disk: a SQLite file that is written once and only read afterwards.

Passages are numbered by ``row``, 0-based, in the order of the documents' paths and then of the text; row
*i* of the passage vectors and of the postings is passage *i*. Sentences are numbered the same way, so the
sentences of one passage, and the passages of one document, are runs of rows.

Every record carries a CRC-32 that is checked when it is read: a changed byte raises, it never answers.
What was read last stays decoded, as far as `KEPT_PASSAGES` and `KEPT_DOCUMENTS` allow.
"""

from __future__ import annotations

import sqlite3
import threading
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from config.errors import IndexDamagedError
from embeddings.types import IntArray
from retrieval.copies.choice import Signature, unpack_signature
from retrieval.index import codec
from retrieval.index.recent import Recent
from retrieval.index.stored_copies import COPIES_SCHEMA, Copies, StoredCopy, with_files
from retrieval.types import Document, DocumentInfo, Passage

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
CREATE TABLE signatures (position INTEGER PRIMARY KEY, record BLOB NOT NULL, crc INTEGER NOT NULL);
"""
    + COPIES_SCHEMA
)
INDEXES = """
CREATE UNIQUE INDEX passages_id ON passages (id);
CREATE INDEX passages_speaker ON passages (speaker);
"""
_COLUMNS = "position, id, path, sha256, first_passage, passages, first_sentence, sentences, info, crc"
KEPT_PASSAGES = 512
"""Decoded passages that are kept: about 2 MB, the passages of some ten questions."""
KEPT_DOCUMENTS = 8
KEPT_CHARACTERS = 100_000
"""The same of documents, and the longest that is kept: together at most a few megabytes."""

_BATCH = 500  # values in one IN (...): SQLite's oldest limit is 999


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """Where a document stands: its place in the order of paths, its passage rows, its sentence rows."""

    position: int
    info: DocumentInfo
    passages: range
    sentences: range


def checksum(*parts: bytes) -> int:
    """CRC-32 of a record, its parts kept apart."""
    value = 0
    for part in parts:
        value = zlib.crc32(b"\0", zlib.crc32(part, value))
    return value


def document_checksum(row: Sequence[Any]) -> int:
    """CRC-32 of a row of ``documents`` without its last column."""
    return checksum(*(part if isinstance(part, bytes) else str(part).encode() for part in row))


class Store:
    """Reads one generation's documents and passages. May be used from several threads."""

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
        try:
            self.copies = Copies(self._select, document_checksum, self._damaged)
            self._documents = tuple(self._read_documents())
        except IndexDamagedError:
            self.close()
            raise
        self._ends = [stored.passages.stop for stored in self._documents]
        self._passages: Recent[int, Passage] = Recent(KEPT_PASSAGES)
        self._read: Recent[str, Document] = Recent(KEPT_DOCUMENTS)
        self._by_id = {stored.info.id: stored for stored in self._documents}
        self._by_path = {stored.info.path: stored for stored in self._documents}

    @property
    def documents(self) -> tuple[StoredDocument, ...]:
        """All documents in the order of their paths, with the rows they own."""
        return self._documents

    @property
    def passage_count(self) -> int:
        """Number of passages; rows run from 0 to one below it."""
        return self._documents[-1].passages.stop if self._documents else 0

    @property
    def sentence_count(self) -> int:
        """Number of sentences of all passages."""
        return self._documents[-1].sentences.stop if self._documents else 0

    def document_infos(self) -> tuple[DocumentInfo, ...]:
        """What citations say of each document, in the order of the paths."""
        return tuple(stored.info for stored in self._documents)

    def stored(self, document_id: str) -> StoredDocument:
        """A document's place and rows.

        Raises:
            KeyError: the index has no document with that id.
        """
        return self._by_id[document_id]

    def find_path(self, path: str) -> StoredDocument | None:
        """The document read from ``path`` (relative to the archive), if there is one."""
        return self._by_path.get(path)

    def signature(self, stored: StoredDocument) -> Signature:
        """What the cited file of a document is compared by.

        Raises:
            IndexDamagedError: the record does not match its checksum.
        """
        rows = self._select("SELECT record, crc FROM signatures WHERE position = ?", (stored.position,))
        if not rows or checksum(rows[0][0]) != rows[0][1]:
            raise self._damaged(f"the signature of {stored.info.id} does not match its checksum")
        return unpack_signature(rows[0][0]).at(stored.info.path)

    def copy_document(self, copy: StoredCopy) -> Document:
        """What a file that is not cited holds, as it was read.

        Raises:
            IndexDamagedError: its record does not match its checksum.
        """
        if copy.info.id in self._by_id:
            return replace(self.document(copy.info.id), path=copy.info.path)
        return self._unpacked_record(self.copies.record(copy), copy.info)

    def document(self, document_id: str) -> Document:
        """The whole document, as it was read from its file.

        Raises:
            KeyError: the index has no document with that id.
            IndexDamagedError: its record does not match its checksum.
        """
        kept = self._read.get(document_id)
        if kept is not None:
            return kept
        document = self._unpacked_document(self._by_id[document_id])
        if len(document.raw) <= KEPT_CHARACTERS:
            self._read.put(document_id, document)
        return document

    def passages(self, rows: Sequence[int] | IntArray) -> list[Passage]:
        """Passages by row, in the order asked for.

        Raises:
            IndexError: a row lies outside ``range(passage_count)``.
            IndexDamagedError: a record does not match its checksum.
        """
        wanted = [int(row) for row in rows]
        if any(not 0 <= row < self.passage_count for row in wanted):
            raise IndexError(f"passage rows run from 0 to {self.passage_count - 1}")
        found = {row: passage for row in wanted if (passage := self._passages.get(row)) is not None}
        missing = [row for row in wanted if row not in found]
        for row, passage in self._unpacked("row", missing):
            found[row] = passage
            self._passages.put(row, passage)
        if len(found) < len(set(wanted)):
            raise self._damaged("passages are missing")
        return [found[row] for row in wanted]

    def passages_by_id(self, identifiers: Sequence[str]) -> dict[str, Passage]:
        """Those of the passages that the index has, by id."""
        found = (passage for _, passage in self._unpacked("id", identifiers))
        return {passage.id: passage for passage in found if passage.id in identifiers}

    def passage_row(self, passage_id: str) -> int | None:
        """The row of a passage; None when the index has none with that id."""
        rows = self._select("SELECT row FROM passages WHERE id = ?", (passage_id,))
        return int(rows[0][0]) if rows else None

    def neighbours(self, row: int) -> tuple[Passage | None, Passage | None]:
        """The passages before and after one, in the same document.

        Raises:
            IndexError: there is no such row.
        """
        owner = self.document_of(row).passages
        near = [other for other in (row - 1, row + 1) if other in owner]
        found = dict(zip(near, self.passages(near), strict=True))
        return found.get(row - 1), found.get(row + 1)

    def document_of(self, row: int) -> StoredDocument:
        """The document that owns a passage row.

        Raises:
            IndexError: there is no such row.
        """
        if not 0 <= row < self.passage_count:
            raise IndexError(f"passage rows run from 0 to {self.passage_count - 1}")
        return self._documents[bisect_right(self._ends, row)]

    def speakers(self) -> Mapping[str, IntArray]:
        """Passage rows by the passage's speaker, ascending; "" stands for an unknown one."""
        rows: dict[str, list[int]] = {}
        for speaker, row in self._select("SELECT speaker, row FROM passages ORDER BY row"):
            rows.setdefault(speaker, []).append(row)
        return {speaker: np.asarray(found, dtype=np.int64) for speaker, found in rows.items()}

    def copy_passages(self, rows: range) -> list[tuple[str, str, bytes, int]]:
        """Records of passages as they stand (id, speaker, record, checksum), for the next generation.

        Raises:
            IndexDamagedError: a record does not match its checksum.
        """
        records = self._select(
            "SELECT id, speaker, record, crc FROM passages WHERE row >= ? AND row < ? ORDER BY row",
            (rows.start, rows.stop),
        )
        for _, _, record, crc in records:
            self._check(record, crc)
        return records

    def copy_source(self, stored: StoredDocument) -> tuple[bytes, bytes]:
        """Records of a document as they stand: what citations say, and the document itself."""
        rows = self._select(
            "SELECT info, record FROM documents JOIN sources USING (position) WHERE position = ?",
            (stored.position,),
        )
        if not rows:
            raise self._damaged(f"document {stored.info.id} has no text")
        info, record = rows[0]
        return info, record

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read_documents(self) -> Iterator[StoredDocument]:
        rows = self._select(f"SELECT {_COLUMNS} FROM documents ORDER BY position")  # noqa: S608
        for at, row in enumerate(rows):
            position, identifier, path, sha256, passage, passages, sentence, sentences, info, crc = row
            if document_checksum(row[:-1]) != crc or position != at:
                raise self._damaged(f"document {at} does not match its checksum")
            own = codec.unpack_info(info, document_id=identifier, path=path, sha256=sha256)
            yield StoredDocument(
                position,
                with_files(own, self.copies.of_document(position)),
                range(passage, passage + passages),
                range(sentence, sentence + sentences),
            )

    def _unpacked_document(self, stored: StoredDocument) -> Document:
        rows = self._select("SELECT record FROM sources WHERE position = ?", (stored.position,))
        if not rows:
            raise self._damaged(f"document {stored.info.id} has no text")
        return self._unpacked_record(rows[0][0], stored.info)

    def _unpacked_record(self, record: bytes, info: DocumentInfo) -> Document:
        try:
            return codec.unpack_document(record, document_id=info.id, path=info.path, sha256=info.sha256)
        except zlib.error as error:
            raise self._damaged(f"document {info.id}: {error}") from error

    def _unpacked(self, column: str, values: Iterable[int | str]) -> Iterator[tuple[int, Passage]]:
        wanted = list(dict.fromkeys(values))
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            query = f"SELECT row, record, crc FROM passages WHERE {column} IN ({marks})"  # noqa: S608
            for row, record, crc in self._select(query, batch):
                self._check(record, crc)
                yield row, codec.unpack_passage(record)

    def _select(self, query: str, values: Sequence[int | str] = ()) -> list[Any]:
        with self._guarded(), self._lock:
            return self._connection.execute(query, values).fetchall()

    def _check(self, record: bytes, crc: int) -> None:
        if checksum(record) != crc:
            raise self._damaged("a passage does not match its checksum")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, detail: str) -> IndexDamagedError:
        return IndexDamagedError("index.file_content", file=self._label, detail=detail)
