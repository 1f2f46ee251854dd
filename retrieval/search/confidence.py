"""How sure we are that the archive answers, and when to say that it does not.

A few signals of a question and of what was found for it go through a logistic regression. There are two of
them, for questions that the cross-encoder read and for those that it did not. The weights that come with the
project were fitted on its own questions (``calibration.json`` says which); `anjiang calibrate` fits them to
the questions of another archive.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from retrieval.types import Certainty

SIGNALS_VERSION = 6
"""Raise it whenever a signal is measured otherwise: weights fitted before then mean something else."""

FAIR_ODDS = 1.5
"""From this many times the odds at the threshold on, certainty is fair."""
HIGH_ODDS = 5.0
"""The same for a high one, which also takes a confidence of at least one half."""


LEANING = 3 / 4
"""What a reading counts, in log-odds, where a question leans on the one before: both are read in words put
together from two questions, as nobody asks. The confidence without a reading counts for the rest."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells a question that the archive answers from one that it does not.

    Attributes:
        coverage: share of the question that the best-covered sentence holds, in [0, 1].
        cosine: of the sentence nearest to the question, in [-1, 1].
        answers: the cross-encoder's logit for what would be quoted; None where none read it.
        value_missing: 1 where a value is asked for and none of its kind would be quoted, else 0.
        unsaid: share of a short question that what was found does not say, in [0, 1]; 0 for others.
        elsewhere: how surely another document is named than the one that would be quoted first, in [0, 1].
        unechoed: how surprising it would be that an answer lacks those words of the question that what was
            found lacks, in nats, 0 and above; see `retrieval.search.echoes`.
        in_domain: log-odds that the question is one that people ask of safety speeches, in [-4, 2]; see
            `retrieval.search.domain`.
    """

    coverage: float
    cosine: float
    answers: float | None = None
    value_missing: float = 0.0
    unsaid: float = 0.0
    elsewhere: float = 0.0
    unechoed: float = 0.0
    in_domain: float = 0.0

    @property
    def values(self) -> dict[str, float]:
        """Those that were measured, by name."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: float(value) for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Weight:
    """What one signal counts.

    Attributes:
        weight: change of the log-odds for one more of the signal.
        mean, spread: mean and standard deviation of the signal where the weight was fitted. They make signals
            of different size comparable when weights are fitted anew.
    """

    weight: float
    mean: float
    spread: float


@dataclass(frozen=True, slots=True)
class Regression:
    """A logistic regression and the confidence from which on it answers.

    Attributes:
        weights: by the name of a signal; signals without a weight count nothing.
        threshold: in [0, 1].
    """

    intercept: float
    weights: Mapping[str, Weight]
    threshold: float

    def confidence(self, signals: Signals) -> float:
        """Estimated probability, in [0, 1], that the archive answers, where every other question has one."""
        if signals.coverage <= 0:
            # Not a word of the question, nor of what the glossary knows for it, stands in what was found.
            # Noise is like that, and its vector may lie near anything.
            return 0.0
        values = signals.values
        counted = sum(each.weight * values[name] for name, each in self.weights.items())
        return logistic(self.intercept + counted)

    def answers(self, confidence: float) -> bool:
        """Whether to answer at this confidence."""
        return confidence >= self.threshold

    def certainty(self, confidence: float) -> Certainty:
        """The confidence in a word: how far it stands above the threshold, wherever a fit has put that."""
        ratio = _odds(confidence) / max(_odds(self.threshold), 1e-9)
        if ratio >= HIGH_ODDS and confidence >= 0.5:
            return Certainty.HIGH
        return Certainty.FAIR if ratio >= FAIR_ODDS else Certainty.LOW


@dataclass(frozen=True, slots=True)
class Calibration:
    """How signals become a confidence.

    Attributes:
        read: for questions that the cross-encoder read; None where it was fitted without one.
        unread: for the others.
        encoder: fingerprint of the encoder that it was fitted with; "" fits any.
        cross_encoder: the same of the cross-encoder.
        fitted: where it comes from, for people: numbers and short texts by name.
        undecided: confidences without the cross-encoder, least and most, between which a question is read by
            it; beyond them it would change no decision. None where every question is read.
    """

    read: Regression | None
    unread: Regression
    encoder: str = ""
    cross_encoder: str = ""
    fitted: Mapping[str, str | int | float] = field(default_factory=dict)
    undecided: tuple[float, float] | None = None

    def of(self, signals: Signals) -> Regression:
        """The regression for these signals."""
        return self.read if self.read is not None and signals.answers is not None else self.unread

    def confidence(self, signals: Signals, *, leans: bool = False) -> float:
        """Estimated probability that the archive answers; see :meth:`Regression.confidence`.

        Args:
            signals: of the question.
            leans: whether the question leans on one before it.
        """
        used = self.of(signals)
        if used is self.unread or not leans:
            return used.confidence(signals)
        read, unread = (each.confidence(signals) for each in (used, self.unread))
        return logistic(LEANING * _log_odds(read) + (1 - LEANING) * _log_odds(unread))

    def takes_reading(self, signals: Signals) -> bool:
        """Whether the cross-encoder may change what is decided by these signals, measured without it."""
        if self.read is None or signals.coverage <= 0:
            return False
        least, most = self.undecided or (0.0, 1.0)
        return least <= self.unread.confidence(signals) <= most


def logistic(logit: float) -> float:
    """Log-odds as a probability; beyond ±30 it makes no difference."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


def _log_odds(probability: float) -> float:
    return math.log(max(_odds(probability), 1e-13))


def _odds(probability: float) -> float:
    return probability / max(1.0 - probability, 1e-13)
