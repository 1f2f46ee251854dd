"""What goes with the words of a question: pairs of characters that answers have where questions have others.

Everyday questions and official speeches share few words (炮仗, 烟花爆竹), and no glossary has them all. Which
pairs of characters go together was counted in the questions and passages that the encoder learned from
(`training/associations.py`): statistical translation (Berger and Lafferty, SIGIR 1999), with pointwise
mutual information (Church and Hanks, 1990) for probabilities.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from importlib import resources
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from config.patterns import lazy_pattern
from embeddings.types import BoolArray, FloatArray, IntArray
from retrieval.documents.bulk_views import GONE, OTHER, Codes, codes_of, folded_codes
from retrieval.documents.views import search_text
from retrieval.index.tokens import CHINESE

ITSELF = 1.5
"""What a pair counts that a text has itself; what goes with it counts 1 to 4.5, by how strongly it does."""

STRONGEST = 2
"""So many of what goes with a pair count: a long text has some of everything."""

STEP = 0.5
"""What one of a digit stands for in the file."""

_BAR = "|"
_KEY = 3  # characters of a line before what goes with its pair
_ENTRY = 3  # of each that does
_HALF = 32  # bits of a pair's number that are its second character
_MARKS = (1 << 15) - 1  # as many bits tell all common Chinese characters apart
_RUNS = lazy_pattern(rf"[{CHINESE}]+")


class Associations:
    """What goes with each pair of characters.

    Args:
        source: a line for each pair, sorted, one at least: the pair, a blank, then what goes with it,
            strongest first, each followed by a digit: how strongly, in `STEP`.
    """

    def __init__(self, source: str) -> None:
        # Read as numbers: a question needs a dozen of twenty thousand lines, and those without a string each.
        self._codes = np.frombuffer(source.encode("utf-32-le"), "<u4")
        self._ends = np.flatnonzero(self._codes == ord("\n"))
        self._starts = np.append(0, self._ends[:-1] + 1)
        self._known = joined(self._codes[self._starts], self._codes[self._starts + 1])

    def of(self, pairs: Codes) -> tuple[IntArray, Codes, FloatArray]:
        """What goes with some pairs, in the order of these, strongest first.

        Args:
            pairs: each as one number, ``int64 (n,)``; see `coded`.

        Returns:
            of each that goes with a pair: which pair that is, ``int64 (m,)``; the number that it is itself,
            ``int64 (m,)``; how strongly it does, ``float32 (m,)``.
        """
        at = np.searchsorted(self._known, pairs)
        found = np.flatnonzero(self._known.take(at, mode="clip") == pairs)
        lines = [
            self._codes[start:end]
            for start, end in zip(self._starts[at[found]] + _KEY, self._ends[at[found]], strict=True)
        ]
        owners = np.repeat(found, [line.size // _ENTRY for line in lines])
        left, right, digits = np.concatenate([self._codes[:0], *lines]).reshape(-1, _ENTRY).T
        return owners, joined(left, right), (digits.astype(np.float32) - ord("0")) * np.float32(STEP)


class Spoken:
    """A question, to be looked for in many texts by its pairs of characters and by what goes with them.

    Args:
        question: as it is best understood.
        associations: what goes with what.
    """

    def __init__(self, question: str, associations: Associations) -> None:
        wanted = coded(dict.fromkeys(pairs_of(question)))
        self._owners, others, self._strengths = associations.of(wanted)
        # A pair that is there twice is only ever found where it is first.
        self._sought = np.sort(np.concatenate([wanted, others]))
        self._own = np.searchsorted(self._sought, wanted)
        self._others = np.searchsorted(self._sought, others)
        self._left, self._right = (_marked(codes) for codes in (self._sought >> _HALF, self._sought))

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
        # Passage by passage, pair by pair, the strongest first: one is too many where that so many before is
        # of the same passage and pair.
        passage, other = np.divmod(np.flatnonzero(stands[:, self._others]), self._others.size)
        slots = passage * self._own.size + self._owners[other]
        kept = np.ones(slots.size, np.bool_)
        kept[STRONGEST:] = slots[STRONGEST:] != slots[:-STRONGEST]
        said = np.bincount(slots[kept], self._strengths[other[kept]], len(passages) * self._own.size)
        counted = np.where(stands[:, self._own], ITSELF, said.reshape(len(passages), -1))
        return np.asarray(counted.sum(axis=1) / self._own.size, np.float32)

    def _standing(self, passages: Sequence[Sequence[str]]) -> BoolArray:
        """Which of what is sought stands in which passage, ``bool (len(passages), len(self._sought))``."""
        folded, ends = _folded(passages)
        left, right = folded[:-1], folded[1:]
        # Of ten pairs nine have a character that none sought has there; that is seen without a search.
        likely = np.flatnonzero(self._left[left & _MARKS] & self._right[right & _MARKS])
        pairs = joined(left[likely], right[likely])
        at = np.searchsorted(self._sought, pairs)
        found = np.flatnonzero(self._sought.take(at, mode="clip") == pairs)
        stands = np.zeros((len(passages), self._sought.size), np.bool_)
        stands[np.searchsorted(ends, likely[found], side="right"), at[found]] = True
        return stands


def pairs_of(text: str) -> list[str]:
    """The pairs of Chinese characters that stand side by side, folded for search, in order."""
    runs = (run[0] for run in _RUNS.finditer(search_text(text)))
    return [left + right for run in runs for left, right in pairwise(run)]


@functools.cache
def load_associations() -> Associations:
    """The associations that come with the project, read once a process (about 2 ms)."""
    # As a text file it would take two more, to look for carriage returns.
    source = resources.files("retrieval.search").joinpath("associations.txt").read_bytes()
    return Associations(source.decode("utf-8"))


def _folded(passages: Sequence[Sequence[str]]) -> tuple[Codes, IntArray]:
    """All sentences folded for search, a bar behind each, and where those of each passage end."""
    # A bar stays as it is when folded, and is in no pair.
    lines = [_BAR.join(texts) + _BAR for texts in passages]
    codes, ends = codes_of("".join(lines)), _ends(lines)
    folded = folded_codes(codes)
    if (others := np.flatnonzero(folded == OTHER)).size:
        for at in set(np.searchsorted(ends, others, side="right").tolist()):
            lines[at] = _BAR.join(map(search_text, passages[at])) + _BAR
        codes, ends = codes_of("".join(lines)), _ends(lines)
        folded = folded_codes(codes)
        # What is folded once stays as it is when it is folded again.
        folded = np.where(folded == OTHER, codes, folded)
    kept = np.flatnonzero(folded != GONE)
    return folded[kept], np.searchsorted(kept, ends)


def _ends(lines: Sequence[str]) -> IntArray:
    return np.cumsum(list(map(len, lines)))


def coded(pairs: Iterable[str]) -> Codes:
    """Pairs of characters, each as one number, ``int64 (n,)``."""
    codes = codes_of("".join(pairs))
    return joined(codes[::2], codes[1::2])


def joined(left: IntArray | npt.NDArray[np.uint32], right: IntArray | npt.NDArray[np.uint32]) -> Codes:
    """Pairs of characters by their code points, each as one number, ``int64 (n,)``, in the order of pairs."""
    return (left.astype(np.int64) << _HALF) | right


def _marked(codes: Codes) -> BoolArray:
    """Which characters are among some, by the end of their code points."""
    marks = np.zeros(_MARKS + 1, np.bool_)
    marks[codes & _MARKS] = True
    return marks
