"""What confidence is worth: whom a threshold lets through, and whether it means what it says.

Confidence is taken with four digits, as run files have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from retrieval.evaluation.intervals import Array, Estimate, area_estimate, estimates
from retrieval.evaluation.measures import Judged

BINS: Final = 10

ALLOWED: Final = 0.05
"""Share of unanswerable questions that may be answered, where one figure stands for the whole curve."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What answering from one confidence on would do.

    Attributes:
        threshold: the least confidence that is answered.
        false_answers: share of the unanswerable questions that would be answered.
        coverage: share of the answerable ones.
    """

    threshold: float
    false_answers: float
    coverage: float


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """Coverage against false answers over all thresholds (El-Yaniv and Wiener, JMLR 2010).

    The risk is the share of unanswerable questions answered, whatever the share of them in the file is.

    Attributes:
        points: by falling threshold, one for every confidence that occurs; () unless there are questions of
            both kinds. The curve begins at (0, 0), where nothing is answered.
        area: under the curve: the chance that an answerable question has the higher confidence of two.
        coverage_allowed: coverage with at most `ALLOWED` false answers, by the threshold that is passed by
            a confidence above the 95th percentile of unanswerable questions.
        in_force: false answers and coverage of the run as it was, None unless there are both.
    """

    points: tuple[CurvePoint, ...]
    area: Estimate | None
    coverage_allowed: float | None
    in_force: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions whose confidence lies in ``[low, high)``; the last bin has 1 as well.

    Attributes:
        confidence: their mean confidence; None where there are none.
        answerable: share of them that is answerable; None where there are none.
    """

    low: float
    high: float
    questions: int
    confidence: float | None
    answerable: Estimate | None


@dataclass(frozen=True, slots=True)
class Reliability:
    """Confidence against the share of answerable questions.

    Attributes:
        bins: `BINS` of equal width.
        error: expected calibration error, the mean distance of the two weighted by questions (Naeini et
            al., AAAI 2015); None without questions.
    """

    bins: tuple[Bin, ...]
    error: float | None


def risk_coverage(run: Sequence[Judged]) -> RiskCoverage:
    """The curve of a run."""
    right, wrong = _confidences(run, answerable=True), _confidences(run, answerable=False)
    if not right.size or not wrong.size:
        return RiskCoverage((), None, None, None)
    thresholds = np.unique(np.concatenate([right, wrong]))[::-1]
    points = tuple(
        CurvePoint(float(least), float((wrong >= least).mean()), float((right >= least).mean()))
        for least in thresholds
    )
    answered = [
        float(np.mean([j.evidence.answerable for j in run if j.question.answerable is kind]))
        for kind in (False, True)
    ]
    cut = np.sort(wrong)[min(wrong.size - 1, int((1 - ALLOWED) * wrong.size))]
    return RiskCoverage(
        points, area_estimate(right, wrong), float((right > cut).mean()), (answered[0], answered[1])
    )


def reliability(run: Sequence[Judged]) -> Reliability:
    """The bins of a run, and how far confidence is off."""
    confidence = np.asarray([_confidence(judged) for judged in run], np.float64)
    answerable = np.asarray([judged.question.answerable for judged in run], np.float64)
    places = np.clip((confidence * BINS).astype(int), 0, BINS - 1)
    bins = tuple(
        _bin(number, confidence[places == number], answerable[places == number]) for number in range(BINS)
    )
    gaps = [
        abs(each.confidence - each.answerable.value) * each.questions
        for each in bins
        if each.confidence is not None and each.answerable is not None
    ]
    return Reliability(bins, sum(gaps) / len(run) if run else None)


def _bin(number: int, confidence: Array, answerable: Array) -> Bin:
    low, high = number / BINS, (number + 1) / BINS
    if not confidence.size:
        return Bin(low, high, 0, None, None)
    (share,) = estimates(answerable[:, None])
    return Bin(low, high, len(confidence), float(confidence.mean()), share)


def _confidences(run: Sequence[Judged], *, answerable: bool) -> Array:
    found = [_confidence(judged) for judged in run if judged.question.answerable is answerable]
    return np.asarray(found, np.float64)


def _confidence(judged: Judged) -> float:
    return round(judged.evidence.confidence, 4)
