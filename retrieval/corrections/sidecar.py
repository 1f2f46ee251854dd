"""The file of corrections, ``anjiang-meta.toml`` in the archive folder: reading and checking it.

A table for each document, named by its path; ``""`` says that there is none of it::

    ["2024/春节/讲话.docx"]
    sha256 = "…"
    speaker = "张建业"
    occasion = ""

``sha256`` is that of the file that was looked at; without it the corrections are of whatever has the path.
It is written by hand as well as by `anjiang meta`, so that everything in it is checked.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.errors import MetadataError
from retrieval.documents.dates import find_date, find_period
from retrieval.documents.reasons import system_reason
from retrieval.documents.types import CITED_FIELDS

SIDECAR = "anjiang-meta.toml"

LONGEST = 200
"""Characters of a value: twice the longest title that is read."""

_LARGEST = 16 << 20  # bytes: some fifty thousand documents
_HASH = "sha256"
_HEX = re.compile(r"[0-9a-f]{64}")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_END = re.compile(r"\(at end of document\)")


@dataclass(frozen=True, slots=True)
class Correction:
    """What is said of one document.

    Attributes:
        path: of the file it was said of, relative to the archive.
        sha256: of that file; "" for whatever file has the path.
        values: by field; "" where there is none.
    """

    path: str
    sha256: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Tells these values apart from others; "" where nothing is corrected."""
        if not self.values:
            return ""
        text = json.dumps(dict(self.values), ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def read_sidecar(archive: Path) -> tuple[Correction, ...]:
    """The corrections of an archive, in the order of the file; none where there is no such file.

    Raises:
        MetadataError: the file can't be read, or says something that can't be meant; with where that is.
    """
    return parse_sidecar(sidecar_text(archive), archive / SIDECAR)


def sidecar_text(archive: Path) -> str:
    """The text of the file; "" where there is none.

    Raises:
        MetadataError: it can't be read, is too large, or is not UTF-8.
    """
    path = archive / SIDECAR
    try:
        if path.stat().st_size > _LARGEST:
            raise MetadataError("meta.too_large", file=path, limit=_LARGEST >> 20)
        # Windows' editors put a byte order mark before UTF-8.
        return path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise MetadataError("meta.not_utf8", file=path, line=line) from error
    except OSError as error:
        raise MetadataError("meta.unreadable", file=path, reason=system_reason(error)) from error


def parse_sidecar(text: str, path: Path) -> tuple[Correction, ...]:
    """The corrections that a text holds.

    Args:
        text: TOML.
        path: for messages.

    Raises:
        MetadataError: as for `read_sidecar`.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, column = _place(str(error), text)
        raise MetadataError("meta.syntax", file=path, line=line, column=column) from error
    except (RecursionError, ValueError) as error:
        raise MetadataError("meta.syntax", file=path, line=1, column=1) from error
    found: dict[str, Correction] = {}
    for name, table in content.items():
        one = _correction(name, table, path)
        if one.path in found:
            raise MetadataError("meta.twice", file=path, document=_shown(one.path))
        found[one.path] = one
    return tuple(found.values())


def _place(words: str, text: str) -> tuple[int, int]:
    """Line and column of a mistake, which tomllib only tells in words."""
    told = _PLACE.search(words)
    if told:
        return int(told[1]), int(told[2])
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _correction(name: str, table: object, path: Path) -> Correction:
    if not isinstance(table, dict):
        raise MetadataError("meta.no_table", file=path, name=_shown(name))
    values: dict[str, str] = {}
    sha256 = ""
    for key, value in table.items():
        if key == _HASH:
            sha256 = str(value).lower()
            if not _HEX.fullmatch(sha256):
                raise MetadataError("meta.bad_hash", file=path, document=_shown(name))
        elif key in CITED_FIELDS:
            try:
                values[key] = checked(key, value)
            except MetadataError as reason:
                document = _shown(name)
                raise MetadataError("meta.bad_value", file=path, document=document, reason=reason) from reason
        else:
            known = " ".join((*CITED_FIELDS, _HASH))
            raise MetadataError(
                "meta.unknown_key", file=path, document=_shown(name), name=_shown(key), known=known
            )
    return Correction(tidy_path(name), sha256, values)


def _shown(name: str) -> str:
    """A key as a message names it: it may hold anything."""
    return " ".join(name.split())[:80]


def tidy_path(path: str) -> str:
    """A path as citations write it: forward slashes, no ./ before it, letters with their marks in one."""
    tidy = unicodedata.normalize("NFC", path).replace("\\", "/").strip("/")
    return tidy[2:] if tidy.startswith("./") else tidy


def checked(name: str, value: Any) -> str:
    """A value of a field as documents have it: one line, dates as `Metadata.date` has them.

    Raises:
        MetadataError: it is no text, too long, not one line, or no date.
    """
    if name == "date" and isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if not isinstance(value, str):
        raise MetadataError("meta.no_text", field=name)
    text = value.strip()
    if len(text) > LONGEST:
        raise MetadataError("meta.too_long", field=name, limit=LONGEST)
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise MetadataError("meta.not_one_line", field=name)
    return _date(text) if name == "date" and text else text


def _date(text: str) -> str:
    """A date as ISO 8601 or a period in its own words (2024年, 2025年下半年).

    Raises:
        MetadataError: it is neither.
    """
    short = re.fullmatch(r"(?P<year>(?:19|20)\d{2})(?:-(?P<month>0[1-9]|1[0-2]))?", text)
    if short:
        return text if short["month"] else f"{text}年"
    found = find_date(text)
    if found and found.year and (found.start, found.end) == (0, len(text)):
        return found.iso()
    period = find_period(text)
    if period and period.span() == (0, len(text)):
        return text
    raise MetadataError("meta.bad_date", value=text[:40])
