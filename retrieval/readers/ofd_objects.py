"""What stands on a page of an OFD: characters with their places, drawn lines, pictures.

Lengths in the file are millimetres, counted from the upper left corner (`ofd_notation`); here they become
points, counted from the lower left one, as PDF has them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from config.errors import DocumentError
from retrieval.readers.formats import MAX_CHARACTERS
from retrieval.readers.ofd_notation import (
    LARGEST,
    PLAIN,
    POINTS,
    Matrix,
    children,
    composed,
    matrix_of,
    moved,
    number_of,
    segments,
    steps_of,
)
from retrieval.readers.package import name_of
from retrieval.readers.pdf_characters import BOLD_FACE, GOTHIC_FACE, Character
from retrieval.readers.pdf_signs import is_blank, is_wide, sign_of
from retrieval.readers.printed import Rule
from retrieval.readers.types import UNNAMED

_SMALLEST = 2.0  # points; nobody reads less
_BOLD_WEIGHT = 600
_DEEPEST = 20  # blocks within blocks
_MOST_OBJECTS = 1_000_000
_MOST_RULES = 20_000
_THICKEST, _SHORTEST = 2.5, 6.0  # points of a drawn line
_FORM_FEEDS = str.maketrans("", "", "\r\n\t")


@dataclass(frozen=True, slots=True)
class Font:
    """How a font looks, by its name and flags."""

    is_bold: bool = False
    is_gothic: bool = False


class Fonts:
    """The fonts and the composite units of a document, by id."""

    def __init__(self, resources: Iterable[etree._Element]) -> None:
        self._fonts: dict[str, Font] = {}
        self.units: dict[str, etree._Element] = {}
        for element in itertools.chain.from_iterable(root.iter() for root in resources):
            name = name_of(element)
            if name == "Font":
                words = f"{element.get('FontName', '')} {element.get('FamilyName', '')}"
                self._fonts[element.get("ID", "")] = Font(
                    element.get("Bold", "") == "true" or bool(BOLD_FACE.search(words)),
                    bool(GOTHIC_FACE.search(words)),
                )
            elif name == "CompositeGraphicUnit":
                self.units[element.get("ID", "")] = element

    def of(self, font_id: str) -> Font:
        """A font; a plain one where the file does not have it."""
        return self._fonts.get(font_id, Font())


class Canvas:
    """Takes what a page or its template draws.

    Attributes:
        characters: in the order of the file, from the lower left corner, in points.
        rules: lines drawn level or upright, from the upper left corner, in points.
        pictures: how many there are.
    """

    def __init__(self, left: float, top: float, height: float, fonts: Fonts, before: int) -> None:
        """Prepare a page.

        Args:
            left: of the page's box, in millimetres.
            top: likewise.
            height: likewise.
            fonts: of the document.
            before: characters of the pages before.
        """
        self.characters: list[Character] = []
        self.rules: list[Rule] = []
        self.pictures = 0
        self._left, self._top, self._height = left, top, height
        self._fonts = fonts
        self._room = MAX_CHARACTERS - before
        self._objects = 0

    def draw(self, page: etree._Element) -> None:
        """Take the layers of a page.

        Raises:
            DocumentError: it has more than any page.
        """
        for content in children(page, "Content"):
            for layer in children(content, "Layer"):
                self._block(layer, PLAIN, 0)

    def _block(self, block: etree._Element, outer: Matrix, depth: int) -> None:
        if depth > _DEEPEST:
            raise DocumentError("documents.hostile", file=UNNAMED, detail=f"OFD × {_DEEPEST}")
        for element in block:
            self._objects += 1
            if self._objects > _MOST_OBJECTS:
                raise DocumentError("documents.bomb", file=UNNAMED, detail=f"OFD × {_MOST_OBJECTS}")
            if element.get("Visible", "true") == "false":
                continue
            name = name_of(element)
            if name == "PageBlock":
                self._block(element, outer, depth + 1)
            elif name == "TextObject":
                self._text(element, composed(outer, matrix_of(element)))
            elif name == "PathObject":
                self._path(element, composed(outer, matrix_of(element)))
            elif name == "ImageObject":
                self.pictures += 1
            elif name == "CompositeObject":
                unit = self._fonts.units.get(element.get("ResourceID", ""))
                for content in children(unit, "Content") if unit is not None else ():
                    self._block(content, composed(outer, matrix_of(element)), depth + 1)

    def _text(self, element: etree._Element, matrix: Matrix) -> None:
        size = number_of(element.get("Size", "0"))
        tall = size * math.hypot(matrix[2], matrix[3]) * POINTS
        if not _SMALLEST <= tall < LARGEST or _is_clear(element):
            return
        font = self._fonts.of(element.get("Font", ""))
        look = _Look(
            width=size * _scale(element),
            across=size * math.hypot(matrix[0], matrix[1]) * _scale(element) * POINTS,
            tall=tall,
            direction=-math.degrees(math.atan2(matrix[1], matrix[0])),
            is_bold=font.is_bold or number_of(element.get("Weight", "400")) >= _BOLD_WEIGHT,
            is_gothic=font.is_gothic,
            source=self._objects,
        )
        x = y = 0.0
        for code in children(element, "TextCode"):
            x, y = number_of(code.get("X"), x), number_of(code.get("Y"), y)
            self._code(code, (x, y), matrix, look)

    def _code(self, code: etree._Element, start: tuple[float, float], matrix: Matrix, look: _Look) -> None:
        text = (code.text or "").translate(_FORM_FEEDS)
        if len(self.characters) + len(text) > self._room:
            raise DocumentError("documents.too_much_text", file=UNNAMED, limit=MAX_CHARACTERS)
        steps = steps_of(code.get("DeltaX"), len(text)), steps_of(code.get("DeltaY"), len(text))
        x, y = start
        blanks = 0
        for at, raw in enumerate(text):
            sign = sign_of(ord(raw))
            if is_blank(sign):
                blanks += 2 if sign in "\u3000\u2003" else 1
            elif sign:
                place = self._place(x, y, matrix)
                em = 1.0 if is_wide(sign) else 0.5
                self.characters.append(
                    Character(
                        sign, *place, em * look.across, look.tall, blanks, look.is_bold, look.is_gothic,
                        False, look.direction, look.source,
                    )
                )  # fmt: skip
                blanks = 0
            across = _at(steps[0], at)
            down = _at(steps[1], at)
            if across is None and down is None:
                across = look.width if is_wide(raw) else look.width / 2
            x, y = x + (across or 0.0), y + (down or 0.0)

    def _place(self, x: float, y: float, matrix: Matrix) -> tuple[float, float]:
        """A point of an object on the page, in points from the lower left corner."""
        across, down = moved(matrix, x, y)
        return (across - self._left) * POINTS, (self._height - (down - self._top)) * POINTS

    def _path(self, element: etree._Element, matrix: Matrix) -> None:
        data = next(children(element, "AbbreviatedData"), None)
        if data is None or len(self.rules) >= _MOST_RULES:
            return
        for first, last in segments(data.text or ""):
            (x0, y0), (x1, y1) = (
                ((across - self._left) * POINTS, (down - self._top) * POINTS)
                for across, down in (moved(matrix, *first), moved(matrix, *last))
            )
            rule = Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
            width, height = rule.right - rule.left, rule.bottom - rule.top
            if min(width, height) <= _THICKEST and max(width, height) >= _SHORTEST:
                self.rules.append(rule)


@dataclass(frozen=True, slots=True)
class _Look:
    """What all characters of an object share: ``width`` of a wide one in the object's own measure."""

    width: float
    across: float
    tall: float
    direction: float
    is_bold: bool
    is_gothic: bool
    source: int


def _scale(element: etree._Element) -> float:
    return number_of(element.get("HScale", "1")) or 1.0


def _is_clear(element: etree._Element) -> bool:
    """Whether its ink lets everything through."""
    colour = next(children(element, "FillColor"), None)
    return element.get("Alpha", "255") == "0" or (colour is not None and colour.get("Alpha", "255") == "0")


def _at(steps: Sequence[float] | None, at: int) -> float | None:
    """A step; beyond the last one None, for then the font's widths decide."""
    return steps[at] if steps is not None and at < len(steps) else None
