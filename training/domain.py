"""The classifier that tells questions about safety speeches from all others.

usage: python -m training.domain OUT.json

Logistic regression over the query vectors of the default model. Of the domain: questions of the training
examples. Of another: those of `data/general/`, and everyday ones (`data/off_topic.txt`), which count more
because there are few and people do ask them.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from embeddings import Purpose, load_encoder
from retrieval.documents.views import encoded_text
from training.examples import DATA, read_examples, read_general
from training.linear_classifier import encoded, fitted, write

OF_DOMAIN: Final = 6000
"""Questions that are drawn from the examples, seed 1; more change nothing."""

GENERAL_WEIGHT: Final = 0.3
"""These are formal questions about people, places and years, which questions of the domain name, too."""
OFF_TOPIC_WEIGHT: Final = 10.0
STRENGTH: Final = 1.0
"""``C`` of the regression."""


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
    vectors, general_vectors, off_topic_vectors = (
        encoded(encoder.encode_queries, [encoded_text(question) for question in questions])
        for questions in (of_domain, general, off_topic)
    )
    others = [(general_vectors, GENERAL_WEIGHT), (off_topic_vectors, OFF_TOPIC_WEIGHT)]
    write(arguments.out, fitted(vectors, others, STRENGTH), encoder.fingerprint)


if __name__ == "__main__":
    main()
