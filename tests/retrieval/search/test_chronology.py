"""Questions about the archive itself, asked of the example speeches and of small archives written here."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.search.chronology import MOST_TITLES
from retrieval.search.filters import Filters
from retrieval.search.lists import MOST_ITEMS
from retrieval.search.searcher import Searcher
from retrieval.types import Certainty, Evidence
from tests.retrieval.search.builders import open_searcher_of

MINES = ["在全省矿山安全生产现场推进会上的讲话", "（2022年11月9日）"]
BUILDING = ["区长在2025年上半年全区建设领域安全生产形势分析会上的讲话"]


def speech(day: str, speaker: str = "周大勇", place: str = "青崖") -> str:
    return (
        f"在{place}县防汛会议上的讲话\n{place}县县长 {speaker}\n（{day}）\n\n同志们：\n"
        f"水库每天巡查三次，{day}起值班电话要有人接。\n"
    )


def texts(evidence: Evidence) -> list[str]:
    return [quote.text for quote in evidence.quotes]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("哪篇讲话最早", MINES),
        ("最早的讲话是什么时候", MINES),
        ("最近的讲话是哪次", BUILDING),
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
    assert not told(MOST_TITLES + 1).answerable


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
