from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from retrieval.copies.alignment import Gap, align

SENTENCE = "入冬以来全县已经接到煤气中毒警情，各村的网格员要挨家挨户走一遍，烟囱通不通都要当面看。"


def same_parts(one: str, other: str) -> tuple[list[str], list[str]]:
    """What stands between the gaps, on both sides."""
    gaps = align(one, other)
    ends = [Gap(0, 0, 0, 0), *gaps, Gap(len(one), len(one), len(other), len(other))]
    mine = [one[a.end : b.start] for a, b in pairwise(ends)]
    its = [other[a.its_end : b.its_start] for a, b in pairwise(ends)]
    return mine, its


def test_one_character_is_one_gap() -> None:
    assert align(SENTENCE, SENTENCE) == ()
    assert align(SENTENCE, SENTENCE.replace("囱", "肉")) == (Gap(33, 34, 33, 34),)
    assert align(SENTENCE, SENTENCE[:10] + SENTENCE[11:]) == (Gap(10, 11, 10, 10),)
    assert align(SENTENCE[:10] + SENTENCE[11:], SENTENCE) == (Gap(10, 10, 10, 11),)


def test_what_only_one_side_has_is_one_gap() -> None:
    assert align(SENTENCE + "完", SENTENCE) == (Gap(len(SENTENCE), len(SENTENCE) + 1, 43, 43),)
    assert align("", SENTENCE) == (Gap(0, 0, 0, 43),)
    assert align("甲" * 9, "乙" * 9) == (Gap(0, 9, 0, 9),)


@given(st.text("安全生产，。", max_size=60), st.text("安全生产，。", max_size=60))
def test_what_is_no_gap_is_the_same(one: str, other: str) -> None:
    mine, its = same_parts(one, other)
    assert mine == its


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=20))
def test_what_is_no_gap_is_the_same_in_any_text(start: str, end: str, inside: str) -> None:
    mine, its = same_parts(start + SENTENCE + end, inside + SENTENCE + start)
    assert mine == its
    assert any(SENTENCE in part for part in mine)
