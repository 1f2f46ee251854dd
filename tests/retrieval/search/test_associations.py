from __future__ import annotations

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.views import search_text
from retrieval.search.associations import ITSELF, Associations, Spoken, coded, load_associations, pairs_of

TWO_EACH = Associations("炮仗 烟花4燃放3\n过年 春节6\n")
KNOWN = Associations("炮仗 烟花4燃放3零售2\n过年 春节6\n")


def test_what_goes_with_pairs_is_read_in_their_order_strongest_first() -> None:
    # A digit stands for halves.
    owners, others, strengths = KNOWN.of(coded(["过年", "年炮", "炮仗"]))
    assert owners.tolist() == [0, 2, 2, 2]
    assert others.tolist() == coded(["春节", "烟花", "燃放", "零售"]).tolist()
    assert strengths.tolist() == [3.0, 2.0, 1.5, 1.0]


@pytest.mark.parametrize("pair", ["烟花", "春节", "仗 ", "\U0002a6df\U0002a6df"])
def test_nothing_goes_with_what_begins_no_line(pair: str) -> None:
    assert [found.size for found in KNOWN.of(coded([pair]))] == [0, 0, 0]


def test_a_pair_is_one_number_of_both_characters() -> None:
    assert coded(["过年", "炮仗"]).tolist() == [
        (ord("过") << 32) + ord("年"),
        (ord("炮") << 32) + ord("仗"),
    ]
    assert coded([]).shape == (0,)


def test_characters_that_agree_in_their_last_bits_are_told_apart() -> None:
    # 过 is U+8FC7; U+28FC7, of another plane, ends in the same 16 bits.
    assert Spoken("过年", KNOWN).within_each([["\U00028fc7年"], ["过年"]]).tolist() == [0.0, ITSELF]


def test_pairs_are_of_chinese_characters_side_by_side_and_folded() -> None:
    assert pairs_of("過年，放炮仗24小时？") == ["过年", "放炮", "炮仗", "小时"]
    assert pairs_of("24小") == pairs_of("？") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("过年说炮仗", (ITSELF + ITSELF) / 3),
        ("春节炮仗", (3.0 + ITSELF) / 3),
        ("烟花", 2.0 / 3),
        ("燃放烟花", 3.5 / 3),
        # Only the two strongest count.
        ("零售点燃放烟花", 3.5 / 3),
        ("别的", 0.0),
    ],
)
def test_share_worked_out_by_hand(text: str, expected: float) -> None:
    # Pairs of the question: 过年, 年炮, 炮仗. Nothing is known of 年炮, and it stands nowhere.
    assert Spoken("过年炮仗", KNOWN).within_each([[text]]) == pytest.approx([expected])


def test_each_passage_is_measured_by_its_own_sentences() -> None:
    passages = [["说炮仗", "过年"], [], ["烟花", "别的"], ["過年。", "炮\u3000仗"]]
    # Of three pairs the first and the last passage have two, the third what goes with one.
    assert Spoken("过年炮仗", KNOWN).within_each(passages) == pytest.approx([1.0, 0.0, 2.0 / 3, 1.0])
    assert Spoken("过年炮仗", KNOWN).within_each([]).shape == (0,)


def test_no_pair_runs_from_one_sentence_into_the_next() -> None:
    assert Spoken("过年", KNOWN).within_each([["错过", "年底"], ["错过"], ["年底"]]).tolist() == [0, 0, 0]
    assert Spoken("2024", KNOWN).within_each([["2024年"]]).tolist() == [0.0]


@given(st.text(), st.lists(st.lists(st.text(), max_size=4), max_size=3))
def test_any_text_is_measured(question: str, passages: list[list[str]]) -> None:
    # Two of the strongest, each a digit of 9.
    shares = Spoken(question, load_associations()).within_each(passages)
    assert shares.shape == (len(passages),)
    assert ((shares >= 0) & (shares <= 9)).all()


@given(st.lists(st.text("过年炮仗烟花春节燃放点 ｜|，煙過\n", max_size=12), max_size=4))
def test_a_pair_counts_where_the_folded_sentence_has_it(texts: list[str]) -> None:
    said = [search_text(text) for text in texts]
    stands = {pair: any(pair in each for each in said) for pair in ("过年", "炮仗", "烟花", "燃放", "春节")}
    new_year = ITSELF if stands["过年"] else 3.0 * stands["春节"]
    crackers = ITSELF if stands["炮仗"] else 2.0 * stands["烟花"] + 1.5 * stands["燃放"]
    years = ITSELF * any("年炮" in each for each in said)
    expected = (new_year + crackers + years) / 3
    assert Spoken("过年炮仗", TWO_EACH).within_each([texts]) == pytest.approx([expected])


def test_lines_that_come_with_the_project_are_pairs_with_digits_strongest_first() -> None:
    lines = resources.files("retrieval.search").joinpath("associations.txt").read_text("utf-8").splitlines()
    assert len(lines) > 5000
    assert lines == sorted(set(lines))
    for line in lines:
        pair, _, others = line.partition(" ")
        assert pairs_of(pair) == [pair]
        assert others
        assert len(others) % 3 == 0
        digits = [int(digit) for digit in others[2::3]]
        assert digits == sorted(digits, reverse=True)
        assert digits[-1] > 0
        assert all(pairs_of(others[at : at + 2]) == [others[at : at + 2]] for at in range(0, len(others), 3))
