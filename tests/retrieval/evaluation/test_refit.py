from __future__ import annotations

import numpy as np
import pytest

from config.errors import UsageError
from retrieval.evaluation.refit import Measured, refit
from retrieval.search.confidence import Calibration, Regression, Signals, Weight

READ = Regression(0.0, {"answers": Weight(1.0, 0.0, 1.0)}, 0.5)
UNREAD = Regression(-1.0, {"cosine": Weight(4.0, 0.25, 0.25)}, 0.5)
BEFORE = Calibration(READ, UNREAD)


def asked(
    count: int, *, answerable: bool, answers: float | None = None, cosine: float = 0.3
) -> list[Measured]:
    """Questions whose signals differ a little from one to the next."""
    steps = np.linspace(-0.2, 0.2, count)
    return [
        Measured(answerable, Signals(0.5, cosine + step / 10, None if answers is None else answers + step))
        for step in steps
    ]


def test_few_questions_of_a_kind_are_refused() -> None:
    nine, ten = asked(9, answerable=False), asked(10, answerable=True)
    with pytest.raises(UsageError) as caught:
        refit([*nine, *ten], BEFORE, 0.05, encoder="e", cross_encoder="", fitted={})
    assert caught.value.key == "calibrate.few_unanswerable"
    assert caught.value.values == {"count": 9, "least": 10}
    few = [*asked(9, answerable=True), *asked(10, answerable=False)]
    with pytest.raises(UsageError) as caught:
        refit(few, BEFORE, 0.05, encoder="e", cross_encoder="", fitted={})
    assert caught.value.key == "calibrate.few_answerable"


def test_a_threshold_parts_what_the_one_before_did_not() -> None:
    # All are answered before: log-odds of 3 and 1 are above 0. Afterwards the ones without an answer are not.
    questions = [
        *asked(20, answerable=True, answers=3.0),
        *asked(20, answerable=False, answers=1.0),
    ]
    found = refit(questions, BEFORE, 0.05, encoder="e", cross_encoder="c", fitted={"questions": 40})
    assert (found.before.answered_when_answerable, found.before.answered_when_not) == (1.0, 1.0)
    assert (found.after.answered_when_answerable, found.after.answered_when_not) == (1.0, 0.0)
    assert (found.before.area, found.after.area) == (1.0, 1.0)
    # Mean of about 1 / (1 + e^3) squared and 1 / (1 + e^-1) squared.
    assert found.before.brier == pytest.approx((0.0474**2 + 0.7311**2) / 2, abs=0.002)
    assert found.after.brier < found.before.brier
    assert (found.cut.passed, found.cut.allowed, found.cut.unanswerable) == (0, 0, 20)
    calibration = found.calibration
    assert (calibration.encoder, calibration.cross_encoder) == ("e", "c")
    assert calibration.read is not None
    for question in questions:
        assert question.signals is not None
        regression = calibration.of(question.signals)
        assert regression.answers(regression.confidence(question.signals)) is question.answerable


def test_without_a_cross_encoder_there_is_one_regression() -> None:
    questions = [
        *asked(12, answerable=True, cosine=0.8),
        *asked(12, answerable=False, cosine=0.1),
    ]
    found = refit(questions, BEFORE, 0.05, encoder="e", cross_encoder="", fitted={})
    assert found.calibration.read is None
    assert found.calibration.cross_encoder == ""
    assert found.before.answered_when_not == 0.0
    assert found.after.answered_when_answerable == 1.0


def test_what_rules_decline_stays_declined_and_is_counted() -> None:
    questions = [
        *asked(12, answerable=True, cosine=0.8),
        *asked(12, answerable=False, cosine=0.1),
        Measured(False, None),
        Measured(True, Signals(0.0, 0.99)),
    ]
    found = refit(questions, BEFORE, 0.05, encoder="e", cross_encoder="", fitted={})
    assert found.declined == 2
    assert found.cut.unanswerable == 13
    assert found.before.answered_when_answerable == found.after.answered_when_answerable
    assert found.after.answered_when_answerable == pytest.approx(12 / 13, abs=1e-4)
