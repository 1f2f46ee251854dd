from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.calibration_file import shipped_calibration
from retrieval.search.confidence import (
    FAIR_ODDS,
    HIGH_ODDS,
    Calibration,
    Regression,
    Signals,
    Weight,
    logistic,
)
from retrieval.types import Certainty

shares = st.floats(0, 1)
cosines = st.floats(-1, 1)
logits = st.floats(-20, 20)


def weights(**values: float) -> dict[str, Weight]:
    return {name: Weight(value, 0.0, 1.0) for name, value in values.items()}


READ = Regression(-1.0, weights(answers=0.5, cosine=2.0), 0.3)
UNREAD = Regression(-1.0, weights(coverage=2.0, cosine=1.0), 0.6)


def test_what_was_not_measured_is_no_signal() -> None:
    assert "answers" not in Signals(0.5, 0.4).values
    assert Signals(0.5, 0.4, -2.0).values == {
        "coverage": 0.5,
        "cosine": 0.4,
        "answers": -2.0,
        "value_missing": 0.0,
        "unsaid": 0.0,
        "elsewhere": 0.0,
        "unechoed": 0.0,
        "in_domain": 0.0,
    }


def test_logistic_regression_by_hand() -> None:
    # -1 + 2 * 0.2 + 0.6 = 0; and 1 more where coverage is 0.5 higher
    assert UNREAD.confidence(Signals(0.2, 0.6)) == pytest.approx(0.5)
    assert UNREAD.confidence(Signals(0.7, 0.6)) == pytest.approx(1 / (1 + math.exp(-1)))


def test_with_and_without_the_cross_encoder() -> None:
    both = Calibration(READ, UNREAD)
    assert both.of(Signals(0.5, 0.4, 0.4)) is READ
    assert both.of(Signals(0.5, 0.4)) is UNREAD
    assert Calibration(None, UNREAD).of(Signals(0.5, 0.4, 0.4)) is UNREAD
    # -1 + 0.5 * 0.4 + 2 * 0.4 = 0, and 1 where the logit is higher by 2
    assert READ.confidence(Signals(0.5, 0.4, 0.4)) == pytest.approx(0.5)
    assert READ.confidence(Signals(0.5, 0.4, 2.4)) == pytest.approx(1 / (1 + math.exp(-1)))


def test_a_reading_of_a_question_that_leans_counts_for_part() -> None:
    both = Calibration(READ, UNREAD)
    signals = Signals(0.7, 0.6, 2.8)
    # read: -1 + 0.5 * 2.8 + 2 * 0.6 = 1.6; unread: -1 + 2 * 0.7 + 0.6 = 1; 3 / 4 of 1.6 and 1 / 4 of 1: 1.45
    assert both.confidence(signals) == pytest.approx(logistic(1.6))
    assert both.confidence(signals, leans=True) == pytest.approx(logistic(1.45))
    unread = replace(signals, answers=None)
    assert both.confidence(unread, leans=True) == both.confidence(unread) == pytest.approx(logistic(1.0))
    none = replace(signals, coverage=0.0)
    assert both.confidence(none, leans=True) < 1e-9


def test_only_what_is_undecided_takes_a_reading() -> None:
    signals = Signals(0.7, 0.6)  # logit 1 without a reading: 0.731
    for band, takes in (((0.2, 0.73), False), ((0.2, 0.74), True), ((0.74, 0.9), False), (None, True)):
        assert Calibration(READ, UNREAD, undecided=band).takes_reading(signals) is takes
    assert not Calibration(None, UNREAD).takes_reading(signals)
    assert not Calibration(READ, UNREAD).takes_reading(replace(signals, coverage=0.0))


@pytest.mark.parametrize("regression", [READ, UNREAD])
def test_without_a_word_of_the_question_there_is_no_confidence(regression: Regression) -> None:
    signals = Signals(0.0, 0.9, 9.0)
    assert regression.confidence(signals) == 0.0
    assert not regression.answers(0.0)


@given(shares, cosines, logits)
def test_shipped_confidence_is_a_probability(coverage: float, cosine: float, answers: float) -> None:
    for signals in (Signals(coverage, cosine), Signals(coverage, cosine, answers)):
        assert 0 <= shipped_calibration().of(signals).confidence(signals) <= 1


@given(st.tuples(shares, cosines, logits), st.tuples(shares, cosines, logits))
def test_shipped_confidence_never_falls_when_any_signal_rises(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> None:
    low, high = (Signals(*map(pick, one, other)) for pick in (min, max))
    shipped = shipped_calibration()
    for least, most in ((low, high), (replace(low, answers=None), replace(high, answers=None))):
        assert shipped.of(least).confidence(least) <= shipped.of(most).confidence(most)


def test_threshold_itself_answers() -> None:
    assert READ.answers(0.3)
    assert not READ.answers(math.nextafter(0.3, 0))


def test_certainty_is_counted_from_the_threshold() -> None:
    assert (FAIR_ODDS, HIGH_ODDS) == (1.5, 5.0)
    # Odds at 0.3 are 3/7: fair from 4.5/7 (a confidence of 9/23), high from 15/7 (15/22, 0.6818).
    words = {0.3: "low", 0.39: "low", 0.392: "fair", 0.68: "fair", 0.69: "high", 1.0: "high"}
    assert {value: READ.certainty(value).value for value in words} == words
    # Odds at 0.8 are 4: fair from 6 (6/7), high from 20 (20/21, 0.9524).
    strict = replace(READ, threshold=0.8)
    words = {0.85: "low", 0.86: "fair", 0.95: "fair", 0.96: "high"}
    assert {value: strict.certainty(value).value for value in words} == words


def test_less_likely_than_not_is_never_a_high_certainty() -> None:
    lenient = replace(READ, threshold=0.01)
    assert lenient.certainty(0.49) is Certainty.FAIR
    assert lenient.certainty(0.5) is Certainty.HIGH
    assert replace(READ, threshold=0.0).certainty(0.2) is Certainty.FAIR
