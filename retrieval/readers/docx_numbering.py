"""Automatic numbering of a docx: what Word writes in front of paragraphs and does not keep in the text."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from retrieval.readers.docx_styles import Numbered, Styles, W, integer, switch, value
from retrieval.readers.numbering import LEVELS, Counters, Level, NumberedList


class Numbering:
    """Counts the numbered paragraphs of a document in order. Lists of one definition count together."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._lists = _read_lists(root) if root is not None else {}
        self._counters = Counters()

    def marker(self, style_id: str, own: Numbered | None) -> str:
        """Count one paragraph, and give what stands in front of its text; "" when it is not numbered.

        Args:
            style_id: of the paragraph.
            own: the paragraph's own numbering properties.
        """
        found = self._place(style_id, own)
        if found is None:
            return ""
        list_id, depth = found
        return self._counters.marker(list_id, self._lists[list_id], depth)

    def _place(self, style_id: str, own: Numbered | None) -> tuple[str, int] | None:
        """The list that numbers a paragraph, and its level there."""
        by_style = self._styles.numbered(style_id)
        list_id = own.list_id if own else None
        level = own.level if own else None
        if list_id is None and by_style:
            list_id = by_style[1].list_id
        if list_id is None or list_id not in self._lists:  # "0" takes a paragraph out of its list
            return None
        if level is None and by_style:
            levels = self._lists[list_id].levels
            linked = next((at for at, one in levels.items() if one.style == by_style[0]), None)
            level = linked if linked is not None else by_style[1].level
        return list_id, min(max(level or 0, 0), LEVELS - 1)


def _read_lists(root: etree._Element) -> dict[str, NumberedList]:
    abstracts = {
        element.get(f"{W}abstractNumId", ""): element for element in root.iterchildren(f"{W}abstractNum")
    }
    by_link = {
        value(element, "styleLink"): name
        for name, element in abstracts.items()
        if value(element, "styleLink")
    }
    levels = {name: _read_levels(element) for name, element in abstracts.items()}
    for name, element in abstracts.items():
        linked = by_link.get(value(element, "numStyleLink"), "")
        if linked and not levels[name]:
            levels[name] = levels[linked]
    lists: dict[str, NumberedList] = {}
    for element in root.iterchildren(f"{W}num"):
        abstract = value(element, "abstractNumId")
        one = NumberedList(abstract, dict(levels.get(abstract, {})))
        for override in element.iterchildren(f"{W}lvlOverride"):
            _override(one, override)
        list_id = element.get(f"{W}numId", "")
        if list_id != "0":
            lists[list_id] = one
    return lists


def _override(one: NumberedList, override: etree._Element) -> None:
    at = integer(override.get(f"{W}ilvl", "")) or 0
    level = override.find(f"{W}lvl")
    if level is not None:
        one.levels[at] = _read_level(level)
        one.starts[at] = one.levels[at].start
    start = integer(value(override, "startOverride"))
    if start is not None:
        one.starts[at] = start
        one.levels[at] = replace(one.levels.get(at, Level()), start=start)


def _read_levels(element: etree._Element) -> dict[int, Level]:
    return {
        integer(level.get(f"{W}ilvl", "")) or 0: _read_level(level)
        for level in element.iterchildren(f"{W}lvl")
    }


def _read_level(element: etree._Element) -> Level:
    form = element.find(f"{W}numFmt")
    if form is None:
        form = next(element.iter(f"{W}numFmt"), None)  # wrapped for readers that do not know a newer format
    start = integer(value(element, "start"))
    return Level(
        form=form.get(f"{W}val", "decimal") if form is not None else "decimal",
        text=value(element, "lvlText"),
        start=1 if start is None else start,
        suffix=value(element, "suff") or "tab",
        restart=integer(value(element, "lvlRestart")),
        style=value(element, "pStyle"),
        legal=bool(switch(element, "isLgl")),
    )
