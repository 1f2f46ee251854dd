"""Conversations with the example speeches, by the default model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.search.compose import refusal
from retrieval.search.context import PastTurn
from retrieval.search.nth_speech import Pointed, pointed_speech
from retrieval.search.pointed import CONFIDENCE
from retrieval.search.searcher import Searcher
from retrieval.types import Evidence, Reason
from tests.retrieval.search.builders import open_searcher_of

FESTIVAL = "2024年春节前讲话.txt"
NEWS = "临湾市部署高层建筑和电动自行车消防整治.txt"
FIRE = "清明森林防火讲话.txt"


def talk(searcher: Searcher, *questions: str) -> Evidence:
    """What the last of some questions finds; every quote on the way stands in its file."""
    past: list[PastTurn] = []
    store = searcher.generation.store
    for question in questions:
        evidence = searcher.ask(question, past=past)
        past.append(PastTurn(question, evidence))
        for quote in evidence.quotes:
            raw = store.document(quote.document.id).raw
            assert raw[quote.span.start : quote.span.end] == quote.text
    return past[-1].evidence


def said(evidence: Evidence) -> str:
    return "".join(quote.text for quote in evidence.quotes)


LIST = "春节期间的安全要求有哪些"


@pytest.mark.parametrize(
    ("questions", "start"),
    [
        ((LIST, "第二点具体说说"), "二是坚守岗位值班"),
        ((LIST, "第四条呢"), "四是及时报告信息"),
        ((LIST, "最后一条"), "五是备足应急力量"),
        ((LIST, "最后一条", "上一条"), "四是及时报告信息"),
        ((LIST, "第二点", "谢谢", "第三点"), "三是开展明查暗访"),
    ],
)
def test_an_item_is_quoted_alone(example_searcher: Searcher, questions: tuple[str, ...], start: str) -> None:
    evidence = talk(example_searcher, *questions)
    (quote,) = evidence.quotes
    assert quote.text.startswith(start)
    assert quote.text.count("是") >= 1
    assert evidence.confidence == CONFIDENCE
    assert evidence.hits[0].passage.id == quote.passage_id


def test_a_number_that_no_list_has_is_asked_as_a_question(example_searcher: Searcher) -> None:
    evidence = talk(example_searcher, LIST, "第九十九条")
    assert evidence.confidence != CONFIDENCE
    assert evidence.hits


def test_the_source_is_told_in_its_own_words(example_searcher: Searcher) -> None:
    first = "尾矿库库长由谁担任"
    assert said(talk(example_searcher, first, "是谁讲的")).strip() == "江岭省副省长　龙远山"
    assert said(talk(example_searcher, first, "什么时候讲的")).strip() == "（2022年11月9日）"
    where = said(talk(example_searcher, first, "是谁讲的", "哪次会议上讲的")).strip()
    assert where == "在全省矿山安全生产现场推进会上的讲话"


def test_more_never_repeats(example_searcher: Searcher) -> None:
    past: list[PastTurn] = []
    spans: list[tuple[int, int]] = []
    for question in ("祭扫怎么疏导", "还有呢", "继续", "详细点", "往下说", "还有吗"):
        evidence = example_searcher.ask(question, past=past)
        past.append(PastTurn(question, evidence))
        for quote in evidence.quotes:
            assert quote.document.path == FIRE
            assert all(quote.span.end <= start or end <= quote.span.start for start, end in spans)
            spans.append((quote.span.start, quote.span.end))
    assert len(spans) >= 6


def test_another_speech_is_another(example_searcher: Searcher) -> None:
    evidence = talk(example_searcher, "矿山讲话里四不两直怎么要求", "别的会上呢")
    assert evidence.quotes
    assert "矿山现场会讲话2022.txt" not in {hit.document.path for hit in evidence.hits}


def test_a_place_that_no_speech_knows_is_declined(example_searcher: Searcher) -> None:
    first = "云泽市起火以后要多久报告"
    assert not talk(example_searcher, first, "宁远市呢").answerable
    assert {hit.document.path for hit in talk(example_searcher, first, "那岚陵市呢").hits} == {FESTIVAL}


def test_who_gave_the_speeches_just_listed_is_told_of_each(example_searcher: Searcher) -> None:
    listed = "2023年有哪些讲话"
    told = talk(example_searcher, listed, "这几篇都是谁讲的")
    assert [quote.text for quote in told.quotes] == [
        "云泽市副市长　邱和",
        "**桐浦区委副书记、区长　宋知远**",
        "县委常委、副县长　何静宜",
    ]
    dates = talk(example_searcher, listed, "这几篇都是谁讲的", "分别是哪天讲的")
    assert [quote.text for quote in dates.quotes] == [
        "（2023年3月20日　根据录音整理）",
        "2023年7月14日",
        "（2023年8月29日）",
    ]


def test_which_of_the_speeches_just_listed_is_asked_of_these_alone(example_searcher: Searcher) -> None:
    listed = "2023年有哪些讲话"
    first = talk(example_searcher, listed, "其中哪篇最早")
    assert first.quotes[0].text == "在全市森林草原防灭火工作电视电话会议上的讲话"
    last = talk(example_searcher, listed, "第一篇讲了什么", "这几篇里最近的是哪次")
    assert last.quotes[0].text == "在全县秋季开学学校安全工作会议上的讲话"
    who = talk(example_searcher, listed, "第一篇讲了什么", "这三篇都是谁讲的")
    assert [quote.document.speaker for quote in who.quotes] == ["邱和", "宋知远", "何静宜"]


def test_what_the_speeches_just_listed_say_is_told_by_their_headings(example_searcher: Searcher) -> None:
    told = talk(example_searcher, "2023年有哪些讲话", "这几篇都讲了什么")
    assert [quote.text for quote in told.quotes if "、" in quote.text[:2]][:4] == [
        "一、严管野外火源，守住进山的路口",
        "二、做好扑火准备，打早打小打了",
        "三、广泛开展宣传，让家家户户都知道",
        "四、落实责任，从严执纪问责",
    ]
    assert len({quote.document.id for quote in told.quotes}) == 3


def test_a_first_turn_that_only_goes_on_is_asked_for_its_subject(example_searcher: Searcher) -> None:
    for question in ("然后呢", "第二点是什么"):
        assert example_searcher.ask(question).reason is Reason.VAGUE


def test_thanks_look_for_nothing(example_searcher: Searcher) -> None:
    evidence = talk(example_searcher, LIST, "谢谢")
    assert (evidence.quotes, evidence.hits, evidence.answerable) == ((), (), False)
    assert evidence.reason is Reason.NOTHING


def test_a_passage_that_is_gone_is_no_crash(example_searcher: Searcher) -> None:
    first = example_searcher.ask("尾矿库库长由谁担任")
    gone = tuple(replace(quote, passage_id="gone") for quote in first.quotes)
    past = [PastTurn(first.question, replace(first, quotes=gone))]
    for question in ("是谁讲的", "还有呢", "第二点", "为什么"):
        assert example_searcher.ask(question, past=past).hits


def test_a_new_subject_is_found_after_any_other(example_searcher: Searcher) -> None:
    evidence = talk(example_searcher, LIST, "第二点", "电动车能不能骑进电梯")
    assert evidence.hits[0].document.path == NEWS
    assert "不得进入电梯轿厢" in said(evidence)


def test_after_the_end_there_is_nothing_more(tmp_path: Path) -> None:
    text = "在青崖县防汛会议上的讲话\n青崖县县长 周大勇\n（2024年3月1日）\n\n同志们：\n水库每天巡查三次。\n"
    with open_searcher_of(tmp_path, {"一.txt": text}) as opened:
        end = talk(opened, "水库每天巡查几次", "展开讲讲")
        declined = talk(opened, "谁管高铁", "展开讲讲")
    assert refusal(end) == "前面引的那一处往后没有更多内容了。"
    assert end.hits == ()
    assert declined.reason is Reason.VAGUE


@pytest.fixture
def listing(tmp_path: Path) -> Iterator[Searcher]:
    head = "在{0}县防汛会议上的讲话\n{0}县县长 {1}\n（2024年{2}月1日）\n\n同志们：\n我讲两点意见。\n"
    said = "一、{0}水库要有人守\n每天巡查{1}次，不许漏一次。\n二、{0}值班要到位\n值班由{1}人轮流。\n"
    places = (("青崖", "周大勇", 3, "三"), ("白杨", "李小山", 5, "五"), ("云坪", "赵立山", 7, "七"))
    files = {
        f"{place}.txt": head.format(place, name, month) + said.format(place, number)
        for place, name, month, number in places
    }
    with open_searcher_of(tmp_path, files) as opened:
        yield opened


LISTED = "2024年有哪几篇讲话"


@pytest.mark.parametrize(
    ("questions", "path", "starts"),
    [
        (("第二篇讲了什么",), "白杨.txt", ["我讲两点意见。", "一、白杨水库要有人守", "二、白杨值班要到位"]),
        (
            ("第二篇呢", "第三篇呢"),
            "云坪.txt",
            ["我讲两点意见。", "一、云坪水库要有人守", "二、云坪值班要到位"],
        ),
        (("最后一篇展开讲讲",), "云坪.txt", ["我讲两点意见。", "一、云坪水库要有人守", "二、云坪值班要到位"]),
        (("最后一篇是谁讲的",), "云坪.txt", ["云坪县县长 赵立山"]),
        (("那第一篇是什么时候讲的？",), "青崖.txt", ["（2024年3月1日）"]),
    ],
)
def test_a_speech_is_pointed_to_by_its_place_in_the_list(
    listing: Searcher, questions: tuple[str, ...], path: str, starts: list[str]
) -> None:
    evidence = talk(listing, LISTED, *questions)
    assert {quote.document.path for quote in evidence.quotes} == {path}
    assert [quote.text for quote in evidence.quotes] == starts


def test_a_speech_that_is_pointed_to_is_asked_alone(listing: Searcher) -> None:
    evidence = talk(listing, LISTED, "第二篇里水库每天巡查几次")
    assert {hit.document.path for hit in evidence.hits} == {"白杨.txt"}


def test_after_it_the_list_goes_on(listing: Searcher) -> None:
    first = talk(listing, LISTED, "第二篇讲了什么", "那2023年呢")
    assert first.reason is Reason.ABSENT
    assert talk(listing, "哪几篇讲话提到水库", "第二篇呢", "还有哪些讲话提到").quotes == ()


def test_without_a_list_no_speech_is_pointed_to() -> None:
    assert pointed_speech("第二篇讲了什么", ["a"]) is None
    assert pointed_speech("第三篇讲了什么", ["a", "b"]) is None
    assert pointed_speech("第二份额度", ["a", "b"]) is None
    assert pointed_speech("第二个会议室在哪", ["a", "b"]) is None
    assert pointed_speech("请展开讲讲上面的第二篇讲话", ["a", "b"]) == Pointed("b", "展开讲讲")
