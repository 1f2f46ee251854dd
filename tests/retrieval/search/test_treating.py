"""Which speeches treat a matter: of the example speeches, and of small archives written here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.messages import Language
from retrieval.search.compose import extent_notes
from retrieval.search.context import PastTurn
from retrieval.search.filters import Filters
from retrieval.search.output import evidence_json
from retrieval.search.searcher import Searcher
from retrieval.search.telling import in_part
from retrieval.search.treating import MOST_QUOTED
from retrieval.types import Certainty, Evidence, Extreme, Reason
from tests.retrieval.search.builders import open_searcher_of


def speech(place: str, day: str, said: str) -> str:
    date = f"（{day}）\n" if day else ""
    return f"在{place}县安全会议上的讲话\n{place}县县长 周大勇\n{date}\n同志们：\n{said}大家要把工作做细。\n"


FERRY = "渡口停航由交通局一家负责，水位过了警戒线就停。"
FILES = {
    "甲.txt": speech("青崖", "2023年5月6日", FERRY),
    "乙.txt": speech("白杨", "2024年3月1日", f"今年要求更严。{FERRY}"),
    "丙.txt": speech("云坪", "", f"我再说一遍：{FERRY}"),
    "丁.txt": speech("石桥", "2025年1月8日", "校车每天出车前要验一次。"),
}


@pytest.fixture
def searcher(tmp_path: Path) -> Iterator[Searcher]:
    with open_searcher_of(tmp_path, FILES) as opened:
        yield opened


def paths(evidence: Evidence) -> list[str]:
    return [quote.document.path for quote in evidence.quotes]


def test_every_speech_that_treats_a_matter_is_quoted_once(searcher: Searcher) -> None:
    evidence = searcher.ask("哪几篇讲话提到了渡口停航")
    assert sorted(paths(evidence)) == ["丙.txt", "乙.txt", "甲.txt"]
    assert all("渡口停航" in quote.text for quote in evidence.quotes)
    assert [hit.document.path for hit in evidence.hits[:3]] == paths(evidence)
    assert evidence.certainty is Certainty.HIGH
    assert extent_notes(evidence) == ("谈到的讲话共 3 篇，每篇引一处。",)


def test_every_quote_is_verbatim(searcher: Searcher) -> None:
    for quote in searcher.ask("谁讲过渡口停航").quotes:
        raw = searcher.generation.store.document(quote.document.id).raw
        assert raw[quote.span.start : quote.span.end] == quote.text


def test_a_matter_that_no_speech_treats_is_declined(searcher: Searcher) -> None:
    evidence = searcher.ask("哪几篇讲话提到了索道检修")
    assert (evidence.quotes, evidence.answerable, evidence.reason) == ((), False, Reason.UNSURE)
    assert extent_notes(evidence) == ()


def test_speeches_are_ordered_by_date_where_that_is_asked_for(searcher: Searcher) -> None:
    told = searcher.ask("按时间顺序，哪些讲话提到了渡口停航")
    assert paths(told) == ["甲.txt", "乙.txt", "丙.txt"]


def test_the_first_says_which_speeches_tell_no_date_and_is_less_sure(searcher: Searcher) -> None:
    evidence = searcher.ask("最早提到渡口停航的是哪次会")
    assert paths(evidence) == ["甲.txt"]
    assert evidence.extent is not None
    assert evidence.extent.extreme is Extreme.FIRST
    assert [info.path for info in evidence.extent.undated] == ["丙.txt"]
    assert evidence.confidence == pytest.approx(0.9 * 2 / 3)
    assert evidence.certainty is Certainty.FAIR
    assert extent_notes(evidence) == (
        "谈到的讲话共 3 篇，写明日期的里面这篇最早：《在青崖县安全会议上的讲话》 2023-05-06。",
        "没有写明日期或日期不全、先后说不准的有 1 篇：《在云坪县安全会议上的讲话》。",
    )


def test_the_last_is_the_last_that_treats_the_matter(searcher: Searcher) -> None:
    evidence = searcher.ask("最新的渡口停航要求是什么")
    assert paths(evidence) == ["乙.txt"]
    assert searcher.ask("最新的校车要求是什么").certainty is Certainty.HIGH


def test_names_and_filters_narrow_the_speeches(searcher: Searcher) -> None:
    one = searcher.ask("白杨县哪些会上讲过渡口停航")
    assert paths(one) == ["乙.txt"]
    assert extent_notes(one) == ("谈到的讲话只有这一篇。",)
    assert extent_notes(one, Language.EN) == ("One speech treats it.",)
    assert paths(searcher.ask("哪些会上讲过渡口停航", filters=Filters(year=2023))) == ["甲.txt"]
    elsewhere = searcher.ask("临江县哪些会上讲过渡口停航")
    assert (elsewhere.reason, elsewhere.unknown) == (Reason.UNKNOWN, ("临江县",))


def test_of_many_speeches_some_are_quoted_and_the_rest_counted(tmp_path: Path) -> None:
    places = "东南西北上下左右"
    files = {f"{place}.txt": speech(f"{place}河", "2024年3月1日", FERRY) for place in places}
    with open_searcher_of(tmp_path, files) as opened:
        evidence = opened.ask("哪几篇讲话提到了渡口停航")
    assert len(set(paths(evidence))) == MOST_QUOTED
    assert extent_notes(evidence) == ("谈到的讲话共 8 篇，已引 5 篇，每篇一处，还有 3 篇没有列出。",)
    told = evidence_json(evidence, mode="extractive", answer="")
    assert told["extent"] == {"speeches": 8, "quoted": 5, "extreme": None, "undated": [], "unsaid": None}


def test_where_no_speech_tells_a_date_none_is_the_first(tmp_path: Path) -> None:
    files = {"甲.txt": speech("青崖", "", FERRY), "乙.txt": speech("白杨", "", f"再说一遍。{FERRY}")}
    with open_searcher_of(tmp_path, files) as opened:
        evidence = opened.ask("最早提到渡口停航的是哪次会")
    assert sorted(paths(evidence)) == ["乙.txt", "甲.txt"]
    assert evidence.certainty is Certainty.LOW
    (note,) = extent_notes(evidence, Language.EN)
    assert note.startswith("With no date or too little of one, so that their order is not known: 2:")


def test_confidence_falls_with_the_share_that_tells_no_date() -> None:
    assert in_part(0.9, 3, 1) == pytest.approx(0.675)
    assert in_part(0.9, 0, 4) == pytest.approx(0.45)  # no lower than half


def test_other_words_for_a_matter_are_found(example_searcher: Searcher) -> None:
    evidence = example_searcher.ask("哪些讲话谈到鞭炮")
    assert "2024年春节前讲话.txt" in paths(evidence)


def test_one_word_of_a_matter_is_not_the_matter(example_searcher: Searcher) -> None:
    assert not example_searcher.ask("谁讲过地震预警").answerable


def test_a_number_in_a_name_must_be_said(example_searcher: Searcher) -> None:
    """The Spring Festival speech has 两道关, which are not the five."""
    assert paths(example_searcher.ask("哪篇讲话里提到五道关")) == ["董事长节后复工讲话.txt"]


def test_a_year_alone_is_not_put_before_a_day_of_it(tmp_path: Path) -> None:
    files = {
        "甲.txt": speech("青崖县2024年", "", FERRY).replace("年县", "年"),
        "乙.txt": speech("白杨", "2024年3月1日", f"再说一遍。{FERRY}"),
        "丙.txt": speech("云坪", "2022年5月8日", f"我强调：{FERRY}"),
    }
    with open_searcher_of(tmp_path, files) as opened:
        evidence = opened.ask("最近一次提到渡口停航的是哪次会")
        first = opened.ask("最早提到渡口停航的是哪次会")
    assert paths(evidence) == ["乙.txt"]
    assert evidence.extent is not None
    assert [info.path for info in evidence.extent.undated] == ["甲.txt"]
    assert paths(first) == ["丙.txt"]
    assert first.certainty is Certainty.HIGH


def test_the_speeches_that_were_left_out_are_quoted_when_asked_for(tmp_path: Path) -> None:
    places = "东南西北上下左右"
    files = {f"{place}.txt": speech(f"{place}河", "2024年3月1日", FERRY) for place in places}
    question = "哪几篇讲话提到了渡口停航"
    with open_searcher_of(tmp_path, files) as opened:
        first = opened.ask(question)
        others = opened.ask("还有哪些讲话提到", past=[PastTurn(question, first)])
    assert sorted(paths(first) + paths(others)) == sorted(files)
    assert extent_notes(others) == ("谈到的讲话共 8 篇，每篇引一处。",)


def test_who_criticises_a_matter_is_who_does_so_in_words(tmp_path: Path) -> None:
    files = {
        "甲.txt": speech("青崖", "2024年3月1日", "我点名批评渡口停航后放船的人。"),
        "乙.txt": speech("白杨", "2024年4月1日", FERRY),
    }
    with open_searcher_of(tmp_path, files) as opened:
        criticised = opened.ask("谁批评过渡口停航")
        praised = opened.ask("谁表扬过渡口停航")
    assert paths(criticised) == ["甲.txt"]
    assert extent_notes(criticised) == ("谈到的讲话只有这一篇。",)
    assert criticised.certainty is Certainty.HIGH
    assert set(paths(praised)) == {"甲.txt", "乙.txt"}
    assert extent_notes(praised)[1] == "引文谈到了这件事，但没有“表扬”的字样，是不是表扬请看原文。"
    assert praised.confidence == pytest.approx(0.9 * 0.6)
    assert praised.certainty is Certainty.LOW
