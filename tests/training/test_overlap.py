"""Near-duplicates and nearest texts by shared characters."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.overlap import Overlap, grams, near_duplicates


def test_grams_leave_out_punctuation() -> None:
    assert grams("甲，乙 丙。", 2) == {"甲乙", "乙丙"}
    assert grams("甲", 2) == frozenset()


def test_jaccard_by_hand() -> None:
    """甲乙丙丁戊 and 甲乙丙丁己 share 甲乙丙 and 乙丙丁 of four trigrams in all."""
    texts = ["甲乙丙丁戊", "子丑寅卯", "甲乙丙丁己"]
    assert list(near_duplicates(texts, 0.5)) == [(0, 2, 0.5)]
    assert list(near_duplicates(texts, 0.51)) == []


@given(
    st.lists(st.text("甲乙丙", min_size=0, max_size=9), max_size=12),
    st.sampled_from([0.2, 0.5, 2 / 3, 0.8, 1.0]),
)
def test_no_pair_is_missed_and_none_invented(texts: list[str], least: float) -> None:
    sets = [grams(text, 3) for text in texts]
    expected = {
        (one, other)
        for one, other in combinations(range(len(texts)), 2)
        if sets[one] & sets[other] and len(sets[one] & sets[other]) / len(sets[one] | sets[other]) >= least
    }
    assert {(one, other) for one, other, _ in near_duplicates(texts, least)} == expected


def test_the_nearest_text_shares_most_and_strangers_are_left_out() -> None:
    overlap = Overlap(["渡船满员即走", "渡船停航", "食堂留样"])
    assert overlap.nearest("渡船满员了怎么办", 3) == [0, 1]
    assert overlap.nearest("渡船满员了怎么办", 1) == [0]
    assert overlap.nearest("电梯", 3) == []


def test_rare_pairs_count_more_than_common_ones() -> None:
    overlap = Overlap(["安全检查", "安全培训", "安全投入", "锅炉培训"])
    assert overlap.nearest("锅炉安全", 1) == [3]


@pytest.mark.parametrize("texts", [[], [""]])
def test_nothing_to_find(texts: list[str]) -> None:
    assert Overlap(texts).nearest("甲乙", 3) == []
    assert list(near_duplicates(texts, 0.5)) == []
