"""Intervals and tests against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.evaluation.intervals import RESAMPLES, Array, Estimate, differences, estimates, sign_flip_test

MISSING = 10**6
RANKS = st.lists(st.sampled_from([1, 2, 5, 6, 10, 11, MISSING]), min_size=1, max_size=30)


def columns(ranks: list[int]) -> Array:
    """Three measures of some questions: right at once, among the first five, reciprocal rank."""
    return np.asarray([[rank == 1, rank <= 5, 1 / rank if rank <= 10 else 0] for rank in ranks], np.float64)


def test_means_of_three_questions() -> None:
    first, fifth, reciprocal = estimates(columns([1, 2, 20]))
    assert (first.value, fifth.value, reciprocal.value) == pytest.approx((1 / 3, 2 / 3, 1 / 2))


def test_one_question_has_no_spread() -> None:
    assert estimates(columns([2]))[2] == Estimate(0.5, 0.5, 0.5)


def test_interval_of_a_fair_coin_is_that_of_the_binomial() -> None:
    """Of 100 tosses, 40 to 60 heads hold the middle 95% (cumulative 0.0284 at 40, 0.0176 at 39)."""
    half = estimates(columns([1] * 50 + [MISSING] * 50))[0]
    assert half.value == 0.5
    assert half.low == pytest.approx(0.40, abs=0.0101)
    assert half.high == pytest.approx(0.60, abs=0.0101)


def test_interval_of_two_questions_reaches_both() -> None:
    """A quarter of the resamples holds the right one twice, a quarter the wrong one."""
    assert estimates(columns([1, MISSING]))[0] == Estimate(0.5, 0.0, 1.0)


@given(RANKS)
def test_interval_holds_the_mean_and_stays_in_range(ranks: list[int]) -> None:
    for each in estimates(columns(ranks), resamples=500):
        assert 0 <= each.low <= each.value + 1e-9
        assert each.value - 1e-9 <= each.high <= 1


def test_same_seed_same_interval_other_seed_another() -> None:
    values = columns(list(range(1, 12)) * 5)
    assert estimates(values, seed=1) == estimates(values, seed=1)
    assert estimates(values, seed=1)[2] != estimates(values, seed=2)[2]


def test_steps_in_memory_do_not_change_what_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    values = columns([1, 3, 7, MISSING] * 20)
    whole = estimates(values)
    monkeypatch.setattr("retrieval.evaluation.intervals._AT_ONCE", 999)
    for one, other in zip(estimates(values), whole, strict=True):
        assert (one.low, one.high) == pytest.approx((other.low, other.high))


@pytest.mark.parametrize(
    ("change", "p"),
    [
        ([1, 1, 1], 2 / 8),  # only all plus and all minus reach 3
        ([1, 1, -1], 1.0),  # an odd number of ones always sums to 1 or more
        ([1, 1, 1, 1, 1, 0, 0], 2 / 32),  # questions without a difference say nothing
        ([0.5, -0.25, 0.125], 6 / 8),  # sums are ±0.875, ±0.625, ±0.375 and ±0.125; 0.375 was seen
        ([0, 0], 1.0),
        ([], 1.0),
    ],
)
def test_exact_sign_flips(change: list[float], p: float) -> None:
    found, exact = sign_flip_test(np.asarray(change, np.float64))
    assert exact
    assert found == pytest.approx(p)


def test_random_sign_flips_come_near_the_exact_value() -> None:
    """15 of 20 wins: twice the binomial tail, 2 * 21700 / 2**20."""
    exact = 2 * sum(math.comb(20, wins) for wins in range(15, 21)) / 2**20
    found, is_exact = sign_flip_test(np.asarray([1.0] * 15 + [-1.0] * 5))
    assert exact == pytest.approx(0.0414, abs=1e-4)
    assert not is_exact
    assert found == pytest.approx(exact, abs=0.008)


def test_random_p_is_never_zero() -> None:
    assert sign_flip_test(np.ones(40)) == (1 / (RESAMPLES + 1), False)


def test_differences_are_second_less_first() -> None:
    first, _, reciprocal = differences(columns([2, 2, 2, 2]), columns([1, 1, 2, 4]))
    assert first.value == 0.5
    assert reciprocal.value == pytest.approx((0.5 + 0.5 + 0 - 0.25) / 4)
    assert first.p == 2 / 4  # two questions differ, both the same way
    assert first.exact
    assert -1 <= reciprocal.low <= reciprocal.value <= reciprocal.high <= 1


def test_paired_interval_is_narrow_where_single_ones_are_wide() -> None:
    before = [1] * 50 + [MISSING] * 50
    after = [1] * 52 + [MISSING] * 48
    (change, *_) = differences(columns(before), columns(after))
    (alone, *_) = estimates(columns(after))
    assert change.value == pytest.approx(0.02)
    assert change.high - change.low < (alone.high - alone.low) / 3


@given(RANKS)
def test_a_run_does_not_differ_from_itself(ranks: list[int]) -> None:
    for each in differences(columns(ranks), columns(ranks), resamples=50):
        assert (each.value, each.low, each.high, each.p) == (0, 0, 0, 1)


@given(RANKS, RANKS)
def test_swapping_the_runs_turns_the_sign(ranks: list[int], others: list[int]) -> None:
    size = min(len(ranks), len(others))
    one, other = columns(ranks[:size]), columns(others[:size])
    for there, back in zip(
        differences(one, other, resamples=200), differences(other, one, resamples=200), strict=True
    ):
        assert there.value == pytest.approx(-back.value)
        assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
        assert there.p == pytest.approx(back.p)


def test_other_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="not the same questions: 1 and 2"):
        differences(columns([1]), columns([1, 2]))
