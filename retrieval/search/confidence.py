"""How sure we are that the archive answers, and when to say that it does not.

A logistic regression, fitted on the project's own questions (180 that ``examples/speeches`` answers, 140
that it does not, weighted alike). With the cross-encoder mostly on what it says of the words that would be
quoted; without it on two measures of the default encoder, which tell less and suit no other model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from retrieval.search.evidence import Unit

READ_INTERCEPT = -0.62
READ_ANSWERS = 0.64
READ_COSINE = 3.20
"""With the cross-encoder. Coverage adds nothing to what it says."""

INTERCEPT = -3.06
COVERAGE = 1.46
COSINE = 8.02
"""Without it."""

THRESHOLD = 0.3
"""From this confidence on the archive answers. Low on purpose: an answer shows its sources and can be seen
to miss, a refusal hides what is there. Of the questions that the confidence was fitted on, 90% of the
answerable ones are answered and 41% of the others (without the cross-encoder 92% and 56%)."""


def confidence_of(units: Sequence[Unit], cosine: float, answers: float | None = None) -> float:
    """Estimated probability, in [0, 1], that the archive answers the question.

    Args:
        units: measured sentences of the best passages.
        cosine: of the sentence nearest to the question, in [-1, 1].
        answers: the cross-encoder's logit for what would be quoted; None where none read it.
    """
    coverage = max((unit.coverage for unit in units), default=0.0)
    if coverage <= 0:
        # Not a word of the question, nor of what the glossary knows for it, stands in what was found. Noise
        # is like that, and its vector may lie near anything.
        return 0.0
    if answers is not None:
        return _logistic(READ_INTERCEPT + READ_ANSWERS * answers + READ_COSINE * cosine)
    return _logistic(INTERCEPT + COVERAGE * coverage + COSINE * cosine)


def is_answerable(confidence: float) -> bool:
    """Whether to answer at this confidence."""
    return confidence >= THRESHOLD


def _logistic(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))
