"""Which of several files of one speech is best: the one that is read, searched and cited."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field

import numpy as np

from retrieval.copies.comparing import Sketch, comparable, sketch
from retrieval.copies.facts import Facts, facts_of, years_told
from retrieval.documents.types import (
    CITED_FIELDS,
    TEXT_READER,
    Document,
    Known,
    Metadata,
    Provenance,
    ReadWarning,
)

_LOSSES = frozenset(
    {
        ReadWarning.TRUNCATED,
        ReadWarning.LOST_CHARACTERS,
        ReadWarning.PARTLY_READ,
        ReadWarning.MIXED_ENCODINGS,
        ReadWarning.SCANNED_PAGES,
    }
)

_FORMATS = ("docx", "doc", "rtf", "odt", "text", "html", "mhtml", "eml")
"""Readers by how much of the writer's own structure their files keep; those not named come after."""

_LAID_OUT = frozenset({"pdf", "ofd"})
"""Formats that keep where characters stand on a page, from which paragraphs must be guessed."""

_BY_A_PERSON = len(CITED_FIELDS)
"""What a value counts that a person corrected, be it to none: the corrections are of this file."""

_LONGER = 1.03
"""A text must be about this much longer to be the fuller one: noise and errors of reading add less."""

_RECOGNISED = frozenset({"image", "scan"})
"""Readers of pictures."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What is known of a file for comparing it, without its text.

    Attributes:
        length: characters of the folded text.
        known: how many values that citations give the metadata have.
        losses: warnings that something of the text is missing.
        facts: what the file says of itself.
        sketch: see `comparing.sketch`.
    """

    length: int
    known: int
    losses: int
    facts: Facts
    sketch: Sketch = field(default_factory=lambda: np.empty(0, dtype=np.uint32), compare=False)


@dataclass(frozen=True, slots=True)
class File:
    """One file of an archive.

    Attributes:
        path: relative to the archive.
        sha256: of its bytes; no two files have the same here.
        reader: what reads it.
        was_best: whether it is the one that the index before has of its speech.
    """

    path: str
    sha256: str
    reader: str
    signature: Signature
    was_best: bool = False


def signature_of(document: Document) -> Signature:
    """The signature of a document that was read."""
    text = comparable(document.clean.text).text
    return Signature(
        length=len(text),
        known=_count_known(document.metadata),
        losses=len(_LOSSES.intersection(document.warnings)),
        facts=facts_of(document.metadata).at(document.path),
        sketch=sketch(text),
    )


def pack_signature(signature: Signature) -> bytes:
    """As bytes: a line of JSON, then the sketch."""
    values = [signature.length, signature.known, signature.losses, signature.facts.as_list()]
    return json.dumps(values).encode("ascii") + b"\n" + signature.sketch.astype("<u4").tobytes()


def unpack_signature(packed: bytes, path: str) -> Signature:
    """The signature again, of a file with that path. The caller has checked the record's checksum."""
    line, _, hashes = packed.partition(b"\n")
    length, known, losses, facts = json.loads(line)
    found = np.frombuffer(hashes, dtype="<u4").astype(np.uint32, copy=False)
    return Signature(length, known, losses, Facts(*(*facts, years_told(path))), found)


def rank(file: File) -> tuple[object, ...]:
    """Orders files, the best one first; no two are equal.

    A whole text before one with losses; writing before pages before pictures; then what says more of itself,
    keeps more structure, is fuller, is in the index already (its passages keep their ids), and has the
    shorter path.
    """
    name = file.reader.partition("/")[0]
    return (
        file.signature.losses > 0,
        2 if name in _RECOGNISED else int(name in _LAID_OUT),
        -file.signature.known,
        _FORMATS.index(name) if name in _FORMATS else len(_FORMATS),
        -int(math.log(max(file.signature.length, 1), _LONGER)),
        not file.was_best,
        len(file.path),
        file.path,
        file.sha256,
    )


def _count_known(metadata: Metadata) -> int:
    """Values known of the speech; when a page or paper came out says nothing of it."""
    known: list[Known] = [getattr(metadata, name) for name in CITED_FIELDS]
    return sum(
        _BY_A_PERSON if value.provenance is Provenance.CORRECTED else bool(value.text) for value in known
    )


assert TEXT_READER.partition("/")[0] in _FORMATS  # noqa: S101 - the two modules name it alike
