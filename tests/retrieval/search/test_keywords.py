"""Keywords typed instead of a question, asked of small archives written here and of the example speeches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from retrieval.search.found import Found
from retrieval.search.glossary import load_glossary
from retrieval.search.keywords import AMONG, LEAD, are_keywords, saying_all_first
from retrieval.search.searcher import Searcher
from tests.retrieval.search.builders import found, open_searcher_of

GLOSSARY = load_glossary()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("国庆 值班", True),
        ("电梯困人 到场时间", True),
        ("直升机", True),
        ("值班有什么要求", False),
        ("国庆谁值班", False),
        ("对拒绝安检或者隐患拒不整改的用户停气", False),
        ("是什么", False),
    ],
)
def test_keywords_are_short_and_ask_nothing(question: str, expected: bool) -> None:
    assert are_keywords(question, GLOSSARY.topic(question)) is expected


def said(text: str, fused: float) -> Found:
    return found([text], [0.0], fused=fused)


def order(passages: Sequence[Found], *topic: str) -> list[tuple[str, float]]:
    ordered = saying_all_first(passages, topic, GLOSSARY.expand)
    return [(each.hit.passage.text, each.fused) for each in ordered]


def test_the_best_that_says_all_is_lifted_above_the_best_of_all() -> None:
    passages = [said("春节值班。", 4.0), said("国庆七天要值班。", 3.0), said("国庆放假。", 2.0)]
    assert order(passages, "国庆", "值班") == [
        ("国庆七天要值班。", 4.0 + LEAD),
        ("春节值班。", 4.0),
        ("国庆放假。", 2.0),
    ]


def test_what_is_far_ahead_already_keeps_its_measure() -> None:
    passages = [said("国庆值班。", 9.0), said("春节值班。", 4.0)]
    assert order(passages, "国庆", "值班") == [("国庆值班。", 9.0), ("春节值班。", 4.0)]


def test_where_none_or_every_one_says_all_nothing_moves() -> None:
    for passages in (
        [said("春节。", 4.0), said("放假。", 3.0)],
        [said("国庆。", 4.0), said("国庆节。", 3.0)],
    ):
        assert order(passages, "国庆") == [(each.hit.passage.text, each.fused) for each in passages]


def test_what_stands_far_down_is_not_looked_through() -> None:
    passages = [*(said("春节。", 20.0 - at) for at in range(AMONG)), said("国庆。", 1.0)]
    assert order(passages, "国庆")[-1] == ("国庆。", 1.0)


@pytest.mark.parametrize("question", ["国庆值班", "国庆 值班", "国庆，值班", "国庆+值班"])
def test_keywords_are_answered_by_the_words_that_say_them_all(
    example_searcher: Searcher, question: str
) -> None:
    evidence = example_searcher.ask(question)
    assert evidence.answerable
    assert "国庆七天" in evidence.quotes[0].text
    assert [each.score for each in evidence.hits] == sorted(
        (each.score for each in evidence.hits), reverse=True
    )
    assert example_searcher.ask(question, limit=30).quotes == evidence.quotes


@pytest.mark.parametrize("question", ["地铁 值班", "核电站", "油罐车 年检"])
def test_keywords_that_no_passage_says_are_declined(example_searcher: Searcher, question: str) -> None:
    assert not example_searcher.ask(question).answerable


def test_a_title_says_one_word_for_the_passage_that_says_the_other(tmp_path: Path) -> None:
    head = "在青崖县国庆假期安全会议上的讲话\n青崖县县长 周大勇\n（2024年9月22日）\n\n同志们：\n"
    opening = "今年国庆放假八天。" + "景区要限流，客车要安检，民宿要装烟感，商场要疏散演练。" * 20
    duty = "二、岗位上要有人\n八天里每天一名副县长带班，值班电话要有人接。"
    with open_searcher_of(tmp_path, {"国庆.txt": f"{head}一、景区\n{opening}\n{duty}\n"}) as searcher:
        considered = searcher.consider("国庆 值班")
    assert considered.signals is not None
    assert considered.signals.unsaid == 0
    best, other, *_ = considered.evidence.hits
    assert "值班" in best.passage.text
    assert "值班" not in other.passage.text
