"""Page numbers, running heads and feet, watermarks: what is printed on pages and is no part of the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.documents.noise import is_page_mark
from retrieval.readers.printed import Page, Piece

_DEEPEST = 3  # lines at the head or foot of a page
_LONGEST = 60  # characters of a running head
_SAME_HEIGHT = 5.0  # points that a running head may move
_LEAST_SHARE = 0.2
"""Share of pages with the same words at the same height from which they are a running head."""
_OUTER = 0.14  # share of the page's height at its head and foot where a lone number numbers the page

_NUMBER = re.compile(r"\d+")
_BROWSER_DATE = re.compile(
    r"^(?:\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2}|\d{1,2}/\d{1,2}/\d{2,4}),? (?:[上下]午)?\d{1,2}:\d{2}"
    r"(?::\d\d)?(?: [AP]M)?\b"
)
_ADDRESS = re.compile(r"^(?:https?|file)://\S+|^about:blank|^data:")


@dataclass(frozen=True, slots=True)
class _Row:
    """What stands at one height of a page."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return re.sub(r"\s", "", "".join(piece.text for piece in self.pieces))

    @property
    def baseline(self) -> float:
        return self.pieces[0].baseline


def find_furniture(pages: Sequence[Page]) -> list[frozenset[int]]:
    """For each page the places in ``pieces`` of what is no part of the text."""
    rows = [_rows(page) for page in pages]
    found = [{at for at, piece in enumerate(page.pieces) if piece.is_aside} for page in pages]
    for at_foot in (False, True):
        edges = [list(reversed(own))[:_DEEPEST] if at_foot else own[:_DEEPEST] for own in rows]
        repeated = _repeated(pages, edges)
        for number, (page, edge) in enumerate(zip(pages, edges, strict=True)):
            for row in _peeled(page, edge, repeated[number], len(pages), at_foot=at_foot):
                found[number] |= {page.pieces.index(piece) for piece in row.pieces}
    return [frozenset(one) for one in found]


def _rows(page: Page) -> list[_Row]:
    rows: list[list[Piece]] = []
    for piece in sorted(
        (one for one in page.pieces if not one.is_aside), key=lambda one: (one.baseline, one.left)
    ):
        if rows and piece.baseline - rows[-1][0].baseline < 0.4 * piece.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_Row(tuple(sorted(row, key=lambda one: one.left))) for row in rows]


def _peeled(
    page: Page, edge: Sequence[_Row], repeated: frozenset[int], pages: int, *, at_foot: bool
) -> list[_Row]:
    """The rows from the edge inwards, up to the first that is text."""
    kept: list[_Row] = []
    for depth, row in enumerate(edge):
        is_outer = (
            (row.baseline > (1 - _OUTER) * page.height) if at_foot else (row.baseline < _OUTER * page.height)
        )
        is_numbered = is_outer and _numbers_page(row, page.number, pages)
        if not (depth in repeated or is_numbered or (is_outer and _by_browser(row))):
            break
        kept.append(row)
    return kept


def _numbers_page(row: _Row, number: int, pages: int) -> bool:
    text = " ".join(piece.text for piece in row.pieces).strip()
    if not is_page_mark(text) and not is_page_mark(row.text):
        return False
    # A lone number must be able to be the page's: up to a front of other pages before it.
    return not row.text.isdigit() or abs(int(row.text) - number) <= 20 or pages == 1


def _by_browser(row: _Row) -> bool:
    """The lines that a browser prints above and below a page."""
    return any(_BROWSER_DATE.match(piece.text) or _ADDRESS.match(piece.text) for piece in row.pieces)


def _repeated(pages: Sequence[Page], edges: Sequence[Sequence[_Row]]) -> list[frozenset[int]]:
    """For each page the depths of rows that other pages have at the same height, but for their numbers."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, edge in enumerate(edges):
        for depth, row in enumerate(edge):
            if not any(piece.is_row for piece in row.pieces) and _may_repeat(row.text):
                places[_NUMBER.sub("#", row.text)].append((number, depth))
    found: list[set[int]] = [set() for _ in pages]
    for members in places.values():
        for group in _same_height(members, edges):
            numbers = {number for number, _ in group}
            if len(numbers) < max(2, _LEAST_SHARE * len(pages)) or not _counts(pages, edges, group):
                continue
            for number, depth in group:
                found[number].add(depth)
    return [frozenset(one) for one in found]


def _may_repeat(text: str) -> bool:
    """Whether a row can be a running head, and is no sentence."""
    return len(text) <= _LONGEST and "。" not in text and sum(mark in "，；" for mark in text) < 2


def _same_height(
    members: Sequence[tuple[int, int]], edges: Sequence[Sequence[_Row]]
) -> list[list[tuple[int, int]]]:
    groups: list[list[tuple[int, int]]] = []
    last = 0.0
    for number, depth in sorted(members, key=lambda one: edges[one[0]][one[1]].baseline):
        height = edges[number][depth].baseline
        if groups and height - last <= _SAME_HEIGHT:
            groups[-1].append((number, depth))
        else:
            groups.append([(number, depth)])
        last = height
    return groups


def _counts(pages: Sequence[Page], edges: Sequence[Sequence[_Row]], group: Sequence[tuple[int, int]]) -> bool:
    """Whether every number in rows that are else alike stays, or goes up with the pages."""
    found = [
        (pages[number].number, [int(one[-9:]) for one in _NUMBER.findall(edges[number][depth].text)])
        for number, depth in group
    ]
    for at in range(len(found[0][1])):
        if (
            len({numbers[at] for _, numbers in found}) > 1
            and len({numbers[at] - page for page, numbers in found}) > 1
        ):
            return False
    return True
