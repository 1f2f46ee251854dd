"""Headings that a file marks as such (styles, bold print), carried from the file to its clean text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from retrieval.documents.edits import EditedText
from retrieval.documents.plain import Plain
from retrieval.documents.types import Span
from retrieval.readers.types import Heading

_MARKDOWN = re.compile(r"^(?P<level>#{1,6})[ \t\u3000]+(?P<title>\S.*?)[ \t\u3000#]*$", re.MULTILINE)


def in_markdown(text: str) -> list[Heading]:
    """The lines that a text in Markdown marks as headings (## 防汛), without their marks."""
    return [Heading(Span(*found.span("title")), len(found["level"])) for found in _MARKDOWN.finditer(text)]


def in_plain(headings: Sequence[Heading], plain: Plain) -> list[Heading]:
    """Headings of the file as they stand in the plain text, without those that are not in it any more."""
    return _moved(headings, plain.text)


def in_clean(headings: Sequence[Heading], clean: EditedText) -> Mapping[int, tuple[int, int]]:
    """(end, level) of the headings of a plain text by where they begin in the clean one."""
    return {one.span.start: (one.span.end, one.level) for one in _moved(headings, clean)}


def _moved(headings: Sequence[Heading], text: EditedText) -> list[Heading]:
    moved: list[Heading] = []
    for heading in headings:
        start, end = text.from_source(heading.span.start), text.from_source(heading.span.end)
        end = start + len(text.text[start:end].rstrip())
        # What was taken out has no place; the nearest kept character is somebody else's.
        if end > start and text.to_source(start, end)[0] < heading.span.end:
            moved.append(Heading(Span(start, end), heading.level))
    return moved
