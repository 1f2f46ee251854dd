from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.lineage.align import (
    edits_between,
    find_nearest,
    find_windows,
    least_similarity,
    shared_pairs,
    similarity,
)
from retrieval.lineage.folding import barriers_for, fold

FEW = st.text("安全生产责任", min_size=2, max_size=9)
NOISY = st.text("安全生产责任，。”", max_size=40)


def found(formulation: str, text: str) -> list[tuple[str, float]]:
    """What stands in the text, as it stands there, and how near it is."""
    folded = fold(text, barriers_for(formulation))
    windows = find_windows(fold(formulation).text, folded)
    return [(text[slice(*folded.to_source(one.start, one.end))], round(one.similarity, 3)) for one in windows]


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("", "", 0),
        ("安全", "", 2),
        ("安全", "安全", 0),
        ("党政同责", "党委同责", 1),
        ("压实责任", "压紧压实责任", 2),
    ],
)
def test_edits(one: str, other: str, edits: int) -> None:
    assert edits_between(one, other) == edits_between(other, one) == edits


def test_the_longer_side_counts() -> None:
    assert similarity("压实责任", "压紧压实责任") == pytest.approx(1 - 2 / 6)
    assert similarity("", "") == 1


@pytest.mark.parametrize(
    ("formulation", "text", "expected"),
    [
        ("三管三必须", "要落实“三管、三必須”要求", [("三管、三必須", 1.0)]),
        ("压实安全责任", "要压实安全生产责任，到岗到人", [("压实安全生产责任", 0.75)]),
        ("压实安全责任", "压紧实安全责任", [("压紧实安全责任", 0.857)]),
        (
            "党政同责一岗双责",
            "党政同责、一岗双责、党委同责，一岗双责",
            [("党政同责、一岗双责", 1.0), ("党委同责，一岗双责", 0.875)],
        ),
        ("一二三四五六七八", "一二三四。五六七八", []),
        ("安全生产", "祝大家安全生日快乐", []),
        ("安全生产", "安全大生产", [("安全大生产", 0.8)]),
        ("三必须", "三个必须", []),
        ("安全生产", "抓安全，生产也要抓；分管安全、生产的副矿长", []),
        ("排查隐患治理", "要排查隐患\n治理顽疾", []),
        ("安全", "安全安全", [("安全", 1.0), ("安全", 1.0)]),
    ],
)
def test_what_counts(formulation: str, text: str, expected: list[tuple[str, float]]) -> None:
    assert found(formulation, text) == expected


def test_a_replaced_character_at_the_edge_belongs_to_it_only_before_a_mark() -> None:
    assert found("三管三必须", "写进“三管三必需”考核") == [("三管三必需", 0.8)]
    assert found("三管三必须", "三管三必需求旺盛") == [("三管三必", 0.8)]
    assert found("三管三必须", "抓“五管三必须”，抓好管三必须") == [("五管三必须", 0.8), ("管三必须", 0.8)]


@pytest.mark.parametrize("length", range(2, 41))
def test_a_near_window_always_shares_a_pair_so_the_filter_loses_nothing(length: int) -> None:
    fewest, longest = shared_pairs(length, least_similarity(length))
    assert fewest >= 1
    assert longest <= length * 4 // 3


def test_pairs_left_worked_out_by_hand() -> None:
    assert shared_pairs(3, 0.8) == (2, 3)  # the same words only
    assert shared_pairs(4, 0.8) == (2, 5)  # one inserted: breaks one pair of three
    assert shared_pairs(6, 0.75) == (3, 8)  # one replaced breaks two of five; two inserted
    assert shared_pairs(8, 0.75) == (3, 10)


def test_the_nearest_is_named_from_three_in_five_on() -> None:
    folded = fold("也要管三个必须，再管好自己")
    (nearest,) = find_nearest("三管三必须", folded)
    assert folded.text[nearest.start : nearest.end] == "管三个必须"
    assert nearest.similarity == pytest.approx(0.6)
    assert find_nearest("三管三必须", fold("今天天气很好")) == []
    assert find_nearest("三必须", fold("两个必须")) == []
    assert find_nearest("安全生产", fold("")) == []


def test_one_character_is_no_formulation() -> None:
    with pytest.raises(ValueError, match="no pairs"):
        find_windows("安", fold("安全"))


@given(FEW, NOISY)
def test_every_window_is_as_near_as_it_says_and_none_overlap(formulation: str, text: str) -> None:
    folded = fold(text)
    windows = find_windows(formulation, folded)
    for one in windows:
        own = folded.text[one.start : one.end]
        assert one.similarity == pytest.approx(similarity(formulation, own))
        assert one.similarity >= least_similarity(len(formulation)) - 1e-9
    assert all(one.end <= other.start for one, other in pairwise(windows))


@given(FEW, NOISY)
def test_no_place_with_the_same_words_is_missed(formulation: str, text: str) -> None:
    folded = fold(text)
    windows = find_windows(formulation, folded)
    at = folded.text.find(formulation)
    while at >= 0:
        assert any(one.start < at + len(formulation) and at < one.end for one in windows)
        at = folded.text.find(formulation, at + 1)


@given(
    st.text(
        "甲乙丙丁戊己庚辛",
        min_size=6,
        max_size=24,
    ),
    st.data(),
)
def test_one_changed_character_in_six_is_always_found(formulation: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(formulation) - 2))
    change = data.draw(st.sampled_from(["", "改", "添" + formulation[at]]))
    text = f"前面的话{formulation[:at]}{change}{formulation[at + 1 :]}后面的话"
    assert find_windows(formulation, fold(text))
