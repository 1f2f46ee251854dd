"""The characters of a PDF's page, each with its place, as a reader of the page sees them.

What is taken: characters on the page whose ink shows. Left out: characters outside of the page, in no ink
(render mode 3, unless a page has no others: then a scanner's program put them under its picture), smaller
than anybody can read, fully transparent, and the copies that make a character bold by printing it twice.
White ink is taken, for what lies under it is not looked at.

Places come from where characters start and from the size of their font, never from the outlines of glyphs:
those belong to a font, which may be another one on the next machine where the file does not carry it.
"""

from __future__ import annotations

import ctypes
import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
from pypdfium2 import raw as pdf

from config.errors import DocumentError
from retrieval.readers.formats import MAX_CHARACTERS
from retrieval.readers.pdf_signs import is_blank, is_wide, sign_of
from retrieval.readers.pdf_turning import VERTICAL, Box, turned_size, turning
from retrieval.readers.types import UNNAMED

_SMALLEST = 2.0  # points; nobody reads less
_ASKEW = 3.0  # degrees from level or upright that a line may be off
_TWICE = 0.2  # ems between a character and its copy
_DOWN_SHARE = 0.6
"""Share of steps from character to character that go down from which a page is set in vertical lines."""

BOLD_FACE = re.compile(r"bold|heavy|black|demi|粗|大黑|-bd\b|w[789]\b|小标宋|xiaobiaosong|xbs", re.I)
GOTHIC_FACE = re.compile(r"hei|黑|gothic|fangzhengheiti|fzht|fzhei|sourcehansans|dengxian|等线", re.I)
_FORCED_BOLD = 1 << 18  # flag of a font's descriptor
_STROKED = (pdf.FPDF_TEXTRENDERMODE_FILL_STROKE,)
_UNSEEN = (pdf.FPDF_TEXTRENDERMODE_INVISIBLE, pdf.FPDF_TEXTRENDERMODE_CLIP)


@dataclass(slots=True)
class Character:
    """A sign on the page, in the direction of its line.

    Attributes:
        text: one character, or the letters of a ligature.
        x: where it starts, counted along the line.
        y: its baseline, counted downwards.
        advance: length that it takes of the line.
        size: height of its font.
        blanks: columns of white space that the file gives before it, 2 for a wide blank; -1 where a gap
            between letters looks like one.
        is_bold: by its font's name, or printed twice, or with an outline.
        is_gothic: by its font's name.
        is_unmapped: its font does not say what it stands for.
        direction: degrees counterclockwise in which its line runs, as the page is stored.
        source: the text object that prints it.
    """

    text: str
    x: float
    y: float
    advance: float
    size: float
    blanks: int
    is_bold: bool
    is_gothic: bool
    is_unmapped: bool
    direction: float
    source: int

    @property
    def quarter(self) -> int | None:
        """Turns by 90 degrees that come to its direction; None for what stands askew."""
        turns = round(self.direction / 90)
        return turns % 4 if abs(self.direction - 90 * turns) <= _ASKEW else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The characters of a page that run in one direction, in the order of the file.

    Attributes:
        width: of the page in that direction.
        height: of the page across it.
        characters: with places counted from the page's upper left corner in that direction.
        quarter: turns by 90 degrees counterclockwise in which the lines run, or `VERTICAL`; None for what
            stands askew.
        is_hidden: these are characters in no ink, and the page has no others.
    """

    width: float
    height: float
    characters: list[Character]
    quarter: int | None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class _Look:
    """What all characters of a text object share."""

    across: float
    size: float
    direction: float
    is_bold: bool
    is_gothic: bool
    is_unseen: bool
    is_clear: bool


def read_sheets(page: pdfium.PdfPage, most: int = MAX_CHARACTERS) -> list[Sheet]:
    """The page's characters by direction, the direction of most of them first.

    Args:
        page: the page.
        most: characters that it may have.

    Raises:
        DocumentError: there are more.
        pdfium.PdfiumError: the page is damaged.
    """
    text = page.get_textpage()
    try:
        if text.count_chars() > most:
            raise DocumentError("documents.too_much_text", file=UNNAMED, limit=MAX_CHARACTERS)
        return _sheets(text, page.get_bbox())
    finally:
        text.close()


def _sheets(text: pdfium.PdfTextPage, box: Box) -> list[Sheet]:
    shown: list[Character] = []
    hidden: list[Character] = []
    for character, look in _characters(text):
        if look.is_clear or look.size < _SMALLEST or not _is_inside(character, box):
            continue
        (hidden if look.is_unseen else shown).append(character)
    return sheets_of(shown or hidden, box, is_hidden=not shown)


def sheets_of(characters: Sequence[Character], box: Box, *, is_hidden: bool = False) -> list[Sheet]:
    """Characters by direction, the direction of most of them first.

    Args:
        characters: in the order of the file, with places counted from the lower left corner, in points.
        box: left, bottom, right and top of the page.
        is_hidden: whether they are in no ink.
    """
    groups: dict[int | None, list[Character]] = defaultdict(list)
    for character in characters:
        groups[character.quarter].append(character)
    if _runs_down(groups.get(0, [])):
        # Letters in vertical lines lie on their side.
        lines = [character for character in characters if character.quarter in (0, 3)]
        groups = {VERTICAL: lines, **{key: groups[key] for key in (1, 2, None) if key in groups}}
    sheets = [
        _turned(_once(members), quarter, box, is_hidden=is_hidden) for quarter, members in groups.items()
    ]
    return sorted(sheets, key=lambda sheet: (sheet.quarter is None, -len(sheet.characters)))


def _characters(text: pdfium.PdfTextPage) -> Iterator[tuple[Character, _Look]]:
    looks: dict[int, _Look] = {}
    x, y = ctypes.c_double(), ctypes.c_double()
    blanks = 0
    for index in range(text.count_chars()):
        sign = (
            "-" if pdf.FPDFText_IsHyphen(text, index) == 1 else sign_of(pdf.FPDFText_GetUnicode(text, index))
        )
        if pdf.FPDFText_IsGenerated(text, index) == 1:
            # PDFium's guess from the widths of the font, which are not told to anybody else.
            blanks = blanks or (-1 if sign == " " else 0)
            continue
        if not sign:
            continue
        if is_blank(sign):
            blanks = max(0, blanks) + (2 if sign in "\u3000\u2003" else 1)
            continue
        thing = pdf.FPDFText_GetTextObject(text, index)
        key = ctypes.cast(thing, ctypes.c_void_p).value or 0
        look = looks.get(key)
        if look is None:
            look = looks[key] = _look(text, index, thing)
        if not pdf.FPDFText_GetCharOrigin(text, index, x, y):
            continue
        em = 1.0 if is_wide(sign) else 0.5
        yield (
            Character(
                sign, x.value, y.value, em * look.across, look.size, blanks, look.is_bold, look.is_gothic,
                pdf.FPDFText_HasUnicodeMapError(text, index) == 1, look.direction, key,
            ),
            look,
        )  # fmt: skip
        blanks = 0


def _look(text: pdfium.PdfTextPage, index: int, thing: object) -> _Look:
    matrix = pdf.FS_MATRIX()
    pdf.FPDFText_GetMatrix(text, index, matrix)
    size = abs(pdf.FPDFText_GetFontSize(text, index))
    mode = pdf.FPDFTextObj_GetTextRenderMode(thing) if thing else pdf.FPDF_TEXTRENDERMODE_FILL
    red, green, blue, alpha = (ctypes.c_uint(255) for _ in range(4))
    pdf.FPDFText_GetFillColor(text, index, red, green, blue, alpha)
    name, flags = _font(thing)
    return _Look(
        across=size * math.hypot(matrix.a, matrix.b),
        size=size * math.hypot(matrix.c, matrix.d),
        direction=math.degrees(math.atan2(matrix.b, matrix.a)),
        is_bold=mode in _STROKED or bool(flags & _FORCED_BOLD) or bool(BOLD_FACE.search(name)),
        is_gothic=bool(GOTHIC_FACE.search(name)),
        is_unseen=mode in _UNSEEN,
        is_clear=alpha.value == 0,
    )


def _font(thing: object) -> tuple[str, int]:
    """Name and flags of a text's font; the name of a Chinese font may be in GB 18030."""
    font = pdf.FPDFTextObj_GetFont(thing) if thing else None
    if not font:
        return "", 0
    length = min(pdf.FPDFFont_GetBaseFontName(font, None, 0), 1000)
    buffer = ctypes.create_string_buffer(length + 1)
    pdf.FPDFFont_GetBaseFontName(font, buffer, length)
    try:
        name = buffer.value.decode("utf-8")
    except UnicodeDecodeError:
        name = buffer.value.decode("gb18030", "replace")
    return name, max(0, pdf.FPDFFont_GetFlags(font))


def _is_inside(character: Character, box: Box) -> bool:
    left, bottom, right, top = box
    return (
        left - 0.5 * character.size <= character.x <= right
        and bottom - 0.5 * character.size <= character.y <= top
    )


def _once(characters: list[Character]) -> list[Character]:
    """Characters without the copies that make them bold; those are bold."""
    seen: dict[tuple[str, int, int], list[Character]] = defaultdict(list)
    kept: list[Character] = []
    for character in characters:
        cell = max(1.0, character.size)
        column, row = math.floor(character.x / cell), math.floor(character.y / cell)
        near = _TWICE * character.size
        twin = next(
            (
                other
                for across in (column - 1, column, column + 1)
                for down in (row - 1, row, row + 1)
                for other in seen.get((character.text, across, down), ())
                if other.source != character.source  # else letters of one ligature
                and abs(other.x - character.x) <= near
                and abs(other.y - character.y) <= near
            ),
            None,
        )
        if twin is not None:
            twin.is_bold = True
            continue
        seen[character.text, column, row].append(character)
        kept.append(character)
    return kept


def _turned(characters: list[Character], quarter: int | None, box: Box, *, is_hidden: bool) -> Sheet:
    """A sheet turned so that its lines run from left to right."""
    if quarter is None:
        return Sheet(box[2] - box[0], box[3] - box[1], characters, None, is_hidden)
    turn = turning(quarter, box)
    for one in characters:
        one.x, one.y = turn(one.x, one.y)
        if quarter == VERTICAL and one.quarter == 0:
            # What stands upright starts at its head, and is as long as it is high.
            one.x, one.y, one.advance = one.x - 0.88 * one.size, one.y - 0.12 * one.size, one.size
    return Sheet(*turned_size(quarter, box), characters, quarter, is_hidden)


def _runs_down(characters: list[Character]) -> bool:
    """Whether most characters stand below the one before, in one column."""
    steps = Counter(
        abs(after.x - before.x) < 0.6 * before.size
        and 0.5 * before.size < before.y - after.y < 2 * before.size
        for before, after in itertools.pairwise(characters)
        if is_wide(before.text) and is_wide(after.text)
    )
    return steps[True] > _DOWN_SHARE * max(20, steps.total())
