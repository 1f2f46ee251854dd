"""The passages of a generation on disk: SQLite files that are written once and only read afterwards.

Passages are numbered by ``row``, 0-based, in the order of the documents' paths and then of the text; row
*i* of the passage vectors and of the postings is passage *i*. Sentences are numbered the same way, so the
sentences of one passage, and the passages of one document, are runs of rows.

The files of a large archive are two: the main one, and a recent one with what was added since, whose rows
follow those of the main one. Documents of the main file that were changed or removed since are gone: their
rows stay, but no document owns them.

What was read last stays decoded, as far as `KEPT_DOCUMENTS` and `stored_passages.KEPT_PASSAGES` allow.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from config.closing import Closing
from config.errors import IndexDamagedError
from embeddings.types import IntArray
from retrieval.copies.choice import Signature
from retrieval.documents.types import Document
from retrieval.documents.views import search_text
from retrieval.index.compression import Compression
from retrieval.index.owners import Owners
from retrieval.index.recent import Recent
from retrieval.index.store_part import StoredDocument, StorePart
from retrieval.index.store_places import places_in_force
from retrieval.index.stored_copies import JoinedCopies, StoredCopy
from retrieval.index.stored_passages import StoredPassages
from retrieval.types import DocumentInfo, Passage

KEPT_DOCUMENTS = 8
KEPT_CHARACTERS = 100_000
"""Decoded documents that are kept, and the longest of them: together at most a few megabytes."""


class Store(Closing):
    """Reads one generation's documents and passages. May be used from several threads.

    Attributes:
        owners: the documents by the rows that they own.
        copies: files of the same speeches.
    """

    def __init__(
        self,
        path: Path,
        label: str = "",
        *,
        recent: Path | None = None,
        gone: Collection[int] = (),
        part: Callable[[Path, str, int], StorePart] = lambda path, label, _: StorePart(path, label),
    ) -> None:
        """Open the files, read-only.

        Args:
            path: the main file; nothing may write to it (it is opened as immutable).
            label: how messages name the file; its own name when empty.
            recent: the file of what was added since.
            gone: positions of the main file's documents that are not in force any more.
            part: opens a file, by its path, its name in messages, and the row at which it begins.

        Raises:
            IndexDamagedError: it is no such file.
        """
        self._parts = [part(path, label, 0)]
        try:
            if recent is not None:
                name = f"{Path(label).parent}/{recent.parent.name}/{recent.name}"
                self._parts.append(part(recent, name, self._parts[0].passage_count))
            places = places_in_force(self._parts, gone)
        except IndexDamagedError:
            self.close()
            raise
        self._place = {place.local.info.id: place for place in places}
        main = self._parts[0]
        is_whole = len(places) == len(main.documents) and len(self._parts) == 1
        self._documents = (
            main.documents if is_whole else tuple(place.stored(at) for at, place in enumerate(places))
        )
        self.owners = Owners(self._documents, self.passage_count, self.sentence_count)
        self._by_id = {stored.info.id: stored for stored in self._documents}
        self._by_path = {stored.info.path: stored for stored in self._documents}
        self.copies = JoinedCopies((place.part.copies, place.local.position) for place in places)
        self._passages = StoredPassages(self._parts, self.owners)
        self._read: Recent[str, Document] = Recent(KEPT_DOCUMENTS)

    @property
    def documents(self) -> tuple[StoredDocument, ...]:
        """All documents in the order of their paths, with the rows they own."""
        return self._documents

    @property
    def passage_count(self) -> int:
        """Number of passage rows, of documents that are gone too; they run from 0 to one below it."""
        return sum(part.passage_count for part in self._parts)

    @property
    def sentence_count(self) -> int:
        """Number of sentence rows, likewise."""
        return sum(part.sentence_count for part in self._parts)

    def document_infos(self) -> tuple[DocumentInfo, ...]:
        """What citations say of each document, in the order of the paths."""
        return tuple(stored.info for stored in self._documents)

    def stored(self, document_id: str) -> StoredDocument:
        """A document's place and rows.

        Raises:
            KeyError: the index has no document with that id.
        """
        return self._by_id[document_id]

    def find(self, document_id: str) -> StoredDocument | None:
        """A document's place and rows, if the index has it."""
        return self._by_id.get(document_id)

    def find_path(self, path: str) -> StoredDocument | None:
        """The document read from ``path`` (relative to the archive), if there is one."""
        return self._by_path.get(path)

    def main_position(self, stored: StoredDocument) -> int | None:
        """Where a document stands in the main file; None for one of the recent file."""
        place = self._place[stored.info.id]
        return place.local.position if place.part is self._parts[0] else None

    def signatures(self) -> dict[str, Signature]:
        """What the cited files of the documents are compared by, by the documents' ids.

        Raises:
            IndexDamagedError: a record does not match its checksum.
        """
        by_part = {part: part.signatures() for part in self._parts}
        return {name: by_part[place.part][place.local.position] for name, place in self._place.items()}

    def copy_document(self, copy: StoredCopy) -> Document:
        """What a file that is not cited holds, as it was read.

        Raises:
            IndexDamagedError: its record does not match its checksum.
        """
        if copy.info.id in self._by_id:
            return replace(self.document(copy.info.id), path=copy.info.path)
        return self._parts[0].unpacked_record(self.copies.record(copy), copy.info)

    def document(self, document_id: str) -> Document:
        """The whole document, as it was read from its file.

        Raises:
            KeyError: the index has no document with that id.
            IndexDamagedError: its record does not match its checksum.
        """
        kept = self._read.get(document_id)
        if kept is not None:
            return kept
        place = self._place[document_id]
        document = place.part.document(place.local)
        if len(document.raw) <= KEPT_CHARACTERS:
            self._read.put(document_id, document)
        return document

    def passages(self, rows: Sequence[int] | IntArray) -> list[Passage]:
        """Passages by row, in the order asked for.

        Raises:
            IndexError: a row lies outside ``range(passage_count)``.
            IndexDamagedError: a record does not match its checksum.
        """
        return self._passages.at(rows)

    def packed(self, rows: Sequence[int]) -> dict[int, bytes]:
        """Passages by row, as `codec.pack_passage` made them; rows that are not there are left out.

        Raises:
            IndexDamagedError: a record does not match its checksum.
        """
        return self._passages.packed(rows)

    def passages_by_id(self, identifiers: Sequence[str]) -> dict[str, Passage]:
        """Those of the passages that the index has, by id."""
        return self._passages.by_id(identifiers)

    def passage_row(self, passage_id: str) -> int | None:
        """The row of a passage; None when the index has none with that id."""
        return self._passages.row(passage_id)

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
            IndexError: there is no such row, or its document is gone.
        """
        owner = self.owners.of_passage(row)
        if owner is None:
            raise IndexError(f"no document owns row {row} of {self.passage_count}")
        return owner

    def speakers(self) -> Mapping[str, IntArray]:
        """Passage rows by the passage's speaker, ascending; "" stands for an unknown one. Read once."""
        return self._passages.by_speaker

    @functools.cached_property
    def told(self) -> tuple[tuple[str, ...], ...]:
        """What is told of each document, folded for search: title, path, then what else there is."""
        infos = self.document_infos()
        others = ((info.place, info.role, info.organ, info.occasion, info.series) for info in infos)
        return tuple(
            tuple(search_text(text) for text in (info.title, info.path, *filter(None, other)))
            for info, other in zip(infos, others, strict=True)
        )

    @property
    def compression(self) -> Compression:
        """What passages of the main file are packed by."""
        return self._parts[0].compression

    def copy_passages(
        self, stored: StoredDocument, compression: Compression
    ) -> list[tuple[str, str, bytes, int]]:
        """Records of passages (id, speaker, record, checksum) for the next generation, as that packs them.

        Raises:
            IndexDamagedError: a record does not match its checksum.
        """
        place = self._place[stored.info.id]
        return place.part.copy_passages(place.local.passages, compression)

    def copy_source(self, stored: StoredDocument) -> tuple[bytes, bytes]:
        """Records of a document as they stand: what citations say, and the document itself."""
        place = self._place[stored.info.id]
        return place.part.copy_source(place.local)

    def close(self) -> None:
        """Let go of the files."""
        for part in self._parts:
            part.close()
