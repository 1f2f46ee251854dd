"""How sure we are that the archive answers, and when to say that it does not.

A logistic regression on two measures, fitted on the project's own questions (80 that ``examples/speeches``
answers, 40 that it does not, weighted alike) with the default model: cosines mean something else with
another model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from retrieval.search.evidence import Unit

INTERCEPT = -2.91
COVERAGE = 1.84
COSINE = 5.90

THRESHOLD = 0.3
"""From this confidence on the archive answers. Low on purpose: an answer shows its sources and can be seen
to miss, a refusal hides what is there. Of the development questions 96% of the answerable ones are answered,
and 53% of the others."""


def confidence_of(units: Sequence[Unit], cosine: float) -> float:
    """Estimated probability, in [0, 1], that the archive treats the question.

    Args:
        units: measured sentences of the best passages.
        cosine: of the sentence nearest to the question, in [-1, 1].
    """
    coverage = max((unit.coverage for unit in units), default=0.0)
    if coverage <= 0:
        # Not a word of the question, nor of what the glossary knows for it, stands in what was found. Noise
        # is like that, and its vector may lie near anything.
        return 0.0
    logit = INTERCEPT + COVERAGE * coverage + COSINE * cosine
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


def is_answerable(confidence: float) -> bool:
    """Whether to answer at this confidence."""
    return confidence >= THRESHOLD
