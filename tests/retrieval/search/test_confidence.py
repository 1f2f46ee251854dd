from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search import confidence as module
from retrieval.search.confidence import THRESHOLD, confidence_of, is_answerable
from tests.retrieval.search.builders import unit

shares = st.floats(0, 1)
cosines = st.floats(-1, 1)


def of(coverage: float, cosine: float) -> float:
    return confidence_of([replace(unit("文", 0.0, 0), coverage=coverage)], cosine)


def test_nothing_found_is_no_confidence_at_all() -> None:
    assert confidence_of([], 1.0) == 0.0
    assert of(0.0, 1.0) == 0.0
    assert not is_answerable(0.0)


def test_logistic_regression_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("INTERCEPT", -1.0), ("COVERAGE", 2.0), ("COSINE", 1.0)):
        monkeypatch.setattr(module, name, value)
    # -1 + 2 * 0.2 + 0.6 = 0
    assert of(0.2, 0.6) == pytest.approx(0.5)
    assert of(0.7, 0.6) == pytest.approx(1 / (1 + math.exp(-1)))


def test_best_covered_sentence_counts() -> None:
    units = [replace(unit("文", 9.0, row), coverage=row / 4) for row in (3, 1, 2)]
    assert confidence_of(units, 0.4) == of(0.75, 0.4)


@given(shares, cosines)
def test_confidence_is_a_probability(coverage: float, cosine: float) -> None:
    assert 0 <= of(coverage, cosine) <= 1


@given(st.tuples(shares, cosines), st.tuples(shares, cosines))
def test_confidence_never_falls_when_any_measure_rises(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    least = of(min(one[0], other[0]), min(one[1], other[1]))
    assert least <= of(max(one[0], other[0]), max(one[1], other[1]))


def test_more_of_one_measure_is_more_confidence() -> None:
    middle = of(0.3, 0.4)
    assert 0.01 < middle < 0.99
    assert of(0.4, 0.4) > middle
    assert of(0.3, 0.5) > middle


def test_threshold_itself_answers() -> None:
    assert is_answerable(THRESHOLD)
    assert not is_answerable(math.nextafter(THRESHOLD, 0))
