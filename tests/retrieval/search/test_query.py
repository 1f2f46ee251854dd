from __future__ import annotations

import pytest

from retrieval.search.glossary import QuestionShape, parse_glossary
from retrieval.search.query import Probe, analyse

GLOSSARY = parse_glossary("""
[groups]
duty = '''
值守 = 带班 值班
'''
[question_words]
anywhere = '怎么 什么'
closing = '呢'
[cues]
list = '哪些'
""")


def test_pairs_weigh_one_and_single_characters_half() -> None:
    assert analyse("防火", GLOSSARY).own_terms == {"防": 0.5, "火": 0.5, "防火": 1.0}


def test_letters_and_digits_are_no_single_characters() -> None:
    # A digit alone is a whole number, a Chinese character alone rarely a word.
    assert analyse("7时", GLOSSARY).own_terms == {"7": 1.0, "时": 0.5, "7时": 1.0}


def test_a_repeated_word_counts_once() -> None:
    assert analyse("防火 防火", GLOSSARY).own_terms == analyse("防火", GLOSSARY).own_terms


def test_words_that_only_ask_are_no_terms() -> None:
    query = analyse("防火怎么办呢", GLOSSARY)
    assert query.own_terms == {"防": 0.5, "火": 0.5, "防火": 1.0, "办": 0.5}


def test_official_words_are_added_with_less_weight() -> None:
    query = analyse("值守", GLOSSARY)
    # Asked 1 and 0.5; the glossary's words at 0.3 of that. 值 is asked itself and stays 0.5.
    assert query.own_terms == {"值": 0.5, "守": 0.5, "值守": 1.0}
    assert query.terms == pytest.approx(
        {"值": 0.5, "守": 0.5, "值守": 1.0, "带": 0.15, "班": 0.15, "带班": 0.3, "值班": 0.3}
    )


def test_context_adds_weaker_terms_and_a_second_probe_in_the_order_of_the_talk() -> None:
    query = analyse("值守", GLOSSARY, ("防火怎么办", "春节"))
    assert query.terms["防火"] == pytest.approx(0.4)
    assert query.terms["春节"] == pytest.approx(0.4)
    assert query.terms["春"] == pytest.approx(0.2)
    assert query.terms["值守"] == 1.0
    assert "防火" not in query.own_terms
    assert "怎么" not in query.terms
    assert query.probes == (Probe("值守", 1.0), Probe("春节 防火怎么办 值守", 1.0))


def test_context_never_lowers_a_word_that_is_asked_again() -> None:
    assert analyse("防火", GLOSSARY, ("防火",)).terms == analyse("防火", GLOSSARY).terms


def test_question_without_context_has_one_probe() -> None:
    query = analyse("哪些值守", GLOSSARY)
    assert query.probes == (Probe("哪些值守", 1.0),)
    assert query.shape == QuestionShape(wants_list=True)
    assert query.question == "哪些值守"


def test_question_of_asking_words_only_is_searched_as_it_is() -> None:
    assert analyse("怎么", GLOSSARY).own_terms == {"怎": 0.5, "么": 0.5, "怎么": 1.0}


@pytest.mark.parametrize("text", ["😀😀", "？！", "……"])
def test_question_without_words_has_no_terms_but_a_probe(text: str) -> None:
    query = analyse(text, GLOSSARY)
    assert query.terms == {}
    assert query.probes == (Probe(text, 1.0),)
