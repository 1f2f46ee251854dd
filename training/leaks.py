"""Whether training texts repeat what quality is measured on, in other words: found by meaning.

usage: python -m training.leaks EVALUATION_FOLDER [--all] [--show N] [--threads N]

A copyist's rewording keeps the content and changes the words, so character runs miss it; vectors of the plain
default model do not. Their cosines are high between any two texts of one field (0.85 and more), so the limits
are set by rewordings of sentences of our own (`tests/training/reworded.py`), and a text alone must be nearer
than a question together with its answer. Without --all only those texts are embedded that share most
characters with a measured one, or whose question is near a measured one: seconds instead of minutes.
Exit code 1 when something is found.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from embeddings import Encoder, Purpose, load_encoder
from training.dense import FloatArray
from training.examples import Example, folded, read_examples
from training.overlap import Overlap

QUESTION_ALONE: Final = 0.97
"""Cosine of two questions from which one counts as a copy of the other, whatever its passage says: nearly
the same words. Below, questions about one subject that want different things are as near as rewordings."""

PASSAGE_ALONE: Final = 0.95
"""Cosine of a passage and a measured answer from which the passage counts as a copy. It takes in passages
that lay down the same rule by chance, which is meant: they would teach the answer as well as a copy."""

QUESTION_WITH_ANSWER: Final = 0.90
PASSAGE_WITH_QUESTION: Final = 0.938
"""Limits where question and passage are near a measured question and its answer at the same time. Of our own
rewordings every one is at or above them (0.902 to 0.974, 0.939 to 0.979); of other questions and passages of
the same field none is at both (0.936 at most of passages whose questions are as near)."""

SHORTEST: Final = 8
"""Characters of a question that can be a copy alone; shorter ones are terms that everybody uses."""

CANDIDATES: Final = 4
"""Texts compared with each measured one, by shared characters, unless all are."""

FOLLOWED: Final = 2
"""Examples of the nearest questions whose passages are compared too."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A question of the evaluation and the words that answer it."""

    question: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nearness:
    """A measured question beside an example.

    Attributes:
        measured: the question and its answer.
        example: the example.
        asked: highest cosine of the question and one of the example's, answered or not; -1 where none was
            compared.
        said: highest cosine of a quote and the passage or a near miss; -1 where none was compared.
    """

    measured: Measured
    example: Example
    asked: float
    said: float

    @property
    def is_leak(self) -> bool:
        """Whether a limit of the module is reached."""
        long = len(folded(self.measured.question)) >= SHORTEST
        together = self.asked >= QUESTION_WITH_ANSWER and self.said >= PASSAGE_WITH_QUESTION
        return together or self.said >= PASSAGE_ALONE or (long and self.asked >= QUESTION_ALONE)


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("--all", action="store_true", help="embed every training text")
    parser.add_argument("--show", type=int, default=20, help="how many of the nearest to print")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args(words)
    encoder = load_encoder(adapter="none", purpose=Purpose.QUERY, threads=arguments.threads)
    near = nearest(read_examples(), read_measured(arguments.evaluation), encoder, everything=arguments.all)
    leaks = [found for found in near if found.is_leak]
    for found in leaks or near[: arguments.show]:
        print(f"{found.asked:.3f} {found.measured.question} | {' / '.join(found.example.queries)}")
        print(f"{found.said:.3f} {' / '.join(found.measured.quotes)} | {found.example.passage}\n")
    print(f"{len(leaks)} leaks")
    if leaks:
        sys.exit(1)


def read_measured(folder: Path) -> list[Measured]:
    """All questions of a folder's question and dialogue files, with their gold quotes."""
    return [
        Measured(asked["question"], tuple(gold["quote"] for gold in asked.get("gold", ())))
        for path in sorted(folder.glob("*.jsonl"))
        for row in map(json.loads, path.read_text("utf-8").splitlines())
        for asked in row.get("turns", [row])
    ]


def nearest(
    examples: Sequence[Example], measured: Sequence[Measured], encoder: Encoder, *, everything: bool = False
) -> list[Nearness]:
    """The examples nearest to each measured question: leaks first, then by both cosines added.

    Args:
        examples: the training data.
        measured: what must not be in it.
        encoder: the plain default model.
        everything: embed all examples instead of the likely ones.
    """
    asked = _cosines(
        [(one.question,) for one in measured],
        [example.queries + example.unanswered for example in examples],
        encoder.encode_queries,
        everything=everything,
    )
    # Where a question is near, its passage is looked at too, whatever words it uses.
    likely = np.argsort(-asked, axis=1, kind="stable")[:, :FOLLOWED]
    said = _cosines(
        [one.quotes for one in measured],
        [_told(example) for example in examples],
        encoder.encode_passages,
        everything=everything,
        also=set(likely.ravel().tolist()),
    )
    both = (asked >= QUESTION_WITH_ANSWER) & (said >= PASSAGE_WITH_QUESTION)
    suspects = np.argwhere(both | (said >= PASSAGE_ALONE) | (asked >= QUESTION_ALONE))
    best = {(row, int(scores[row].argmax())) for row in range(len(measured)) for scores in (asked, said)}
    near = [
        Nearness(measured[row], examples[column], float(asked[row, column]), float(said[row, column]))
        for row, column in sorted(best | {(int(row), int(column)) for row, column in suspects})
    ]
    return sorted(near, key=lambda one: (not one.is_leak, -one.asked - one.said))


def _told(example: Example) -> tuple[str, ...]:
    contrasts = (text for each in example.contrasts for text in (each.answer, each.beside))
    return (example.passage, *example.near_misses, *contrasts)


def _cosines(
    measured: Sequence[Sequence[str]],
    texts: Sequence[Sequence[str]],
    encode: Callable[[Sequence[str]], FloatArray],
    *,
    everything: bool,
    also: AbstractSet[int] = frozenset(),
) -> FloatArray:
    """Highest cosine of any text of a measured item and any text of an example.

    Args:
        measured: texts of each measured item, perhaps none.
        texts: texts of each example.
        encode: makes unit vectors.
        everything: compare all texts.
        also: examples that are compared whatever characters they share.

    Returns:
        ``float32 (measured, examples)``; -1 where nothing was compared.
    """
    wanted = [(row, text) for row, group in enumerate(measured) for text in group]
    given = [(column, text) for column, group in enumerate(texts) for text in group]
    overlap = Overlap([text for _, text in given])
    chosen = {place for _, text in wanted for place in overlap.nearest(text, CANDIDATES)}
    kept = [
        (column, text)
        for place, (column, text) in enumerate(given)
        if everything or place in chosen or column in also
    ]
    highest = np.full((len(measured), len(texts)), -1, np.float32)
    if wanted and kept:
        cosines = encode([text for _, text in wanted]) @ encode([text for _, text in kept]).T
        rows = np.array([row for row, _ in wanted])[:, None]
        np.maximum.at(highest, (rows, np.array([column for column, _ in kept])), cosines)
    return highest


if __name__ == "__main__":
    main()
