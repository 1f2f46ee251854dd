"""Printed pages to a reading: paragraphs as lines, headings by their type, pages as places.

What is no part of the text (page numbers, running heads, watermarks) stands behind it, in the order of the
pages: nothing of a page is lost, and no quote that goes on over the end of a page has a page number in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from retrieval.documents.types import ReadWarning, Span, Unit
from retrieval.readers.lines import LONGEST_HEADING, Line, build_reading
from retrieval.readers.printed import Page, Piece
from retrieval.readers.printed_furniture import find_furniture
from retrieval.readers.printed_lines import body_size, lines_of
from retrieval.readers.printed_paragraphs import Paragraph, is_centred, paragraphs_of
from retrieval.readers.printed_tables import with_rows
from retrieval.readers.printed_text import is_contents, joined
from retrieval.readers.types import Reading

_LARGER = 1.12  # times the size of the text
_GOTHIC_SHARE = 0.4
"""Share of the text above which a gothic face is how the text is set, and heads nothing."""
_HEAD_PARAGRAPHS = 8

_Places = list[tuple[int, int]]  # where a page begins in a line, and its number


def compose(
    pages: Sequence[Page],
    *,
    reader: str,
    title: str = "",
    warnings: Sequence[ReadWarning] = (),
    missing: Collection[int] = (),
) -> Reading:
    """Put the pages of a document together.

    Args:
        pages: in order; several of one number where text runs in several directions.
        reader: name of the reader.
        title: what the file gives as its title outside of the text.
        warnings: what was lost or doubtful.
        missing: numbers of pages that are not among these: each gets a place without characters.
    """
    gone = find_furniture(pages)
    kept = [
        with_rows(
            replace(page, pieces=tuple(piece for at, piece in enumerate(page.pieces) if at not in set_aside))
        )
        for page, set_aside in zip(pages, gone, strict=True)
    ]
    furniture = [
        (Line(page.pieces[at].text, name_of(page.number), noise=True), [(0, page.number)])
        for page, set_aside in zip(pages, gone, strict=True)
        for at in sorted(set_aside, key=lambda at: (page.pieces[at].baseline, page.pieces[at].left))
    ]
    found = [*_text_lines(paragraphs_of(lines_of(kept))), *furniture]
    found = [(line, places) for line, places in found if line.text.strip()]
    reading = build_reading(
        [line for line, _ in found], reader=reader, encoding="", title=title, warnings=warnings
    )
    return replace(reading, units=_with_missing(_units(found), missing))


def name_of(page: int) -> str:
    """What a page is called."""
    return f"第{page}页"


def _text_lines(paragraphs: Sequence[Paragraph]) -> list[tuple[Line, _Places]]:
    pieces = [line.piece for paragraph in paragraphs for line in paragraph.lines]
    size = body_size(pieces)
    total = sum(len(piece.text) for piece in pieces)
    trusts_gothic = sum(piece.gothic for piece in pieces) <= _GOTHIC_SHARE * total
    levels = _levels(paragraphs, size)
    return [
        _line(paragraph, 0 if at in levels.titles else levels.of(paragraph), trusts_gothic=trusts_gothic)
        for at, paragraph in enumerate(paragraphs)
    ]


def _line(paragraph: Paragraph, level: int, *, trusts_gothic: bool) -> tuple[Line, _Places]:
    text = ""
    places: _Places = []
    starts: list[int] = []
    for number, line in enumerate(paragraph.lines):
        text = joined([text, line.piece.text])
        starts.append(len(text) - len(line.piece.text))
        if not places or places[-1][1] != line.page:
            places.append((0 if number == 0 else starts[-1], line.page))
    bold = _bold([line.piece for line in paragraph.lines], starts, trusts_gothic=trusts_gothic)
    is_heading = level and len(text) <= LONGEST_HEADING and not paragraph.lines[0].piece.is_row
    return (
        Line(
            text, name_of(places[0][1]), level=level if is_heading else 0, bold=bold, noise=is_contents(text)
        ),
        places,
    )


def _bold(pieces: Sequence[Piece], starts: Sequence[int], *, trusts_gothic: bool) -> int:
    """Characters of a paragraph from the first on that are bold."""
    bold = 0
    for piece, start in zip(pieces, starts, strict=True):
        own = max(piece.bold, piece.gothic if trusts_gothic else 0)
        if piece.is_row or not own:
            break
        bold = start + own
        if own < len(piece.text):
            break
    return bold


class _Levels:
    """Levels of headings by their size, the largest first."""

    def __init__(self, sizes: Sequence[float], titles: frozenset[int]) -> None:
        self._level = {size: level for level, size in enumerate(sorted(sizes, reverse=True), 1)}
        self.titles = titles

    def of(self, paragraph: Paragraph) -> int:
        return self._level.get(_half(paragraph.lines[0].piece.size), 0)


def _levels(paragraphs: Sequence[Paragraph], size: float) -> _Levels:
    titles = _titles(paragraphs, size)
    sizes = Counter(
        _half(paragraph.lines[0].piece.size)
        for at, paragraph in enumerate(paragraphs)
        if at not in titles
        and paragraph.lines[0].piece.size > _LARGER * size
        and sum(len(line.piece.text) for line in paragraph.lines) <= LONGEST_HEADING
    )
    return _Levels(list(sizes), titles)


def _titles(paragraphs: Sequence[Paragraph], size: float) -> frozenset[int]:
    """The title and what stands in its size at the head: they head the document, and no section of it."""
    head = range(min(_HEAD_PARAGRAPHS, len(paragraphs)))
    largest = max((paragraphs[at].lines[0].piece.size for at in head), default=0.0)
    if largest <= _LARGER * size:
        return frozenset()
    of_largest = [at for at in head if paragraphs[at].lines[0].piece.size > 0.95 * largest]
    last = of_largest[0]
    for at in of_largest[1:]:
        if at == last + 1 and is_centred(paragraphs[at].lines[0]):
            last = at
    return frozenset(range(last + 1))


def _with_missing(units: Sequence[Unit], missing: Collection[int]) -> tuple[Unit, ...]:
    """Units with one of no length where each missing page would stand."""
    found = list(units)
    for page in sorted(missing):
        at = next((at for at, unit in enumerate(found) if _number_of(unit) > page), len(found))
        # Behind the text stand the running heads, whose pages begin anew.
        at = next((n for n in range(1, at) if _number_of(found[n]) < _number_of(found[n - 1])), at)
        place = found[at].span.start if at < len(found) else found[-1].span.end if found else 0
        found.insert(at, Unit(name_of(page), Span(place, place)))
    return tuple(found)


def _number_of(unit: Unit) -> int:
    return int(unit.name[1:-1])


def _half(size: float) -> float:
    return round(2 * size) / 2


def _units(lines: Sequence[tuple[Line, _Places]]) -> tuple[Unit, ...]:
    """The pages as stretches of the text; one that begins inside a paragraph begins there."""
    units: list[Unit] = []
    at = 0
    for line, places in lines:
        for number, (start, page) in enumerate(places):
            end = places[number + 1][0] if number + 1 < len(places) else len(line.text)
            span = Span(at + start, at + end)
            if units and units[-1].name == name_of(page):
                units[-1] = Unit(units[-1].name, Span(units[-1].span.start, span.end))
            else:
                units.append(Unit(name_of(page), span))
        at += len(line.text) + 1
    return tuple(units)
