from __future__ import annotations

from dataclasses import replace

import pytest

from retrieval.search.glossary import QuestionShape, load_glossary
from retrieval.search.naming import Names, build_names
from retrieval.search.query import analyse
from retrieval.search.router import asking_of_sides, without_names
from retrieval.search.routing import route
from retrieval.search.sides import (
    CHARACTERS,
    PASSAGES_OF_SIDE,
    best_of_sides,
    in_order_of_sides,
    select_of_sides,
)
from tests.retrieval.search.builders import found, info, query, quotable

SIDES = (frozenset({"b"}), frozenset({"a"}))
COMPARING = query(shape=QuestionShape(compares=True))
LONG = "值班实行二十四小时专人值守。" * 10  # 140 characters


@pytest.fixture(scope="module")
def names() -> Names:
    return build_names(
        [replace(info(at, "讲话"), place=place) for at, place in (("a", "霜河"), ("b", "碧川"))]
    )


def test_the_best_words_of_each_side_are_quoted_however_far_behind() -> None:
    quotables = [
        quotable(LONG, 9.0, 0, 0, "a"),
        quotable(LONG, 1.0, 5, 1, "b"),
        quotable(LONG, 8.0, 9, 2, "c"),
    ]
    runs = select_of_sides(quotables, COMPARING, SIDES)
    assert [run.best.document for run in runs] == ["a", "b"]


def test_sides_are_read_in_the_order_asked() -> None:
    quotables = [quotable(LONG, 9.0, 0, 0, "a"), quotable(LONG, 1.0, 5, 1, "b")]
    runs = in_order_of_sides(select_of_sides(quotables, COMPARING, SIDES), SIDES)
    assert [run.best.document for run in runs] == ["b", "a"]


def test_a_further_quote_is_taken_only_while_there_is_room() -> None:
    # 140 + 140 leave 140 of 420: a second run of "a" as long still fits, one sentence longer does not.
    assert CHARACTERS == 420
    near = [quotable(LONG, 9.0, 0, 0, "a"), quotable(LONG, 1.0, 5, 1, "b")]
    fits = select_of_sides([*near, quotable(LONG, 8.9, 20, 2, "a")], COMPARING, SIDES)
    too_long = select_of_sides([*near, quotable(f"{LONG}不得脱岗。", 8.9, 20, 2, "a")], COMPARING, SIDES)
    assert [run.length for run in fits] == [140, 140, 140]
    assert [run.length for run in too_long] == [140, 140]


def test_a_side_without_words_leaves_the_other() -> None:
    runs = select_of_sides([quotable(LONG, 9.0, 0, 0, "a")], COMPARING, SIDES)
    assert [run.best.document for run in runs] == ["a"]


def test_each_side_answers_from_its_own_best_passages() -> None:
    of_a = [found([f"甲说{n}。"], [0.0], "a", fused=9.0 - n) for n in range(5)]
    of_b = [found(["乙说。"], [0.0], "b", fused=2.0), found(["丙说。"], [0.0], "c", fused=8.5)]
    best = best_of_sides([*of_a, *of_b], SIDES)
    assert [(each.hit.document.id, each.fused) for each in best] == [
        ("a", 9.0),
        ("a", 8.0),
        ("a", 7.0),
        ("b", 2.0),
    ]
    assert PASSAGES_OF_SIDE == 3


def test_a_sentence_need_not_hold_the_name_that_chose_its_document(names: Names) -> None:
    question = "霜河的值班要求"
    asked = analyse(question, load_glossary())
    own = without_names(asked, route(question, names)).own_terms
    assert {"霜河", "霜", "河"} <= set(asked.own_terms)
    assert not {"霜河", "霜", "河"} & set(own)
    assert own["值班"] == asked.own_terms["值班"]


def test_the_words_of_a_mended_question_stay(names: Names) -> None:
    asked = analyse("霜河的直班要求", load_glossary(), meant="霜河的值班要求")
    own = without_names(asked, route("霜河的值班要求", names)).own_terms
    assert "值班" in own
    assert "霜河" not in own


def test_a_question_of_nothing_but_a_name_keeps_it(names: Names) -> None:
    asked = analyse("霜河", load_glossary())
    assert without_names(asked, route("霜河", names)) == asked


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("霜河和碧川上报的时限哪个更紧", "上报的时限哪个更紧"),
        ("霜河、碧川的上报时限有什么不同", "上报时限有什么不同"),
        ("上报时限霜河跟碧川有什么不同", "上报时限有什么不同"),
    ],
)
def test_what_is_asked_of_the_sides_is_looked_for_without_their_names(
    names: Names, question: str, asked: str
) -> None:
    compared = analyse(question, load_glossary())
    more = asking_of_sides(compared, route(question, names, compares=True))
    assert [probe.text for probe in more.probes] == [question, asked]
    assert more.terms == compared.terms


def test_of_one_speech_nothing_else_is_looked_for(names: Names) -> None:
    alone = analyse("霜河上报的时限是多久", load_glossary())
    assert asking_of_sides(alone, route("霜河上报的时限是多久", names)) is alone
