"""Ruled tables: their printed lines put together row by row, cell by cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.readers.printed import Page, Piece, Rule
from retrieval.readers.printed_text import joined

_NEAR = 3.0  # points within which rules meet, and are one
_MOST_RULES = 3_000
_MOST_CELLS = 5_000
_LONGEST_CELL = 400
"""Characters from which a cell is a frame around text, and the table a layout."""


def with_rows(page: Page) -> Page:
    """The page with the lines inside of ruled tables replaced by one line a row, its cells parted by tabs."""
    if not page.rules or len(page.rules) > _MOST_RULES:
        return page
    pieces = list(page.pieces)
    for rules in _meshes(page.rules):
        grid = _Grid.of(rules)
        inside = [piece for piece in pieces if not piece.is_row and grid.holds(piece)]
        if not inside or grid.columns < 2 or grid.columns * grid.rows > _MOST_CELLS:
            continue
        cells = grid.cells(inside)
        if (
            len(cells) < 2
            or max(sum(len(piece.text) for piece in cell) for cell in cells.values()) > _LONGEST_CELL
        ):
            continue
        gone = set(map(id, inside))
        pieces = [piece for piece in pieces if id(piece) not in gone] + _lines(cells)
    return replace(page, pieces=tuple(pieces))


def _lines(cells: dict[tuple[int, int], list[Piece]]) -> list[Piece]:
    """The rows of a table as pieces."""
    rows: dict[int, list[list[Piece]]] = defaultdict(list)
    for (row, _), cell in sorted(cells.items(), key=lambda item: item[0]):
        rows[row].append(cell)
    lines = []
    for members in rows.values():
        every = [piece for cell in members for piece in cell]
        text = "\t".join(
            joined([piece.text for piece in sorted(cell, key=lambda one: (round(one.baseline), one.left))])
            for cell in members
        )
        lines.append(
            Piece(
                text,
                min(piece.left for piece in every),
                max(piece.right for piece in every),
                min(piece.baseline for piece in every),
                every[0].size,
                is_row=True,
            )
        )
    return lines


def _meshes(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules that touch, in groups that may be tables."""
    parent = list(range(len(rules)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    by_top = sorted(range(len(rules)), key=lambda at: rules[at].top)
    open_: list[int] = []
    for at in by_top:
        rule = rules[at]
        open_ = [other for other in open_ if rules[other].bottom >= rule.top - _NEAR]
        for other in open_:
            if rules[other].left <= rule.right + _NEAR and rule.left <= rules[other].right + _NEAR:
                parent[root(at)] = root(other)
        open_.append(at)
    groups: dict[int, list[Rule]] = defaultdict(list)
    for at, rule in enumerate(rules):
        groups[root(at)].append(rule)
    return [
        group
        for group in groups.values()
        if sum(rule.is_level for rule in group) >= 2 and sum(not rule.is_level for rule in group) >= 2
    ]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the rules of a table stand, and between which of its squares one is drawn."""

    across: tuple[float, ...]
    down: tuple[float, ...]
    level: tuple[tuple[Rule, ...], ...]
    upright: tuple[tuple[Rule, ...], ...]

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> _Grid:
        level = tuple(rule for rule in rules if rule.is_level)
        upright = tuple(rule for rule in rules if not rule.is_level)
        across = _places([rule.left for rule in upright])
        down = _places([rule.top for rule in level])
        at_heights = tuple(tuple(rule for rule in level if abs(rule.top - place) <= _NEAR) for place in down)
        at_sides = tuple(
            tuple(rule for rule in upright if abs(rule.left - place) <= _NEAR) for place in across
        )
        return cls(across, down, at_heights, at_sides)

    @property
    def columns(self) -> int:
        return len(self.across) - 1

    @property
    def rows(self) -> int:
        return len(self.down) - 1

    def holds(self, piece: Piece) -> bool:
        x, y = _middle(piece)
        return self.across[0] < x < self.across[-1] and self.down[0] < y < self.down[-1]

    def cells(self, pieces: Sequence[Piece]) -> dict[tuple[int, int], list[Piece]]:
        """Pieces by the first row and column of the cell that they stand in."""
        home = self._homes()
        cells: dict[tuple[int, int], list[Piece]] = defaultdict(list)
        for piece in pieces:
            x, y = _middle(piece)
            row = sum(edge < y for edge in self.down) - 1
            column = sum(edge < x for edge in self.across) - 1
            cells[home[row, column]].append(piece)
        return cells

    def _homes(self) -> dict[tuple[int, int], tuple[int, int]]:
        """For every square the first one of its cell: squares with no rule between are one cell."""
        home: dict[tuple[int, int], tuple[int, int]] = {}
        for row in range(self.rows):
            y = (self.down[row] + self.down[row + 1]) / 2
            for column in range(self.columns):
                x = (self.across[column] + self.across[column + 1]) / 2
                square = row, column
                if column and not any(rule.top <= y <= rule.bottom for rule in self.upright[column]):
                    home[square] = home[row, column - 1]
                elif row and not any(rule.left <= x <= rule.right for rule in self.level[row]):
                    home[square] = home[row - 1, column]
                else:
                    home[square] = square
        return home


def _places(values: Sequence[float]) -> tuple[float, ...]:
    """Values in order, those that lie close together as one."""
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > _NEAR:
            places.append(value)
    return tuple(places)


def _middle(piece: Piece) -> tuple[float, float]:
    return (piece.left + piece.right) / 2, piece.baseline - 0.35 * piece.size
