"""Questions without what people wrap them in, and that the wrapping changes no answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.bare import bare_question
from retrieval.search.context import PastTurn
from retrieval.search.searcher import Searcher

ASKED = "食堂多久检查一次"


@pytest.mark.parametrize(
    "typed",
    [
        f"请问{ASKED}",
        f"您好，我想请问一下{ASKED}？谢谢！",
        f"老师好，麻烦问一下，{ASKED}？？？!!",
        f"在吗？帮我查查讲话里{ASKED}",
        f"你能告诉我{ASKED}呢",
        f"那个，嗯，我想知道{ASKED}啊",
        f"🙏{ASKED}😊",
        f"“{ASKED}”",
        f"3. {ASKED}",
        f"{ASKED} {ASKED}",
        " ".join(ASKED),
        "食堂多久 检查一次",
        f"{ASKED}(急，在线等)",
        f"求助！{ASKED}，万分感谢老师",
    ],
)
def test_what_a_question_is_wrapped_in_goes(typed: str) -> None:
    assert bare_question(typed) == ASKED


@pytest.mark.parametrize(
    "typed",
    [
        "国庆 值班",
        "安康 2022年1月 道路交通",
        "老师值班怎么安排",
        "领导带班怎么要求",
        "在不在岗怎么查",
        "想不想去都要去吗",
        "要查几次隐患",
        "这个讲话谁讲的",
        "那国庆呢",
        "24:00以后谁值班",
        "一、二号楼怎么疏散",
        "1.5万元是罚谁",
        "问责怎么规定",
        "出了事怎么应急",
        "《安全生产法》怎么说",
        "“四不两直”是什么",
        "谢谢",
        "？",
        "室外40℃怎么办",
    ],
)
def test_what_belongs_to_a_question_stays(typed: str) -> None:
    assert bare_question(typed) == typed


@given(st.text(alphabet="请问您好谢了帮我查一下在吗，。？! 1.、“”食堂几次🙏急呢", min_size=1, max_size=60))
def test_nothing_is_added_and_something_is_left(typed: str) -> None:
    bare = bare_question(typed)
    assert bare
    rest = iter(typed)
    assert all(each in rest for each in bare.replace(" ", ""))  # in the order typed


@pytest.mark.parametrize(
    "wrap",
    [
        lambda question: f"您好，请问一下{question}，谢谢！",
        lambda question: f"{question}？",
        lambda question: f"帮我查一下讲话里{question}",
        " ".join,
    ],
)
@pytest.mark.parametrize("question", ["春节期间安全要求是什么", "校车保险买多少钱"])
def test_an_answer_does_not_depend_on_how_politely_is_asked(
    example_searcher: Searcher, wrap: Callable[[str], str], question: str
) -> None:
    asked, plain = example_searcher.ask(wrap(question)), example_searcher.ask(question)
    assert (asked.quotes, asked.near, asked.hits) == (plain.quotes, plain.near, plain.hits)
    assert (asked.answerable, asked.confidence) == (plain.answerable, plain.confidence)
    assert asked.question == wrap(question)


def test_a_follow_up_leans_on_what_was_asked_however_politely(example_searcher: Searcher) -> None:
    first = "春节期间烟花爆竹怎么管"
    polite = f"您好，请问{first}？谢谢"
    plain = example_searcher.ask("谁负责", past=[PastTurn(first, example_searcher.ask(first))])
    asked = example_searcher.ask("请问谁负责呢", past=[PastTurn(polite, example_searcher.ask(polite))])
    assert (asked.quotes, asked.confidence) == (plain.quotes, plain.confidence)
