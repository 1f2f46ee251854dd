"""What an archive holds to be read: every source has a path, bytes that are hashed, and gives one document.

A source is a file of the archive, or one thing in a zip, a mail or a table. Everything that a rebuild asks of
one is asked here. A source travels to other processes: it is plain values.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import DocumentError
from retrieval.documents.read import read_document, read_stored
from retrieval.documents.reasons import system_reason
from retrieval.documents.stored import LeftOut, container_kind, container_kind_of, members
from retrieval.documents.types import Document, ReadWarning
from retrieval.index.archive import Skipped
from retrieval.index.doubts import Doubt
from retrieval.index.files import sha256_of
from retrieval.readers.formats import CONTAINERS
from retrieval.readers.types import Kind

_SMALL = 1 << 20
"""Bytes of a file that is read at once to look into it and to hash it: texts, and most papers."""


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that is read as one document.

    Attributes:
        path: relative to the archive, with forward slashes; what citations name.
        size: bytes, as far as they are known before reading; 0 when they are not.
        is_inside: whether it lies in a container.
    """

    path: str
    size: int = 0
    is_inside: bool = False


@dataclass(frozen=True, slots=True)
class Hashed:
    """A source and the SHA-256 of its bytes, hex."""

    source: Source
    sha256: str


def list_sources(archive: Path, files: Sequence[str]) -> list[Source]:
    """The files of an archive, in their order, containers as the files that they are."""
    return [Source(path, _size(f"{archive}/{path}")) for path in files]


def hash_source(archive: Path, source: Source) -> Iterator[Hashed | Skipped | Doubt]:
    """A file with its SHA-256, or all that a container holds; what is left out of it with the reason.

    A container by another ending is told as doubtful; of other files that is told when they are read.

    A container is unpacked for this, and nothing in it is parsed.

    Raises:
        DocumentError: the file can't be read, or the container can't be opened.
    """
    try:
        kind, sha256 = _looked_into(archive, source)
        if kind is None:
            yield Hashed(source, sha256)
        else:
            file = archive / source.path
            # All or nothing: what turns out to be a bomb in the end gives nothing before.
            inside = list(_inside(file, kind, source.path))
            if file.suffix and file.suffix.lower() not in CONTAINERS[kind].endings:
                yield Doubt(source.path, ReadWarning.WRONG_ENDING)
            yield from inside
    except OSError as error:
        raise DocumentError("index.skip_unreadable", reason=system_reason(error)) from error


def read_source(archive: Path, source: Source) -> Document:
    """The document that a source gives.

    Raises:
        DocumentError: as :func:`retrieval.documents.read.read_stored`.
    """
    if not source.is_inside:
        return read_document(archive / source.path, archive)
    return read_stored(archive, source.path)


def _looked_into(archive: Path, source: Source) -> tuple[Kind | None, str]:
    """What kind of container a file is; of one that is none, its SHA-256. A small file is read once."""
    if source.size > _SMALL:
        kind = container_kind(archive / source.path)
        return kind, "" if kind else sha256_of(archive / source.path)
    # For thousands of files paths as objects, and buffers, would take half of the time.
    with io.FileIO(f"{archive}/{source.path}") as file:
        data = file.read()
    return container_kind_of(data, source.path.rpartition("/")[2]), hashlib.sha256(data).hexdigest()


def _inside(file: Path, kind: Kind, path: str) -> Iterator[Hashed | Skipped]:
    for one in members(file, kind, path):
        if isinstance(one, LeftOut):
            yield Skipped(one.path, one.reason)
        else:
            digest = hashlib.sha256(one.data).hexdigest()
            yield Hashed(Source(one.path, len(one.data), is_inside=True), digest)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - quicker, see `_looked_into`
    except OSError:
        return 0
