"""Writing a generation's SQLite file: documents in the order of their paths, each with its passages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from retrieval.documents.types import Document
from retrieval.index import codec
from retrieval.index.compression import Compression
from retrieval.index.packed import PackedPassage
from retrieval.index.store import Store
from retrieval.index.store_part import INDEXES, SCHEMA, StoredDocument, checksum, document_checksum


class StoreWriter:
    """Numbers passages and sentences as they come. The caller adds documents sorted by path.

    The methods raise ``sqlite3.Error`` when the file can't be written.
    """

    def __init__(self, path: Path, compression: Compression | None = None) -> None:
        """Begin a file.

        Args:
            path: where it is written.
            compression: what passages are packed by; None packs each by itself.
        """
        self._compression = compression or Compression()
        self._connection = sqlite3.connect(path)
        # A file that is not finished is thrown away, so a journal would protect nothing.
        self._connection.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {SCHEMA}")
        dictionary = self._compression.dictionary
        self._connection.execute("INSERT INTO dictionary VALUES (?, ?)", (dictionary, checksum(dictionary)))
        self._documents = 0
        self._passages = 0
        self._sentences = 0
        self._copies = 0

    def add(self, document: Document, passages: Sequence[PackedPassage], packed: bytes | None = None) -> None:
        """Add a document that was read and cut; ``packed`` is its record, where it was packed already."""
        rows = []
        for passage in passages:
            record = self._compression.pack(passage.record)
            rows.append((passage.id, _column(passage.speaker), record, checksum(record)))
        self._insert(
            (document.id, document.path, document.sha256),
            rows,
            sum(len(passage.sentences) for passage in passages),
            (codec.pack_info(document), packed or codec.pack_document(document)),
        )

    def copy(self, store: Store, stored: StoredDocument, path: str) -> None:
        """Add a document of another generation as it stands, under a path that may be new.

        Raises:
            IndexDamagedError: the other generation's records do not match their checksums.
        """
        self._insert(
            (stored.info.id, path, stored.info.sha256),
            store.copy_passages(stored, self._compression),
            len(stored.sentences),
            store.copy_source(stored),
        )

    def add_signature(self, signature: bytes) -> None:
        """Add what the files of the document that was added last are compared by."""
        row = (self._documents - 1, signature, checksum(signature))
        self._connection.execute("INSERT INTO signatures VALUES (?, ?, ?)", row)

    def add_copy(self, names: tuple[str, str], info: bytes, signature: bytes, record: bytes | None) -> None:
        """Add another file of the document that was added last.

        Args:
            names: its path and the SHA-256 of its bytes.
            info: what it says of itself.
            signature: what it is compared by.
            record: what it holds; None for the same bytes as a file that was added.
        """
        row = (self._copies, self._documents - 1, *names, info, signature)
        self._connection.execute(
            "INSERT INTO copies VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, document_checksum(row), record)
        )
        self._copies += 1

    def finish(self) -> None:
        """Build the look-ups and close the file."""
        self._connection.executescript(INDEXES)
        self._connection.commit()
        self._connection.close()

    def close(self) -> None:
        """Close the file, finished or not."""
        self._connection.close()

    def _insert(
        self,
        names: tuple[str, str, str],
        passages: Iterable[tuple[str, str, bytes, int]],
        sentences: int,
        records: tuple[bytes, bytes],
    ) -> None:
        info, source = records
        first = self._passages
        for identifier, speaker, record, crc in passages:
            self._connection.execute(
                "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)",
                (self._passages, identifier, self._documents, speaker, record, crc),
            )
            self._passages += 1
        row = (self._documents, *names, first, self._passages - first, self._sentences, sentences, info)
        self._connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, document_checksum(row))
        )
        self._connection.execute("INSERT INTO sources VALUES (?, ?)", (self._documents, source))
        self._documents += 1
        self._sentences += sentences


def _column(text: str) -> str:
    """A text as SQLite can hold it: a lone surrogate, which only the record keeps, becomes a mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
