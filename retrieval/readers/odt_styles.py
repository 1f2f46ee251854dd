"""Styles and lists of an OpenDocument text: what paragraphs inherit, and how they are numbered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from retrieval.readers import style_names
from retrieval.readers.numbering import LEVELS, Level

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_DEEPEST = 30
_ENCODED = re.compile(r"_([0-9a-f]{2,4})_")
_PLACEHOLDER = re.compile(r"%(\d)%")
_FORMS = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "一": "chineseCountingThousand", "壹": "chineseLegalSimplified", "壱": "ideographLegalTraditional",
    "壹, 貳": "ideographLegalTraditional", "①": "decimalEnclosedCircle", "甲": "ideographTraditional",
    "子": "ideographZodiac", "１": "decimalFullWidth", "": "none",
}  # fmt: skip
"""Number formats by how they begin: "一, 二, 三, ..."."""


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    parent: str
    bold: bool | None
    hidden: bool
    outline: int | None


@dataclass(slots=True)
class OdtStyles:
    """Styles by family and name, and levels of lists by name.

    Attributes:
        lists: levels from 0; the one named "" numbers headings.
    """

    lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    _styles: dict[tuple[str, str], _Style] = field(default_factory=dict)

    def is_title(self, name: str) -> bool:
        """Whether a paragraph style is that of the title."""
        return any(style_names.is_title(one.name) for one in self._chain("paragraph", name))

    def is_contents(self, name: str) -> bool:
        """Whether a paragraph style is that of a table of contents."""
        return any(style_names.is_contents(one.name) for one in self._chain("paragraph", name))

    def level(self, name: str) -> int:
        """Of the headings that a paragraph style makes; 0 for text."""
        for one in self._chain("paragraph", name):
            if level := one.outline or style_names.heading_level(one.name):
                return level
        return 0

    def bold(self, family: str, name: str) -> bool | None:
        """Whether a style prints bold, None where it does not say."""
        return next((one.bold for one in self._chain(family, name) if one.bold is not None), None)

    def hidden(self, family: str, name: str) -> bool:
        """Whether a style hides its text."""
        return any(one.hidden for one in self._chain(family, name))

    def _chain(self, family: str, name: str) -> Iterator[_Style]:
        for _ in range(_DEEPEST):
            style = self._styles.get((family, name))
            if style is None:
                return
            yield style
            name = style.parent

    def add(self, root: etree._Element) -> None:
        """Take the styles of a part."""
        for element in root.iter(f"{_STYLE}style"):
            self._add_style(element)
        for element in root.iter(f"{TEXT}list-style"):
            self.lists[element.get(f"{_STYLE}name", "")] = _levels(element)
        for element in root.iter(f"{TEXT}outline-style"):
            self.lists[""] = _levels(element)

    def _add_style(self, element: etree._Element) -> None:
        name = element.get(f"{_STYLE}name", "")
        words = element.find(f"{_STYLE}text-properties")
        bold: bool | None = None
        hidden = False
        if words is not None:
            weight = words.get(f"{_STYLE}font-weight-asian") or words.get(f"{_FO}font-weight")
            bold = None if weight is None else weight == "bold" or weight in ("600", "700", "800", "900")
            hidden = words.get(f"{TEXT}display") == "none"
        self._styles[element.get(f"{_STYLE}family", ""), name] = _Style(
            element.get(f"{_STYLE}display-name") or _ENCODED.sub(lambda found: chr(int(found[1], 16)), name),
            element.get(f"{_STYLE}parent-style-name", ""),
            bold,
            hidden,
            whole(element.get(f"{_STYLE}default-outline-level")),
        )


def whole(text: str | None) -> int | None:
    """A small number of the file, None when it is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else None


def _levels(element: Iterable[etree._Element]) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for one in element:
        number = (whole(one.get(f"{TEXT}level")) or 1) - 1
        if not 0 <= number < LEVELS or not isinstance(one.tag, str):
            continue
        if one.tag.endswith(("level-style-bullet", "level-style-image")):
            levels[number] = Level(form="bullet", text=one.get(f"{TEXT}bullet-char", ""))
            continue
        form = one.get(f"{_STYLE}num-format", "")
        shown = max(1, min(whole(one.get(f"{TEXT}display-levels")) or 1, number + 1))
        own = ".".join(f"%{at}" for at in range(number + 2 - shown, number + 2)) if form else ""
        prefix, suffix = one.get(f"{_STYLE}num-prefix", ""), one.get(f"{_STYLE}num-suffix", "")
        text = one.get(f"{_LOEXT}num-list-format")
        levels[number] = Level(
            form=_FORMS.get(form[:1], "decimal"),
            text=f"{prefix}{own}{suffix}" if text is None else _PLACEHOLDER.sub(r"%\1", text),
            start=whole(one.get(f"{TEXT}start-value")) or 1,
        )
    return levels
