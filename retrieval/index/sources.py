"""What an archive holds to be read: every source has a path, bytes that are hashed, and gives one document.

A source is a file of the archive. Everything that a rebuild asks of one is asked here, so that this is where
a source of another kind is added. A source travels to other processes: it is plain values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import DocumentError
from retrieval.documents.read import read_document
from retrieval.documents.reasons import system_reason
from retrieval.index.files import sha256_of
from retrieval.types import Document


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that is read as one document.

    Attributes:
        path: relative to the archive, with forward slashes; what citations name.
        size: bytes, as far as they are known before reading; 0 when they are not.
    """

    path: str
    size: int = 0


def list_sources(archive: Path, files: Sequence[str]) -> list[Source]:
    """The sources of the files of an archive, in the order of the files."""
    return [Source(path, _size(archive / path)) for path in files]


def hash_source(archive: Path, source: Source) -> str:
    """SHA-256 of a source's bytes, hex.

    Raises:
        DocumentError: they can't be had.
    """
    try:
        return sha256_of(archive / source.path)
    except OSError as error:
        raise DocumentError("index.skip_unreadable", reason=system_reason(error)) from error


def read_source(archive: Path, source: Source) -> Document:
    """The document that a source gives.

    Raises:
        DocumentError: as :func:`retrieval.documents.read.read_document`.
    """
    return read_document(archive / source.path, archive)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
