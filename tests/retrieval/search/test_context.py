from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.types import Span
from retrieval.search.context import CARRIED, Context, PastTurn, in_context
from retrieval.search.followup import Form
from retrieval.search.glossary import load_glossary
from retrieval.types import Evidence, Quote
from tests.retrieval.search.builders import info

GLOSSARY = load_glossary()
PLACES = frozenset({"岚陵", "云泽"})


def quote(document: str, start: int = 0) -> Quote:
    return Quote("话", Span(start, start + 1), info(document), (), "", "", f"p-{document}")


def answered(question: str, *documents: str) -> PastTurn:
    quotes = tuple(quote(each) for each in documents)
    return PastTurn(question, Evidence(question, quotes, (), 0.8, answerable=True))


def declined(question: str, confidence: float = 0.1) -> PastTurn:
    return PastTurn(question, Evidence(question, (), (), confidence, answerable=False))


def understood(question: str, *past: PastTurn) -> Context:
    return in_context(question, past, GLOSSARY, PLACES)


DUTY = answered("春节期间值班怎么安排", "a")


def test_first_question_has_nothing_to_lean_on() -> None:
    context = understood("那值班呢")
    assert (context.form, context.question, context.carried) == (Form.ALONE, "那值班呢", ())
    assert context.documents == frozenset()


def test_a_question_that_stands_alone_is_asked_as_it_is() -> None:
    question = "病险水库汛期空库运行的要求具体是怎么规定的"
    context = understood(question, DUTY)
    assert (context.form, context.question, context.carried) == (Form.ALONE, question, ())
    assert (context.introduced, context.place, context.at_most) == ("", "", 1.0)


def test_an_occasion_takes_the_place_of_the_old_one() -> None:
    context = understood("那国庆呢", DUTY)
    assert context.question == "国庆值班怎么安排"
    assert context.carried == ()  # a word of the old occasion would lead back to the old speech
    assert context.documents == frozenset()
    assert context.introduced == "国庆"


def test_a_place_is_looked_for_in_what_is_known_of_a_speech() -> None:
    context = understood("那云泽市呢", answered("岚陵市突发事件多久报告", "a"))
    assert (context.question, context.topic) == ("突发事件多久报告", "云泽市突发事件多久报告")
    assert context.place == "云泽"
    assert context.documents == frozenset()


def test_a_thing_is_asked_the_same_where_the_old_one_was_found() -> None:
    context = understood("那烟花呢", DUTY)
    assert context.question.startswith("烟花")
    assert context.topic == "春节期间烟花怎么安排"
    assert context.documents == {"a"}


def test_a_chain_leads_back_with_what_was_put_in() -> None:
    past = [DUTY, answered("那国庆呢", "b"), answered("谁负责", "b")]
    context = understood("多久一次", *past)
    assert context.carried == ("国庆值班怎么安排",)
    assert context.weight == CARRIED
    assert context.documents == {"b"}


def test_a_new_subject_ends_the_chain() -> None:
    past = [DUTY, answered("谁负责", "a"), answered("电动自行车充电设施建设的目标任务是什么", "b")]
    context = understood("谁负责", *past)
    assert context.carried == ("电动自行车充电设施建设的目标任务是什么",)
    assert context.documents == {"b"}


def test_thanks_change_nothing() -> None:
    thanks = declined("谢谢", 0.0)
    assert understood("谁负责", DUTY, thanks) == understood("谁负责", DUTY)
    assert understood("谢谢", DUTY).form is Form.COURTESY
    assert understood("那值班呢", thanks).form is Form.ALONE


def test_other_speeches_are_all_but_those_quoted_on_this_subject() -> None:
    past = [answered("四不两直怎么要求", "z"), DUTY, answered("另一个讲话怎么说", "b")]
    context = understood("还有谁讲过", *past)
    assert context.question == "春节期间值班怎么安排"
    assert context.excluded == {"a", "b"}
    assert understood("谁负责", *past).excluded == frozenset()


def test_a_question_about_what_is_not_there_is_no_surer() -> None:
    past = [DUTY, declined("地铁盾构施工穿越河道怎么防止坍塌和涌水", 0.12)]
    assert understood("谁负责", *past).at_most == 0.12
    assert understood("谁负责", *past).documents == frozenset()
    # Something said of its own is another question.
    assert understood("消防车通道谁负责", *past).at_most == 1.0


def test_what_was_quoted_last_is_still_pointed_to_after_a_follow_up_without_answer() -> None:
    context = understood("第二点呢", DUTY, declined("那滑雪场呢"))
    assert [each.document.id for each in context.quotes] == ["a"]


def test_where_words_come_from_leaves_the_words_to_point_to() -> None:
    about = PastTurn("是谁讲的", Evidence("是谁讲的", (quote("a", 99),), (), 0.9, answerable=True))
    assert understood("还有呢", DUTY, about).quotes == DUTY.evidence.quotes


TURNS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "那国庆呢",
            "云泽市呢",
            "谁负责",
            "第二点",
            "上一条",
            "另一个讲话怎么说",
            "还有呢",
            "是谁讲的",
            "谢谢",
            "春节值班怎么安排",
        ]
    ),
)


@given(st.lists(st.tuples(TURNS, st.booleans()), max_size=8), TURNS)
def test_any_conversation_is_understood(turns: list[tuple[str, bool]], question: str) -> None:
    past = [answered(text, f"d{n}") if found else declined(text) for n, (text, found) in enumerate(turns)]
    context = understood(question, *past)
    assert 0 <= context.at_most <= 1
    assert context.documents <= {f"d{n}" for n in range(len(turns))}
    if context.form is Form.ALONE:
        assert (context.question, context.carried, context.excluded) == (question, (), frozenset())


@pytest.mark.parametrize("length", [0, 1, 5])
def test_a_chain_of_follow_ups_only_is_no_crash(length: int) -> None:
    past = [answered("那值班呢", "a") for _ in range(length)]
    assert understood("谁负责", *past).question == "谁负责"
