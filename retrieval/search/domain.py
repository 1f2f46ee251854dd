"""Whether a question is one that people ask of safety speeches, or about the weather, a recipe, a telephone.

Whatever is asked, something lies nearest to it, and the cross-encoder learned from questions about speeches
alone. What sets the others apart is the question itself: a linear classifier over its vector
(`training/domain.py`) tells, at no cost, for the vector is there already.
"""

from __future__ import annotations

from typing import Final

from embeddings.types import FloatArray
from retrieval.search.linear_classifier import LinearClassifier

LEAST: Final = -4.0
MOST: Final = 2.0
"""Bounds of what it says: beyond them it is sure either way, and no surer question is better answered."""

USUAL: Final = 1.0
"""About the mean: what counts where an encoder has no classifier, and the least for a question that goes on
from another, which is short, while the other was of the domain."""

SAID: Final = 0.55
"""From this coverage on a question is of the archive's own subjects: most of it stands in one sentence. Then
it is of the domain whatever its vector looks like (森林防火怎么做). Of 45 questions about something else
three archives cover none as far, but for one that the classifier takes for its own."""


def in_domain(classifier: LinearClassifier | None, vector: FloatArray, *, alone: bool = True) -> float:
    """The log-odds, in [LEAST, MOST], that a question is of the domain.

    Args:
        classifier: of the encoder; None where it has none.
        vector: of the question, ``float32 (dimensions,)``, of length 1.
        alone: whether it is asked on its own.
    """
    if classifier is None:
        return USUAL
    return min(max(float(classifier.log_odds(vector)), LEAST if alone else USUAL), MOST)
