"""What stands on a page of an OFD: characters with their places, drawn lines, pictures.

Lengths in the file are millimetres, counted from the upper left corner; here they become points, counted from
the lower left one, as PDF has them.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from config.errors import DocumentError
from retrieval.readers.formats import MAX_CHARACTERS
from retrieval.readers.pdf_characters import BOLD_FACE, GOTHIC_FACE, Character
from retrieval.readers.pdf_signs import is_blank, is_wide, sign_of
from retrieval.readers.printed import Rule
from retrieval.readers.types import UNNAMED

POINTS = 72 / 25.4
"""Points of a millimetre."""

_SMALLEST = 2.0  # points; nobody reads less
_BOLD_WEIGHT = 600
_DEEPEST = 20  # blocks within blocks
_MOST_OBJECTS = 1_000_000
_MOST_RULES = 20_000
_THICKEST, _SHORTEST = 2.5, 6.0  # points of a drawn line
_PATH = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)(?:[eE]-?\d+)?")
_LARGEST = 1e6  # millimetres
_FORM_FEEDS = str.maketrans("", "", "\r\n\t")

Matrix = tuple[float, float, float, float, float, float]
_UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def name_of(element: etree._Element) -> str:
    """An element's name without its namespace: producers differ in it."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Children of that name."""
    return (child for child in parent if name_of(child) == name)


def box_of(area: etree._Element | None) -> tuple[float, float, float, float] | None:
    """The box of a page area in millimetres (left, top, width, height), None where none is given."""
    if area is None:
        return None
    box = next(children(area, "PhysicalBox"), None)
    found = numbers(box.text) if box is not None else []
    return (found[0], found[1], found[2], found[3]) if len(found) == 4 and min(found[2:]) > 0 else None


def numbers(text: str | None) -> list[float]:
    """Numbers parted by blanks; what is none counts as 0."""
    return [_number(word) for word in (text or "").split()]


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
                self._block(layer, _UNIT, 0)

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
                self._text(element, _times(outer, _own(element)))
            elif name == "PathObject":
                self._path(element, _times(outer, _own(element)))
            elif name == "ImageObject":
                self.pictures += 1
            elif name == "CompositeObject":
                unit = self._fonts.units.get(element.get("ResourceID", ""))
                for content in children(unit, "Content") if unit is not None else ():
                    self._block(content, _times(outer, _own(element)), depth + 1)

    def _text(self, element: etree._Element, matrix: Matrix) -> None:
        size = _number(element.get("Size", "0"))
        tall = size * math.hypot(matrix[2], matrix[3]) * POINTS
        if not _SMALLEST <= tall < _LARGEST or _is_clear(element):
            return
        font = self._fonts.of(element.get("Font", ""))
        look = _Look(
            width=size * _scale(element),
            across=size * math.hypot(matrix[0], matrix[1]) * _scale(element) * POINTS,
            tall=tall,
            direction=-math.degrees(math.atan2(matrix[1], matrix[0])),
            is_bold=font.is_bold or _number(element.get("Weight", "400")) >= _BOLD_WEIGHT,
            is_gothic=font.is_gothic,
            source=self._objects,
        )
        x = y = 0.0
        for code in children(element, "TextCode"):
            x, y = _number(code.get("X"), x), _number(code.get("Y"), y)
            self._code(code, (x, y), matrix, look)

    def _code(self, code: etree._Element, start: tuple[float, float], matrix: Matrix, look: _Look) -> None:
        text = (code.text or "").translate(_FORM_FEEDS)
        if len(self.characters) + len(text) > self._room:
            raise DocumentError("documents.too_much_text", file=UNNAMED, limit=MAX_CHARACTERS)
        steps = _steps(code.get("DeltaX"), len(text)), _steps(code.get("DeltaY"), len(text))
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
        across, down = _point(matrix, x, y)
        return (across - self._left) * POINTS, (self._height - (down - self._top)) * POINTS

    def _path(self, element: etree._Element, matrix: Matrix) -> None:
        data = next(children(element, "AbbreviatedData"), None)
        if data is None or len(self.rules) >= _MOST_RULES:
            return
        for first, last in _segments(data.text or ""):
            (x0, y0), (x1, y1) = (
                ((across - self._left) * POINTS, (down - self._top) * POINTS)
                for across, down in (_point(matrix, *first), _point(matrix, *last))
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


def _number(text: str | None, default: float = 0.0) -> float:
    """A number of the file; one that is none, or beyond any page, counts as 0."""
    if text is None:
        return default
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if abs(number) < _LARGEST else 0.0


def _own(element: etree._Element) -> Matrix:
    """From an object's coordinates to those around it: its matrix, then the corner of its box."""
    box = numbers(element.get("Boundary"))
    matrix = numbers(element.get("CTM"))
    a, b, c, d, e, f = matrix if len(matrix) == 6 else _UNIT
    left, top = (box[0], box[1]) if len(box) >= 2 else (0.0, 0.0)
    return a, b, c, d, e + left, f + top


def _times(outer: Matrix, inner: Matrix) -> Matrix:
    """First the inner matrix, then the outer one."""
    a, b, c, d, e, f = inner
    left, top = _point(outer, e, f)
    return (
        outer[0] * a + outer[2] * b, outer[1] * a + outer[3] * b,
        outer[0] * c + outer[2] * d, outer[1] * c + outer[3] * d, left, top,
    )  # fmt: skip


def _point(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    return matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5]


def _scale(element: etree._Element) -> float:
    return _number(element.get("HScale", "1")) or 1.0


def _is_clear(element: etree._Element) -> bool:
    """Whether its ink lets everything through."""
    colour = next(children(element, "FillColor"), None)
    return element.get("Alpha", "255") == "0" or (colour is not None and colour.get("Alpha", "255") == "0")


def _steps(text: str | None, most: int) -> list[float] | None:
    """Steps from character to character; "g 3 5" is three steps of 5. None where the file has none.

    Args:
        text: the attribute.
        most: steps that matter.
    """
    if not text:
        return None
    steps: list[float] = []
    words = text.split()
    at = 0
    while at < len(words) and len(steps) < most:
        if words[at] == "g" and at + 2 < len(words):
            times = int(min(max(_number(words[at + 1]), 0), most - len(steps)))
            steps += [_number(words[at + 2])] * times
            at += 3
        else:
            steps.append(_number(words[at]))
            at += 1
    return steps


def _at(steps: Sequence[float] | None, at: int) -> float | None:
    """A step; beyond the last one None, for then the font's widths decide."""
    return steps[at] if steps is not None and at < len(steps) else None


def _segments(path: str) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Straight lines of a path (M, L, C for its end); curves are passed over."""
    start = here = (0.0, 0.0)
    words = _PATH.findall(path)
    at = 0
    while at < len(words):
        letter = words[at]
        values = list(
            itertools.islice(itertools.takewhile(lambda w: not w.isalpha(), words[at + 1 : at + 8]), 7)
        )
        at += 1 + len(values)
        point = (_number(values[-2]), _number(values[-1])) if len(values) >= 2 else here
        if letter in "MS":
            start = point
        elif letter == "L":
            yield here, point
        elif letter == "C":
            yield here, start
            point = start
        here = point
