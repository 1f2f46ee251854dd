"""Curves and bins against values worked out by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.evaluation.calibration import CurvePoint, reliability, risk_coverage
from retrieval.evaluation.intervals import Estimate, area_estimate, area_under_curve
from retrieval.evaluation.measures import Judged
from retrieval.evaluation.questions import Question
from retrieval.types import Evidence

CONFIDENCES = st.lists(st.integers(0, 20).map(lambda n: n / 20), min_size=1, max_size=12)


def asked(confidence: float, *, answerable: bool, answered: bool = True) -> Judged:
    question = Question("q", "问", "factoid", (), (), answerable)
    return Judged(question, Evidence("问", (), (), confidence, answered), ())


def run_of(right: list[float], wrong: list[float], threshold: float = 0.5) -> list[Judged]:
    return [
        *(asked(one, answerable=True, answered=one >= threshold) for one in right),
        *(asked(one, answerable=False, answered=one >= threshold) for one in wrong),
    ]


def test_curve_has_a_point_for_every_threshold() -> None:
    curve = risk_coverage(run_of([0.9, 0.6, 0.6, 0.1], [0.7, 0.1]))
    assert curve.points == (
        CurvePoint(0.9, 0.0, 0.25),
        CurvePoint(0.7, 0.5, 0.25),
        CurvePoint(0.6, 0.5, 0.75),
        CurvePoint(0.1, 1.0, 1.0),
    )
    # Of eight pairs 0.9 wins two, each 0.6 one, and 0.1 is level with one.
    assert curve.area is not None
    assert curve.area.value == (2 + 1 + 1 + 0.5) / 8
    assert curve.in_force == (0.5, 0.75)
    assert curve.coverage_allowed == 0.25  # nothing but 0.9 is above every unanswerable question


def test_one_in_twenty_may_be_answered_wrongly() -> None:
    curve = risk_coverage(run_of([0.65, 0.55], [0.6, *[0.01 * n for n in range(20)]]))
    assert curve.coverage_allowed == 1.0  # of 21, the 20th in order is 0.19: 0.6 is the one let through


def test_curve_takes_questions_of_both_kinds() -> None:
    for run in (run_of([0.5], []), run_of([], [0.5]), []):
        curve = risk_coverage(run)
        assert (curve.points, curve.area, curve.coverage_allowed, curve.in_force) == ((), None, None, None)


@settings(max_examples=25)  # each draws ten thousand samples
@given(CONFIDENCES, CONFIDENCES)
def test_area_is_that_under_the_points(right: list[float], wrong: list[float]) -> None:
    curve = risk_coverage(run_of(right, wrong))
    corners = [(0.0, 0.0), *((point.false_answers, point.coverage) for point in curve.points)]
    under = sum((x2 - x1) * (y1 + y2) / 2 for (x1, y1), (x2, y2) in pairwise(corners))
    assert curve.area is not None
    assert curve.area.value == pytest.approx(under)
    assert corners[-1] == (1.0, 1.0)
    values = np.asarray([*right, *wrong])
    truth = np.asarray([True] * len(right) + [False] * len(wrong))
    assert curve.area.value == pytest.approx(area_under_curve(values, truth), abs=6e-5)


def test_interval_of_an_area_draws_both_kinds_apart() -> None:
    apart = area_estimate(np.asarray([0.8, 0.9]), np.asarray([0.1, 0.2, 0.3]))
    assert apart == Estimate(1.0, 1.0, 1.0)
    # One of two answerable questions is above the only other: a quarter of the samples has it twice.
    assert area_estimate(np.asarray([0.9, 0.1]), np.asarray([0.5])) == Estimate(0.5, 0.0, 1.0)


def test_bins_hold_their_lower_edge_and_the_last_one_both() -> None:
    found = reliability(run_of([0.1, 0.19, 1.0], [0.15, 0.95, 0.0]))
    assert [each.questions for each in found.bins] == [1, 3, 0, 0, 0, 0, 0, 0, 0, 2]
    first, second, *_, last = found.bins
    assert (first.low, first.high, last.low, last.high) == (0.0, 0.1, 0.9, 1.0)
    assert second.confidence == pytest.approx((0.1 + 0.19 + 0.15) / 3)
    assert second.answerable is not None
    assert second.answerable.value == pytest.approx(2 / 3)
    assert second.answerable.low == 0.0
    assert second.answerable.high == 1.0
    assert (found.bins[2].confidence, found.bins[2].answerable) == (None, None)


def test_calibration_error_weighs_bins_by_questions() -> None:
    # Bin 1: confidence 0.1 against 1/2 of two; bin 8: 0.8 against 1 of three.
    found = reliability(run_of([0.1, 0.8, 0.8, 0.8], [0.1]))
    assert found.error == pytest.approx((2 * 0.4 + 3 * 0.2) / 5)
    assert reliability([]).error is None


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_confidence_that_means_what_it_says_has_no_error(share: float) -> None:
    right = round(share * 8)
    found = reliability(run_of([share] * right, [share] * (8 - right)))
    assert found.error == pytest.approx(0.0)
