"""Texts that share characters: near-duplicates, and what stands nearest to a given text."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from training.dense import FloatArray
from training.examples import folded


def grams(text: str, width: int) -> frozenset[str]:
    """The runs of ``width`` characters in a text, punctuation and white space left out."""
    plain = folded(text)
    return frozenset(plain[at : at + width] for at in range(len(plain) - width + 1))


def near_duplicates(texts: Sequence[str], least: float, width: int = 3) -> Iterator[tuple[int, int, float]]:
    """Pairs of texts whose sets of n-grams have a Jaccard index of at least ``least``, each pair once.

    Exact: two such sets must share one of the rarest ``size - ceil(least * size) + 1`` n-grams of either
    ("prefix filtering"; Chaudhuri et al., ICDE 2006), so that only those are looked up.

    Yields:
        Row, a higher row, and the index, in (0, 1].
    """
    sets = [grams(text, width) for text in texts]
    counts = Counter(gram for members in sets for gram in members)
    holders: dict[str, list[int]] = defaultdict(list)
    for row, members in enumerate(sets):
        rarest = sorted(members, key=lambda gram: (counts[gram], gram))
        prefix = rarest[: len(rarest) - math.ceil(least * len(rarest)) + 1]
        for other in sorted({other for gram in prefix for other in holders[gram]}):
            shared = len(members & sets[other])
            index = shared / (len(members) + len(sets[other]) - shared)
            if index >= least:
                yield other, row, index
        for gram in prefix:
            holders[gram].append(row)


class Overlap:
    """Finds the texts that share most with another: cosine of TF-IDF vectors of character pairs.

    Args:
        texts: those to be found.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        holders: dict[str, list[int]] = defaultdict(list)
        for row, text in enumerate(texts):
            for gram in grams(text, 2):
                holders[gram].append(row)
        self._rows = {gram: np.array(rows) for gram, rows in holders.items()}
        self._weights = {gram: math.log(1 + len(texts) / len(rows)) for gram, rows in holders.items()}
        squares = np.zeros(len(texts), np.float32)
        for gram, found in self._rows.items():
            squares[found] += self._weights[gram] ** 2
        self._norms = np.maximum(np.sqrt(squares), 1e-6)

    def nearest(self, text: str, count: int) -> list[int]:
        """Rows of the texts that share most, best first; those that share nothing are left out."""
        scores: FloatArray = np.zeros(len(self._norms), np.float32)
        for gram in grams(text, 2) & self._rows.keys():
            scores[self._rows[gram]] += self._weights[gram] ** 2
        scores /= self._norms
        best = np.argsort(-scores, kind="stable")[:count]
        return [int(row) for row in best if scores[row] > 0]
