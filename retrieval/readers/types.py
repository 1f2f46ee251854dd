"""What a reader makes of a file, and how it travels through a pipe."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retrieval.documents.types import ReadWarning, Span, Unit

UNNAMED = ""
"""Stands for the file's name in errors of readers, which never learn it; the caller puts it there."""


class Kind(enum.StrEnum):
    """What the bytes of a file are."""

    TEXT = "text"
    DOCX = "docx"
    HTML = "html"
    MHTML = "mhtml"
    PDF = "pdf"
    DOC = "doc"
    WORD2 = "word2"
    WORKS = "works"
    RTF = "rtf"
    OFD = "ofd"
    ODT = "odt"
    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"
    PPTX = "pptx"
    PPT = "ppt"
    EPUB = "epub"
    EML = "eml"
    ZIP = "zip"
    RAR = "rar"
    IMAGE = "image"
    SCAN = "scan"  # a PDF, read by its pictures; no file is told for one by its bytes
    ENCRYPTED = "encrypted"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that the file marks as one.

    Attributes:
        span: of its words in the text; all of a line, or the beginning of one (run-in).
        level: 1 for the outermost, as the file has it; 0 where the file only prints it bold.
    """

    span: Span
    level: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as its reader gives it.

    Attributes:
        text: what is called raw everywhere else; lines end in a line feed but in plain text files.
        reader: name and version, "docx/1".
        encoding: the codec of the bytes where they are text, else "".
        units: places with a name for people; sorted, not overlapping.
        headings: sorted, not overlapping.
        noise: what the file itself sets apart from the text; sorted, not overlapping.
        title: what the file gives as its title outside the text; "" when nothing.
        warnings: what was lost or doubtful.
    """

    text: str
    reader: str
    encoding: str = ""
    units: tuple[Unit, ...] = ()
    headings: tuple[Heading, ...] = ()
    noise: tuple[Span, ...] = ()
    title: str = ""
    warnings: tuple[ReadWarning, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "text": self.text,
            "reader": self.reader,
            "encoding": self.encoding,
            "units": [[unit.name, unit.span.start, unit.span.end] for unit in self.units],
            "headings": [[one.span.start, one.span.end, one.level] for one in self.headings],
            "noise": [[span.start, span.end] for span in self.noise],
            "title": self.title,
            "warnings": [warning.value for warning in self.warnings],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Reading:
        """The reading again."""
        return cls(
            text=values["text"],
            reader=values["reader"],
            encoding=values["encoding"],
            units=tuple(Unit(name, Span(start, end)) for name, start, end in values["units"]),
            headings=tuple(Heading(Span(start, end), level) for start, end, level in values["headings"]),
            noise=tuple(Span(start, end) for start, end in values["noise"]),
            title=values["title"],
            warnings=tuple(ReadWarning(warning) for warning in values["warnings"]),
        )


def merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch or overlap put together, empty ones left out."""
    found: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)
