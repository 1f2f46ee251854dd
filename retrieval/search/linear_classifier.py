"""A linear classifier over vectors of an encoder, of use with the vectors of that encoder alone."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources

import numpy as np

from embeddings.types import FloatArray


@dataclass(frozen=True, slots=True)
class LinearClassifier:
    """Logistic regression, as `training/linear_classifier.py` fits it.

    Attributes:
        weights: ``float32 (dimensions,)``.
        intercept: of the log-odds.
    """

    weights: FloatArray
    intercept: float

    def log_odds(self, vectors: FloatArray) -> FloatArray:
        """``float32 (…)`` of ``float32 (…, dimensions)``."""
        return np.asarray(np.vecdot(vectors, self.weights) + self.intercept, np.float32)


@functools.cache
def shipped_classifier(name: str, encoder: str) -> LinearClassifier | None:
    """The classifier that comes with the project; None for any encoder but the one that it was fitted with.

    Args:
        name: of its file beside this module, without ``.json``.
        encoder: the encoder's fingerprint.
    """
    source = resources.files("retrieval.search").joinpath(f"{name}.json").read_text("utf-8")
    content = json.loads(source)
    if content["encoder"] != encoder:
        return None
    return LinearClassifier(np.asarray(content["weights"], np.float32), float(content["intercept"]))
