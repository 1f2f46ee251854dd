"""Fits a linear classifier over an encoder's vectors, and writes what `retrieval` reads of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from embeddings.types import FloatArray
from retrieval.search.linear_classifier import LinearClassifier

BATCH: Final = 64
DECIMALS: Final = 4
"""Of weights and intercept in the file."""

Weighted = tuple[FloatArray, float]
"""Vectors ``float32 (n, dimensions)``, and what each of them counts."""


def encoded(encode: Callable[[Sequence[str]], FloatArray], texts: Sequence[str]) -> FloatArray:
    """Vectors ``float32 (texts, dimensions)``, a batch at a time."""
    parts = range(0, len(texts), BATCH)
    return np.concatenate([encode(texts[at : at + BATCH]) for at in parts])


def fitted(inside: FloatArray, outside: Sequence[Weighted], strength: float) -> LinearClassifier:
    """Logistic regression of some vectors, each of which counts 1, against others.

    Args:
        inside: ``float32 (n, dimensions)``.
        outside: the others, kind by kind.
        strength: ``C`` of the regression.
    """
    rows = np.concatenate([inside, *(vectors for vectors, _ in outside)])
    counts = [np.ones(len(inside)), *(np.full(len(vectors), weight) for vectors, weight in outside)]
    model = LogisticRegression(C=strength, max_iter=2000)
    model.fit(rows, np.arange(len(rows)) < len(inside), sample_weight=np.concatenate(counts))
    return LinearClassifier(np.asarray(model.coef_[0], np.float32), float(model.intercept_[0]))


def write(path: Path, classifier: LinearClassifier, encoder: str) -> None:
    """Write a classifier for the vectors of an encoder, named by its fingerprint."""
    content = {
        "encoder": encoder,
        "intercept": round(classifier.intercept, DECIMALS),
        "weights": [round(float(weight), DECIMALS) for weight in classifier.weights],
    }
    path.write_text(json.dumps(content) + "\n", "utf-8")
