from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval.evaluation.fitting import (
    LEAST,
    STRENGTHS,
    Line,
    Sample,
    allowed_passes,
    find_cut,
    fit,
    fit_line,
    line_of,
    questions_needed,
    regression_of,
    upper_bound,
)
from retrieval.search.confidence import Regression, Signals, Weight

KINDS = (True, False)


def line(*beta: float) -> Line:
    """Weights over signals that are standardised already."""
    return Line(np.asarray(beta), np.zeros(len(beta) - 1), np.ones(len(beta) - 1))


def sample(right: Sequence[float], wrong: Sequence[float], declined: int = 0) -> Sample:
    """Questions with one signal; the first unanswerable ones are declined by a rule."""
    values = np.asarray([*right, *wrong])[:, None]
    answerable = np.arange(len(values)) < len(right)
    decided = np.ones(len(values), np.bool_)
    decided[len(right) : len(right) + declined] = False
    return Sample(values, answerable, decided)


def test_two_questions_by_hand() -> None:
    # At +1 and -1 the intercept stays 0, and the slope b solves 2 / (1 + e^b) = strength * b:
    # for b = ln 3 the strength is 0.5 / ln 3.
    fitted = fit_line(sample([1.0], [-1.0]), line(0.0, 0.0), 0.5 / math.log(3))
    assert fitted.beta == pytest.approx([0.0, math.log(3)], abs=1e-7)


def test_both_kinds_weigh_alike() -> None:
    # Three answerable questions weigh what one unanswerable does: the slope of the test above, at the same
    # strength a question (twice as many questions).
    fitted = fit_line(sample([1.0] * 3, [-1.0]), line(0.0, 0.0), 1.0 / math.log(3))
    assert fitted.beta == pytest.approx([0.0, math.log(3)], abs=1e-7)


def test_held_firmly_the_weights_stay() -> None:
    separable = sample([1.0, 2.0, 3.0], [-1.0, -2.0])
    prior = line(0.5, -2.0)
    assert fit_line(separable, prior, math.inf) is prior
    assert fit_line(separable, prior, 1e9).beta == pytest.approx(prior.beta, abs=1e-6)
    assert fit_line(separable, prior, 1.0).beta[1] > 0


def test_held_loosely_separable_questions_are_separated_by_finite_weights() -> None:
    separable = sample([1.0, 2.0, 3.0], [-1.0, -2.0])
    fitted = fit_line(separable, line(0.0, 0.0), min(STRENGTHS))
    logits = fitted.logits(separable)
    assert logits[:3].min() > 0 > logits[3:].max()
    assert np.abs(fitted.beta).max() < 5


def test_far_off_weights_are_found_back_from() -> None:
    fitted = fit_line(sample([1.0], [-1.0]), line(40.0, -300.0), 1e-3)
    near = fit_line(sample([1.0], [-1.0]), line(0.0, 0.0), 1e-3)
    assert fitted.beta[1] > 1
    assert abs(fitted.beta[0]) < 40
    assert near.beta[1] > 1


def test_what_a_rule_declines_teaches_nothing_and_passes_no_threshold() -> None:
    with_declined = sample([1.0], [99.0, -1.0], declined=1)
    fitted = fit_line(with_declined, line(0.0, 0.0), 0.5 / math.log(3))
    assert fitted.beta == pytest.approx([0.0, math.log(3)], abs=1e-7)
    assert fitted.logits(with_declined)[1] < -1e6


def test_one_kind_alone_teaches_nothing() -> None:
    prior = line(0.5, -2.0)
    assert fit_line(sample([1.0, 2.0], []), prior, 1.0) is prior
    assert fit_line(sample([], [1.0]), prior, 1.0) is prior


@pytest.mark.parametrize(
    ("questions", "target", "allowed"),
    [
        (18, 0.05, -1),
        (19, 0.05, 0),
        (38, 0.05, 0),
        (39, 0.05, 1),
        (100, 0.05, 4),
        (9, 0.1, 0),
        (199, 0.1, 19),
    ],
)
def test_passes_allowed_by_hand(questions: int, target: float, allowed: int) -> None:
    # The next question is as likely to stand at any of the n + 1 places among them.
    assert allowed_passes(questions, target) == allowed


def test_questions_needed_are_the_least_that_allow_a_promise() -> None:
    assert (questions_needed(0.05), questions_needed(0.1), questions_needed(0.01)) == (19, 9, 99)


def test_upper_bound_by_hand() -> None:
    # None of n pass: (1 - p)^n = 0.05, which 59 questions are the first to bring below 5%.
    assert upper_bound(0, 59) == pytest.approx(1 - 0.05 ** (1 / 59))
    assert upper_bound(0, 59) < 0.05 < upper_bound(0, 58)
    # One of two: (1 - p)^2 + 2 p (1 - p) = 1 - p^2 = 0.05
    assert upper_bound(1, 2) == pytest.approx(math.sqrt(0.95))
    assert upper_bound(2, 2) == upper_bound(0, 0) == 1.0


def test_cut_lies_halfway_to_the_next_question_above_what_it_holds_back() -> None:
    logits = np.asarray([1.06, 3.0, *np.linspace(-2, 1, 19)])
    answerable = np.arange(21) < 2
    cut = find_cut(logits, answerable, 0.05)
    assert (cut.passed, cut.allowed, cut.unanswerable) == (0, 0, 19)
    assert cut.logit == pytest.approx(1.03)
    assert cut.expected == pytest.approx(1 / 20)
    # Far from anything it keeps a small distance only.
    assert find_cut(np.delete(logits, 0), answerable[1:], 0.05).logit == pytest.approx(1.05)


def test_too_few_unanswerable_questions_pass_none_and_promise_less() -> None:
    cut = find_cut(np.asarray([2.0, 0.0, 1.0, -1.0]), np.asarray([True, False, False, False]), 0.05)
    assert (cut.passed, cut.allowed) == (0, 0)
    assert cut.expected == pytest.approx(1 / 4)


@example([5e-324], [0.0], 0.5)
@given(
    st.lists(st.floats(-20, 20), min_size=0, max_size=40),
    st.lists(st.floats(-20, 20), min_size=1, max_size=120),
    st.floats(0.005, 0.5),
)
def test_a_cut_never_lets_more_through_than_allowed(
    right: list[float], wrong: list[float], target: float
) -> None:
    logits = np.asarray([*right, *wrong])
    answerable = np.arange(logits.size) < len(right)
    cut = find_cut(logits, answerable, target)
    assert cut.passed == int((logits[~answerable] >= cut.logit).sum())
    assert cut.passed <= cut.allowed == max(0, allowed_passes(len(wrong), target))


@given(st.integers(0, 2**32 - 1), st.integers(LEAST, 60), st.integers(LEAST, 60), st.floats(-3, 3))
def test_a_fit_keeps_its_promise_on_its_own_questions(
    seed: int, right: int, wrong: int, apart: float
) -> None:
    chance = np.random.default_rng(seed)
    values = chance.normal(size=(right + wrong, 2))
    answerable = np.arange(right + wrong) < right
    values[answerable, 0] += apart
    asked = Sample(values, answerable, chance.random(right + wrong) > 0.1)
    fitted = fit(asked, line(0.0, 1.0, 0.0), 0.05)
    assert fitted.strength in STRENGTHS
    regression = regression_of(fitted, ("coverage", "cosine"))
    logits = fitted.line.logits(asked)
    # Coverage may be anything above 0 here; the sign of the logit is what counts.
    chances = 1 / (1 + np.exp(-np.clip(logits, -700, 700)))
    assert int((chances[~answerable] >= regression.threshold).sum()) <= fitted.cut.allowed


def test_questions_that_tell_nothing_leave_the_weights_where_they_are() -> None:
    chance = np.random.default_rng(1)
    values = chance.normal(size=(200, 1))
    noise = Sample(values, np.arange(200) < 100, np.ones(200, np.bool_))
    assert fit(noise, line(0.0, 0.0), 0.05).strength == math.inf


def test_many_questions_that_tell_move_the_weights() -> None:
    chance = np.random.default_rng(1)
    values = chance.normal(size=(400, 1))
    answerable = chance.random(400) < 1 / (1 + np.exp(-3 * values[:, 0]))
    fitted = fit(Sample(values, answerable, np.ones(400, np.bool_)), line(0.0, -1.0), 0.05)
    assert fitted.strength < math.inf
    assert 1.5 < fitted.line.beta[1] < 4


def test_a_regression_and_its_line_say_the_same() -> None:
    regression = Regression(-1.0, {"coverage": Weight(2.0, 0.4, 0.5), "cosine": Weight(-3.0, 0.1, 0.2)}, 0.3)
    held = line_of(regression)
    # Intercept at the means: -1 + 2 * 0.4 - 3 * 0.1; slopes times spreads.
    assert held.beta == pytest.approx([-0.5, 1.0, -0.6])
    asked = Sample(np.asarray([[0.6, -0.2]]), np.asarray([True]), np.asarray([True]))
    chance = regression.confidence(Signals(0.6, -0.2))
    assert 1 / (1 + math.exp(-held.logits(asked)[0])) == pytest.approx(chance)


def test_rows_must_agree() -> None:
    with pytest.raises(ValueError, match="rows differ"):
        Sample(np.zeros((2, 1)), np.zeros(2, np.bool_), np.zeros(1, np.bool_))
