"""How often passages that answer a question say its words again, counted in the training examples.

usage: python -m training.echoes [--out retrieval/search/echoes.txt]

For each pair of characters of the questions: of the questions that have it, the share whose passage has it
too. Few questions tell little, so each share is drawn towards that of all pairs that are about
as frequent in the passages, as if `DOUBTED` further questions had that one. Numerals are left out: speeches
write them in other ways.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log, log2
from pathlib import Path

from retrieval.search.associations import pairs_of
from retrieval.search.echoes import STEP
from training.examples import Example, read_examples

DOUBTED = 1
RARER = 1.5
"""Binary orders of magnitude of a class of frequency."""
CLASSES = 6
"""Pairs that stand in more passages than those of this class are counted in it."""

NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两几半多")

OUT = Path(__file__).parents[1] / "retrieval" / "search" / "echoes.txt"


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args(words)
    arguments.out.write_text(file_text(counted(read_examples())), "utf-8")


def counted(examples: Iterable[Example]) -> dict[str, float]:
    """The share of answers that say each pair of their question again, in [0, 1), by pair."""
    asked: Counter[str] = Counter()
    again: Counter[str] = Counter()
    passages: Counter[str] = Counter()
    for example in examples:
        told = set(pairs_of(example.passage))
        passages.update(told)
        for query in example.queries:
            pairs = set(pairs_of(query))
            asked.update(pairs)
            again.update(pairs & told)
    all_asked: Counter[int] = Counter()
    all_again: Counter[int] = Counter()
    for pair, times in asked.items():
        all_asked[_class(passages[pair])] += times
        all_again[_class(passages[pair])] += again[pair]
    usual = {each: all_again[each] / times for each, times in all_asked.items()}
    return {
        pair: (again[pair] + DOUBTED * usual[_class(passages[pair])]) / (times + DOUBTED)
        for pair, times in asked.items()
        if NUMERALS.isdisjoint(pair)
    }


def file_text(shares: dict[str, float]) -> str:
    """The file that `retrieval.search.echoes.Echoes` reads."""
    digits = {pair: min(9, round(-log(1 - share) / STEP)) for pair, share in shares.items()}
    return "".join(f"{pair}{digits[pair]}\n" for pair in sorted(digits) if digits[pair])


def _class(passages: int) -> int:
    """Class of a pair by how many passages have it: 0 for none."""
    return min(CLASSES, 1 + int(log2(passages) / RARER)) if passages else 0


if __name__ == "__main__":
    main()
