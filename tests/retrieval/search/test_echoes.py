"""Words of a question that an answer would say, too. Expected values are worked out by hand."""

from __future__ import annotations

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.views import search_text
from retrieval.search.associations import pairs_of
from retrieval.search.echoes import MOST, STEP, Echoes, load_echoes, unechoed
from retrieval.search.glossary import load_glossary

KNOWN = Echoes("加油5\n卸油3\n多少9\n油站4\n炮仗2\n静电1\n")


def surprise(told: str, *topic: str, echoes: Echoes = KNOWN) -> float:
    return unechoed(echoes.surprising(topic), topic, load_glossary(), told)


def test_what_is_known_surprises_by_its_digit() -> None:
    assert KNOWN.surprises(["卸油", "没有", "加油", "齐全"]) == pytest.approx([1.2, 0, 2.0, 0])
    assert KNOWN.surprises([]).shape == (0,)
    assert Echoes("").surprises(["加油"]).tolist() == [0]


def test_the_most_surprising_that_are_missing_count() -> None:
    assert MOST == 3
    # 加油 2.0, 油站 1.6, 卸油 1.2; 静电 would be the fourth, 站卸 and 油静 are unknown.
    assert surprise("林区防火", "加油站卸油静电") == pytest.approx(4.8)
    assert surprise("", "加油", "卸油") == pytest.approx(3.2)
    assert surprise("", "卸油", "卸油") == pytest.approx(1.2)
    assert surprise("") == 0


def test_what_is_said_is_not_missing() -> None:
    assert surprise("加油站不得卸油", "加油站卸油") == 0
    assert surprise("各加油站要配沙箱", "加油站卸油") == pytest.approx(1.2)
    # 油站 stands there, and 加 does not: 加油 is missing, though its second character is said.
    assert surprise("油站", "加油站") == pytest.approx(2.0)


def test_what_is_said_in_another_word_is_not_missing() -> None:
    assert surprise("烟花爆竹零售点", "炮仗") == 0
    assert surprise("森林防火", "炮仗") == pytest.approx(0.8)


def test_words_that_name_nothing_need_not_be_said() -> None:
    general = Echoes("求卸3\n要求5\n")
    assert surprise("", "要求", echoes=general) == 0
    # 求 names nothing here, but 卸 does.
    assert surprise("", "要求卸", echoes=general) == pytest.approx(1.2)


@given(st.text(), st.text())
def test_any_text_is_measured(question: str, told: str) -> None:
    topic = load_glossary().topic(question)
    value = surprise(search_text(told), *topic, echoes=load_echoes())
    assert 0 <= value <= MOST * 9 * STEP + 1e-3
    assert surprise("\n".join(topic), *topic, echoes=load_echoes()) == 0


def test_lines_that_come_with_the_project_are_pairs_with_digits() -> None:
    source = resources.files("retrieval.search").joinpath("echoes.txt").read_bytes().decode("utf-8")
    lines = source.splitlines()
    assert len(lines) > 10_000
    assert lines == sorted({line[:2]: line for line in lines}.values())
    for line in lines:
        assert pairs_of(line[:2]) == [line[:2]]
        assert line[2:] in set("123456789")
