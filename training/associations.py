"""What goes with the words of everyday questions in official speech, counted in the training examples.

usage: python -m training.associations [--out retrieval/search/associations.txt]

A pair of characters of a question and one of the passage go together where they meet in more examples than
chance would let them: at least `LEAST` examples, `MUTUAL` of pointwise mutual information (in natural
logarithms), and `EVIDENCE` of a Poisson likelihood ratio, so that rare meetings must be far from chance.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import log
from pathlib import Path

from retrieval.search.associations import STEP, pairs_of
from training.examples import Example, read_examples

LEAST = 2
MUTUAL = 1.5
EVIDENCE = 4.0

DOUBTED = 3
"""Mutual information of ``n`` meetings counts as ``n / (n + DOUBTED)`` of it: few meetings exaggerate."""

OUT = Path(__file__).parents[1] / "retrieval" / "search" / "associations.txt"


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args(words)
    arguments.out.write_text(file_text(counted(read_examples())), "utf-8")


def counted(examples: Iterable[Example]) -> dict[str, dict[str, float]]:
    """For each pair of characters of questions those of passages that go with it, and how strongly."""
    asked: Counter[str] = Counter()
    told: Counter[str] = Counter()
    met: Counter[tuple[str, str]] = Counter()
    total = 0
    for example in examples:
        question = {pair for query in example.queries for pair in pairs_of(query)}
        passage = set(pairs_of(example.passage))
        asked.update(question)
        told.update(passage)
        met.update((one, other) for one in question for other in passage if one != other)
        total += 1
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (one, other), count in met.items():
        if count < LEAST:
            continue
        chance = asked[one] * told[other] / total
        mutual = log(count / chance)
        if mutual > MUTUAL and count * mutual - (count - chance) > EVIDENCE:
            found[one][other] = mutual * count / (count + DOUBTED)
    return dict(found)


def file_text(found: dict[str, dict[str, float]]) -> str:
    """The file that `retrieval.search.associations.Associations` reads."""
    return "\n".join(f"{pair} {_others(found[pair])}" for pair in sorted(found)) + "\n"


def _others(strengths: dict[str, float]) -> str:
    strongest_first = sorted(strengths, key=lambda other: (-strengths[other], other))
    return "".join(f"{other}{_digit(strengths[other])}" for other in strongest_first)


def _digit(strength: float) -> int:
    return min(9, max(1, round(strength / STEP)))


if __name__ == "__main__":
    main()
