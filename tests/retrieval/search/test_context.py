from __future__ import annotations

import pytest

from retrieval.search.context import CHAIN, Context, Leaning, in_context, leaning_of
from retrieval.search.glossary import load_glossary

GLOSSARY = load_glossary()
NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    "question",
    [
        "那值班呢",
        "那么学校食堂怎么办",
        "值班呢",
        "物资储备呢？",
        "烟花爆竹呢。",
        "还有哪些",
        "谁负责",
        "具体怎么做",
        "第三条是什么",
        "第2点说了什么",
        "最后一条呢",
        "他还讲了什么要求和措施呢",
        "这个要求什么时候落实到位",
        "上面说的整改期限到什么时候",
        "为什么",
        "？",
    ],
)
def test_follow_ups_lean_on_the_question_before(question: str) -> None:
    assert leaning_of(question, GLOSSARY) is Leaning.STRONG


@pytest.mark.parametrize(
    "question",
    [
        "春节期间烟花爆竹禁止燃放的范围和时间是怎么规定的",
        "春节期间烟花爆竹零售点的安全检查怎么安排呢",
        "其他行业领域重大事故隐患专项整治有什么要求",
        "殴打他人、侮辱他人的乘客由哪个部门依法处置",
        "再生资源回收企业消防安全主体责任怎么落实",
    ],
)
def test_a_question_that_says_everything_stands_alone(question: str) -> None:
    assert leaning_of(question, GLOSSARY) is Leaning.NONE
    context = in_context(question, [("矿山怎么防水害", frozenset({"d"}))], GLOSSARY)
    assert context == Context(Leaning.NONE, (), frozenset({"d"}))


def test_a_short_question_leans_slightly() -> None:
    assert leaning_of("学校食堂怎么管", GLOSSARY) is Leaning.SLIGHT
    assert leaning_of("电动自行车怎么管呢", GLOSSARY) is Leaning.SLIGHT


def test_documents_quoted_before_count_less_for_a_question_that_stands_alone() -> None:
    assert Leaning.NONE.strength < Leaning.SLIGHT.strength
    assert Leaning.STRONG.strength == 1.0


def test_first_question_has_no_context() -> None:
    assert in_context("那值班呢", [], GLOSSARY) == Context()


def test_chain_goes_back_to_the_question_that_stands_alone() -> None:
    earlier = [
        ("矿山水害怎么防治和处置", frozenset({"a"})),
        ("春节期间烟花爆竹怎么管", frozenset({"b"})),
        ("那值班呢", frozenset({"c"})),
        ("谁负责", frozenset({"d", "e"})),
    ]
    context = in_context("最后一条呢", earlier, GLOSSARY)
    assert context.leaning is Leaning.STRONG
    assert context.questions == ("谁负责", "那值班呢", "春节期间烟花爆竹怎么管")
    assert context.documents == {"d", "e"}


def test_a_chain_of_follow_ups_only_goes_back_to_the_first() -> None:
    assert in_context("谁负责", [("那值班呢", NONE), ("还有呢", NONE)], GLOSSARY).questions == (
        "还有呢",
        "那值班呢",
    )


def test_a_long_chain_keeps_its_beginning_and_its_end() -> None:
    earlier = [("矿山水害怎么防治", NONE), *((f"那第{n}点呢", NONE) for n in range(50))]
    questions = in_context("谁负责", earlier, GLOSSARY).questions
    assert questions == ("那第49点呢", "那第48点呢", "那第47点呢", "矿山水害怎么防治")
    assert len(questions) == CHAIN


@pytest.mark.parametrize("length", range(1, CHAIN + 1))
def test_a_short_chain_is_kept_whole(length: int) -> None:
    earlier = [(f"那第{n}点呢", NONE) for n in range(length)]
    assert len(in_context("谁负责", earlier, GLOSSARY).questions) == length
