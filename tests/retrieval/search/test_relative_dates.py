"""Times by their distance from today, counted by hand from Wednesday, 2026-03-04."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.naming_dates import Time
from retrieval.search.relative_dates import Days, relative_times, without_relative_times

TODAY = date(2026, 3, 4)


def days(first: str, last: str = "") -> Days:
    return Days(date.fromisoformat(first), date.fromisoformat(last or first))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("去年", Time(2025)),
        ("上个月", Time(2026, 2, 2)),
        ("今天", days("2026-03-04")),
        ("昨晚", days("2026-03-03")),
        ("前天", days("2026-03-02")),
        ("本周", days("2026-03-02", "2026-03-08")),
        ("上星期", days("2026-02-23", "2026-03-01")),
        ("上上周", days("2026-02-16", "2026-02-22")),
        ("上周日", days("2026-03-01")),
        ("这个星期一", days("2026-03-02")),
        ("最近三天", days("2026-03-01", "2026-03-04")),
        ("近两周", days("2026-02-18", "2026-03-04")),
        ("最近半个月", days("2026-02-17", "2026-03-04")),
        ("近12个月", days("2025-03-04", "2026-03-04")),
        ("过去半年", days("2025-09-04", "2026-03-04")),
    ],
)
def test_times_are_counted_from_today(text: str, time: Time | Days) -> None:
    (found,) = relative_times(f"{text}的会", TODAY)
    assert found.time == time
    assert (found.start, found.end) == (0, len(text))
    assert without_relative_times(f"{text}的会") == " 的会"


@pytest.mark.parametrize(
    "text", ["每周的会", "这周末值班", "上周市长那个会", "近几年", "附近三公里", "大前天", "周五"]
)
def test_what_only_looks_like_such_a_time_is_none(text: str) -> None:
    assert list(relative_times(text, TODAY)) == []


def test_a_month_is_counted_back_to_the_end_of_a_shorter_one() -> None:
    (found,) = relative_times("最近一个月", date(2026, 3, 31))
    assert found.time == days("2026-02-28", "2026-03-31")


@pytest.mark.parametrize(
    ("time", "held"),
    [
        (Time(2026, 3, 3, 2), True),
        (Time(2026, 3, 3, 9), False),
        (Time(2026, 3, 3), False),
        (Time(2026), False),
        (Time(0, 3, 3, 4), False),
    ],
)
def test_what_was_spoken_in_a_week_began_in_it(time: Time, held: bool) -> None:
    assert days("2026-03-02", "2026-03-08").holds(time) is held


def test_days_are_written_as_people_write_them() -> None:
    assert str(days("2026-03-04")) == "2026年3月4日"
    assert str(days("2026-02-23", "2026-03-01")) == "2026年2月23日至3月1日"
    assert str(days("2025-12-29", "2026-01-04")) == "2025年12月29日至2026年1月4日"


@pytest.mark.parametrize("text", ["最近半周", "近半天", "最近٣天"])
def test_a_stretch_of_no_whole_days_is_no_time(text: str) -> None:
    assert not list(relative_times(text, TODAY))


@given(st.sampled_from("半一二两三十") | st.integers(1, 999).map(str), st.sampled_from("天周月年"))
def test_a_stretch_up_to_today_begins_before_it(number: str, unit: str) -> None:
    for found in relative_times(f"近{number}{unit}", TODAY):
        assert isinstance(found.time, Days)
        assert found.time.first <= found.time.last == TODAY
