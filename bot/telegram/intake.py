"""Files that an admin sends: checked, read, put into the archive, and taken out of it again.

Nothing is ever overwritten or deleted: a file that is taken out goes into a hidden folder of the archive,
which no rebuild looks into.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bot.telegram.formatted import BOLD, Part, joined, one_line, pack, plain
from bot.telegram.rendering import byline_of, title_of
from config.errors import UsageError
from config.messages import Language, message
from retrieval.documents.read import ARCHIVE_SUFFIXES, SUFFIXES, read_bytes
from retrieval.documents.types import Document, Known
from retrieval.documents.views import search_text
from retrieval.index.archive import find_speeches
from retrieval.types import DocumentInfo

MAX_BYTES = 20 * 2**20
"""What a bot may download."""

REMOVED = ".removed"
"""The hidden folder of the archive for what was taken out."""

_MAX_NAME = 180  # bytes; a file system takes 255, and " (2)" must still fit
_UNSAFE = re.compile(r'[\\/:*?"<>|]+')
_READABLE = 0o644


@dataclass(frozen=True, slots=True)
class Added:
    """A file that came into the archive."""

    document: Document
    path: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A file whose content the archive has already."""

    path: str


def check_file(name: str, size: int) -> None:
    """Refuse a file by its name and size, before it is fetched.

    Raises:
        UsageError: of a kind that is not read, or too large.
    """
    if PurePosixPath(name.lower()).suffix not in SUFFIXES:
        raise UsageError("telegram.file_kind", name=one_line(name, 60), endings="、".join(sorted(SUFFIXES)))
    if size > MAX_BYTES:
        raise UsageError("telegram.file_large", size=f"{size / 2**20:.0f}", limit=MAX_BYTES // 2**20)


def safe_name(name: str) -> str:
    """A file name that stays in its folder, is visible and can be written anywhere."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    stem, dot, ending = _UNSAFE.sub("_", one_line(last)).rpartition(".")
    stem = stem.strip(" .") or "讲话"
    while len(stem.encode()) > _MAX_NAME:
        stem = stem[:-1]
    return f"{stem}{dot}{ending.lower()}"


def add_file(archive: Path, index: Path, name: str, data: bytes) -> Added | Duplicate:
    """Read a file and put it into the archive under a free name.

    Raises:
        DocumentError: it holds no speech; nothing was written.
        ArchiveError: the archive can't be listed.
        UsageError: it can't be written.
    """
    chosen = safe_name(name)
    document = read_bytes(data, chosen)
    twin = _find_twin(archive, index, data)
    if twin is not None:
        return Duplicate(twin)
    try:
        return Added(document, _write_new(archive, chosen, data))
    except OSError as error:
        raise UsageError("telegram.file_unwritable", reason=error.strerror or str(error)) from error


def find_files(archive: Path, index: Path, text: str) -> tuple[str, ...]:
    """Paths of the archive that a person may mean: the one that is given, or those that contain it.

    Raises:
        ArchiveError: the archive can't be listed.
    """
    paths, _ = find_speeches(archive, index, ARCHIVE_SUFFIXES)
    if text in paths:
        return (text,)
    wanted = search_text(text)
    return tuple(path for path in paths if wanted and wanted in search_text(path))


def take_out(archive: Path, path: str) -> bool:
    """Move a file of the archive into the hidden folder; False when it is gone or lies elsewhere.

    Raises:
        UsageError: it can't be moved.
    """
    place = archive / path
    root = archive.resolve()
    if not place.is_file() or root not in place.resolve().parents:
        return False
    kept = root / REMOVED / f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09d}-{place.name}"
    try:
        kept.parent.mkdir(exist_ok=True)
        place.rename(kept)
    except OSError as error:
        raise UsageError("telegram.file_unwritable", reason=error.strerror or str(error)) from error
    return True


def render_added(added: Added, language: Language) -> Part:
    """What was read of a file, so that a wrong reading is seen at once."""
    document = added.document
    info = _info(document)
    facts = message(
        "telegram.added_facts",
        language,
        characters=len(document.clean.text),
        sections=len(document.sections),
        encoding=document.encoding,
    )
    found = {
        "title": title_of(info),
        "who": byline_of(info) or message("telegram.not_stated", language),
        "occasion": one_line(info.occasion or "") or message("telegram.not_stated", language),
    }
    return pack(
        [
            plain(message("telegram.added", language, name=one_line(added.path))).marked(BOLD),
            plain(message("telegram.added_read", language, **found)),
            joined(
                [
                    plain(facts),
                    *(plain("⚠ " + message(f"documents.{one.value}", language)) for one in document.warnings),
                ]
            ),
        ]
    )[0]


def _find_twin(archive: Path, index: Path, data: bytes) -> str | None:
    """A file of the archive with the same content."""
    digest = hashlib.sha256(data).digest()
    paths, _ = find_speeches(archive, index, ARCHIVE_SUFFIXES)
    for path in paths:
        place = archive / path
        try:
            same_size = place.stat().st_size == len(data)
            if same_size and hashlib.sha256(place.read_bytes()).digest() == digest:
                return path
        except OSError:
            continue  # gone or unreadable: the rebuild reports it
    return None


def _write_new(archive: Path, name: str, data: bytes) -> str:
    """Write under a free name; a file that appears is whole, because a rebuild may run beside this."""
    part = archive / f".{os.getpid()}-{time.time_ns()}.part"
    try:
        part.write_bytes(data)
        part.chmod(_READABLE)
        stem, suffix = Path(name).stem, Path(name).suffix
        number = 1
        while True:
            chosen = name if number == 1 else f"{stem} ({number}){suffix}"
            try:
                (archive / chosen).touch(exist_ok=False)  # the name is taken; nobody else can
            except FileExistsError:
                number += 1
            else:
                part.replace(archive / chosen)
                return chosen
    finally:
        part.unlink(missing_ok=True)


def _info(document: Document) -> DocumentInfo:
    about = document.metadata

    def text(known: Known) -> str | None:
        return known.text or None

    return DocumentInfo(
        document.id,
        document.path,
        document.sha256,
        about.title.text,
        text(about.speaker),
        text(about.role),
        text(about.date),
        text(about.occasion),
        text(about.organ),
        text(about.series),
        text(about.place),
        document.reader,
    )
