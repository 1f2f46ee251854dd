"""Finding the speeches of an archive folder, and saying of everything else why it is left out."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from config.errors import ArchiveError, DocumentError
from config.messages import Language
from retrieval.corrections import SIDECAR
from retrieval.documents.reasons import system_reason
from retrieval.documents.stored import WHOLE_TELLS
from retrieval.readers.detect import detect
from retrieval.readers.formats import CONTAINERS, FORMATS
from retrieval.readers.members import MOST_BYTES, PASSED_OVER, UNSHOWABLE

_HEAD = 1 << 16
"""Bytes that tell what a file is, where it does not begin as those of `WHOLE_TELLS` do."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not in the index; ``path`` is relative to the archive."""

    path: str
    reason: DocumentError

    @property
    def is_copy(self) -> bool:
        """Whether another file of the same content or speech is taken: nothing is missing."""
        return self.reason.key in ("index.skip_duplicate", "index.skip_same_speech")

    def why(self, language: Language) -> str:
        """The reason, and what to do, without the name of the file."""
        return why(self.reason, language)


def why(reason: DocumentError, language: Language) -> str:
    """The text of a reason without the name of the file, which readers' messages begin with."""
    unnamed = DocumentError(reason.key, **{**reason.values, "file": ""})
    return unnamed.text(language).lstrip("：: ")


@dataclass(slots=True)
class _Walk:
    archive: Path
    index: Path
    endings: Collection[str]
    files: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    visited: set[tuple[int, int]] = field(default_factory=set)

    def skip(self, path: str, key: str, **values: object) -> None:
        shown = path.encode("utf-8", "backslashreplace").decode("utf-8")
        self.skipped.append(Skipped(shown, DocumentError(f"index.{key}", **values)))


def find_speeches(archive: Path, index: Path, endings: Collection[str]) -> tuple[list[str], list[Skipped]]:
    """Walk an archive folder.

    Hidden files and folders, the file of corrections and the index itself are passed over in silence.
    Folders behind links are followed after all others, each once, so that a file keeps the path it has.

    Args:
        archive: the folder of speeches.
        index: the index folder, wherever it lies.
        endings: what can be read, in lower case with the dot; other files are looked into, and taken when
            their content is that of a document which can be read.

    Returns:
        paths relative to the archive with forward slashes, sorted; and what is left out, sorted.

    Raises:
        ArchiveError: there is no such folder, or it can't be listed.
    """
    walk = _Walk(archive, index, endings)
    try:
        _visit(walk, "")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ArchiveError("index.archive_missing", archive=archive) from error
    except OSError as error:
        raise ArchiveError(
            "index.archive_unreadable", archive=archive, reason=system_reason(error)
        ) from error
    while walk.links:
        _visit_linked(walk, walk.links.pop(0))
    return sorted(walk.files), sorted(walk.skipped, key=lambda skipped: skipped.path)


def _visit(walk: _Walk, folder: str) -> None:
    """List one folder and the ones below it.

    Raises:
        OSError: it can't be listed (for a folder below, that is noted instead).
    """
    place = walk.archive / folder
    status = place.stat()
    walk.visited.add((status.st_dev, status.st_ino))
    if walk.index.exists() and place.samefile(walk.index):
        return
    with os.scandir(place) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.name.startswith(PASSED_OVER) or path == SIDECAR:
            continue
        if entry.is_dir(follow_symlinks=False):
            try:
                _visit(walk, path)
            except OSError as error:
                walk.skip(path, "skip_unreadable", reason=system_reason(error))
        elif entry.is_symlink() and (walk.archive / path).is_dir():
            walk.links.append(path)
        else:
            _note_file(walk, entry, path)


def _visit_linked(walk: _Walk, folder: str) -> None:
    try:
        status = (walk.archive / folder).stat()
        if (status.st_dev, status.st_ino) in walk.visited:
            walk.skip(folder, "skip_loop")
        else:
            _visit(walk, folder)
    except OSError as error:
        walk.skip(folder, "skip_unreadable", reason=system_reason(error))


def _note_file(walk: _Walk, entry: os.DirEntry[str], path: str) -> None:
    ending = Path(entry.name).suffix.lower()
    is_readable = ending not in walk.endings and _says_readable(walk.archive / path)
    if not ending and not is_readable:
        walk.skip(path, "skip_no_ending")
    elif ending not in walk.endings and not is_readable:
        walk.skip(path, "skip_ending", ending=ending)
    elif not path.isprintable() and any(unicodedata.category(one) in UNSHOWABLE for one in path):
        walk.skip(path, "skip_name")
    elif not entry.is_file(follow_symlinks=False) and _is_irregular(walk.archive / path):
        walk.skip(path, "skip_irregular")
    else:
        walk.files.append(path)


def _is_irregular(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _says_readable(path: Path) -> bool:
    """Whether a file without a known ending is, by its content, a document that can be read."""
    try:
        # Nothing but files: opening a pipe would wait for ever.
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD)
            kind = detect(head + file.read() if head.startswith(WHOLE_TELLS) else head)
            return kind in FORMATS or kind in CONTAINERS
    except OSError:
        return False
