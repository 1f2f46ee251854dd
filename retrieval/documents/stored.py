"""The bytes of any path of an archive: a file's, or those of what lies in a zip, a mail or a table.

A path goes on through a container as through a folder: ``资料.zip/2024/春节讲话.docx``,
``台账.xlsx/讲话/第12行``.
What bounds a container stands in `retrieval.readers.members`.
"""

from __future__ import annotations

import errno
import functools
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from config.errors import DocumentError
from retrieval.readers.detect import detect
from retrieval.readers.formats import CONTAINER_ENDINGS, CONTAINERS
from retrieval.readers.members import LARGEST_MEMBER, MOST_BYTES, WINDOW, Cursor, Member, Window
from retrieval.readers.types import Kind

_HEAD = 1 << 16
WHOLE_TELLS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How files begin whose kind stands further down."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes of an archive.

    Attributes:
        path: relative to the archive, with forward slashes.
        data: the bytes.
        reader: name and version of what made this text out of a container; "" for bytes that a file has.
    """

    path: str
    data: bytes
    reader: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something in a container that is not read, and why."""

    path: str
    reason: DocumentError


def container_kind(file: Path) -> Kind | None:
    """What kind of container a file is, told by its content; None when it is none, or can't be read."""
    try:
        if not file.is_file():
            return None
        if file.stat().st_size > MOST_BYTES:
            # Not looked into: `members` says that it is too large.
            return Kind.ZIP if file.suffix.lower() in CONTAINER_ENDINGS else None
        with file.open("rb") as stream:
            data = stream.read(_HEAD)
            if data.startswith(WHOLE_TELLS):
                data += stream.read()
    except OSError:
        return None
    return container_kind_of(data, file.name)


def container_kind_of(data: bytes, name: str) -> Kind | None:
    """The same of a file's bytes; ``name`` as its last part."""
    kind = detect(data if data.startswith(WHOLE_TELLS) else data[:_HEAD], name)
    return kind if kind in CONTAINERS else None


def members(file: Path, kind: Kind, path: str) -> Iterator[Stored | LeftOut]:
    """Everything in a container, in its order, with the reason for what is left out.

    Args:
        file: the container.
        kind: as `container_kind` says.
        path: of the file, relative to the archive.

    Raises:
        OSError: the file can't be read.
        DocumentError: the container can't be opened or is hostile. What came before is to be forgotten.
    """
    yield from _expanded(_container_bytes(file, kind, path), kind, path)


def open_stored(archive: Path, path: str) -> Stored:
    """The bytes of a path. A path never leads out of the archive.

    Args:
        archive: the folder of speeches.
        path: relative to it.

    Raises:
        FileNotFoundError: there is no such file, or its container holds nothing of that name.
        OSError: the file can't be read.
        DocumentError: the container, or this in it, can't be opened.
    """
    relative = PurePosixPath(path)
    if relative.is_absolute() or ".." in relative.parts or "\0" in path:
        raise _missing(path)
    try:
        return Stored(path, (archive / relative).read_bytes())
    except OSError:
        container = _container_above(archive, relative)
        if container is None:
            raise
    outer = container.as_posix()
    return _shelf().fetch(archive / container, outer, path.removeprefix(f"{outer}/"))


def _container_above(archive: Path, path: PurePosixPath) -> PurePosixPath | None:
    """The file of the archive that a path goes on through; None when there is none."""
    for above in reversed(path.parents):
        try:
            if (archive / above).is_file():
                return above
        except OSError:
            return None
    return None


class _Shelf:
    """What was unpacked last: one container's members from the one asked for on, `WINDOW` bytes of them.

    Members are mostly asked for in their order, so that a container is unpacked once for many of them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[object, ...] = ()
        self._held: dict[str, Stored | LeftOut] = {}

    def fetch(self, file: Path, path: str, name: str) -> Stored:
        status = file.stat()
        key = (file, path, status.st_size, status.st_mtime_ns, status.st_ino)
        wanted = f"{path}/{name}"
        with self._lock:
            if key != self._key or wanted not in self._held:
                self._key, self._held = (), {}
                self._held = self._unpacked(file, path, name)
                self._key = key
            found = self._held.get(wanted)
        if found is None:
            raise _missing(wanted)
        if isinstance(found, LeftOut):
            raise found.reason
        return found

    @staticmethod
    def _unpacked(file: Path, path: str, name: str) -> dict[str, Stored | LeftOut]:
        kind = container_kind(file)
        if kind is None:
            raise _missing(f"{path}/{name}")
        data = _container_bytes(file, kind, path)
        return {one.path: one for one in _from(data, kind, path, name)}


@functools.cache
def _shelf() -> _Shelf:
    return _Shelf()


def _missing(path: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def _container_bytes(file: Path, kind: Kind, path: str) -> bytes:
    size = file.stat().st_size
    limit = MOST_BYTES if kind is Kind.ZIP else LARGEST_MEMBER
    if size > limit:
        raise DocumentError(
            "documents.container_too_large", file=path, size=f"{size / 2**20:.0f}", limit=limit >> 20
        )
    return file.read_bytes()


def _expanded(data: bytes, kind: Kind, path: str) -> Iterator[Stored | LeftOut]:
    cursor: Cursor | None = Cursor()
    is_empty = True
    while cursor is not None:
        window = _window(data, kind, path, cursor)
        for member in window.members:
            is_empty = False
            yield from _of_member(member, f"{path}/{member.name}")
        cursor = window.rest
    if is_empty:
        raise DocumentError("documents.nothing_inside", file=path)


def _from(data: bytes, kind: Kind, path: str, name: str) -> Iterator[Stored | LeftOut]:
    """A member and some that follow it; of a table that it lies in, its rows."""
    for member in _window(data, kind, path, Cursor(name=name)).members:
        inside = f"{path}/{member.name}"
        if member.table is None:
            yield from _of_member(member, inside)
        elif name.startswith(f"{member.name}/"):
            yield from _from(member.data, member.table, inside, name.removeprefix(f"{member.name}/"))


def _of_member(member: Member, path: str) -> Iterator[Stored | LeftOut]:
    if member.error is not None:
        yield LeftOut(path, _named(member.error, path))
    elif member.table is not None:
        try:
            yield from _expanded(member.data, member.table, path)
        except DocumentError as reason:
            yield LeftOut(path, reason)
    else:
        yield Stored(path, member.data, CONTAINERS[member.maker].reader if member.maker else "")


def _window(data: bytes, kind: Kind, path: str, cursor: Cursor) -> Window:
    from retrieval.readers.isolation import shared_readers  # noqa: PLC0415 - most archives have none

    try:
        return shared_readers().unpack(data, kind, cursor, WINDOW)
    except DocumentError as error:
        raise _named(error, path) from error


def _named(error: DocumentError, path: str) -> DocumentError:
    return DocumentError(error.key, **{**error.values, "file": path})
