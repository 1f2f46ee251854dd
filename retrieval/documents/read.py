"""The entry: a file or its bytes become a Document.

Decode, make the text plain, find the zones, clean the body, read the metadata, then the structure and whose
words they are; at last everything is placed in the file as decoded.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from config.errors import DocumentError
from retrieval.documents import shapes
from retrieval.documents.attribution import find_quotations, find_turns
from retrieval.documents.decoding import Decoded, decode, is_text
from retrieval.documents.lines import clean_body
from retrieval.documents.masks import find_masks
from retrieval.documents.metadata import read_metadata
from retrieval.documents.noise import is_paywalled
from retrieval.documents.placing import in_file
from retrieval.documents.plain import plain_text
from retrieval.documents.structure import build_sections
from retrieval.documents.zones import find_zones
from retrieval.types import Document, ReadWarning, ZoneKind

SUFFIXES = frozenset({".txt", ".md"})
"""Endings of the files that are read as speeches."""

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
        DocumentError: the file can't be opened, is too large, is empty, is no text, or holds no speech.
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
        raise DocumentError("documents.unreadable", file=name, reason=error.strerror or str(error)) from error
    return read_bytes(data, name)


def read_bytes(data: bytes, relative_path: str) -> Document:
    """Read one speech from the bytes of its file.

    Raises:
        DocumentError: as for ``read_document``.
    """
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 2**20:.0f}"
        raise DocumentError("documents.too_large", file=relative_path, size=size, limit=MAX_BYTES // 2**20)
    decoded = decode(data)
    if not decoded.text.strip("\x00\ufeff \t\r\n\u3000\xa0"):
        raise DocumentError("documents.empty", file=relative_path)
    if not is_text(data, decoded):
        raise DocumentError("documents.not_text", file=relative_path)
    return _read(data, decoded, relative_path)


def _read(data: bytes, decoded: Decoded, relative_path: str) -> Document:
    raw = decoded.text
    plain = plain_text(raw)
    zones = find_zones(plain.reading)
    body = [zone.span for zone in zones if zone.kind is ZoneKind.BODY]
    cleaned = clean_body(plain.reading, zones)
    clean = cleaned.text
    if not body or not clean.text:
        only_noise = all(zone.kind is ZoneKind.NOISE for zone in zones)
        raise DocumentError("documents.only_noise" if only_noise else "documents.no_body", file=relative_path)
    metadata = read_metadata(plain.reading, zones)
    sha256 = hashlib.sha256(data).hexdigest()
    found = Document(
        id=sha256[:16],
        path=relative_path,
        sha256=sha256,
        encoding=decoded.encoding,
        raw=plain.reading,
        clean=clean,
        metadata=metadata,
        zones=zones,
        sections=build_sections(clean),
        turns=find_turns(clean, metadata),
        quotations=find_quotations(clean, metadata),
        masks=find_masks(plain.reading, body, cleaned.bold),
        warnings=_warnings(decoded, clean.text, plain.reading[body[-1].end :]),
    )
    return in_file(found, raw, plain)


def _relative(path: Path, archive: Path) -> str:
    try:
        return path.relative_to(archive).as_posix()
    except ValueError:
        return path.name


def _warnings(decoded: Decoded, clean: str, below: str) -> tuple[ReadWarning, ...]:
    found: list[ReadWarning] = []
    if _is_truncated(clean) or is_paywalled(below):
        found.append(ReadWarning.TRUNCATED)
    if decoded.lost:
        found.append(ReadWarning.LOST_CHARACTERS)
    if decoded.controls:
        found.append(ReadWarning.CONTROL_CHARACTERS)
    return tuple(found)


def _is_truncated(clean: str) -> bool:
    """Whether the text stops at a heading or in the middle of a sentence."""
    last = clean[clean.rfind("\n") + 1 :]
    return not shapes.ends_sentence(last) or not last.strip("….。 ")
