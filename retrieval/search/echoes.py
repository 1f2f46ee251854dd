"""Words of a question that what answers it would say, too.

That an everyday word (炮仗) is missing says nothing: speeches have another one for it. A speech that treats
加油站 says 加油站. How often passages that answer say a pair of characters of the question again was counted
in the training examples (`training/echoes.py`). In statistical translation (Berger and Lafferty, SIGIR 1999)
it is the probability that a word is translated as itself.
"""

from __future__ import annotations

import functools
import heapq
from collections.abc import Collection, Mapping, Sequence
from importlib import resources
from itertools import pairwise

import numpy as np

from embeddings.types import FloatArray
from retrieval.search.associations import coded, joined, pairs_of
from retrieval.search.glossary import Glossary

STEP = 0.4
"""What one of a digit stands for in the file, in nats: 9 for a word that 97% of the answers say again."""

MOST = 3
"""So many missing pairs count: a long question has more of them."""

_ENTRY = 4  # characters of a line: the pair, its digit, the end


class Echoes:
    """How surprising it is that an answer lacks a pair of characters of its question.

    Args:
        source: a line for each pair that is known, sorted: the pair and a digit, -ln P(lacks it) in `STEP`.
    """

    def __init__(self, source: str) -> None:
        # Read as numbers: a question needs a dozen of eighteen thousand lines, and no string of the others.
        codes = np.frombuffer(source.encode("utf-32-le"), "<u4").reshape(-1, _ENTRY)
        self._known = joined(codes[:, 0], codes[:, 1])
        self._surprises = (codes[:, 2].astype(np.float32) - ord("0")) * np.float32(STEP)

    def surprises(self, pairs: Collection[str]) -> FloatArray:
        """How surprising the lack of each pair is, in nats: ``float32 (len(pairs),)``, 0 if unknown."""
        if not self._known.size:
            return np.zeros(len(pairs), np.float32)
        wanted = coded(pairs)
        at = np.searchsorted(self._known, wanted)
        known = self._known.take(at, mode="clip") == wanted
        return np.where(known, self._surprises.take(at, mode="clip"), np.float32(0))

    def surprising(self, topic: Sequence[str]) -> dict[str, float]:
        """The pairs of a question's pieces whose lack would surprise, each with how much, in nats."""
        pairs = list(dict.fromkeys(pair for piece in topic for pair in pairs_of(piece)))
        return {pair: much for pair, much in zip(pairs, self.surprises(pairs).tolist(), strict=True) if much}


def unechoed(surprising: Mapping[str, float], topic: Sequence[str], glossary: Glossary, told: str) -> float:
    """How surprising it would be that an answer says so little of the question's words, in nats, 0 and above.

    The `MOST` most surprising pairs that are missing count. A pair is there where each of its characters
    stands in the words found beside one that it has in the question, or in a word that these say otherwise or
    that names nothing by itself.

    Args:
        surprising: what `Echoes.surprising` says of ``topic``.
        topic: the pieces of the question without the words that only ask (`Glossary.topic`).
        glossary: other words for the question's.
        told: the passages found, folded.
    """
    missing = {pair for piece in topic for pair in _missing_pairs(piece, surprising, glossary, told)}
    return sum(heapq.nlargest(MOST, map(surprising.__getitem__, missing)))


def _missing_pairs(piece: str, surprising: Collection[str], glossary: Glossary, told: str) -> list[str]:
    pairs = list(map("".join, pairwise(piece)))
    said = [False] * len(piece)

    def missing() -> list[str]:
        return [
            pair for at, pair in enumerate(pairs) if pair in surprising and not (said[at] and said[at + 1])
        ]

    for at, pair in enumerate(pairs):
        if pair in told:
            said[at] = said[at + 1] = True
    if not missing():  # nothing to look for in other words
        return []
    otherwise = (
        (start, word)
        for start, word in glossary.words(piece)
        if any(other in told for other in glossary.expand(word))
    )
    for start, word in (*otherwise, *glossary.general(piece)):
        said[start : start + len(word)] = [True] * len(word)
    return missing()


@functools.cache
def load_echoes() -> Echoes:
    """The counts that come with the project, read once a process."""
    # As a text file it would take longer, to look for carriage returns.
    return Echoes(resources.files("retrieval.search").joinpath("echoes.txt").read_bytes().decode("utf-8"))
