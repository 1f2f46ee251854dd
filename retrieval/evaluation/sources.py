"""The texts that gold quotes stand in: of an archive's files as they are, or of an index."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from config.errors import ArchiveError, DocumentError
from retrieval.documents.origin import origin_text
from retrieval.documents.read import ARCHIVE_SUFFIXES
from retrieval.documents.stored import open_stored
from retrieval.documents.types import Document
from retrieval.index.archive import Skipped, find_speeches
from retrieval.index.sources import Hashed, Source, hash_source, list_sources, read_source
from retrieval.index.store import Store

logger = logging.getLogger(__name__)


def stored_texts(store: Store) -> dict[str, str]:
    """The decoded text of every document of an index, by its path in the archive.

    Raises:
        IndexDamagedError: a record does not match its checksum.
    """
    return {info.path: store.document(info.id).raw for info in store.document_infos()}


def archive_texts(archive: Path, index: Path) -> dict[str, str]:
    """The decoded text of every file that may be a speech, by its path in the archive.

    Args:
        archive: the folder of speeches.
        index: the index folder, which is passed over.

    Raises:
        ArchiveError: there is no such folder, or a file of it can't be read.
    """
    archive = archive.resolve()
    paths, _ = find_speeches(archive, index.resolve(), ARCHIVE_SUFFIXES)
    try:
        return dict(_texts(archive, paths))
    except OSError as error:
        raise ArchiveError("index.archive_unreadable", archive=archive, reason=error.strerror) from error


def _texts(archive: Path, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    for source in _sources(archive, paths):
        try:
            stored = open_stored(archive, source.path)
            yield source.path, origin_text(stored.data, source.path, stored.reader).text
        except DocumentError as error:
            logger.warning("%s", error)


def _sources(archive: Path, paths: Sequence[str]) -> Iterator[Source]:
    """The files, and in the place of a container what lies in it."""
    for source in list_sources(archive, paths):
        try:
            for one in hash_source(archive, source):
                if isinstance(one, Skipped):
                    logger.warning("%s", one.reason)
                elif isinstance(one, Hashed):
                    yield one.source
        except DocumentError as error:
            logger.warning("%s", error)


def archive_documents(archive: Path, index: Path) -> Iterator[Document]:
    """The speeches of an archive in the order of their paths; files that hold none are left out.

    Args:
        archive: the folder of speeches.
        index: the index folder, which is passed over.

    Raises:
        ArchiveError: there is no such folder.
    """
    archive = archive.resolve()
    paths, _ = find_speeches(archive, index.resolve(), ARCHIVE_SUFFIXES)
    for source in _sources(archive, paths):
        try:
            yield read_source(archive, source)
        except DocumentError as error:
            logger.warning("%s", error)
