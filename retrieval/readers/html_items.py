"""The numbers that a browser writes before the items of ordered lists, and that no text of the page holds."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from retrieval.readers.numbering import with_gap
from retrieval.readers.numerals import numeral

_TYPES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_STYLES = {
    "decimal": "decimal",
    "decimal-leading-zero": "decimalZero",
    "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter",
    "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    "cjk-ideographic": "chineseCountingThousand",
    "simp-chinese-informal": "chineseCountingThousand",
    "trad-chinese-informal": "chineseCountingThousand",
    "cjk-decimal": "ideographDigital",
    "simp-chinese-formal": "chineseLegalSimplified",
    "trad-chinese-formal": "ideographLegalTraditional",
    "cjk-heavenly-stem": "ideographTraditional",
    "cjk-earthly-branch": "ideographZodiac",
}
"""Forms of numbers by ``type`` and by ``list-style-type``, as office files call them."""

_UNNUMBERED = frozenset(("none", "disc", "circle", "square"))
_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([^;]+)", re.I)
_INTEGER = re.compile(r"\s*[+-]?\d{1,9}\b")
_MARKED = re.compile(
    r"\s*(?:[（(]?(?:[一二三四五六七八九十百]{1,4}|\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})"
    r"(?:[、．：）)]|\.(?!\d))"
    r"|第[一二三四五六七八九十百\d]{1,4}[，,、：条章节]|[①-⑳⑴-⒛•●◆■])"
)
"""How an item begins that its writer has marked; the style of such a page hides the number as a rule."""


class Items:
    """Counts the items of lists as they open."""

    def __init__(self) -> None:
        self._next: dict[int, int] = {}  # by the list's node
        self._open: list[str] = []  # the numbers of the items that are open and have no text yet

    def enter(self, item: LexborNode) -> None:
        """Count an item whose text begins."""
        parent = item.parent
        self._open.append(self._count(item, parent) if parent is not None and parent.tag == "ol" else "")

    def leave(self) -> None:
        """Close the last item."""
        if self._open:
            self._open.pop()

    def marker(self, text: str) -> str:
        """What stands before a line: the number of the item that it begins, else nothing."""
        if not self._open:
            return ""
        marker, self._open[-1] = self._open[-1], ""
        return "" if _MARKED.match(text) else marker

    def _count(self, item: LexborNode, parent: LexborNode) -> str:
        key = parent.mem_id
        is_reversed = "reversed" in parent.attributes
        if key not in self._next:
            start = _integer(parent.attributes.get("start"))
            if start is None:
                start = sum(child.tag == "li" for child in parent.iter()) if is_reversed else 1
            self._next[key] = start
        own = _integer(item.attributes.get("value"))
        number = self._next[key] if own is None else own
        self._next[key] = number - 1 if is_reversed else number + 1
        form = _form(item) or _form(parent) or "decimal"
        if form == "none":
            return ""
        text = numeral(number, form) if number > 0 else str(number)
        return f"{text}、" if not text.isascii() else with_gap(f"{text}.")


def _form(node: LexborNode) -> str:
    """The form of numbers that an element asks for; "none" for none at all, "" when it does not say."""
    for found in _STYLE.finditer(node.attributes.get("style") or ""):
        for word in found[1].lower().split():
            if word in _UNNUMBERED:
                return "none"
            if word in _STYLES:
                return _STYLES[word]
    asked = (node.attributes.get("type") or "").strip()
    if asked.lower() in _UNNUMBERED:
        return "none"
    return _TYPES.get(asked, "decimal" if asked == "1" else "")


def _integer(text: str | None) -> int | None:
    found = _INTEGER.match(text or "")
    return int(found[0]) if found else None
