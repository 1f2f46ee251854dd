"""Proof of quotes: read the source files again and compare every quote with what stands there.

Nothing of the index is used. A quote is proved when the file, decoded or read by its reader, has exactly its
text at exactly its place; a changed character elsewhere in the same file is told, but does not disprove it.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.errors import DocumentError, UsageError
from retrieval.documents.origin import origin_text
from retrieval.documents.stored import open_stored

NOT_JSON = (ValueError, RecursionError)
"""What `json.loads` raises: ValueError also for numbers of thousands of digits, and nesting has an end."""


_NEEDS_OCR = ("documents.ocr_missing", "documents.scan")


class Verdict(enum.StrEnum):
    """What the source file says to a quote; a key of the catalogue's area "verify"."""

    PROVED = "proved"
    PROVED_FILE_CHANGED = "proved_file_changed"
    DIFFERS = "differs"
    MOVED = "moved"
    FILE_MISSING = "file_missing"
    FILE_UNREADABLE = "file_unreadable"
    OTHER_READER = "other_reader"
    NEEDS_OCR = "needs_ocr"


@dataclass(frozen=True, slots=True)
class Claim:
    """A quote as an answer states it, from JSON.

    Attributes:
        number: from 1 in each answer.
        path: relative to the archive.
        start, end: half-open, code points of the file as decoded or read.
        sha256: of the file's bytes, hexadecimal.
        reader: what read the file then; "" for a text file.
    """

    number: int
    path: str
    text: str
    start: int
    end: int
    sha256: str
    reader: str = ""


@dataclass(frozen=True, slots=True)
class _Source:
    text: str
    sha256: str
    reader: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The verdict on one claim.

    Attributes:
        at: for DIFFERS the first differing code point of the file, for MOVED where the text stands now;
            else None.
        found: what stands at the claimed place instead; "" when nothing does.
        reader: what read the file now; "" when nothing did.
    """

    claim: Claim
    verdict: Verdict
    at: int | None = None
    found: str = ""
    reader: str = ""

    @property
    def holds(self) -> bool:
        """Whether the quote is proved."""
        return self.verdict in (Verdict.PROVED, Verdict.PROVED_FILE_CHANGED)


def read_claims(text: str) -> tuple[Claim, ...]:
    """The quotes of one or more answers: a JSON object as ``ask --json`` prints it, or one a line.

    Raises:
        UsageError: the text is no such JSON; the message says which part is wrong.
    """
    claims: list[Claim] = []
    for answer in _objects(text):
        quotes = answer.get("quotes") if isinstance(answer, Mapping) else None
        # What was shown instead of an answer is the archive's words, too.
        near = answer.get("near", []) if isinstance(answer, Mapping) else None
        if not isinstance(quotes, list) or not isinstance(near, list):
            raise UsageError("verify.no_quotes")
        claims.extend(_claim(number, quote) for number, quote in enumerate([*quotes, *near], 1))
    return tuple(claims)


def verify(claims: Sequence[Claim], archive: Path) -> tuple[Proof, ...]:
    """Prove each claim against the files under ``archive``, in the given order."""
    sources: dict[str, _Source | Verdict] = {}
    for claim in claims:
        if claim.path not in sources:
            sources[claim.path] = _source(archive, claim.path)
    return tuple(_prove(claim, sources[claim.path]) for claim in claims)


def _objects(text: str) -> list[object]:
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise UsageError("verify.not_json", reason="empty")
    try:
        return [json.loads(text)]
    except NOT_JSON as error:
        whole = error
    answers: list[object] = []
    # Not splitlines: a quote may hold other line separators, which JSON leaves as they are.
    for number, line in enumerate(text.split("\n"), 1):
        try:
            answers.extend([json.loads(line)] if line.strip() else [])
        except NOT_JSON as error:
            # One object over several lines that breaks off is told by what is wrong with the whole.
            reason = f"line {number}: {error}" if answers else str(whole)
            raise UsageError("verify.not_json", reason=reason) from error
    return answers


def _claim(number: int, quote: object) -> Claim:
    try:
        document = quote["document"]  # type: ignore[index]
        claim = Claim(
            number=number,
            path=document["path"],
            text=quote["text"],  # type: ignore[index]
            start=quote["start"],  # type: ignore[index]
            end=quote["end"],  # type: ignore[index]
            sha256=document["sha256"],
            reader=document.get("reader") or "",
        )
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise UsageError("verify.bad_quote", number=number, reason=str(error)) from error
    strings = (claim.path, claim.text, claim.sha256, claim.reader)
    numbers = (claim.start, claim.end)
    if not all(isinstance(x, str) for x in strings) or not all(type(x) is int for x in numbers):
        raise UsageError("verify.bad_quote", number=number, reason="types")
    if not 0 <= claim.start < claim.end:  # no words at all would stand anywhere
        raise UsageError("verify.bad_quote", number=number, reason=f"[{claim.start}, {claim.end})")
    return claim


def _source(archive: Path, path: str) -> _Source | Verdict:
    """The file's text, or why there is none. A path never leads out of the archive."""
    try:
        stored = open_stored(archive, path)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # no file has NUL or a surrogate in its name
        return Verdict.FILE_MISSING
    except (OSError, DocumentError):
        return Verdict.FILE_UNREADABLE
    try:
        reading = origin_text(stored.data, path, stored.reader)
    except DocumentError as error:
        return Verdict.NEEDS_OCR if error.key in _NEEDS_OCR else Verdict.FILE_UNREADABLE
    return _Source(reading.text, hashlib.sha256(stored.data).hexdigest(), reading.reader)


def _prove(claim: Claim, source: _Source | Verdict) -> Proof:
    if isinstance(source, Verdict):
        return Proof(claim, source)
    text, sha256 = source.text, source.sha256
    found = text[claim.start : claim.end]
    if found == claim.text and claim.end <= len(text):
        same = sha256 == claim.sha256
        return Proof(claim, Verdict.PROVED if same else Verdict.PROVED_FILE_CHANGED)
    if claim.reader and claim.reader != source.reader:
        return Proof(claim, Verdict.OTHER_READER, reader=source.reader)
    moved = text.find(claim.text) if claim.text else -1
    if moved >= 0:
        return Proof(claim, Verdict.MOVED, moved, found)
    pairs = zip(claim.text, found, strict=False)
    offset = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(claim.text), len(found)))
    return Proof(claim, Verdict.DIFFERS, claim.start + offset, found)
