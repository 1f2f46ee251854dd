"""Dates as speeches write them, normalised to ISO 8601. About six shapes cover the archives seen."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

_DIGITS = {
    c: i
    for i, chars in enumerate(("〇零○ＯO０0", "一", "二", "三", "四", "五", "六", "七", "八", "九"))
    for c in chars
}
_DIGITS |= {str(i): i for i in range(10)}
_CN_YEAR = r"[一二][〇零○ＯO０0一二三四五六七八九]{3}"
_DATE = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s*年\s*(?P<month>\d{1,2})\s*月(?:\s*(?P<day>\d{1,2})\s*[日号])?|"
    r"(?<!\d)(?P<year2>(?:19|20)\d{2})(?P<dot>[.\-/．])(?P<month2>\d{1,2})(?P=dot)(?P<day2>\d{1,2})(?!\d)|"
    rf"(?P<year3>{_CN_YEAR})\s*年\s*(?P<month3>[一二三四五六七八九十]{{1,2}})\s*月(?:\s*(?P<day3>[一二三四五六七八九十]{{1,3}})\s*[日号])?|"
    r"(?<!\d)(?P<month4>\d{1,2})\s*月\s*(?P<day4>\d{1,2})\s*[日号]"
)
_PERIOD = re.compile(
    r"(?<!\d)(?:19|20)\d{2}\s*年\s*(?:上半年|下半年|第?[一二三四1-4]季度|[春夏秋冬]季|前[一二三四五六七八九十]+个?月|岁末年初|年初|年中|年末|年底|度)?"
)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date and where it stands; ``year`` or ``day`` is None when the text leaves it out."""

    year: int | None
    month: int
    day: int | None
    start: int
    end: int

    def iso(self, year: int | None = None) -> str:
        """``YYYY-MM-DD`` or ``YYYY-MM``; the argument stands in for a missing year.

        Raises:
            ValueError: the year is not known at all.
        """
        known = self.year or year
        if known is None:
            raise ValueError("the date has no year")
        text = f"{known:04d}-{self.month:02d}"
        return text if self.day is None else f"{text}-{self.day:02d}"


def find_date(text: str, start: int = 0, end: int | None = None) -> FoundDate | None:
    """The first date of the calendar in ``text[start:end]``, with offsets in ``text``."""
    for found in _DATE.finditer(text, start, len(text) if end is None else end):
        groups = found.groupdict()
        year, month, day = (
            _number(next((v for k, v in groups.items() if k.startswith(name) and v), ""))
            for name in ("year", "month", "day")
        )
        if _exists(year or 2000, month, day or 1):
            return FoundDate(year or None, month, day or None, *found.span())
    return None


def find_period(text: str) -> re.Match[str] | None:
    """A year or a part of one in a text's own words, such as "2025年下半年"."""
    return _PERIOD.search(text)


def _number(text: str) -> int:
    if not text:
        return 0
    if "十" in text and len(text) <= 3:
        tens, _, ones = text.partition("十")
        return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)
    # Digits of other scripts and widths are no surprise to a pattern's \d.
    return int("".join(str(_DIGITS.get(character, character)) for character in text))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True
