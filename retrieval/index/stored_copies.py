"""Files of a generation that hold a speech which is cited from a better file.

Each keeps its whole record, so that it can be shown, and take over when the better file is gone, without
being read again. A file with the same bytes as another one is a twin: it has no record of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from retrieval.copies.choice import Signature, unpack_signature
from retrieval.index import codec
from retrieval.types import OPTIONAL_FIELDS, DocumentInfo, FileInfo

COPIES_SCHEMA = """
CREATE TABLE copies (
    position INTEGER PRIMARY KEY, document INTEGER NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL,
    info BLOB NOT NULL, signature BLOB NOT NULL, crc INTEGER NOT NULL, record BLOB
);
"""

_COLUMNS = "position, document, path, sha256, info, signature, crc, record IS NULL"


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """A file that holds the same speech as a better one.

    Attributes:
        position: its place among all copies.
        document: position of the document that the better file gives.
        info: what this file says of itself; its id is that of its own content.
        is_twin: its bytes are those of another file, which has the record.
    """

    position: int
    document: int
    info: DocumentInfo
    is_twin: bool


class Copies:
    """The copies of one file of a generation, in the order of their documents, best first."""

    def __init__(
        self,
        select: Callable[[str, Sequence[int | str]], list[Any]],
        checksum: Callable[[Sequence[Any]], int],
        damaged: Callable[[str], Exception],
    ) -> None:
        """Read what is known of each copy, but not what it holds.

        Args:
            select: runs a query on the generation's file.
            checksum: of a row.
            damaged: the error to raise.

        Raises:
            IndexDamagedError: a record does not match its checksum.
        """
        self._select = select
        self._damaged = damaged
        self._all = tuple(self._read(checksum))
        self._by_document: dict[int, list[StoredCopy]] = {}
        for copy in self._all:
            self._by_document.setdefault(copy.document, []).append(copy)

    def of_document(self, position: int) -> Sequence[StoredCopy]:
        """The copies of a document."""
        return self._by_document.get(position, ())

    def signature(self, copy: StoredCopy) -> Signature:
        """What a copy is compared by; a twin has none."""
        return unpack_signature(self._column("signature", copy), copy.info.path)

    def info(self, copy: StoredCopy) -> bytes:
        """What a copy says of itself, as it stands."""
        return self._column("info", copy)

    def record(self, copy: StoredCopy) -> bytes:
        """What a copy holds, as it stands; of a twin what its twin holds.

        Raises:
            IndexDamagedError: there is no such record.
        """
        query = "SELECT record FROM copies WHERE sha256 = ? AND record IS NOT NULL"
        rows = self._select(query, (copy.info.sha256,))
        if not rows:
            raise self._damaged(f"copy {copy.info.path} has no text")
        return bytes(rows[0][0])

    def _column(self, name: str, copy: StoredCopy) -> bytes:
        query = f"SELECT {name} FROM copies WHERE position = ?"  # noqa: S608
        return bytes(self._select(query, (copy.position,))[0][0])

    def _read(self, checksum: Callable[[Sequence[Any]], int]) -> Iterator[StoredCopy]:
        rows = self._select(f"SELECT {_COLUMNS} FROM copies ORDER BY position", ())  # noqa: S608
        for at, row in enumerate(rows):
            position, document, path, sha256, info, _, crc, is_twin = row
            if checksum(row[:6]) != crc or position != at:
                raise self._damaged(f"copy {at} does not match its checksum")
            said = codec.unpack_info(info, document_id=sha256[:16], path=path, sha256=sha256)
            yield StoredCopy(position, document, said, bool(is_twin))


class JoinedCopies:
    """The copies of the documents that are in force, whichever file of the generation they stand in."""

    def __init__(self, documents: Iterable[tuple[Copies, int]]) -> None:
        """Number the copies anew.

        Args:
            documents: for each document in force the copies of its file, and its position there.
        """
        self._local: list[tuple[Copies, StoredCopy]] = []
        every: list[StoredCopy] = []
        for document, (copies, position) in enumerate(documents):
            for copy in copies.of_document(position):
                every.append(replace(copy, position=len(every), document=document))
                self._local.append((copies, copy))
        self._all = tuple(every)
        self._by_path = {copy.info.path: copy for copy in every}

    def __iter__(self) -> Iterator[StoredCopy]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def find_path(self, path: str) -> StoredCopy | None:
        """The copy at ``path``, if there is one."""
        return self._by_path.get(path)

    def signature(self, copy: StoredCopy) -> Signature:
        """What a copy is compared by; a twin has none."""
        copies, local = self._local[copy.position]
        return copies.signature(local)

    def info(self, copy: StoredCopy) -> bytes:
        """What a copy says of itself, as it stands."""
        copies, local = self._local[copy.position]
        return copies.info(local)

    def record(self, copy: StoredCopy) -> bytes:
        """What a copy holds, as it stands; of a twin what its twin holds.

        Raises:
            IndexDamagedError: there is no such record.
        """
        copies, local = self._local[copy.position]
        return copies.record(local)


def with_files(info: DocumentInfo, copies: Iterable[DocumentInfo]) -> DocumentInfo:
    """A document with its other files, which say what the best one is silent about."""
    files = []
    for copy in copies:
        given = _given(info, copy)
        info = replace(info, **given)
        files.append(FileInfo(copy.path, copy.sha256, copy.reader, tuple(given)))
    return codec.without_blanks(replace(info, files=tuple(files)) if files else info)


def _given(info: DocumentInfo, copy: DocumentInfo) -> dict[str, Any]:
    given = {
        name: getattr(copy, name)
        for name in OPTIONAL_FIELDS
        if getattr(info, name) is None and getattr(copy, name)
    }
    if _is_untitled(info) and not _is_untitled(copy):
        given["title"] = copy.title
    return given


def _is_untitled(info: DocumentInfo) -> bool:
    """Whether a file's name stands for its title."""
    return info.title == PurePosixPath(info.path).stem
