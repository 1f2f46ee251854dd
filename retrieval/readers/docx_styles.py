"""Styles of a docx: what a paragraph or run inherits of headings, bold, hidden text and numbering."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from retrieval.readers.style_names import heading_level, is_contents, is_title

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = frozenset({"0", "false", "off", "none"})
_DEEPEST = 30  # styles based on each other; a ring ends here
_BODY_LEVEL = 9


@dataclass(frozen=True, slots=True)
class Numbered:
    """A paragraph's list and its level in it; None where the style leaves it to somebody else."""

    list_id: str | None
    level: int | None


@dataclass(frozen=True, slots=True)
class Style:
    """One style with what it sets itself; None where it sets nothing."""

    name: str
    based_on: str
    outline: int | None
    numbered: Numbered | None
    bold: bool | None
    hidden: bool | None


@dataclass(slots=True)
class Styles:
    """All styles by id, and the one of paragraphs that name none."""

    by_id: dict[str, Style] = field(default_factory=dict)
    default: str = ""

    def chain(self, style_id: str) -> Iterator[tuple[str, Style]]:
        """A style and those that it is based on."""
        for _ in range(_DEEPEST):
            style = self.by_id.get(style_id)
            if style is None:
                return
            yield style_id, style
            style_id = style.based_on

    def heading_level(self, style_id: str) -> int:
        """1 to 9 where the style makes headings, 0 where it makes text."""
        for _, style in self.chain(style_id):
            if style.outline is not None:
                return style.outline + 1 if style.outline < _BODY_LEVEL else 0
            if level := heading_level(style.name):
                return level
        return 0

    def is_title(self, style_id: str) -> bool:
        """Whether the style is that of the document's title."""
        return any(is_title(style.name) for _, style in self.chain(style_id))

    def is_contents(self, style_id: str) -> bool:
        """Whether the style is that of a table of contents."""
        return any(is_contents(style.name) for _, style in self.chain(style_id))

    def numbered(self, style_id: str) -> tuple[str, Numbered] | None:
        """The nearest style of the chain that numbers, and how."""
        return next(((name, one.numbered) for name, one in self.chain(style_id) if one.numbered), None)

    def bold(self, style_id: str) -> bool | None:
        """Whether the style prints bold."""
        return next((one.bold for _, one in self.chain(style_id) if one.bold is not None), None)

    def hidden(self, style_id: str) -> bool:
        """Whether the style hides its text."""
        return bool(next((one.hidden for _, one in self.chain(style_id) if one.hidden is not None), None))


def read_styles(root: etree._Element) -> Styles:
    """The styles of a styles part."""
    styles = Styles()
    for element in root.iterchildren(f"{W}style"):
        style_id = element.get(f"{W}styleId", "")
        properties, run = element.find(f"{W}pPr"), element.find(f"{W}rPr")
        styles.by_id[style_id] = Style(
            name=value(element, "name"),
            based_on=value(element, "basedOn"),
            outline=outline(properties),
            numbered=numbered(properties),
            bold=switch(run, "b"),
            hidden=switch(run, "vanish"),
        )
        is_default = element.get(f"{W}default", "0").lower() not in _OFF
        if is_default and element.get(f"{W}type") == "paragraph":
            styles.default = style_id
    return styles


def value(parent: etree._Element | None, name: str) -> str:
    """``val`` of a child, "" when there is none."""
    child = parent.find(f"{W}{name}") if parent is not None else None
    return child.get(f"{W}val", "") if child is not None else ""


def switch(parent: etree._Element | None, name: str) -> bool | None:
    """An on-off property: None when it is not set."""
    child = parent.find(f"{W}{name}") if parent is not None else None
    return None if child is None else child.get(f"{W}val", "1").lower() not in _OFF


def outline(properties: etree._Element | None) -> int | None:
    """The outline level that paragraph properties set, 0 to 9."""
    return integer(value(properties, "outlineLvl"))


def numbered(properties: etree._Element | None) -> Numbered | None:
    """The numbering that paragraph properties set."""
    found = properties.find(f"{W}numPr") if properties is not None else None
    if found is None:
        return None
    return Numbered(value(found, "numId") or None, integer(value(found, "ilvl")))


def integer(text: str) -> int | None:
    """A number of the file, None when it is none."""
    bare = text.strip()
    return (
        int(bare) if bare.lstrip("-").isascii() and bare.lstrip("-").isdecimal() and len(bare) < 10 else None
    )
