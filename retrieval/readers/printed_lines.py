"""The lines of a document in the order in which they are read, each with the edges of its column."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.readers.printed import Page, Piece
from retrieval.readers.printed_columns import Column, find_gutters, read_columns
from retrieval.readers.printed_text import CLOSING, joint

_SAME = 0.4  # ems that baselines of one row may differ
_CELL_GAP = 2.0  # ems between entries of a table without rules
_CLUSTER = 3.0  # points within which edges are one
_LEAST_LINES = 6  # of a page that shows its own edges
_STRAY_SHARE = 0.03  # of lines may reach over the edge
_FULL = 1.2  # ems that a full line may lack where lines are not justified


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of text.

    Attributes:
        piece: its text and place; a row of a table is one line.
        page: where it stands, as people count.
        left: edge of its column.
        right: likewise.
        begins: whether it is the first line of its column.
    """

    piece: Piece
    page: int
    left: float
    right: float
    begins: bool


def lines_of(pages: Sequence[Page]) -> list[PrintedLine]:
    """All lines, column by column."""
    gutters: dict[int, set[float]] = defaultdict(set)
    for page in pages:
        gutters[round(page.width)] |= find_gutters(page.pieces)
    columns = [
        (page, replace(column, pieces=tuple(_rows(column.pieces))))
        for page in pages
        for column in read_columns(page.pieces, gutters[round(page.width)])
    ]
    edges = _Edges(columns)
    lines: list[PrintedLine] = []
    for page, column in columns:
        left, right = edges.of(page, column)
        own = _own_edges(column.pieces, right)
        lines += [
            PrintedLine(piece, page.number, left, edge, at == 0)
            for at, (piece, edge) in enumerate(zip(column.pieces, own, strict=True))
        ]
    return lines


def _rows(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces of one height as one."""
    rows: list[list[Piece]] = []
    for piece in pieces:
        if rows and abs(piece.baseline - rows[-1][0].baseline) <= _SAME * min(piece.size, rows[-1][0].size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    merged = [row[0] if len(row) == 1 else _row(sorted(row, key=lambda one: one.left)) for row in rows]
    parted = [len(row) > 1 for row in rows]
    for at, piece in enumerate(merged):
        is_table = any(
            0 <= near < len(rows) and len(rows[near]) == len(rows[at]) and _aligned(rows[at], rows[near])
            for near in (at - 1, at + 1)
        )
        if parted[at] and is_table:
            merged[at] = replace(piece, is_row=True)
    return merged


def _aligned(row: Sequence[Piece], other: Sequence[Piece]) -> bool:
    """Whether entries of two rows stand under each other."""
    return all(
        min(
            abs(one.left - two.left),
            abs(one.right - two.right),
            abs(one.left + one.right - two.left - two.right),
        )
        < one.size
        for one, two in zip(
            sorted(row, key=lambda piece: piece.left),
            sorted(other, key=lambda piece: piece.left),
            strict=True,
        )
    )


def _row(pieces: Sequence[Piece]) -> Piece:
    text = pieces[0].text
    for before, after in itertools.pairwise(pieces):
        gap = (after.left - before.right) / after.size
        text += "\t" if gap >= _CELL_GAP else " " if gap >= 0.3 else joint(before.text, after.text)
        text += after.text
    first = pieces[0]
    is_bold = all(piece.bold == len(piece.text) for piece in pieces)
    return replace(
        first, text=text, right=pieces[-1].right, bold=len(text) if is_bold else first.bold, gothic=0
    )


class _Edges:
    """Left and right edges of text, of a page where it shows them, else of all pages of its side and size."""

    def __init__(self, columns: Sequence[tuple[Page, Column]]) -> None:
        self._size = body_size([piece for _, column in columns for piece in column.pieces])
        self._outer: dict[int, list[float]] = {}
        of_page: dict[object, list[Piece]] = defaultdict(list)
        for page, column in columns:
            if not column.is_whole:
                outer = self._outer.setdefault(page.number, [])
                outer += [column.left, column.right]
            if column.is_whole:
                of_page[page.number, round(page.width)] += column.pieces
                of_page[page.number % 2 == 0, round(page.width), "side"] += column.pieces
                of_page[round(page.width)] += column.pieces
        self._edges = {
            key: edges
            for key, pieces in of_page.items()
            if (edges := self._measure(pieces, _LEAST_LINES if isinstance(key, tuple) else 1)) is not None
        }
        for width, pieces in of_page.items():
            if isinstance(width, int) and len(pieces) < _LEAST_LINES and width in self._edges:
                # A few lines do not show where full ones end: margins are mostly alike.
                left, right = self._edges[width]
                self._edges[width] = left, max(right, width - left)

    def of(self, page: Page, column: Column) -> tuple[float, float]:
        if not column.is_whole:
            return self._measure(column.pieces, 1) or (column.left, column.right)
        if outer := self._outer.get(page.number):
            return min(*outer, column.left), max(*outer, column.right)
        width = round(page.width)
        known = self._edges.get((page.number % 2 == 0, width, "side")) or self._edges.get(width)
        own = self._edges.get((page.number, width))
        if known is None or own is None:
            return known or own or (column.left, column.right)
        # A page whose paragraphs are all one indented line long does not show its left edge, nor does
        # one of short lines its right.
        left = known[0] if 0 < own[0] - known[0] <= 3 * self._size else own[0]
        right = known[1] if 0 < known[1] - own[1] <= 3 * self._size else own[1]
        return left, right

    def _measure(self, pieces: Sequence[Piece], least: int) -> tuple[float, float] | None:
        body = [
            piece for piece in pieces if not piece.is_row and abs(piece.size - self._size) < 0.1 * self._size
        ]
        if len(body) < least:
            return None
        lefts = Counter(round(piece.left / _CLUSTER) for piece in body)
        often = [edge for edge in lefts if lefts[edge] + lefts[edge + 1] >= max(2, 0.08 * len(body))] or [
            min(lefts)
        ]
        left = min(piece.left for piece in body if round(piece.left / _CLUSTER) - min(often) in (0, 1))
        return left, _right_edge(body)


def _right_edge(pieces: Sequence[Piece]) -> float:
    """Where most full lines end, or the longest one where they end unevenly."""
    # A mark at the end of a line may hang over the edge.
    ending = [piece for piece in pieces if piece.text[-1] not in CLOSING]
    rights = sorted((piece.right for piece in ending or pieces), reverse=True)
    size = pieces[0].size
    outermost = rights[int(_STRAY_SHARE * len(rights))]
    full = [right for right in rights if outermost - _FULL * size <= right <= outermost]
    edges = Counter(round(right / _CLUSTER) for right in full)
    edge, count = max(edges.items(), key=lambda item: (item[1] + edges[item[0] - 1], item[0]))
    if count + edges[edge - 1] >= 0.4 * len(full):
        return max(right for right in full if edge - round(right / _CLUSTER) in (0, 1))
    return outermost


def _own_edges(pieces: Sequence[Piece], right: float) -> list[float]:
    """For each line where it would end if it were full: beside a picture earlier than elsewhere."""
    edges = [right] * len(pieces)
    start = 0
    for at in range(1, len(pieces) + 1):
        goes_on = at < len(pieces) and abs(pieces[at].right - pieces[start].right) <= 2.0
        if goes_on:
            continue
        stops = sum(piece.text.endswith(tuple("。：；！？:")) for piece in pieces[start:at])
        if at - start >= 3 and 2 * stops < at - start and pieces[start].right < right:
            edges[start:at] = [max(piece.right for piece in pieces[start:at])] * (at - start)
        start = at
    return edges


def body_size(pieces: Sequence[Piece]) -> float:
    """The size in which most of the text is set, to half a point."""
    sizes: Counter[float] = Counter()
    for piece in pieces:
        sizes[round(2 * piece.size) / 2] += len(piece.text)
    return max(sizes, key=lambda size: (sizes[size], size)) if sizes else 1.0
