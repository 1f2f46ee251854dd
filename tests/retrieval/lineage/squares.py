"""A font whose characters are all the same square: what is drawn with it is the same on every machine."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

_RANGES = ((0x20, 0x250), (0x2000, 0x2070), (0x3000, 0x3030), (0x4E00, 0xA000), (0xFF00, 0xFF60))
CHINESE = tuple(chain.from_iterable(range(*ends) for ends in _RANGES))
"""ASCII, the marks of Chinese texts, characters, and full-width forms."""


def write_font(
    path: Path,
    codes: Iterable[int] = CHINESE,
    family: str = "Squares",
    *,
    share: float = 0.8,
    is_whole: bool = True,
) -> Path:
    """Write a font with these characters, each a square of ``share`` of its em.

    One that is not whole has no PostScript name, which the renderer asks for.
    """
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    side = int(1000 * share)
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for point in ((50, side), (50 + side, side), (50 + side, 0)):
        pen.lineTo(point)
    pen.closePath()
    square = pen.glyph()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "square"])
    font.setupCharacterMap(dict.fromkeys(codes, "square"))
    font.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "square": square})
    font.setupHorizontalMetrics({".notdef": (1000, 0), "square": (1000, 50)})
    font.setupHorizontalHeader(ascent=880, descent=-120)
    names = {"familyName": family, "styleName": "Regular"}
    font.setupNameTable(names | {"psName": family.replace(" ", "")} if is_whole else names)
    font.setupOS2()
    font.setupPost()
    path.parent.mkdir(parents=True, exist_ok=True)
    font.save(path)
    return path
