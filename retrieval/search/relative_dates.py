"""Times that a question names by their distance from today: 去年, 上个月, 昨天, 上周三, 最近三个月."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from config.patterns import lazy_pattern
from retrieval.search.followup import number_of
from retrieval.search.naming_dates import Time, find_times

_YEARS_BACK = {"今年": 0, "本年": 0, "去年": 1, "前年": 2}
_DAYS_BACK = {
    **dict.fromkeys(("今天", "今日"), 0),
    **dict.fromkeys(("昨天", "昨日", "昨晚"), 1),
    "前天": 2,
    "明天": -1,
    "后天": -2,
}
_WEEKS_BACK = {"上上": 2, "上": 1, "这": 0, "本": 0, "下": -1}
_WEEKDAYS = "一二三四五六日"
PERIOD = (
    r"(?:最近|近|过去)的?(?P<number>半(?=个?[月年])|[一二两三四五六七八九十]{1,2}|[0-9]{1,3})个?(?P<unit>[天日周月年]|星期|礼拜)"
    r"(?!份)(?:以?来|之?内)?"
)
RELATIVE = (
    rf"(?<!大)(?:(?P<year>{'|'.join(_YEARS_BACK)})|(?P<before>上个?月)|(?:这个|本)月|(?P<day>{'|'.join(_DAYS_BACK)})"
    r"|(?P<week>上上|[上这本下])(?:一?个)?(?:周(?!年|[省市县区局]?长|书记|主任)|星期|礼拜)(?P<weekday>[一二三四五六日天])?(?!末)"
    rf"|{PERIOD})"
)
"""Times by their distance from today."""
_RELATIVE = lazy_pattern(RELATIVE)


@dataclass(frozen=True, slots=True)
class Days:
    """Days one after the other, both ends included."""

    first: date
    last: date

    def holds(self, time: Time) -> bool:
        """Whether something was spoken then: the first day that it may have been is one of these."""
        day = (time.year, time.first, time.day or 1)
        return _day(self.first) <= day <= _day(self.last)

    def __str__(self) -> str:
        """As people write it: 2026年11月22日, 2026年11月16日至11月22日."""
        if self.first == self.last:
            return _written(self.first)
        year = f"{self.last.year}年"
        same = self.first.year == self.last.year
        return f"{_written(self.first)}至{_written(self.last).removeprefix(year if same else '')}"


@dataclass(frozen=True, slots=True)
class RelativeTime:
    """A time and where a text names it."""

    time: Time | Days
    start: int
    end: int


def relative_times(text: str, today: date) -> Iterator[RelativeTime]:
    """The times that a folded text names by their distance from today, in order: 去年3月, 昨天."""
    for found in _RELATIVE.finditer(text):
        start, end = found.span()
        if found["year"]:
            year = f"{today.year - _YEARS_BACK[found['year']]}年"
            told = next(find_times(year + text[end:]))  # what follows may tell a part of the year
            yield RelativeTime(told.time, start, end + told.end - len(year))
        else:
            yield RelativeTime(_days(found, today) or _month(found, today), start, end)


def without_relative_times(text: str) -> str:
    """A folded text with a blank for each time that it names by its distance from today."""
    return _RELATIVE.sub(" ", text)


def _month(found: re.Match[str], today: date) -> Time:
    months = today.year * 12 + today.month - 1 - bool(found["before"])
    return Time(months // 12, months % 12 + 1, months % 12 + 1)


def _days(found: re.Match[str], today: date) -> Days | None:
    if found["day"]:
        day = today - timedelta(_DAYS_BACK[found["day"]])
        return Days(day, day)
    if found["week"]:
        monday = today - timedelta(today.weekday() + 7 * _WEEKS_BACK[found["week"]])
        if not found["weekday"]:
            return Days(monday, monday + timedelta(6))
        day = monday + timedelta(_WEEKDAYS.index(found["weekday"].replace("天", "日")))
        return Days(day, day)
    if found["unit"]:
        return Days(_back(today, found["number"], found["unit"]), today)
    return None


def _back(today: date, number: str, unit: str) -> date:
    """The day so many days, weeks, months or years before today; half of a month is 15 days."""
    if unit in "月年":
        if number == "半" and unit == "月":
            return today - timedelta(15)
        months = 6 if number == "半" else number_of(number) * (12 if unit == "年" else 1)
        year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
        return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
    return today - timedelta(number_of(number) * (1 if unit in "天日" else 7))


def _day(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
