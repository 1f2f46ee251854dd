"""The classifier that tells questions about safety speeches from all others.

usage: python -m training.domain OUT.json

Logistic regression over the query vectors of the default model. Of the domain: questions of the training
examples. Of another: those of `data/general/`, and everyday ones (`data/off_topic.txt`), which count more
because there are few and people do ask them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from embeddings import Encoder, Purpose, load_encoder
from embeddings.types import FloatArray
from retrieval.documents.views import encoded_text
from training.examples import DATA, read_examples, read_general

OF_DOMAIN: Final = 6000
"""Questions that are drawn from the examples, seed 1; more change nothing."""

GENERAL_WEIGHT: Final = 0.3
"""These are formal questions about people, places and years, which questions of the domain name, too."""
OFF_TOPIC_WEIGHT: Final = 10.0

BATCH: Final = 64
DECIMALS: Final = 4


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args(words)
    encoder = load_encoder(purpose=Purpose.QUERY)
    asked = [query for example in read_examples() for query in example.queries]
    of_domain = random.Random(1).sample(asked, OF_DOMAIN)
    general = [query for example in read_general() for query in example.queries]
    off_topic = (DATA / "off_topic.txt").read_text("utf-8").splitlines()
    weights, intercept = fitted(*(vectors(encoder, each) for each in (of_domain, general, off_topic)))
    content = {
        "encoder": encoder.fingerprint,
        "intercept": round(intercept, DECIMALS),
        "weights": [round(float(weight), DECIMALS) for weight in weights],
    }
    arguments.out.write_text(json.dumps(content) + "\n", "utf-8")


def vectors(encoder: Encoder, questions: Sequence[str]) -> FloatArray:
    """``float32 (questions, dimensions)``."""
    parts = range(0, len(questions), BATCH)
    return np.concatenate(
        [encoder.encode_queries([encoded_text(each) for each in questions[at : at + BATCH]]) for at in parts]
    )


def fitted(of_domain: FloatArray, general: FloatArray, off_topic: FloatArray) -> tuple[FloatArray, float]:
    """Weights ``float32 (dimensions,)`` and intercept of the log-odds of the first against the others."""
    weights = [
        np.full(len(rows), weight)
        for rows, weight in ((of_domain, 1.0), (general, GENERAL_WEIGHT), (off_topic, OFF_TOPIC_WEIGHT))
    ]
    inside = np.zeros(sum(map(len, weights)), np.bool_)
    inside[: len(of_domain)] = True
    model = LogisticRegression(C=1.0, max_iter=500)
    model.fit(np.concatenate([of_domain, general, off_topic]), inside, sample_weight=np.concatenate(weights))
    return np.asarray(model.coef_[0], np.float32), float(model.intercept_[0])


if __name__ == "__main__":
    main()
