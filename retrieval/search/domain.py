"""Whether a question is one that people ask of safety speeches, or about the weather, a recipe, a telephone.

Whatever is asked, something lies nearest to it, and the cross-encoder learned from questions about speeches
alone. What sets the others apart is the question itself: a linear classifier over its vector
(`training/domain.py`) tells, at no cost, for the vector is there already.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources
from typing import Final

import numpy as np

from embeddings.types import FloatArray

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


@dataclass(frozen=True, slots=True)
class Domain:
    """A linear classifier over the vectors of questions.

    Attributes:
        weights: ``float32 (dimensions,)``.
        intercept: of the log-odds.
    """

    weights: FloatArray
    intercept: float

    def of(self, vector: FloatArray, *, alone: bool = True) -> float:
        """The log-odds, in [LEAST, MOST], that a question is of the domain.

        Args:
            vector: of the question, ``float32 (dimensions,)``, of length 1.
            alone: whether it is asked on its own.
        """
        logit = float(self.weights @ vector + self.intercept)
        return min(max(logit, LEAST if alone else USUAL), MOST)


@functools.cache
def domain_of(encoder: str) -> Domain | None:
    """The classifier for the vectors of an encoder; None for any but the one that it was fitted with.

    Args:
        encoder: its fingerprint.
    """
    source = resources.files("retrieval.search").joinpath("domain.json").read_text("utf-8")
    content = json.loads(source)
    if content["encoder"] != encoder:
        return None
    return Domain(np.asarray(content["weights"], np.float32), float(content["intercept"]))
