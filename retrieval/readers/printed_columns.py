"""The order in which the lines of a page are read: column by column, each from the top.

A gutter is a strip that no line crosses for several lines, with lines of prose on both sides. Lines that
cross it, such as a headline, part what is above from what is below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from retrieval.readers.printed import Piece

_LEAST_LINES = 3  # on each side of a gutter
_LEAST_WIDTH = 8.0  # ems of a column
_FULL_SHARE = 0.45
"""Share of lines that reach the edge of their column; entries of a table end where they end."""
_FULL = 1.7  # ems that a full line may lack
_MOST_CANDIDATES = 40
_DEEPEST = 4  # columns within columns
_GUTTER = 0.5  # ems that are empty at least


@dataclass(frozen=True, slots=True)
class Column:
    """Lines that stand under each other.

    Attributes:
        pieces: from the top; those of one height from the left.
        left: edge of the column where it is known from a neighbour, else of its lines.
        right: likewise.
        is_whole: whether it takes the width of the page.
    """

    pieces: tuple[Piece, ...]
    left: float
    right: float
    is_whole: bool = True


def read_columns(pieces: Sequence[Piece], gutters: Collection[float] = ()) -> list[Column]:
    """The columns of a page in the order in which they are read.

    Args:
        pieces: of the page.
        gutters: middles of gutters of other pages; where one is known a line or two beside it are a column.
    """
    ordered = sorted(pieces, key=lambda piece: (piece.baseline, piece.left))
    return _split(ordered, frozenset(gutters), is_whole=True, depth=0) if ordered else []


def find_gutters(pieces: Sequence[Piece]) -> frozenset[float]:
    """The middles of the gutters of a page, each rounded to a point."""
    columns = [column for column in read_columns(pieces) if not column.is_whole]
    return frozenset(
        round((column.right + other.left) / 2)
        for column, other in pairwise(columns)
        if other.left > column.right
    )


def _split(pieces: list[Piece], gutters: frozenset[float], *, is_whole: bool, depth: int) -> list[Column]:
    """Columns of pieces that are sorted by height."""
    gutter = _best_gutter(pieces, gutters) if depth < _DEEPEST else None
    if gutter is None:
        left, right = min(piece.left for piece in pieces), max(piece.right for piece in pieces)
        return [Column(tuple(pieces), left, right, is_whole)]
    middle, first, last = gutter
    sides = (
        [piece for piece in pieces[first:last] if piece.right <= middle],
        [piece for piece in pieces[first:last] if piece.right > middle],
    )
    columns: list[Column] = []
    if first:
        columns += _split(pieces[:first], gutters, is_whole=is_whole, depth=depth + 1)
    for side in sides:
        columns += _split(side, gutters, is_whole=False, depth=depth + 1)
    if last < len(pieces):
        columns += _split(pieces[last:], gutters, is_whole=is_whole, depth=depth + 1)
    return columns


def _best_gutter(pieces: Sequence[Piece], gutters: frozenset[float]) -> tuple[float, int, int] | None:
    """Middle of the gutter with most lines beside it, and the range of pieces that it parts."""
    best: tuple[int, float, int, int] | None = None
    size = _size(pieces)
    for x in (*_candidates(pieces, size), *sorted(gutters)):
        for first, last in _stretches(pieces, x, size):
            if _are_columns(pieces[first:last], x, size, is_known=x in gutters):
                rank = (last - first, -x, first, last)
                if best is None or rank > best:
                    best = rank
    return (-best[1], *best[2:]) if best is not None else None


def _candidates(pieces: Sequence[Piece], size: float) -> list[float]:
    """Places just before edges at which several lines begin."""
    edges = Counter(round(piece.left) for piece in pieces if not piece.is_row)
    leftmost = min(edges, default=0)
    often = [
        edge
        for edge, _ in edges.most_common(_MOST_CANDIDATES)
        if sum(edges[edge + near] for near in (-1, 0, 1)) >= _LEAST_LINES
        and edge - leftmost > _LEAST_WIDTH * size
    ]
    return [edge - 1 - _GUTTER * size / 2 for edge in often]


def _stretches(pieces: Sequence[Piece], x: float, size: float) -> list[tuple[int, int]]:
    """Ranges of pieces none of which crosses a place."""
    half = size * _GUTTER / 2
    stretches = []
    start = 0
    for at, piece in enumerate(pieces):
        if piece.left < x + half and piece.right > x - half:
            if at > start:
                stretches.append((start, at))
            start = at + 1
    if len(pieces) > start:
        stretches.append((start, len(pieces)))
    return [
        _trimmed(pieces, first, last, x, size)
        for first, last in stretches
        if last - first >= 2 * _LEAST_LINES
    ]


def _trimmed(pieces: Sequence[Piece], first: int, last: int, x: float, size: float) -> tuple[int, int]:
    """A range without what stands at its head or foot on one side only, well off the other side's lines."""
    right = [piece for piece in pieces[first:last] if piece.left >= x]
    left = [piece for piece in pieces[first:last] if piece.left < x]
    if not right or not left:
        return first, first
    top = max(right[0].baseline, left[0].baseline) - 4 * size
    while first < last and pieces[first].baseline < top:
        first += 1
    return first, last


def _are_columns(pieces: Sequence[Piece], x: float, size: float, *, is_known: bool) -> bool:
    """Whether pieces on both sides of a place are lines of prose."""
    for side in ([p for p in pieces if p.left < x], [p for p in pieces if p.left >= x]):
        lines = [piece for piece in side if not piece.is_row]
        if len(lines) < _LEAST_LINES:
            if is_known and lines:
                continue
            return False
        left, right = min(piece.left for piece in lines), max(piece.right for piece in lines)
        full = sum(piece.right >= right - _FULL * size for piece in lines)
        if right - left < _LEAST_WIDTH * size or full < _FULL_SHARE * len(lines):
            return False
    return True


def _size(pieces: Sequence[Piece]) -> float:
    """The size in which most is set."""
    sizes: Counter[float] = Counter()
    for piece in pieces:
        sizes[round(piece.size, 1)] += len(piece.text)
    return max(sizes, key=lambda size: (sizes[size], size)) if sizes else 1.0
