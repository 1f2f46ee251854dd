"""Calibrating to an archive: confidence fitted to questions that are known to have an answer, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from config.errors import UsageError
from retrieval.evaluation.fitting import (
    LEAST,
    Array,
    Cut,
    Fitted,
    Flags,
    Sample,
    fit,
    line_of,
    regression_of,
)
from retrieval.evaluation.intervals import area_under_curve
from retrieval.search.confidence import Calibration, Regression, Signals, logistic

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """A question with what is known of it.

    Attributes:
        answerable: whether the archive answers it.
        signals: None where a rule has declined it.
    """

    answerable: bool
    signals: Signals | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a calibration does to questions.

    Attributes:
        answered_when_answerable, answered_when_not: shares, in [0, 1].
        area: chance that of two questions the answerable one has the higher confidence.
        brier: mean squared distance of confidence from 1 or 0, both kinds weighing alike; 0.25 is no better
            than "perhaps" (Brier, 1950).
    """

    answered_when_answerable: float
    answered_when_not: float
    area: float
    brier: float


@dataclass(frozen=True, slots=True)
class Refit:
    """A calibration fitted to questions; figures are of the regression that these questions took.

    Attributes:
        before: with the calibration that was there, which has not seen these questions.
        after: with the new one, each question by weights that have not seen it; the threshold has.
        strength: how strongly weights were held to those before; infinite where they stayed.
        cut: what the threshold promises.
        declined: questions that a rule had declined already.
    """

    calibration: Calibration
    before: Outcome
    after: Outcome
    strength: float
    cut: Cut
    declined: int


def refit(
    measured: Sequence[Measured],
    before: Calibration,
    target: float,
    *,
    encoder: str,
    cross_encoder: str,
    fitted: Mapping[str, str | int | float],
) -> Refit:
    """Fit both regressions, or the one without the cross-encoder where none read the questions.

    Args:
        measured: the questions.
        before: the calibration that new weights are held to.
        target: share of unanswerable questions that may be answered, in (0, 1).
        encoder: fingerprint of what measured.
        cross_encoder: the same; "" where none read the questions.
        fitted: where the questions come from, for people.

    Raises:
        UsageError: there are too few questions of either kind.
    """
    check_counts([each.answerable for each in measured])
    used, new = before.unread, _fitted(measured, before.unread, target)
    unread, read = regression_of(new, list(used.weights)), None
    if cross_encoder and before.read is not None:
        used, new = before.read, _fitted(measured, before.read, target)
        read = regression_of(new, list(used.weights))
    answerable = np.asarray([each.answerable for each in measured], np.bool_)
    decided = np.asarray([_is_open(each) for each in measured], np.bool_)
    after = np.asarray([logistic(logit) for logit in new.unseen]) * decided
    return Refit(
        Calibration(read, unread, encoder, cross_encoder if read is not None else "", fitted),
        _outcome(answerable, *_decisions(measured, used)),
        _outcome(answerable, after, new.unseen >= new.cut.logit),
        new.strength,
        new.cut,
        int((~decided).sum()),
    )


def check_counts(answerable: Sequence[bool]) -> None:
    """Make sure that there are enough questions of both kinds.

    Raises:
        UsageError: there are too few; the message tells how to come by more.
    """
    right = sum(answerable)
    if right < LEAST:
        raise UsageError("calibrate.few_answerable", count=right, least=LEAST)
    if len(answerable) - right < LEAST:
        raise UsageError("calibrate.few_unanswerable", count=len(answerable) - right, least=LEAST)


def _fitted(measured: Sequence[Measured], prior: Regression, target: float) -> Fitted:
    return fit(_sample(measured, list(prior.weights)), line_of(prior), target)


def _sample(measured: Sequence[Measured], names: Sequence[str]) -> Sample:
    measures = [each.signals.values if each.signals is not None else {} for each in measured]
    values = [[each.get(name, 0.0) for name in names] for each in measures]
    return Sample(
        np.asarray(values, np.float64).reshape(len(measured), len(names)),
        np.asarray([each.answerable for each in measured], np.bool_),
        np.asarray([_is_open(each) for each in measured], np.bool_),
    )


def _is_open(measured: Measured) -> bool:
    """Whether confidence decides: no rule has declined, and some word of the question was found."""
    return measured.signals is not None and measured.signals.coverage > 0


def _decisions(measured: Sequence[Measured], regression: Regression) -> tuple[Array, Flags]:
    chances = [regression.confidence(each.signals) if each.signals else 0.0 for each in measured]
    answers = [
        _is_open(each) and regression.answers(chance) for each, chance in zip(measured, chances, strict=True)
    ]
    return np.asarray(chances, np.float64), np.asarray(answers, np.bool_)


def _outcome(answerable: Flags, chances: Array, answers: Flags) -> Outcome:
    missed = (chances - answerable) ** 2
    brier = (missed[answerable].mean() + missed[~answerable].mean()) / 2
    return Outcome(
        round(float(answers[answerable].mean()), DIGITS),
        round(float(answers[~answerable].mean()), DIGITS),
        area_under_curve(chances, answerable),
        round(float(brier), DIGITS),
    )
