"""Where paragraphs begin: by indents, gaps, short last lines, sizes of type and the edges of columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from retrieval.documents import shapes
from retrieval.readers.printed import Piece
from retrieval.readers.printed_lines import PrintedLine, body_size
from retrieval.readers.printed_text import first_word, is_contents

_SAME_SIZE = 0.08  # share by which sizes of one paragraph differ at most
_LARGER = 1.12
"""A line this much larger than the text is a title or heading."""
_INDENT = (1.2, 4.6)  # ems that a first line stands in
_SLACK = 0.35  # ems of room behind a full line in which its next word would fit but for rounding
_WIDER = 1.3  # times the usual pitch from which a gap parts paragraphs
_LEAST_STEPS = 5  # that show how far lines stand apart
_SOLID = 1.9  # ems from line to line of what is set close
_LARGEST_PITCH = 2.3  # ems from line to line of a title
_OFF_CENTRE = 1.0  # ems
_SAME_INDENT = 0.4  # ems
_STOP = re.compile("[，。；：]")
_SHARE = 0.5
"""Share of new paragraphs that stand in, or off, from which all do."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that are one paragraph, heading, title or row."""

    lines: tuple[PrintedLine, ...]


def paragraphs_of(lines: Sequence[PrintedLine]) -> list[Paragraph]:
    """Lines in the order of reading put together to paragraphs."""
    if not lines:
        return []
    style = _Style.of(lines)
    starts = [0] + [at for at in range(1, len(lines)) if style.parts(lines, at)]
    return [
        Paragraph(tuple(lines[start:end]))
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]


def is_centred(line: PrintedLine) -> bool:
    """Whether a line stands in the middle of its column, off both edges."""
    piece = line.piece
    left, right = piece.left - line.left, line.right - piece.right
    return abs(left - right) <= 2 * _OFF_CENTRE * piece.size and min(left, right) > 1.5 * piece.size


@dataclass(frozen=True, slots=True)
class _Style:
    """How a document is set.

    Attributes:
        size: of most of the text.
        pitches: usual distance from line to line, by size to half a point.
        is_indented: whether first lines stand in.
        is_apart: whether gaps part paragraphs.
    """

    size: float
    pitches: dict[float, float]
    is_indented: bool
    is_apart: bool

    @classmethod
    def of(cls, lines: Sequence[PrintedLine]) -> _Style:
        size = body_size([line.piece for line in lines])
        style = cls(size, _pitches(lines), is_indented=False, is_apart=False)
        ended = [
            (before, after)
            for before, after in pairwise(lines)
            if _is_text(after, size) and _is_text(before, size) and _has_room(before, after.piece)
        ]
        return replace(style, is_indented=_are_indented(ended), is_apart=style._are_apart(ended))

    def parts(self, lines: Sequence[PrintedLine], at: int) -> bool:
        """Whether a paragraph begins with a line that is not the first."""
        before, after = lines[at - 1], lines[at]
        one, two = before.piece, after.piece
        if one.is_row or two.is_row or abs(one.size - two.size) > _SAME_SIZE * max(one.size, two.size):
            return True
        if after.page > before.page + 1 or is_contents(one.text):
            return True
        step = two.baseline - one.baseline
        if not after.begins and not 0 < step <= self._widest(two.size):
            return True
        if is_centred(after) and (is_centred(before) or one.size > _LARGER * self.size):
            return self._parts_centred(before, after)
        if _has_room(before, two):
            return True
        return self._indents(before, after, lines[at + 1] if at + 1 < len(lines) else None)

    def _widest(self, size: float) -> float:
        pitch = self.pitches.get(round(2 * size) / 2)
        if size > _LARGER * self.size or pitch is None:
            return max(_LARGEST_PITCH * size, _WIDER * (pitch or 0))
        return _WIDER * pitch

    def _are_apart(self, ended: Sequence[tuple[PrintedLine, PrintedLine]]) -> bool:
        """Whether lines that follow an ended paragraph stand off."""
        steps = [after.piece.baseline - before.piece.baseline for before, after in ended if not after.begins]
        return sum(step > self._widest(self.size) for step in steps) > _SHARE * len(steps)

    def _parts_centred(self, before: PrintedLine, after: PrintedLine) -> bool:
        one, two = before.piece.text, after.piece.text
        if before.piece.size <= _LARGER * self.size:
            return is_centred(before) or _has_room(before, after.piece)
        if shapes.is_date_line(two) or shapes.person_line(two) or two[0] in "（(" or two.startswith("—"):
            return True
        return shapes.is_title(one) and not two.endswith(("讲话", "发言", "致辞", "报告"))

    def _indents(self, before: PrintedLine, after: PrintedLine, third: PrintedLine | None) -> bool:
        """Whether a line after a full one begins a paragraph, by where it starts."""
        indent = _indent(after)
        if indent > _INDENT[1]:
            return True
        if indent < _INDENT[0]:
            if self.is_indented or (self.is_apart and not after.begins):
                return False
            return _begins_item(before.piece.text, after.piece.text)
        if abs(indent - _indent(before)) > _SAME_INDENT:
            return self._steps_in(before, after)
        return self._is_next_paragraph(before, after, third)

    def _steps_in(self, before: PrintedLine, after: PrintedLine) -> bool:
        """Whether a line that stands in otherwise than the full one above begins a paragraph."""
        one, two = before.piece.text, after.piece.text
        if _indent(after) < _indent(before):
            return True
        if shapes.has_marker(one) and (_indent(before) >= _INDENT[0] or not self.is_indented):
            return shapes.has_marker(two)  # lines that hang from the number
        return self.is_indented or shapes.ends_sentence(one)

    def _is_next_paragraph(self, before: PrintedLine, after: PrintedLine, third: PrintedLine | None) -> bool:
        """Whether two lines that stand in alike are two paragraphs, and not one that stands in as a whole."""
        one, two = before.piece.text, after.piece.text
        if shapes.ends_sentence(one) or shapes.has_marker(two):
            return True
        if not self.is_indented:
            return False
        is_heading = shapes.has_marker(one) and not _STOP.search(one)
        is_last = third is None or abs(_indent(third) - _indent(after)) > _SAME_INDENT
        return is_heading or is_last or (third is not None and _has_room(after, third.piece))


def _begins_item(before: str, after: str) -> bool:
    """Whether a sentence ends with one line and a number or ordinal begins the next."""
    return shapes.ends_sentence(before) and shapes.has_marker(after)


def _indent(line: PrintedLine) -> float:
    """Ems that a line stands in."""
    return (line.piece.left - line.left) / line.piece.size


def _has_room(line: PrintedLine, after: Piece) -> bool:
    """Whether what follows would have found room in a line: then the line ends on purpose."""
    return line.piece.right + (first_word(after.text) + _SLACK) * after.size <= line.right


def _pitches(lines: Sequence[PrintedLine]) -> dict[float, float]:
    """The usual distance between lines of one paragraph, by their size."""
    steps: dict[float, Counter[int]] = {}
    for before, after in pairwise(lines):
        one, two = before.piece, after.piece
        step = two.baseline - one.baseline
        same = abs(one.size - two.size) <= _SAME_SIZE * two.size and not one.is_row and not two.is_row
        if not after.begins and same and 0.9 * two.size <= step <= 4 * two.size:
            steps.setdefault(round(2 * two.size) / 2, Counter())[round(2 * step)] += 1
    return {
        size: _usual(counter) / 2
        if counter.total() >= _LEAST_STEPS
        else min(_usual(counter) / 2, _SOLID * size)
        for size, counter in steps.items()
    }


def _usual(steps: Counter[int]) -> float:
    """The smallest step that is not rare: gaps between paragraphs only add to it."""
    least = 0.15 * steps.total()
    usual = min(step for step in steps if steps[step - 1] + steps[step] + steps[step + 1] >= least)
    return max((usual, usual + 1), key=lambda step: steps[step])


def _is_text(line: PrintedLine, size: float) -> bool:
    return not line.piece.is_row and abs(line.piece.size - size) <= _SAME_SIZE * size and not is_centred(line)


def _are_indented(ended: Sequence[tuple[PrintedLine, PrintedLine]]) -> bool:
    """Whether lines that follow an ended paragraph stand in."""
    indents = [_indent(after) for _, after in ended]
    near = [indent >= _INDENT[0] for indent in indents if indent <= _INDENT[1]]
    return sum(near) > _SHARE * len(near)
