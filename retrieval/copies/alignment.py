"""Where two texts are the same, and what stands between.

Stretches that stand once in each text are anchors; the heaviest chain of them in the order of both texts is
kept (as in Cohen's patience diff), each drawn out as far as both texts agree. What is left between is small
and compared character by character. Time and memory grow with the length of the texts, not with its square.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from retrieval.copies.comparing import shingle_hashes

_ANCHOR = 8  # characters; what is this long and stands once in each text is hardly ever a coincidence
_SHORT_ANCHOR = 3  # the same between two anchors
_FEW_CELLS = 400  # twenty characters by twenty: no anchors are sought
_MOST_RUNS = 4000  # stretches of anchors; texts that are torn into more are not the same
_MOST_CELLS = 250_000  # characters of one side by the other's that are compared one by one


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where two texts differ: ``one[start:end]`` stands for ``other[its_start:its_end]``."""

    start: int
    end: int
    its_start: int
    its_end: int

    @property
    def length(self) -> int:
        """Characters of the first text."""
        return self.end - self.start

    @property
    def its_length(self) -> int:
        """Characters of the other."""
        return self.its_end - self.its_start


def align(one: str, other: str, anchor: int = _ANCHOR) -> tuple[Gap, ...]:
    """What differs between two texts, in order; () for equal ones. Anchors have that many characters."""
    if one == other:
        return ()
    x = y = 0
    gaps: list[Gap] = []
    for start, its_start in (*_chain(one, other, anchor), (len(one), len(other))):
        if start < x or its_start < y:
            continue  # passed already while the run before was drawn out
        while start > x and its_start > y and one[start - 1] == other[its_start - 1]:
            start, its_start = start - 1, its_start - 1  # noqa: PLW2901 - drawn out to the left
        if start > x or its_start > y:
            gaps.extend(_finer(one, other, Gap(x, start, y, its_start), anchor))
        same = _common(one, other, start, its_start)
        x, y = start + same, its_start + same
    return tuple(gaps)


def _chain(one: str, other: str, anchor: int) -> list[tuple[int, int]]:
    """Where the anchors' runs begin in both texts, ascending in both."""
    mine, its = _once(one, anchor), _once(other, anchor)
    _, rows, columns = np.intersect1d(mine[0], its[0], assume_unique=True, return_indices=True)
    starts, its_starts = mine[1][rows], its[1][columns]
    order = np.argsort(starts)
    starts, its_starts = starts[order], its_starts[order]
    if not len(starts):
        return []
    breaks = np.flatnonzero((np.diff(starts) != 1) | (np.diff(its_starts) != 1)) + 1
    firsts = np.concatenate(([0], breaks))
    weights = np.diff(np.concatenate((firsts, [len(starts)])))
    if len(firsts) > _MOST_RUNS:
        return []
    return _heaviest(starts[firsts], its_starts[firsts], weights)


def _once(text: str, anchor: int) -> tuple[np.ndarray, np.ndarray]:
    """Hashes of the stretches that stand once in a text, and where."""
    hashes, places, counts = np.unique(shingle_hashes(text, anchor), return_index=True, return_counts=True)
    return hashes[counts == 1], places[counts == 1]


def _heaviest(starts: np.ndarray, its_starts: np.ndarray, weights: np.ndarray) -> list[tuple[int, int]]:
    """The chain of most characters: ``starts`` ascend, and ``its_starts`` must, too."""
    best = weights.astype(np.int64)
    before = np.full(len(starts), -1)
    for at in range(1, len(starts)):
        fitting = np.where(its_starts[:at] < its_starts[at], best[:at], 0)
        last = int(np.argmax(fitting))
        if fitting[last]:
            best[at] += fitting[last]
            before[at] = last
    at = int(np.argmax(best))
    chain = []
    while at >= 0:
        chain.append((int(starts[at]), int(its_starts[at])))
        at = int(before[at])
    return chain[::-1]


def _common(one: str, other: str, start: int, its_start: int) -> int:
    """How many characters are the same from there on."""
    most = min(len(one) - start, len(other) - its_start)
    low, high = 0, most
    if one[start : start + most] == other[its_start : its_start + most]:
        return most
    while high - low > 1:
        middle = (low + high) // 2
        if one[start : start + middle] == other[its_start : its_start + middle]:
            low = middle
        else:
            high = middle
    return low


def _finer(one: str, other: str, gap: Gap, anchor: int) -> Iterator[Gap]:
    """The gap, or the smaller ones that it is made of."""
    cells = gap.length * gap.its_length
    if cells <= 1 or cells > _MOST_CELLS:
        yield gap
        return
    mine, its = one[gap.start : gap.end], other[gap.its_start : gap.its_end]
    if cells > _FEW_CELLS and anchor > _SHORT_ANCHOR:
        inside = [
            (each.start, each.end, each.its_start, each.its_end) for each in align(mine, its, _SHORT_ANCHOR)
        ]
    else:
        codes = SequenceMatcher(None, mine, its, autojunk=False).get_opcodes()
        inside = [places for tag, *places in codes if tag != "equal"]  # type: ignore[misc]
    for start, end, its_start, its_end in inside:
        yield Gap(gap.start + start, gap.start + end, gap.its_start + its_start, gap.its_start + its_end)
