"""What is read from a file: a document and all that is known of its text. All are frozen, offsets half-open.

Unless a name says otherwise, an offset counts code points of the source file as decoded, before any
cleaning. ``raw[start:end]`` therefore gives back exactly what a reader finds in the file.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.documents.edits import EditedText

TEXT_READER = "text/1"
"""What plain text files are read by: decoding, and nothing else."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points of the raw text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def overlaps(self, other: Span) -> bool:
        """Whether the two have a character in common; an empty one does with what it lies inside of."""
        return self.start < other.end and other.start < self.end

    def holds(self, other: Span) -> bool:
        """Whether all of the other lies in this one."""
        return self.start <= other.start and other.end <= self.end

    def shared(self, other: Span) -> int:
        """Characters that the two have in common."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


class Provenance(enum.StrEnum):
    """How a metadata value is known.

    EXPLICIT: the file says it of this speech. INFERRED: it follows from something else that the file says.
    PERIOD: only a stretch of time is named. FILE_NAME, FOLDER: the text is silent, and the name of its file
    or of a folder tells it. CORRECTED: a person said so; empty text where the person said that there is none.
    """

    EXPLICIT = "explicit"
    INFERRED = "inferred"
    PERIOD = "period"
    FILE_NAME = "file_name"
    FOLDER = "folder"
    CORRECTED = "corrected"
    NONE = "none"


class Genre(enum.StrEnum):
    """What kind of text carries the speech."""

    SPEECH = "speech"
    NEWS = "news"
    CIRCULAR = "circular"


class ZoneKind(enum.StrEnum):
    """What a stretch of the file is. Only BODY is cut into passages."""

    BODY = "body"
    TITLE = "title"
    BYLINE = "byline"
    SALUTATION = "salutation"
    LETTERHEAD = "letterhead"
    TAIL = "tail"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of the file of one kind."""

    kind: ZoneKind
    span: Span


@dataclass(frozen=True, slots=True)
class Known:
    """One metadata value and how it is known.

    Empty text with ``Provenance.NONE`` when it is not, with ``Provenance.CORRECTED`` when there is none.
    """

    text: str = ""
    provenance: Provenance = Provenance.NONE
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says about itself.

    ``date`` is when the speech was given: ``YYYY-MM-DD``, or less when less is known, or a period in the
    document's own words (provenance PERIOD). ``issued`` is when the paper that carries it came out.
    """

    title: Known = Known()
    speaker: Known = Known()
    role: Known = Known()
    date: Known = Known()
    occasion: Known = Known()
    organ: Known = Known()
    series: Known = Known()
    place: Known = Known()
    issued: Known = Known()
    genre: Genre = Genre.SPEECH


CITED_FIELDS = ("title", "speaker", "role", "date", "occasion", "organ", "series", "place")
"""Fields of `Metadata` that a citation gives and a person can correct."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it.

    Attributes:
        marker: "一、", "（一）", "一要", "第一，" or "" for a heading without a number.
        title: the heading as a section path shows it, marker included, clean, no closing punctuation.
        level: 1 for the outermost level of this document; inferred by nesting.
        heading: raw span of the heading itself, marker and closing punctuation included.
        span: raw span from the heading to the end of the last thing under it.
        children: in document order; they lie inside ``span``.
    """

    marker: str
    title: str
    level: int
    heading: Span
    span: Span
    children: tuple[Section, ...] = ()

    def walk(self) -> Iterator[Section]:
        """The section and all that lie in it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of the body that gives one person's words (in a news report, the person reported on)."""

    span: Span
    speaker: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of somebody else, quoted inside a turn with their speaker named."""

    span: Span
    speaker: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of the raw text with a name by which people find it in the file: 第3页, 第12段.

    One without characters stands for a place that could not be read.
    """

    name: str
    span: Span


class ReadWarning(enum.StrEnum):
    """What a reader should know about how a file was read; a key of the catalogue's area "documents"."""

    TRUNCATED = "truncated"
    LOST_CHARACTERS = "lost_characters"
    CONTROL_CHARACTERS = "control_characters"
    WRONG_ENDING = "wrong_ending"
    PARTLY_READ = "partly_read"
    MIXED_ENCODINGS = "mixed_encodings"
    SCANNED_PAGES = "scanned_pages"
    OCR = "ocr"
    OCR_DOUBTFUL = "ocr_doubtful"


@dataclass(frozen=True, slots=True)
class Document:
    """One speech as read from one file.

    Attributes:
        id: first 16 hex digits of ``sha256``.
        path: relative to the archive, with forward slashes.
        sha256: of the file's bytes, hex.
        encoding: the codec that decoded it, as Python names it; "" where the file is no text.
        raw: the decoded text, or what the reader made of the file; every offset counts in it.
        clean: the body without noise, broken lines joined, one paragraph a line; linked to ``raw``.
        zones: sorted, not overlapping.
        turns: sorted, not overlapping; empty when no speaker is known.
        masks: raw spans of * and X masks inside the body.
        reader: name and version of what read the file; ``raw`` comes out the same only with the same one.
        units: named places of ``raw``, sorted, not overlapping; none in a text file.
        corrections: what tells the corrections of its metadata apart from others; "" when there are none.
    """

    id: str
    path: str
    sha256: str
    encoding: str
    raw: str
    clean: EditedText
    metadata: Metadata
    zones: tuple[Zone, ...]
    sections: tuple[Section, ...] = ()
    turns: tuple[Turn, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    masks: tuple[Span, ...] = ()
    warnings: tuple[ReadWarning, ...] = ()
    reader: str = TEXT_READER
    units: tuple[Unit, ...] = ()
    corrections: str = ""

    def all_sections(self) -> Iterator[Section]:
        """Every section, those inside others too, in the order of the text."""
        for section in self.sections:
            yield from section.walk()
