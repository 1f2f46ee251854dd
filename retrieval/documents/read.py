"""The entry: a file or its bytes become a Document.

Get the text out (decode it, or have its reader read it), make it plain, find the zones, clean the body, read
the metadata, then the structure and whose words they are; at last place everything in the file's text.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from config.errors import DocumentError
from config.patterns import lazy_pattern
from retrieval.documents import shapes, titles
from retrieval.documents.attribution import find_quotations, find_turns
from retrieval.documents.from_names import complete
from retrieval.documents.lines import FEWEST_NOTES, clean_body
from retrieval.documents.marked import in_clean, in_markdown, in_plain
from retrieval.documents.masks import find_masks
from retrieval.documents.metadata import read_metadata
from retrieval.documents.noise import is_paywalled
from retrieval.documents.origin import read_origin
from retrieval.documents.placing import in_file
from retrieval.documents.plain import plain_text
from retrieval.documents.reasons import system_reason
from retrieval.documents.stored import open_stored
from retrieval.documents.structure import build_sections
from retrieval.documents.types import Document, Known, Metadata, Provenance, ReadWarning, Span, Zone, ZoneKind
from retrieval.documents.zones import find_zones
from retrieval.readers.formats import CONTAINER_ENDINGS, ENDINGS
from retrieval.readers.types import Reading

_ADJOURNED = lazy_pattern(r"[（(]?(?:会议结束|散会)(?:时间)?[\s:：\d时点分半，,上下午]*[）)]?")
"""The last line of minutes: 散会：10:20."""
_ROLL = lazy_pattern(r"(?:出席|列席|缺席|请假|参加|主持|记录|整理|校对|签发)(?:人员?|单位)?\s*[:：].*")
"""Another: who was there and who wrote it down."""
_NOTED = lazy_pattern(r"（[^（）]{4,80}）|\([^()]{4,80}\)")
"""A note in brackets below the speech."""
SUFFIXES = frozenset(ENDINGS)
"""Endings of the files that are read as speeches."""

ARCHIVE_SUFFIXES = SUFFIXES | CONTAINER_ENDINGS
"""The same, and those of the files that hold several."""

MAX_BYTES = 50 * 1024 * 1024
"""A larger file is refused: no speech is near it, and reading takes about ten times its size in memory."""


def is_supported(path: Path) -> bool:
    """Whether a file's ending says that it may hold a speech."""
    return path.suffix.lower() in SUFFIXES


def read_document(path: Path, archive: Path) -> Document:
    """Read one speech.

    Args:
        path: the file.
        archive: the folder that citations name the file in relation to.

    Raises:
        DocumentError: the file can't be opened, is too large, is empty, is damaged, is of a kind that is not
            read, or holds no speech.
    """
    name = _relative(path, archive)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise DocumentError(
                "documents.too_large", file=name, size=f"{size / 2**20:.0f}", limit=MAX_BYTES // 2**20
            )
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError("documents.unreadable", file=name, reason=system_reason(error)) from error
    return read_bytes(data, name)


def read_stored(archive: Path, path: str) -> Document:
    """Read one speech of an archive, a file or something in a container.

    Args:
        archive: the folder of speeches.
        path: as citations name it.

    Raises:
        DocumentError: as for ``read_document``; or there is no such thing in the container.
    """
    if (archive / path).is_file():
        return read_document(archive / path, archive)
    try:
        stored = open_stored(archive, path)
    except OSError as error:
        raise DocumentError("documents.unreadable", file=path, reason=system_reason(error)) from error
    return read_bytes(stored.data, stored.path, stored.reader)


def read_bytes(data: bytes, relative_path: str, made_by: str = "") -> Document:
    """Read one speech from the bytes of its file, or of what stands for one in a container.

    Args:
        data: the bytes.
        relative_path: as citations name it.
        made_by: what made this text out of a container, as `retrieval.documents.stored` says; "" for a file.

    Raises:
        DocumentError: as for ``read_document``.
    """
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 2**20:.0f}"
        raise DocumentError("documents.too_large", file=relative_path, size=size, limit=MAX_BYTES // 2**20)
    return _read(data, read_origin(data, relative_path, made_by), relative_path)


def _read(data: bytes, origin: Reading, relative_path: str) -> Document:
    raw = origin.text
    plain = plain_text(raw, origin.noise)
    headings = in_plain(origin.headings, plain) or in_markdown(plain.reading)
    zones = find_zones(plain.reading)
    body = [zone.span for zone in zones if zone.kind is ZoneKind.BODY]
    cleaned = clean_body(plain.reading, zones, [heading.span for heading in headings])
    clean = cleaned.text
    if not body or not clean.text:
        only_noise = all(zone.kind is ZoneKind.NOISE for zone in zones)
        raise DocumentError("documents.only_noise" if only_noise else "documents.no_body", file=relative_path)
    read = _titled(read_metadata(plain.reading, zones), origin.title)
    metadata = complete(read, relative_path)
    sha256 = hashlib.sha256(data).hexdigest()
    found = Document(
        id=sha256[:16],
        path=relative_path,
        sha256=sha256,
        encoding=origin.encoding,
        raw=plain.reading,
        clean=clean,
        metadata=metadata,
        zones=zones,
        sections=build_sections(clean, in_clean(headings, clean)),
        turns=find_turns(clean, metadata),
        quotations=find_quotations(clean, metadata),
        masks=find_masks(plain.reading, body, cleaned.bold),
        warnings=_warnings(
            origin, clean.text, plain.reading[body[-1].end :], is_prose=_ends_in_prose(origin)
        ),
        reader=origin.reader,
        units=origin.units,
    )
    placed = in_file(found, raw, plain)
    return replace(placed, zones=_with_noise(placed.zones, origin.noise)) if origin.noise else placed


def _titled(metadata: Metadata, title: str) -> Metadata:
    """The file's own title where the text has none that can be seen, if it is one of a speech."""
    if metadata.title.text or not shapes.is_title(title):
        return metadata
    speaker, role = titles.speaker_in_title(title)

    def known(value: Known, part: titles.Part | None) -> Known:
        return Known(part.text, Provenance.INFERRED) if part and not value.text else value

    return replace(
        metadata,
        title=Known(title, Provenance.INFERRED),
        speaker=known(metadata.speaker, speaker),
        role=known(metadata.role, role),
    )


def _with_noise(zones: Sequence[Zone], noise: Sequence[Span]) -> tuple[Zone, ...]:
    """Zones, and between them what the file itself sets apart."""
    edges = [0, *(edge for zone in zones for edge in (zone.span.start, zone.span.end)), sys.maxsize]
    gaps = list(zip(edges[::2], edges[1::2], strict=True))
    between = [span for span in noise if any(start <= span.start and span.end <= end for start, end in gaps)]
    return tuple(
        sorted((*zones, *(Zone(ZoneKind.NOISE, span) for span in between)), key=lambda zone: zone.span)
    )


def _relative(path: Path, archive: Path) -> str:
    try:
        return path.relative_to(archive).as_posix()
    except ValueError:
        return path.name


def _warnings(origin: Reading, clean: str, below: str, *, is_prose: bool) -> tuple[ReadWarning, ...]:
    is_cut = (is_prose and _is_truncated(clean)) or is_paywalled(below)
    return (*([ReadWarning.TRUNCATED] if is_cut else []), *origin.warnings)


def _ends_in_prose(origin: Reading) -> bool:
    """Whether the last thing of a file is a paragraph, and no row of a table and no note."""
    apart = set(origin.noise)
    last = next((unit for unit in reversed(origin.units) if unit.span not in apart), None)
    return last is None or last.name.startswith("第")


def _is_truncated(clean: str) -> bool:
    """Whether the text stops at a heading or in the middle of a sentence."""
    lines = clean.split("\n")
    last = lines[-1]
    if _ADJOURNED.fullmatch(last) or _ROLL.fullmatch(last) or _NOTED.fullmatch(last):
        return False
    if len(lines) >= FEWEST_NOTES and sum(map(shapes.ends_sentence, lines)) * 3 < len(lines):
        return False  # notes, whose lines have no end
    return not shapes.ends_sentence(last) or not last.strip("….。 ")
