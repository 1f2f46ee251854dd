"""A file cut into stretches: lines, and inside long lines what stands between blanks and sentence ends.

Web pages are often saved as a few very long lines in which navigation, title, body and adverts follow
one another; the stretch is the smallest thing that zones tell apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.documents.noise import BLOCK, OPENER

LONG_LINE = 80
"""A line longer than this (characters) is cut into stretches; no heading, byline or credit is."""

# Looking further would make a line of nothing but brackets quadratic; no sentence is as long.
_LONGEST_STRETCH = 600

BLANKS = " \t\u3000\xa0\u2002\u2003\u2009\u200b\u200c\u200d\u2060\ufeff\xad\x00"

INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+"
)
"""Runs of characters that show as nothing."""

LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
"""A line of a file; all that Unicode takes for the end of one is between them."""

_STRETCH = re.compile(r"[^\s\u200b\ufeff。！？!?]*(?:[。！？!?]+[”’」』）)》】]*|(?=[\s\u200b\ufeff])|\Z)")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one line without the blanks around it.

    Attributes:
        line: number of the line among those that are not blank.
        spaced: whether a blank or a line end stands before it.
        whole: whether it is the whole line.
    """

    start: int
    end: int
    line: int
    spaced: bool
    whole: bool


def line_spans(raw: str) -> Iterator[tuple[int, int]]:
    """Lines without the blanks around them; blank lines left out."""
    for found in LINE.finditer(raw):
        start, end = strip_span(raw, found.start(), found.end())
        if start < end:
            yield start, end


def strip_span(raw: str, start: int, end: int) -> tuple[int, int]:
    """The range without blanks and line ends at its ends."""
    while start < end and is_blank(raw[start]):
        start += 1
    while end > start and is_blank(raw[end - 1]):
        end -= 1
    return start, end


def split_stretches(raw: str) -> list[Stretch]:
    """All stretches of a text, in order."""
    stretches: list[Stretch] = []
    for number, (start, end) in enumerate(line_spans(raw)):
        if end - start <= LONG_LINE and not OPENER.search(raw, start + 1, end):
            stretches.append(Stretch(start, end, number, spaced=True, whole=True))
        else:
            stretches.extend(_long_line(raw, start, end, number))
    return stretches


def _long_line(raw: str, start: int, end: int, number: int) -> Iterator[Stretch]:
    for a, b in _stretches(raw, start, end):
        spaced = a == start or is_blank(raw[a - 1])
        yield Stretch(a, b, number, spaced, a == start and b == end)


def _stretches(raw: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    while at < end:
        if is_blank(raw[at]):
            at += 1
            continue
        block = BLOCK.match(raw, at, end)
        if block:
            yield at, block.end()
            at = block.end()
            continue
        limit = min(end, at + _LONGEST_STRETCH)
        found = _STRETCH.match(raw, at, limit)
        stop = found.end() if found and found.end() > at else limit
        cut = OPENER.search(raw, at + 1, stop)
        if cut:
            stop = cut.start()
        yield at, stop
        at = stop


def is_blank(character: str) -> bool:
    """Whether a character is white space, a zero-width or a control character."""
    return character in BLANKS or character.isspace() or character < " "
