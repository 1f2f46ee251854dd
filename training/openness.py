"""The classifier that tells words which leave something open from words which tell something.

usage: python -m training.openness OUT.json

Logistic regression over the passage vectors of the default model. Open: the clauses of `data/open/` that
leave something open, and the sentences that hold them. Told: all else in these texts, clauses that ask and
are answered at once, and sentences and clauses of the training examples, hardly any of which leaves something
open.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from embeddings import Purpose, load_encoder
from retrieval.search.openness import clauses_of, encoded_clause, sentences_of
from training.examples import DATA, read_examples
from training.linear_classifier import encoded, fitted, write

ORDINARY: Final = 2500
"""Passages of the examples that a sentence and a stretch of clauses each are drawn from, seed 1."""
ORDINARY_WEIGHT: Final = 0.5
STRENGTH: Final = 16.0
"""``C`` of the regression: between 5 and 160 nothing changes."""


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args(words)
    encoder = load_encoder(purpose=Purpose.QUERY)
    texts = [json.loads(line) for path in files() for line in path.read_text("utf-8").splitlines()]
    drawn = random.Random(1).sample([example.passage for example in read_examples()], ORDINARY)
    asked = [text for text in texts if "stretch" in text]
    texts = [text for text in texts if "stretch" not in text]
    opens = [part for text in texts for part in open_parts(text["text"], text["open"])]
    told = [part for text in texts for part in told_parts(text["text"], text["open"])]
    opens += [text["stretch"] for text in asked if text["open"]]
    told += [text["stretch"] for text in asked if not text["open"]]
    vectors, told_vectors, ordinary_vectors = (
        encoded(encoder.encode_passages, [encoded_clause(text) for text in stretches])
        for stretches in (opens, told, list(ordinary(drawn)))
    )
    others = [(told_vectors, 1.0), (ordinary_vectors, ORDINARY_WEIGHT)]
    write(arguments.out, fitted(vectors, others, STRENGTH), encoder.fingerprint)


def files() -> list[Path]:
    """The files of texts that leave something open."""
    return sorted((DATA / "open").glob("*.jsonl"))


def open_parts(text: str, left_open: str) -> Iterator[str]:
    """What leaves something open, and each sentence that holds some of it."""
    yield left_open
    start = text.index(left_open)
    at = 0
    for sentence in sentences_of(text):
        at = text.index(sentence, at)
        if at < start + len(left_open) and start < at + len(sentence) and sentence != left_open:
            yield sentence
        at += len(sentence)


def told_parts(text: str, left_open: str) -> Iterator[str]:
    """The sentences that leave nothing open, and the stretches beside what does."""
    opens = set(open_parts(text, left_open))
    for sentence in sentences_of(text):
        if sentence not in opens:
            yield sentence
            continue
        for beside in sentence.split(left_open):
            if len(stretch := encoded_clause(beside)) > 1 and beside != sentence:
                yield stretch


def ordinary(passages: Sequence[str]) -> Iterator[str]:
    """Of each passage a sentence and one or two clauses side by side."""
    drawing = random.Random(1)
    for passage in passages:
        sentence = drawing.choice(sentences_of(passage))
        yield sentence
        clauses = clauses_of(sentence.rstrip("。！？；!?;"))
        at = drawing.randrange(len(clauses))
        yield "，".join(clauses[at : at + drawing.choice((1, 2))])


if __name__ == "__main__":
    main()
