"""Questions about the archive itself, asked of the example speeches and of small archives written here."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from retrieval.search.chronology import MOST_TITLES
from retrieval.search.compose import extent_notes, refusal
from retrieval.search.context import PastTurn
from retrieval.search.filters import Filters
from retrieval.search.lists import MOST_ITEMS
from retrieval.search.searcher import Searcher
from retrieval.types import Certainty, Evidence, Reason
from tests.retrieval.search.builders import open_searcher_of

MINES = ["在全省矿山安全生产现场推进会上的讲话", "（2022年11月9日）"]
BUILDING = ["区长在2025年上半年全区建设领域安全生产形势分析会上的讲话"]


def speech(day: str, speaker: str = "周大勇", place: str = "青崖") -> str:
    return (
        f"在{place}县防汛会议上的讲话\n{place}县县长 {speaker}\n（{day}）\n\n同志们：\n"
        f"水库每天巡查三次，{day}起值班电话要有人接。\n"
    )


def speech_of_year(year: int) -> str:
    return f"在青崖县{year}年防汛会议上的讲话\n青崖县县长 周大勇\n\n同志们：\n水库每天巡查三次。\n"


def texts(evidence: Evidence) -> list[str]:
    return [quote.text for quote in evidence.quotes]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("哪篇讲话最早", MINES),
        ("最早的讲话是什么时候", MINES),
        ("第一篇讲话是谁讲的", MINES),
        ("最近的讲话是哪次", BUILDING),
        ("资料更新到什么时候", BUILDING),
        ("哪个讲话最新", BUILDING),
        ("最新的讲话是谁的", BUILDING),
    ],
)
def test_the_first_and_the_last_are_told_by_title_and_date(
    example_searcher: Searcher, question: str, told: list[str]
) -> None:
    assert texts(example_searcher.ask(question)) == told


@pytest.mark.parametrize("question", ["一共有几篇讲话", "有哪些讲话", "都有谁的讲话"])
def test_all_are_told_in_the_order_of_their_dates(example_searcher: Searcher, question: str) -> None:
    quotes = example_searcher.ask(question).quotes
    assert len({quote.document.id for quote in quotes}) == 9
    assert [quote.text for quote in quotes[:2]] == MINES
    assert quotes[-1].text == BUILDING[0]
    raw = {
        quote.document.id: example_searcher.generation.store.document(quote.document.id).raw
        for quote in quotes
    }
    assert all(raw[each.document.id][each.span.start : each.span.end] == each.text for each in quotes)


@pytest.mark.parametrize(
    "question",
    [
        "最近有什么规定",
        "最近抽查了多少家企业",
        "最近的会议讲了什么",
        "哪一年的事故最多",
        "最后由谁签字",
        "最多罚多少",
    ],
)
def test_what_speeches_say_is_no_question_about_the_archive(
    example_searcher: Searcher, question: str
) -> None:
    assert texts(example_searcher.ask(question)) not in (MINES, BUILDING)


@pytest.fixture
def searcher(tmp_path: Path) -> Searcher:
    files = {
        "一.txt": speech("2023年5月6日"),
        "二.txt": speech("2024年3月1日"),
        "三.txt": speech("2024年6月2日", "李小山", "白杨"),
    }
    return open_searcher_of(tmp_path, files)


@pytest.mark.parametrize(
    ("question", "dates"),
    [
        ("哪一年讲得最多", ["（2024年3月1日）", "（2024年6月2日）"]),
        ("谁讲得最多", ["（2023年5月6日）", "（2024年3月1日）"]),
        ("谁的讲话最多", ["（2023年5月6日）", "（2024年3月1日）"]),
        ("青崖最近的讲话是哪一篇", ["（2024年3月1日）"]),
        ("白杨县最早的讲话是哪一篇", ["（2024年6月2日）"]),
    ],
)
def test_speeches_are_counted_by_year_and_speaker_and_narrowed_by_place(
    searcher: Searcher, question: str, dates: list[str]
) -> None:
    with searcher:
        assert texts(searcher.ask(question))[1::2] == dates


def test_of_a_filtered_archive_only_what_may_answer_is_told(searcher: Searcher) -> None:
    with searcher:
        told = searcher.ask("一共有几篇讲话", filters=Filters(speaker="李小山"))
        assert texts(told)[1::2] == ["（2024年6月2日）"]
        first = searcher.ask("哪篇讲话最早", filters=Filters(year=2024))
        assert texts(first)[1:] == ["（2024年3月1日）"]


def test_many_are_told_by_titles_alone_and_too_many_not_at_all(tmp_path: Path) -> None:
    def told(count: int) -> Evidence:
        files = {f"{day}.txt": speech(f"2024年{1 + day // 28}月{1 + day % 28}日") for day in range(count)}
        with open_searcher_of(tmp_path / str(count), files) as searcher:
            return searcher.ask("一共有几篇讲话")

    assert texts(told(MOST_ITEMS + 1)) == ["在青崖县防汛会议上的讲话"] * (MOST_ITEMS + 1)
    many = told(MOST_TITLES + 1)
    assert [quote.document.date for quote in many.quotes][0::9] == ["2024-01-22", "2024-02-03"]
    assert len(many.quotes) == MOST_ITEMS
    assert extent_notes(many) == ("共 31 篇讲话，这里列出最近的 10 篇。",)


@pytest.mark.parametrize(
    ("question", "dates"),
    [
        ("2024年有哪几篇讲话", ["（2024年3月1日）", "（2024年6月2日）"]),
        ("2024年3月有哪些会议", ["（2024年3月1日）"]),
        ("2023年和2024年有哪些讲话", ["（2023年5月6日）", "（2024年3月1日）", "（2024年6月2日）"]),
        ("2024年最早的讲话是哪篇", ["（2024年3月1日）"]),
        ("周大勇讲过哪几篇", ["（2023年5月6日）", "（2024年3月1日）"]),
        ("周大勇 哪几篇", ["（2023年5月6日）", "（2024年3月1日）"]),
        ("周大勇2024年讲了几次", ["（2024年3月1日）"]),
        ("县长讲过几次话", ["（2023年5月6日）", "（2024年3月1日）", "（2024年6月2日）"]),
        ("白杨县的讲话有哪些", ["（2024年6月2日）"]),
        ("讲话人有哪些", ["（2023年5月6日）", "（2024年3月1日）", "（2024年6月2日）"]),
        ("都有谁讲过话", ["（2023年5月6日）", "（2024年3月1日）", "（2024年6月2日）"]),
        ("去年有哪些讲话", ["（2024年3月1日）", "（2024年6月2日）"]),
        ("前年有几篇讲话", ["（2023年5月6日）"]),
        ("去年上半年开了几次会", ["（2024年3月1日）", "（2024年6月2日）"]),
        ("过去十个月有哪些讲话", ["（2024年6月2日）"]),
        ("近一年有几篇讲话", ["（2024年3月1日）", "（2024年6月2日）"]),
        ("五月份的讲话有哪些", ["（2023年5月6日）"]),
        ("上半年的会", ["（2023年5月6日）", "（2024年3月1日）", "（2024年6月2日）"]),
        ("2024年", ["（2024年3月1日）", "（2024年6月2日）"]),
        ("周大勇", ["（2023年5月6日）", "（2024年3月1日）"]),
    ],
)
def test_speeches_of_a_person_a_place_or_a_time_are_listed(
    searcher: Searcher, question: str, dates: list[str]
) -> None:
    with searcher:
        evidence = asked_in_2025(searcher, question)
    assert texts(evidence)[1::2] == dates
    assert extent_notes(evidence) == ((f"共 {len(dates)} 篇讲话。",) if "最" not in question else ())


@pytest.mark.parametrize(
    ("question", "time"),
    [
        ("今年有哪些讲话", "2025年"),
        ("上个月有什么讲话", "2025年2月"),
        ("2019年有哪几篇讲话", "2019年"),
        ("白杨县2021年有哪几篇讲话", "2021年"),
        ("今年哪几篇讲话提到水库", "2025年"),
        ("昨天的讲话", "2025年2月28日"),
        ("昨天会上讲了什么", "2025年2月28日"),
        ("上周开了什么会", "2025年2月17日至2月23日"),
        ("上周三的会", "2025年2月19日"),
        ("最近半个月谁讲过水库", "2025年2月14日至3月1日"),
        ("近三个月有哪些讲话", "2024年12月1日至2025年3月1日"),
        ("2019年的讲话", "2019年"),
    ],
)
def test_a_time_without_a_speech_is_told(searcher: Searcher, question: str, time: str) -> None:
    with searcher:
        evidence = asked_in_2025(searcher, question)
    assert evidence.reason is Reason.ABSENT
    assert refusal(evidence) == f"档案里没有写明日期是{time}的讲话。"


@pytest.mark.parametrize("question", ["周大勇去年讲了什么", "青崖去年的会谁讲的"])
def test_last_year_names_the_speech_of_that_year(searcher: Searcher, question: str) -> None:
    with searcher:
        quotes = asked_in_2025(searcher, question).quotes
    assert {quote.document.date for quote in quotes} == {"2024-03-01"}


@pytest.mark.parametrize("question", ["去年谁讲过水库", "谁去年讲过水库", "哪些讲话去年提到了水库"])
def test_of_a_matter_only_speeches_of_the_year_meant_are_quoted(searcher: Searcher, question: str) -> None:
    with searcher:
        asked = asked_in_2025(searcher, question)
    assert {quote.document.date for quote in asked.quotes} == {"2024-03-01", "2024-06-02"}


@pytest.mark.parametrize("question", ["每年开几次会", "一个月要讲几次", "多久开几次会", "讲话有几点要求"])
def test_how_often_something_is_to_be_done_lists_no_speeches(searcher: Searcher, question: str) -> None:
    with searcher:
        evidence = asked_in_2025(searcher, question)
    assert evidence.extent is None
    assert "在青崖县防汛会议上的讲话" not in texts(evidence)


def test_what_speeches_are_about_is_looked_for_in_all_of_them(example_searcher: Searcher) -> None:
    extent = example_searcher.ask("春节的会议有哪些").extent
    assert extent is not None
    assert extent.by_matter


@pytest.mark.parametrize(
    ("question", "dates"),
    [
        ("最近有哪些讲话", ["（2023年5月6日）", "（2024年3月1日）", "（2024年6月2日）"]),
        ("最近两篇讲话", ["（2024年3月1日）", "（2024年6月2日）"]),
        ("最早的讲话", ["（2023年5月6日）"]),
        ("最近两次会议是什么时候", ["（2024年3月1日）", "（2024年6月2日）"]),
        ("周大勇最近两篇讲话是什么时候的", ["（2023年5月6日）", "（2024年3月1日）"]),
    ],
)
def test_the_last_few_are_told_in_their_order(searcher: Searcher, question: str, dates: list[str]) -> None:
    with searcher:
        assert texts(asked_in_2025(searcher, question))[1::2] == dates


def test_a_day_alone_asks_what_happened_on_it(searcher: Searcher) -> None:
    with searcher:
        evidence = asked_in_2025(searcher, "2024年6月2日")
    assert evidence.extent is None
    assert any("2024年6月2日起值班" in quote.text for quote in (*evidence.quotes, *evidence.near))


@pytest.mark.parametrize("question", ["一季度", "去年", "5月"])
def test_a_time_that_names_no_speech_lists_none(searcher: Searcher, question: str) -> None:
    with searcher:
        assert asked_in_2025(searcher, question).extent is None


def test_a_time_alone_leans_on_the_question_before(searcher: Searcher) -> None:
    with searcher:
        first = searcher.ask("水库每天巡查几次")
        then = searcher.ask("2024年", past=[PastTurn("水库每天巡查几次", first)])
    assert then.extent is None


def test_a_speech_of_a_year_is_none_of_its_months_and_days(tmp_path: Path) -> None:
    files = {"年.txt": speech_of_year(2024), "日.txt": speech("2023年5月6日")}
    with open_searcher_of(tmp_path, files) as opened:
        assert opened.ask("2024年3月5日的讲话").reason is Reason.ABSENT
        assert opened.ask("2024年3月有哪些讲话").reason is Reason.ABSENT
        assert {quote.document.path for quote in opened.ask("2024年的讲话有哪些").quotes} == {"年.txt"}


def test_a_speech_that_may_be_among_the_last_few_is_named(tmp_path: Path) -> None:
    files = {f"{day}.txt": speech(day) for day in ("2023年5月6日", "2024年3月1日")}
    files |= {f"{year}年.txt": speech_of_year(year) for year in (2023, 2022)}
    with open_searcher_of(tmp_path, files) as opened:
        extent = opened.ask("最近两次会议是什么时候").extent
    assert extent is not None
    assert [info.path for info in extent.undated] == ["2023年.txt"]


@pytest.mark.parametrize(
    "question", ["哪篇讲话最长", "谁讲得最好", "哪次会最重要？", "讲话有多少字", "全文有多长"]
)
def test_what_no_speech_tells_of_itself_is_not_compared(searcher: Searcher, question: str) -> None:
    with searcher:
        evidence = searcher.ask(question)
    assert evidence.reason is Reason.UNTOLD
    assert "比不出来" in refusal(evidence)


@pytest.mark.parametrize("question", ["最重要的水库要求是什么", "值班电话最短几声要接", "水库最长多久巡查"])
def test_what_a_matter_is_most_is_looked_for(searcher: Searcher, question: str) -> None:
    with searcher:
        assert searcher.ask(question).reason is not Reason.UNTOLD


def asked_in_2025(searcher: Searcher, question: str) -> Evidence:
    opened = Searcher(
        searcher.generation, searcher.encoder, searcher.glossary, today=lambda: date(2025, 3, 1)
    )
    return opened.ask(question)


def test_speeches_without_a_date_are_named_and_make_the_first_less_sure(tmp_path: Path) -> None:
    files = {
        "一.txt": speech("2023年5月6日"),
        "二.txt": speech("2024年6月2日", "李小山", "白杨"),
        "三.txt": "在云坪县防汛会议上的讲话\n云坪县县长 赵立\n\n同志们：\n堤防要有人守。\n",
    }
    with open_searcher_of(tmp_path, files) as opened:
        evidence = opened.ask("哪篇讲话最早")
    assert texts(evidence)[1:] == ["（2023年5月6日）"]
    assert evidence.extent is not None
    assert [info.path for info in evidence.extent.undated] == ["三.txt"]
    assert evidence.confidence == pytest.approx(0.9 * 2 / 3)
    assert evidence.certainty is Certainty.FAIR
