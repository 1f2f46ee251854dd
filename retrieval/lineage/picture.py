"""A timeline as PNG, for where SVG can't be shown: the same picture, drawn with the fonts of this machine."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree

from retrieval.lineage.fonts import fonts_for

ZOOM = 2
"""Pixels of the PNG for one of the SVG: screens of phones have two to three for a point."""

_TEXT = "{http://www.w3.org/2000/svg}text"
_GETA = "〓"  # what Chinese and Japanese printers set where a sort is missing
_NO_GLYPH = frozenset(("Co", "Cn", "Cs"))  # in no font but that of whoever made them up
_INVISIBLE = frozenset(("Cc", "Cf"))


def timeline_png(svg: str) -> bytes:
    """Render a timeline.

    Args:
        svg: as ``timeline_svg`` drew it.

    Returns:
        The bytes of a PNG of ``ZOOM`` times its size, the same each time with the same fonts installed.

    Raises:
        FontMissingError: no font has the characters.
    """
    import resvg_py  # noqa: PLC0415 - only pictures need it

    svg = "".join(map(_drawable, svg))
    fonts = fonts_for("".join(_texts(svg)))
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=ZOOM,
            skip_system_fonts=True,  # else the order of folders decides what draws a character
            font_files=[str(font.path) for font in fonts],
            sans_serif_family=fonts[0].family,
        )
    )


def _drawable(character: str) -> str:
    category = unicodedata.category(character)
    if category in _NO_GLYPH or character == "\ufffd":
        return _GETA
    return "" if category in _INVISIBLE and not character.isspace() else character


def _texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own drawing
    return ["".join(element.itertext()) for element in root.iter(_TEXT)]
