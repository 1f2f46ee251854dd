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
from retrieval.documents.noise import STRONG, is_page_mark, noise_score
from retrieval.types import Span

_WIDTHS = range(20, 131)
"""Columns at which files are wrapped; a Chinese character takes two."""

_SLACK = 4
"""Columns that a full line may lack: no line begins with a mark, and a wide character may not fit."""

_LEAST_LINES = 8
_FULL_SHARE = 0.35
_WIDER_SHARE = 0.1
_STOPPED_SHARE = 0.35
_PROSE_SHARE = 0.4
_HEAD_LINES = 12
_REPEATED = 2
_LONGEST_HEADER = 40

_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_STRONG_MARKER = re.compile(
    rf"[*#\s\u3000]*(?:[{shapes.NUMERAL}]{{1,3}}、|[（(][{shapes.NUMERAL}]{{1,3}}[）)]|第[{shapes.NUMERAL}]{{1,3}}[，、])"
)
_LABEL = re.compile(
    r"(?:本文|原文|文章|文档)?(?:标题|来源|作者|编辑|地址|链接|日期|时间|声明)\s?[:：]|(?:版权|免责|特别)声明|主\s?送[:：]|抄\s?送[:：]"
)
_INNER_MARK = re.compile(r"[，。；：、,;:]")


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """Edits that join the lines of a wrapped text, and where its page numbers and running headers stand."""

    edits: tuple[Edit, ...] = ()
    furniture: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    width: int
    indented: bool


def unwrap(text: str) -> Unwrapped:
    """Find out whether a text is wrapped, and where its lines go on; nothing when it is not."""
    lines = _lines(text)
    furniture = _furniture(lines)
    kept = [line for number, line in enumerate(lines) if number not in furniture]
    width = _wrapped_at(kept)
    if not width:
        return Unwrapped()
    indented = sum(line.indented for line in kept)
    by_indent = 0 < indented <= len(kept) * 0.8
    edits: list[Edit] = []
    set_aside: list[Span] = []
    row = ""
    between: list[_Line] = []
    before: _Line | None = None
    number = -1
    for at, line in enumerate(lines):
        if at in furniture or (before is not None and _interrupts(before, line, width)):
            between.append(line)
            continue
        number += 1
        if before is not None:
            row += before.text
            in_head = number <= _HEAD_LINES
            if _goes_on(before, line, row, width, by_indent=by_indent, in_head=in_head):
                edits.append(Edit(before.end, line.start, _joint(before.text, line.text)))
            else:
                row = ""
                edits += [Edit(one.start, one.end) for one in between]
        elif between:
            edits += [Edit(one.start, one.end) for one in between]
        set_aside += [Span(one.start, one.end) for one in between]
        between = []
        before = line
    edits += [Edit(one.start, one.end) for one in between]
    set_aside += [Span(one.start, one.end) for one in between]
    return Unwrapped(tuple(edits), tuple(set_aside))


def _joint(text: str, following: str) -> str:
    """What joins two lines: a blank between Latin words."""
    latin = text[-1].isascii() and text[-1].isalnum() and following[0].isascii() and following[0].isalpha()
    return " " if latin else ""


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    for found in _LINE.finditer(text):
        bare = found[0].strip()
        if bare:
            start = found.start() + found[0].index(bare)
            indent = _columns(found[0][: start - found.start()])
            lines.append(_Line(start, start + len(bare), bare, indent + _columns(bare), indent >= 4))
    return lines


def _furniture(lines: Sequence[_Line]) -> frozenset[int]:
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


def _wrapped_at(lines: Sequence[_Line]) -> int:
    """The width at which the lines are broken, 0 when they are not."""
    if len(lines) < _LEAST_LINES:
        return 0
    counts = Counter(line.width for line in lines)
    reached = {width: sum(counts[width - lack] for lack in range(_SLACK)) for width in _WIDTHS}
    width = max(reached, key=lambda width: (reached[width], width))
    full = [line for line in lines if width - _SLACK < line.width <= width]
    wider = sum(line.width > width for line in lines)
    if len(full) < _LEAST_LINES or len(full) < _FULL_SHARE * len(lines) or wider > _WIDER_SHARE * len(lines):
        return 0
    stopped = sum(shapes.ends_sentence(line.text) for line in full)
    prose = sum(bool(_INNER_MARK.search(line.text[:-1])) for line in full)
    return width if stopped <= _STOPPED_SHARE * len(full) and prose >= _PROSE_SHARE * len(full) else 0


def _goes_on(line: _Line, following: _Line, row: str, width: int, *, by_indent: bool, in_head: bool) -> bool:
    """Whether a line is full and the next one is its continuation."""
    if not width - _SLACK < line.width <= width + 2 or (by_indent and following.indented):
        return False
    if shapes.has_marker(following.text) and (shapes.ends_sentence(line.text) or _is_heading(row)):
        return False
    if _STRONG_MARKER.match(following.text) or _LABEL.match(following.text):
        return False
    if not in_head:
        return True
    stands_alone = shapes.is_date_line(row.strip()) or shapes.is_letterhead(row.strip())
    return not stands_alone and not (shapes.is_title(row) and not shapes.ends_sentence(following.text))


def _interrupts(before: _Line, line: _Line, width: int) -> bool:
    """Whether a line is an advert below a full line of a paragraph. Joined, it takes a sentence along."""
    in_paragraph = before.width > width - _SLACK and _INNER_MARK.search(before.text[:-1])
    if not in_paragraph or line.width > width - _SLACK or _LABEL.match(line.text):
        return False
    return not shapes.ends_sentence(line.text) and noise_score(line.text) >= STRONG


def _is_heading(row: str) -> bool:
    """Whether what a row holds so far is a numbered heading and nothing else."""
    return bool(_STRONG_MARKER.match(row)) and not any(mark in row for mark in "。；;")


def _columns(text: str) -> int:
    return 2 * len(text) - len(text.encode("latin-1", "ignore"))
