"""When a document was spoken, and which times a question names."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from config.patterns import lazy_pattern

_ONES = "一二三四五六七八九"
_DIGITS = {"〇": "0", "零": "0", "○": "0", **{digit: str(at) for at, digit in enumerate(_ONES, 1)}}
_CHINESE_MONTHS = {digit: at for at, digit in enumerate(_ONES, 1)} | {"十": 10, "十一": 11, "十二": 12}
_QUARTERS = {
    f"{ordinal}{digit}季度": (3 * at + 1, 3 * at + 3)
    for at, digits in enumerate(("一1", "二2", "三3", "四4"))
    for digit in digits
    for ordinal in ("第", "")
}
_MONTHS = {
    "上半年": (1, 6),
    "下半年": (7, 12),
    **_QUARTERS,
    **dict.fromkeys(("年初", "初"), (1, 3)),
    **dict.fromkeys(("年中", "中"), (5, 8)),
    **dict.fromkeys(("年底", "年末", "底", "末"), (11, 12)),
    **dict.fromkeys(("春季", "春天"), (2, 5)),
    **dict.fromkeys(("夏季", "夏天"), (5, 8)),
    **dict.fromkeys(("秋季", "秋天"), (8, 11)),
}
"""First and last month of the parts of a year; seasons as meetings have them, not as the calendar does."""
_PART = "|".join(sorted((part for part in _MONTHS if len(part) > 1), key=len, reverse=True))
_YEAR = r"(?:19|20)\d{2}|[12一二][0-9〇零○一二三四五六七八九]{3}|(?<!第)[12]\d(?=年\d{1,2}月)"
_DAY = r"(?P<day{0}>\d{{1,2}})"
_TIME = lazy_pattern(
    rf"(?<![\d.])(?:(?P<year>{_YEAR})(?:年度?|(?=[-./]\d{{1,2}}(?!\d)))"
    rf"(?:的?(?P<part>{_PART}|[初中底末](?=[^\d]|$))"
    rf"|(?P<month>\d{{1,2}})月份?(?:{_DAY.format(1)}[日号]?)?"
    rf"|[-./](?P<month2>\d{{1,2}})(?:[-./]{_DAY.format(2)})?(?!\d)"
    r"|(?P<chinese>十[一二]?|[一二三四五六七八九])月份?)?"
    rf"|(?P<month3>\d{{1,2}})月(?:{_DAY.format(3)}[日号]|份)?"
    rf"|(?P<chinese2>十[一二]?|(?<![一二三四五六七八九十])[一二三四五六七八九])月份|(?P<part2>{_PART}))"
)


Key = TypeVar("Key", bound=Hashable)
Day: TypeAlias = tuple[int, int, int]
"""Year, month and day, for comparing."""


@dataclass(frozen=True, slots=True)
class Time:
    """A stretch of months (1 to 12, both included), or a day; 0 for a year or a day that is left out."""

    year: int
    first: int = 1
    last: int = 12
    day: int = 0

    def fits(self, other: Time) -> bool:
        """Whether the two may be one: years and days agree where both say them, months overlap."""
        years = not self.year or not other.year or self.year == other.year
        days = not self.day or not other.day or self.day == other.day
        return years and days and self.first <= other.last and other.first <= self.last

    @property
    def earliest(self) -> Day:
        """The first day that it may be: of a part of a year one in its last month, where it is summed up."""
        return self.year, self.first if self.is_whole_year else self.last, self.day or 1

    @property
    def latest(self) -> Day:
        """The last day that it may be, every month taken for one of 31 days."""
        return self.year, self.last, self.day or 31

    @property
    def is_whole_year(self) -> bool:
        """Whether no month is told."""
        return (self.first, self.last) == (1, 12)

    def __str__(self) -> str:
        """As people write it: 2026年, 2026年3月; a part of a year by its months, 2026年1至6月."""
        year = f"{self.year}年" if self.year else ""
        if self.is_whole_year:
            return year
        months = f"{self.first}月" if self.first == self.last else f"{self.first}至{self.last}月"
        return year + months + (f"{self.day}日" if self.day else "")


@dataclass(frozen=True, slots=True)
class NamedTime:
    """A time and where a text names it."""

    time: Time
    start: int
    end: int


def find_times(text: str) -> Iterator[NamedTime]:
    """The times that a folded text names, in order; a month or a part of a year may lack its year."""
    for found in _TIME.finditer(text):
        time = _time(found)
        if time:
            yield NamedTime(time, *found.span())


def is_time(text: str) -> bool:
    """Whether a folded text is a time and nothing else."""
    return any((found.start, found.end) == (0, len(text)) for found in find_times(text))


def read_time(text: str) -> Time | None:
    """When a document was spoken: an ISO date, or less of it, or a period; None without a year."""
    for found in find_times(text):
        if found.time.year:
            return found.time
    return None


def at_the_end(times: Mapping[Key, Time | None], *, last: bool) -> tuple[frozenset[Key], frozenset[Key]]:
    """Which of some documents were spoken first, or last, and of which that can't be told.

    A date may be a stretch (2025年): first is who ends before any other does, and any that may have begun
    before that end, or tells no date at all, may be the first as well.

    Args:
        times: when each was spoken; None where it tells no date.
        last: whether the last is wanted.

    Returns:
        Those at that end, several where they are of one day, none where no document tells a year; and those
        that may stand there, too.
    """
    dated = {id_: time for id_, time in times.items() if time is not None and time.year}
    if last:
        end = max((time.earliest for time in dated.values()), default=(0, 0, 0))
        chosen = frozenset(id_ for id_, time in dated.items() if time.earliest == end)
        unsure = {id_ for id_, time in dated.items() if time.latest > end}
    else:
        end = min((time.latest for time in dated.values()), default=(0, 0, 0))
        chosen = frozenset(id_ for id_, time in dated.items() if time.latest == end)
        unsure = {id_ for id_, time in dated.items() if time.earliest < end}
    return chosen, frozenset((unsure | times.keys() - dated.keys()) - chosen)


def _time(found: re.Match[str]) -> Time | None:
    year = _year(found["year"] or "")
    part = found["part"] or found["part2"]
    if part:
        return Time(year, *_MONTHS[part])
    month = int(found["month"] or found["month2"] or found["month3"] or 0)
    month = month or _CHINESE_MONTHS.get(found["chinese"] or found["chinese2"] or "", 0)
    day = int(found["day1"] or found["day2"] or found["day3"] or 0)
    if month > 12 or day > 31:
        return None
    if month:
        return Time(year, month, month, day)
    return Time(year) if year else None


def _year(text: str) -> int:
    digits = "".join(_DIGITS.get(character, character) for character in text)
    if not digits:
        return 0
    return int(digits) if len(digits) == 4 else 2000 + int(digits)
