"""Recognised lines as pieces of a printed page: made level, measured, in the widths of print.

What recognition gives is uneven: boxes are a little too wide or too high, ink stops before a full stop's
square does. Here each line gets the square of its first and last character, and sizes that are
nearly the page's usual one become that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from retrieval.readers.ocr_engine import Seen
from retrieval.readers.ocr_text import as_printed, columns
from retrieval.readers.printed import Page, Piece

_Box = tuple[float, float, float, float]  # left, top, right, bottom

_SHORT_SIDE_POINTS = 595.0
"""What the shorter side of a picture is taken for, A4's: pictures seldom tell their true size."""

_LEAST_ASPECT = 4.0  # a shorter line's slope is uncertain
_MOST_SKEW = math.radians(15)
_LEAST_COLUMNS = 10
"""Columns (a Chinese character has two) from which a line's width tells the size of its characters."""

_HEIGHT_SHARE = 0.9
"""Size of the characters in heights of a line's box, where no line is long enough to tell."""

_LEAST_SHARE, _MOST_SHARE = 0.7, 1.4
"""Sizes by width, in sizes by height, that are believed: others are letter-spaced, or hardly Chinese."""

_SAME_SIZE = 0.13
_SAME_SIZE_SHORT = 0.3
_SHORT_HEIGHT = 1.15
"""How much higher, in relation to their characters, boxes of short lines are."""

_SAME_LEFT = 0.8
_SAME_RIGHT = 1.4
"""Ems within which edges of lines are one edge. At the right a mark or half a number may be missing."""

_OFTEN = 0.12
"""Share of a page's lines that must have an edge for it to be a column's."""

_BASELINE = 0.38  # ems from the middle of a line down to what its characters stand on
_HANGING_END = dict.fromkeys("，。、；：", 0.6) | dict.fromkeys("！？”’）》】」』〉〕…", 0.45)
_HANGING_START = dict.fromkeys("“‘（《【「『〈〔", 0.45)
"""Ems between the ink of a mark and the edge of its square."""


def as_page(seen: Seen, number: int, size: tuple[float, float] | None = None) -> Page:
    """A page of pieces.

    Args:
        seen: what was recognised in its picture.
        number: of the page, from 1.
        size: its two sides in points, where they are known.
    """
    lines, height, width = seen.lines, float(seen.height), float(seen.width)
    scale = (min(size) if size else _SHORT_SIDE_POINTS) / min(height, width)
    level = _levelled([line.corners for line in lines], height, width)
    placed = [
        (text, _edges(box)) for line, box in zip(lines, level, strict=True) if (text := as_printed(line.text))
    ]
    placed.sort(key=lambda one: (one[1][3], one[1][0]))
    ems = _sizes(placed)
    pieces = [_piece(text, edges, em, scale) for (text, edges), em in zip(placed, ems, strict=True)]
    return Page(number, width * scale, height * scale, tuple(_aligned(pieces)))


def evened(pages: Sequence[Page]) -> list[Page]:
    """Pages of one file with the same size of characters, where they nearly have it."""
    sizes = sorted(piece.size for page in pages for piece in page.pieces for _ in piece.text)
    usual = sizes[len(sizes) // 2] if sizes else 1.0
    return [
        replace(
            page,
            pieces=tuple(
                replace(piece, size=usual) if abs(piece.size / usual - 1) < _SAME_SIZE else piece
                for piece in page.pieces
            ),
        )
        for page in pages
    ]


def _levelled(boxes: Sequence[NDArray[np.float64]], height: float, width: float) -> list[NDArray[np.float64]]:
    """Boxes turned back around the page's middle by the slope that most lines have."""
    slopes = [
        math.atan2(right[1] - left[1], right[0] - left[0])
        for box in boxes
        if math.dist(box[0], box[1]) >= _LEAST_ASPECT * math.dist(box[0], box[3])
        for left, right in ((box[0], box[1]), (box[3], box[2]))
    ]
    slope = median(slopes) if slopes else 0.0
    if abs(slope) > _MOST_SKEW:
        slope = 0.0
    cos, sin = math.cos(slope), math.sin(slope)
    turn = np.array([[cos, -sin], [sin, cos]])
    middle = np.array([width / 2, height / 2])
    return [(box - middle) @ turn + middle for box in boxes]


def _edges(box: NDArray[np.float64]) -> _Box:
    """Left, top, right, bottom."""
    left, right = float(box[[0, 3], 0].mean()), float(box[[1, 2], 0].mean())
    top, bottom = float(box[:2, 1].mean()), float(box[2:, 1].mean())
    return left, top, right, bottom


def _sizes(placed: Sequence[tuple[str, _Box]]) -> list[float]:
    """Size of the characters of each line, in pixels.

    A line's width tells it. Heights of boxes are uneven, but alike for lines of one page, so that the long
    lines show what the height of a short one means; it is then the size of the line above or of most lines,
    if it is near one.
    """
    known = [(_width_size(text, box), _height(box)) for text, box in placed if _tells_size(text)]
    share = median(size / height for size, height in known) if known else _HEIGHT_SHARE
    usual = median([size for size, _ in known] or [share * _height(box) for _, box in placed] or [1.0])
    sizes: list[float] = []
    for text, box in placed:
        by_height = share * _height(box)
        if _tells_size(text):
            size, same = _width_size(text, box), _SAME_SIZE
            size = size if _LEAST_SHARE * by_height < size < _MOST_SHARE * by_height else by_height
            likely = [usual]
        else:
            size, same = by_height / _SHORT_HEIGHT, _SAME_SIZE_SHORT
            likely = [usual, *sizes[-1:]]
        nearest = min(likely, key=lambda other: abs(size / other - 1))
        sizes.append(nearest if abs(size / nearest - 1) < same else size)
    return sizes


def _height(box: _Box) -> float:
    return max(1.0, box[3] - box[1])


def _width_size(text: str, box: _Box) -> float:
    lacking = _HANGING_END.get(text[-1], 0.0) + _HANGING_START.get(text[0], 0.0)
    return max(1.0, (box[2] - box[0]) / (columns(text) / 2 - lacking))


def _tells_size(text: str) -> bool:
    """Whether a line's width tells the size of its characters."""
    return columns(text) >= _LEAST_COLUMNS and " " not in text


def _piece(text: str, edges: _Box, em: float, scale: float) -> Piece:
    left, top, right, bottom = edges
    left -= em * _HANGING_START.get(text[0], 0.0)
    right += em * _HANGING_END.get(text[-1], 0.0)
    baseline = (top + bottom) / 2 + _BASELINE * em
    return Piece(text, left * scale, right * scale, baseline * scale, em * scale)


def _aligned(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces with edges that nearly agree made to agree: those of a column do in print."""
    lefts = _agreed([(piece.left, piece.size) for piece in pieces], _SAME_LEFT)
    rights = _agreed([(-piece.right, piece.size) for piece in pieces], _SAME_RIGHT)
    return [
        replace(piece, left=left, right=-right)
        for piece, left, right in zip(pieces, lefts, rights, strict=True)
    ]


def _agreed(edges: Sequence[tuple[float, float]], within: float) -> list[float]:
    """Edges, those that many lines have nearly alike moved to one place.

    Args:
        edges: place, and size of the characters there.
        within: ems from the outermost edge of a group to its innermost.
    """
    order = sorted(range(len(edges)), key=lambda at: edges[at])
    moved = [place for place, _ in edges]
    least = max(3, _OFTEN * len(edges))
    start = 0
    while start < len(order):
        first, size = edges[order[start]]
        group = [at for at in order[start:] if edges[at][0] - first <= within * size]
        start += len(group)
        if len(group) >= least:
            # The outer half is where print ends; the inner edges lack a mark's blank part.
            middle = median(edges[at][0] for at in group[: (len(group) + 1) // 2])
            for at in group:
                moved[at] = middle
    return moved
