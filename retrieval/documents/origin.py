"""The text that everything is read from and cited by: a text file decoded, any other by its reader."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import PurePosixPath

from config.errors import DocumentError
from retrieval.documents.decoding import decode, is_text
from retrieval.documents.types import TEXT_READER, ReadWarning
from retrieval.readers.detect import detect
from retrieval.readers.formats import CONTAINERS, ENDINGS, FORMATS
from retrieval.readers.types import Kind, Reading

_PICTURES = frozenset({"documents.scan", "documents.no_unicode"})
"""Why a PDF says nothing though its pages show text: they can be rendered and recognised."""

_BLANK = "\x00\ufeff \t\r\n\u3000\xa0"


def read_origin(data: bytes, path: str, made_by: str = "") -> Reading:
    """The text of a file, told by its bytes what it is.

    Args:
        data: the whole file.
        path: for messages; its ending is told when it promises something else.
        made_by: what made this text out of a container, as `retrieval.documents.stored` says; "" for a file.

    Raises:
        DocumentError: the file is empty, damaged, encrypted, or of a kind that is not read.
    """
    if made_by:
        return _made(data, path, made_by)
    kind = detect(data, path)
    reading = _decoded(data, path) if kind is Kind.TEXT else _read(data, kind, path)
    ending = PurePosixPath(path).suffix.lower()
    if ending and ENDINGS.get(ending) is not kind:
        return replace(reading, warnings=(*reading.warnings, ReadWarning.WRONG_ENDING))
    return reading


def origin_text(data: bytes, path: str, made_by: str = "") -> Reading:
    """As `read_origin`, but any text will do: what a quote is proved against.

    Raises:
        DocumentError: the file is no text, and its reader can't read it.
    """
    if made_by:
        return _made(data, path, made_by)
    kind = detect(data, path)
    if kind in FORMATS:
        return _read(data, kind, path)
    decoded = decode(data)
    return Reading(decoded.text, TEXT_READER, decoded.encoding)


def _decoded(data: bytes, path: str) -> Reading:
    decoded = decode(data)
    if not decoded.text.strip(_BLANK):
        raise DocumentError("documents.empty", file=path)
    if not is_text(data, decoded):
        raise DocumentError("documents.mixed" if decoded.is_mixed else "documents.not_text", file=path)
    warnings = (
        *([ReadWarning.LOST_CHARACTERS] if decoded.lost else []),
        *([ReadWarning.CONTROL_CHARACTERS] if decoded.controls else []),
        *([ReadWarning.MIXED_ENCODINGS] if decoded.is_mixed else []),
    )
    return Reading(decoded.text, TEXT_READER, decoded.encoding, warnings=warnings)


def _made(data: bytes, path: str, made_by: str) -> Reading:
    text = data.decode("utf-8")
    if not text.strip(_BLANK):
        raise DocumentError("documents.empty", file=path)
    return Reading(text, made_by)


def _read(data: bytes, kind: Kind, path: str) -> Reading:
    if kind is Kind.BINARY:
        raise DocumentError("documents.not_text", file=path)
    if kind is Kind.ENCRYPTED:
        raise DocumentError("documents.encrypted", file=path)
    if kind in CONTAINERS:
        raise DocumentError("documents.container", file=path)
    if kind not in FORMATS:
        raise DocumentError("documents.unsupported", file=path, kind=kind.value)
    try:
        reading = _in_worker(data, kind)
    except DocumentError as error:
        raise DocumentError(error.key, **{**error.values, "file": path}) from error
    if not reading.text.strip(_BLANK):
        raise DocumentError("documents.empty", file=path)
    return reading


def _in_worker(data: bytes, kind: Kind) -> Reading:
    """What the reader of its kind makes of a file; pages of a PDF that are pictures are recognised."""
    from retrieval.readers.isolation import shared_readers  # noqa: PLC0415 - most archives are text

    readers = shared_readers()
    try:
        reading = readers.read(data, kind)
    except DocumentError as error:
        if kind is not Kind.PDF or error.key not in _PICTURES:
            raise
        try:
            return readers.read(data, Kind.SCAN)
        except DocumentError as why:
            if why.key == "documents.ocr_missing":
                raise error from why  # which says what to install
            raise
    if ReadWarning.SCANNED_PAGES in reading.warnings:
        # Without the recognition the other pages are still worth reading.
        with contextlib.suppress(DocumentError):
            return readers.read(data, Kind.SCAN)
    return reading
