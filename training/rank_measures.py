"""What training measures of a ranking: where the first right passage stands.

Intervals and tests of these measures are the product's own, `retrieval.evaluation.intervals`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from retrieval.evaluation.intervals import Array

MEASURES: Final = ("success@1", "success@5", "mrr@10")
"""The columns of `measured`."""


def measured(ranks: Sequence[int]) -> Array:
    """Success@1, Success@5 and reciprocal rank to depth 10 of each question, ``(n, 3)``.

    Args:
        ranks: of the first right passage, from 1; anything above 10 counts as not found.

    Raises:
        ValueError: there are no questions, or a rank is below 1.
    """
    places = np.asarray(ranks, np.float64)
    if places.size == 0 or places.min() < 1:
        raise ValueError("no questions" if places.size == 0 else f"no rank: {places.min():g}")
    return np.stack([places <= 1, places <= 5, np.where(places <= 10, 1 / places, 0)], axis=1).astype(
        np.float64
    )
