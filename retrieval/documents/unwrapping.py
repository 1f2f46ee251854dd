"""Lines broken at a fixed width, joined again; page numbers and running headers between them set aside.

A wrapped file shows itself: many of its lines reach the same width, hardly any of those ends a sentence,
and few are wider. Paragraphs of an unwrapped file end where they end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.documents import shapes
from retrieval.documents.edits import Edit
from retrieval.documents.line_layout import INNER_MARK, LABEL, SLACK, STOP, Layout, Line, columns, joint
from retrieval.documents.noise import STRONG, is_page_mark, noise_score
from retrieval.documents.stretches import LINE
from retrieval.documents.types import Span

_WIDTHS = range(20, 131)
"""Columns at which files are wrapped; a Chinese character takes two."""

_LEAST_LINES = 8
_FULL_SHARE = 0.35
_WIDER_SHARE = 0.1
_STOPPED_SHARE = 0.35
_PROSE_SHARE = 0.4
_REPEATED = 2
_REPEATED_ALONE = 3
"""Pages on which a header must stand where nothing else tells of pages: a report may repeat its title."""

_LONGEST_HEADER = 40


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """Edits that join the lines of a wrapped text, and where its page numbers and running headers stand."""

    edits: tuple[Edit, ...] = ()
    furniture: tuple[Span, ...] = ()


def unwrap(reading: str, text: str) -> Unwrapped:
    """Find out whether a text is wrapped, and where its lines go on; of one that is not, the running headers.

    Args:
        reading: what patterns are held against.
        text: the same as written, character by character; by it columns are counted.
    """
    lines = _lines(reading, text)
    furniture = _furniture(lines)
    width = _wrapped_at([line for number, line in enumerate(lines) if number not in furniture])
    if not width:
        return _without_headers([lines[number] for number in sorted(furniture)])
    kept, between = _apart(lines, furniture, width)
    layout = Layout.of(kept, width)
    edits = [Edit(one.start, one.end) for one in (*between[0], *between[-1])]
    row = ""
    for at in range(1, len(kept)):
        row += kept[at - 1].text
        if layout.goes_on(at, row):
            before, line = kept[at - 1], kept[at]
            edits.append(Edit(before.end, line.start, joint(before.text[-1], line.text[0])))
        else:
            row = ""
            edits += [Edit(one.start, one.end) for one in between[at]]
    set_aside = tuple(Span(one.start, one.end) for ones in between for one in ones)
    return Unwrapped(tuple(sorted(edits, key=lambda edit: edit.start)), set_aside)


def _without_headers(furniture: Sequence[Line]) -> Unwrapped:
    """What is done to a file that is not wrapped: its page numbers are known as noise anyway."""
    counts = Counter(line.text for line in furniture if not is_page_mark(line.text))
    headers = [line for line in furniture if counts[line.text] >= _REPEATED_ALONE]
    return Unwrapped(
        tuple(Edit(line.start, line.end) for line in headers),
        tuple(Span(line.start, line.end) for line in headers),
    )


def _apart(
    lines: Sequence[Line], furniture: frozenset[int], width: int
) -> tuple[list[Line], list[list[Line]]]:
    """The lines of the text, and what is set aside before each of them and behind the last."""
    kept: list[Line] = []
    between: list[list[Line]] = [[]]
    for number, line in enumerate(lines):
        if number in furniture or (kept and _interrupts(kept[-1], line, width)):
            between[-1].append(line)
        else:
            kept.append(line)
            between.append([])
    return kept, between


def _lines(reading: str, text: str) -> list[Line]:
    lines: list[Line] = []
    for found in LINE.finditer(reading):
        bare = found[0].strip()
        if bare:
            start = found.start() + found[0].index(bare)
            end = start + len(bare)
            indent = columns(text[found.start() : start])
            # A blank of a scan fills its line; more blanks are what an editor leaves behind.
            filled = found[0][end - found.start() :].rstrip("\r\n") == " "
            width = indent + columns(text[start:end]) + filled
            lines.append(Line(start, end, bare, width, end - found.start(), indent >= 4))
    return lines


def _furniture(lines: Sequence[Line]) -> frozenset[int]:
    """Numbers of the lines that are page numbers, or beside one and repeated on page after page."""
    marks = {number for number, line in enumerate(lines) if is_page_mark(line.text)}
    beside = [
        number
        for mark in marks
        for number in (mark - 1, mark + 1)
        if 0 <= number < len(lines) and number not in marks and len(lines[number].text) <= _LONGEST_HEADER
    ]
    counts = Counter(re.sub(r"\s", "", lines[number].text) for number in beside)
    repeated = {number for number in beside if counts[re.sub(r"\s", "", lines[number].text)] >= _REPEATED}
    return frozenset(marks | repeated)


def _wrapped_at(lines: Sequence[Line]) -> int:
    """The width at which the lines are broken, 0 when they are not."""
    if len(lines) < _LEAST_LINES:
        return 0
    counts = Counter(line.width for line in lines)
    reached = {width: sum(counts[width - lack] for lack in range(SLACK)) for width in _WIDTHS}
    width = max(reached, key=lambda width: (reached[width], -width))
    full = [line for line in lines if width - SLACK < line.width <= width]
    wider = sum(line.width > width for line in lines)
    if len(full) < _LEAST_LINES or len(full) < _FULL_SHARE * len(lines) or wider > _WIDER_SHARE * len(lines):
        return 0
    stopped = sum(shapes.ends_sentence(line.text) for line in full)
    prose = sum(bool(INNER_MARK.search(line.text[:-1])) for line in full)
    return width if stopped <= _STOPPED_SHARE * len(full) and prose >= _PROSE_SHARE * len(full) else 0


def _interrupts(before: Line, line: Line, width: int) -> bool:
    """Whether a line is an advert below a full line of a paragraph. Joined, it takes a sentence along."""
    in_paragraph = before.width > width - SLACK and INNER_MARK.search(before.text[:-1])
    if not in_paragraph or line.width > width - SLACK or LABEL.match(line.text):
        return False
    return not STOP.search(line.text) and noise_score(line.text) >= STRONG
