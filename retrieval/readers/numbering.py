"""Automatic numbers: how word processors count paragraphs, and what they write in front of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from retrieval.readers.numerals import numeral
from retrieval.readers.symbols import without_ornaments

LEVELS = 9
_BULLET = "•"
_PLACEHOLDER = re.compile(r"%([1-9])")
_TIGHT = re.compile(r"[、，。．：；）】〕》」]$|[）)]$|[①-⑳⑴-⒛㊀-㊉]$|^$")
"""Numbers that a Chinese text follows at once, whatever stop Word puts there."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list.

    Attributes:
        form: of its numbers, as docx names it ("chineseCounting").
        text: the number with what stands around it; %1 is the number of the first level.
        start: its first number.
        suffix: what parts it from the text: "tab", "space" or "nothing".
        restart: the level, counted from 1, after which it begins anew; 0 for never, None for any above it.
        style: the paragraph style that is numbered so.
        legal: whether the numbers of the levels above it are shown as decimals.
    """

    form: str = "decimal"
    text: str = ""
    start: int = 1
    suffix: str = "tab"
    restart: int | None = None
    style: str = ""
    legal: bool = False


@dataclass(slots=True)
class NumberedList:
    """One list: the definition that it counts with, the levels as it has them, and starts of its own."""

    counts: str
    levels: dict[int, Level]
    starts: dict[int, int] = field(default_factory=dict)


class Counters:
    """Counts the numbered paragraphs of a document in order. Lists of one definition count together."""

    def __init__(self) -> None:
        self._counters: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def marker(self, list_id: str, one: NumberedList, depth: int) -> str:
        """Count one paragraph, and give what stands in front of its text.

        Args:
            list_id: tells lists with starts of their own apart.
            one: the list.
            depth: the paragraph's level in it, from 0.
        """
        counters = self._count(list_id, one, depth)
        level = one.levels.get(depth, Level())
        if level.form == "bullet":
            return bullet(level.text)

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            of = one.levels.get(at, Level())
            form = "decimal" if level.legal and at < depth else of.form
            return numeral(counters.get(at, of.start), form)

        text = _PLACEHOLDER.sub(shown, level.text)
        return text if level.suffix == "nothing" else with_gap(text)

    def _count(self, list_id: str, one: NumberedList, depth: int) -> dict[int, int]:
        counters = self._counters.setdefault(one.counts, {})
        for at in range(depth + 1):
            # A list that sets its own start begins anew where it is first used.
            if at in one.starts and (list_id, at) not in self._begun:
                self._begun.add((list_id, at))
                counters.pop(at, None)
        start = one.starts.get(depth, one.levels.get(depth, Level()).start)
        counters[depth] = counters[depth] + 1 if depth in counters else start
        for deeper in [at for at in counters if at > depth]:
            restart = one.levels.get(deeper, Level()).restart
            # Counted from 1: level 2 restarts after the level that is named, or any above it.
            if restart is None or (restart and depth < restart):
                del counters[deeper]
        return counters


def bullet(text: str) -> str:
    """A bullet as it is shown, with the space behind it; "" where a list shows none."""
    sign = without_ornaments(text.strip()[:1])
    if not text.strip():
        return ""
    # Letters are signs of fonts of their own: Courier's o is a ring.
    return f"{sign} " if sign and not sign.isalnum() and sign.isprintable() else f"{_BULLET} "


def with_gap(marker: str) -> str:
    """A number and what parts it from its text: nothing where it ends in a Chinese mark, else a space."""
    return marker if _TIGHT.search(marker) else f"{marker} "
