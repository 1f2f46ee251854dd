"""What goes with the words of a question: pairs of characters that answers have where questions have others.

Everyday questions and official speeches share few words (炮仗, 烟花爆竹), and no glossary has them all. Which
pairs of characters go together was counted in the questions and passages that the encoder learned from
(`training/associations.py`): statistical translation (Berger and Lafferty, SIGIR 1999), with pointwise
mutual information (Church and Hanks, 1990) for probabilities.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from importlib import resources
from itertools import pairwise

import numpy as np

from config.patterns import lazy_pattern
from embeddings.types import FloatArray, IntArray
from retrieval.documents.bulk_views import GONE, OTHER, Codes, codes_of, folded_codes
from retrieval.documents.views import search_text
from retrieval.index.nearest import BoolArray
from retrieval.index.tokens import CHINESE

ITSELF = 1.5
"""What a pair counts that a text has itself; what goes with it counts 1 to 4.5, by how strongly it does."""

STRONGEST = 2
"""So many of what goes with a pair count: a long text has some of everything."""

STEP = 0.5
"""What one of a digit stands for in the file."""

_BAR = "|"
_RUNS = lazy_pattern(rf"[{CHINESE}]+")


class Associations:
    """What goes with each pair of characters.

    Args:
        source: a line for each pair, sorted: the pair, a blank, then what goes with it, strongest first, each
            followed by a digit: how strongly, in `STEP`.
    """

    def __init__(self, source: str) -> None:
        self._source = source

    def of(self, pair: str) -> list[tuple[str, float]]:
        """What goes with a pair and how strongly, strongest first; [] where nothing is known."""
        # Cut into lines only here: a question needs a dozen of twenty thousand.
        key = f"{pair} "
        start = self._first_from(key)
        if not self._source.startswith(key, start):
            return []
        others = self._source[start + len(key) : self._end(start)]
        return [(others[each : each + 2], STEP * int(others[each + 2])) for each in range(0, len(others), 3)]

    def _first_from(self, key: str) -> int:
        """Where the first line begins that sorts at ``key`` or behind it; beyond all lines if none does."""
        low, high = 0, len(self._source)
        while low < high:
            middle = max(low, self._source.rfind("\n", low, (low + high) // 2) + 1)
            if self._source[middle : middle + len(key)] < key:
                low = self._end(middle) + 1
            else:
                high = middle
        return low

    def _end(self, start: int) -> int:
        """Where the line ends that begins there."""
        at = self._source.find("\n", start)
        return at if at >= 0 else len(self._source)


class Spoken:
    """A question, to be looked for in many texts by its pairs of characters and by what goes with them.

    Args:
        question: as it is best understood.
        associations: what goes with what.
    """

    def __init__(self, question: str, associations: Associations) -> None:
        wanted = [(pair, associations.of(pair)) for pair in dict.fromkeys(pairs_of(question))]
        words = {pair for pair, _ in wanted} | {other for _, others in wanted for other, _ in others}
        self._sought = np.sort(_pairs(codes_of("".join(words)))[::2])
        self._own = self._places([pair for pair, _ in wanted])
        # Of each pair what goes with it, filled up to the same length with what counts nothing.
        longest = max((len(others) for _, others in wanted), default=0)
        self._others = np.zeros((len(wanted), longest), np.int64)
        self._strengths = np.zeros((len(wanted), longest))
        for at, (_, others) in enumerate(wanted):
            self._others[at, : len(others)] = self._places([other for other, _ in others])
            self._strengths[at, : len(others)] = [strength for _, strength in others]

    def within_each(self, passages: Sequence[Sequence[str]]) -> FloatArray:
        """How much of the question each of some passages speaks of, all its sentences together.

        Each pair counts the same: as `ITSELF` where it stands there, else as the `STRONGEST` of what goes
        with it and does.

        Returns:
            ``float32 (len(passages),)``, 0 and above, rarely beyond 4.
        """
        if not self._own.size or not passages:
            return np.zeros(len(passages), np.float32)
        stands = self._standing(passages)
        others = stands[:, self._others] & (self._strengths > 0)
        others &= np.cumsum(others, axis=2) <= STRONGEST
        counted = np.where(stands[:, self._own], ITSELF, (others * self._strengths).sum(axis=2))
        return np.asarray(counted.sum(axis=1) / self._own.size, np.float32)

    def _standing(self, passages: Sequence[Sequence[str]]) -> BoolArray:
        """Which of what is sought stands in which passage, ``bool (len(passages), len(self._sought))``."""
        folded, owners = _folded(passages)
        pairs = _pairs(folded)
        at = np.searchsorted(self._sought, pairs)
        found = np.flatnonzero(self._sought.take(at, mode="clip") == pairs)
        stands = np.zeros((len(passages), self._sought.size), np.bool_)
        stands[owners[found], at[found]] = True
        return stands

    def _places(self, pairs: Sequence[str]) -> IntArray:
        return np.searchsorted(self._sought, _pairs(codes_of("".join(pairs)))[::2])


def pairs_of(text: str) -> list[str]:
    """The pairs of Chinese characters that stand side by side, folded for search, in order."""
    runs = (run[0] for run in _RUNS.finditer(search_text(text)))
    return [left + right for run in runs for left, right in pairwise(run)]


@functools.cache
def load_associations() -> Associations:
    """The associations that come with the project, read once a process (about 2 ms)."""
    return Associations(resources.files("retrieval.search").joinpath("associations.txt").read_text("utf-8"))


def _folded(passages: Sequence[Sequence[str]]) -> tuple[Codes, IntArray]:
    """All sentences folded for search, a bar between any two, and the passage that each character is of."""
    # A bar stays as it is when folded, and is in no pair.
    lines = [_BAR.join(texts) + _BAR for texts in passages]
    codes = codes_of("".join(lines))
    folded, owners = folded_codes(codes), _owners(lines)
    if (others := owners[folded == OTHER]).size:
        for at in np.flatnonzero(np.bincount(others)).tolist():
            lines[at] = _BAR.join(map(search_text, passages[at])) + _BAR
        codes = codes_of("".join(lines))
        folded, owners = folded_codes(codes), _owners(lines)
        # What is folded once stays as it is when it is folded again.
        folded = np.where(folded == OTHER, codes, folded)
    kept = folded != GONE
    return folded[kept], owners[kept]


def _owners(lines: Sequence[str]) -> IntArray:
    return np.repeat(np.arange(len(lines)), list(map(len, lines)))


def _pairs(codes: Codes) -> Codes:
    """Each character of a text and the one after it as one number, ``int64 (n - 1,)``; none of no text."""
    return (codes[:-1] << 32) | codes[1:]
