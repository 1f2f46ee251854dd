"""Questions about whole speeches, asked of the examples and of small archives written here."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest

from retrieval.search.context import PastTurn
from retrieval.search.filters import Filters
from retrieval.search.lists import LIST_CHARACTERS, MOST_ITEMS
from retrieval.search.searcher import Searcher
from retrieval.types import Certainty, Evidence, Reason
from tests.retrieval.search.builders import open_searcher_of

FESTIVAL = "2024年春节前讲话.txt"
MINES = "矿山现场会讲话2022.txt"
FLOODS = "澜川县防汛讲话_网页复制.txt"


def texts(evidence: Evidence) -> list[str]:
    return [quote.text for quote in evidence.quotes]


@pytest.mark.parametrize(
    "question",
    [
        "周市长讲了几点",
        "周启明的讲话主要内容是什么",
        "概括一下周市长的讲话",
        "周市长讲了哪几个方面",
        "周启明讲话要点",
    ],
)
def test_a_speech_is_told_by_its_headings(example_searcher: Searcher, question: str) -> None:
    evidence = example_searcher.ask(question)
    assert texts(evidence) == [
        "岁末年初历来是事故的坎，我讲三点意见。",
        "一、对照问题，把账算清",
        "二、紧盯重点，把风险压住",
        "三、层层传导，把责任落实",
        "最后，再强调一下春节期间的安全要求。",
    ]
    assert evidence.certainty is Certainty.HIGH
    assert {quote.document.path for quote in evidence.quotes} == {FESTIVAL}
    document = example_searcher.generation.store.document(evidence.quotes[0].document.id)
    assert all(document.raw[each.span.start : each.span.end] == each.text for each in evidence.quotes)
    assert {hit.document.path for hit in evidence.hits[:3]} == {FESTIVAL}


def test_headings_of_the_second_level_stand_under_those_of_the_first(example_searcher: Searcher) -> None:
    evidence = example_searcher.ask("矿山那个会讲了什么")
    second = "二、突出重点，坚决打好矿山风险治理的硬仗"
    under = {quote.text: quote.section_path for quote in evidence.quotes}
    assert under["（一）治水害。"] == (second,)
    assert under[second] == ()
    assert len(evidence.quotes) <= MOST_ITEMS + 1


def test_several_speeches_are_told_one_after_the_other(example_searcher: Searcher) -> None:
    evidence = example_searcher.ask("2025年的会议讲了啥")
    paths = [path for path, _ in groupby(quote.document.path for quote in evidence.quotes)]
    assert sorted(paths) == sorted([FLOODS, "建设领域安全生产会议讲话（下载）.txt"])


@pytest.mark.parametrize(
    "question",
    ["防汛讲话和矿山会议有什么不同", "澜川讲话和江岭讲话的区别", "帮我比较一下防汛讲话和矿山会议"],
)
def test_two_speeches_compared_are_told_side_by_side(example_searcher: Searcher, question: str) -> None:
    evidence = example_searcher.ask(question)
    assert [path for path, _ in groupby(quote.document.path for quote in evidence.quotes)] == [FLOODS, MINES]
    assert "一、正视差距，切实增强抓好矿山安全的紧迫感" in texts(evidence)


def test_every_side_of_a_comparison_is_told_however_many_speeches_it_has(example_searcher: Searcher) -> None:
    # three speeches of 2023 and one of 2022, more than are told by their headings
    years = [quote.document.date for quote in example_searcher.ask("2022年和2023年的讲话有什么不同").quotes]
    assert years == ["2022-11-09", "2023-03-20", "2023-07-14", "2023-08-29"]


def test_who_speaks_inside_a_report_is_told_by_what_he_says(example_searcher: Searcher) -> None:
    evidence = example_searcher.ask("周启明和陆景行的讲话有什么不同")
    assert [who for who, _ in groupby(quote.speaker for quote in evidence.quotes)] == ["周启明", "陆景行"]
    assert texts(evidence)[-1].startswith("陆景行强调，消防安全一头连着千家万户")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("矿山会议什么时候开的", "（2022年11月9日）"),
        ("矿山会议是谁讲的", "江岭省副省长　龙远山"),
        ("周启明是谁", "周启明市长在全市安全生产暨春节保障工作视频会议上的讲话"),
        ("龙远山是什么职务", "江岭省副省长　龙远山"),
    ],
)
def test_what_a_speech_tells_of_itself(example_searcher: Searcher, question: str, told: str) -> None:
    assert texts(example_searcher.ask(question)) == [told]


@pytest.mark.parametrize(
    "question",
    [
        "市长对春节有什么要求",
        "谁在会上讲话",
        "讲话稿的主要内容",
        "2031年的会议讲了什么",
        "矿山的透水征兆有哪些",
    ],
)
def test_a_question_for_something_in_a_speech_is_no_question_for_the_whole(
    example_searcher: Searcher, question: str
) -> None:
    headings = {"一、对照问题，把账算清", "一、正视差距，切实增强抓好矿山安全的紧迫感"}
    assert headings.isdisjoint(texts(example_searcher.ask(question)))


def test_somebody_who_only_speaks_inside_a_report_is_not_told_by_the_report(
    example_searcher: Searcher,
) -> None:
    quoted = texts(example_searcher.ask("沈若川讲了什么"))
    assert quoted
    assert all("沈若川" in text for text in quoted)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("这次会是哪天开的", ["（2023年3月20日　根据录音整理）"]),
        ("这个讲话主要讲了什么", ["一、严管野外火源，守住进山的路口"]),
    ],
)
def test_a_question_may_point_to_the_speech_just_quoted(
    example_searcher: Searcher, question: str, told: list[str]
) -> None:
    first = PastTurn("森林防火有什么要求", example_searcher.ask("森林防火有什么要求"))
    assert set(told) <= set(texts(example_searcher.ask(question, past=[first])))
    assert not set(told) & set(texts(example_searcher.ask(question)))


def test_a_speech_that_is_gone_from_the_index_is_asked_for_in_vain(
    example_searcher: Searcher, tmp_path: Path
) -> None:
    with open_searcher_of(
        tmp_path, {"石滩.txt": speech("石滩市", "第一，渔船要上保险。第二，夜里停航。")}
    ) as other:
        gone = PastTurn("渔船要上保险吗", other.ask("渔船要上保险吗"))
    assert gone.evidence.quotes
    (quote, *_) = gone.evidence.quotes
    evidence = example_searcher.ask("这个讲话讲了哪几点", past=[gone])
    assert quote.document.id not in {each.document.id for each in evidence.quotes}


def test_filters_hold(example_searcher: Searcher) -> None:
    evidence = example_searcher.ask("矿山那个会讲了什么", filters=Filters(document=FLOODS))
    assert MINES not in {quote.document.path for quote in evidence.quotes}


def speech(place: str, body: str) -> str:
    return f"在{place}安全生产会议上的讲话\n{place}副市长　钱望山\n（2023年5月6日）\n同志们：\n{body}"


def test_a_speech_without_headings_is_told_by_the_sentences_that_open_its_items(tmp_path: Path) -> None:
    items = (
        "第一，渡口要点名上船。没有穿救生衣的不准开船。第二，船员要持证。过期的证一律收回。第三，夜里要停航。"
    )
    files = {
        "岭下.txt": speech("岭下市", items),
        "石滩.txt": speech("石滩市", "大家要把责任扛起来。今年渔船要上保险。"),
    }
    with open_searcher_of(tmp_path, files) as searcher:
        assert texts(searcher.ask("岭下市的会讲了哪几点")) == [
            "第一，渡口要点名上船。",
            "第二，船员要持证。",
            "第三，夜里要停航。",
        ]
        assert not set(texts(searcher.ask("石滩市的会讲了哪几点"))) & set(items.split("。"))


def test_long_outlines_end_and_too_many_speeches_have_none(tmp_path: Path) -> None:
    numerals = "一二三四五六七八九"
    body = "".join(f"{n}、{'抓好渡口安全' * 15}{n}。\n要把第{n}件事办好。\n" for n in numerals)
    places = ["岭下市", "石滩市", "云屏市", "柳湾市", "沙坪市"]
    files = {f"{place}.txt": speech(place, body) for place in places}
    files["旧.txt"] = speech("旧山市", body).replace("2023", "2021")
    with open_searcher_of(tmp_path, files) as searcher:
        outline = texts(searcher.ask("岭下市的会讲了哪几点"))
        assert [text[0] for text in outline] == list("一二三四五六")
        assert sum(map(len, outline)) <= LIST_CHARACTERS
        many = searcher.ask("2023年的会议讲了哪几点")
        assert sorted(texts(many)) == sorted(f"在{place}安全生产会议上的讲话" for place in places)


@pytest.mark.parametrize(
    "question", ["会议有什么要求", "讲话内容是什么", "大会什么时候开的", "会上强调了什么"]
)
def test_a_speech_that_nothing_tells_is_asked_for(example_searcher: Searcher, question: str) -> None:
    assert example_searcher.ask(question).reason is Reason.VAGUE
    only = example_searcher.ask(question, filters=Filters(document=MINES))
    assert only.reason is not Reason.VAGUE


@pytest.mark.parametrize(
    "question", ["多久报告一次", "会议室怎么用", "安全会议要求什么", "矿山会议有什么要求"]
)
def test_a_question_that_tells_of_what_is_not_asked_for_more(
    example_searcher: Searcher, question: str
) -> None:
    assert example_searcher.ask(question).reason is not Reason.VAGUE
