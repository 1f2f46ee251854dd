"""Where a formulation or something near it stands in a folded text.

The measure is the edit distance normalised by the longer side: ``1 - d / max(m, w)`` for a formulation of *m*
characters and a window of *w*, where *d* counts inserted, deleted and replaced characters (Levenshtein 1966).
A window counts from 0.75 on, below 6 characters from 0.8 on: there one character of four is another word
(安全生产, 安全生日), so that up to three characters only the same words count, and of four also those
with one inserted. Among windows that end at one place the one with the fewest edits is measured, found by
dynamic programming with a free start (Sellers, The theory and computation of evolutionary distances, 1980).

Not every place is aligned: an edit breaks at most two of the formulation's *m* - 1 pairs of neighbouring
characters, an insertion one, so windows that share fewer pairs than are left cannot be near enough (the
q-gram lemma, Jokinen and Ukkonen 1991). For these thresholds at least one pair is always left, so the filter
loses nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from retrieval.lineage.folding import Folded

NEAR = 0.75
"""Least similarity of a near variant."""

NEAR_SHORT = 0.8
"""The same for formulations of fewer than ``SHORT`` characters."""

SHORT = 6

NEARBY = 0.6
"""Least similarity of words that are named where nothing nearer stands: three characters of five."""

SHORTEST_NEARBY = 4
"""Nothing is nearby a shorter formulation: two characters of three (必须, 安全) stand everywhere."""

_TRIED = 8  # stretches of a text that share most pairs with a formulation; the nearest is among the first


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open range of a folded text near a formulation; ``similarity`` is in (0, 1], 1 for the same."""

    start: int
    end: int
    similarity: float


def least_similarity(length: int) -> float:
    """From which similarity on, in [0, 1], a window counts for a formulation of so many folded characters."""
    return NEAR_SHORT if length < SHORT else NEAR


def similarity(one: str, other: str) -> float:
    """The measure between two folded texts, in [0, 1]; 1 for two empty ones."""
    longer = max(len(one), len(other))
    return 1 - edits_between(one, other) / longer if longer else 1.0


def edits_between(one: str, other: str) -> int:
    """The Levenshtein distance: fewest characters inserted, deleted and replaced."""
    row = list(range(len(other) + 1))
    for number, character in enumerate(one, 1):
        before, row[0] = row[0], number
        for at, its in enumerate(other, 1):
            before, row[at] = row[at], min(before + (character != its), row[at] + 1, row[at - 1] + 1)
    return row[-1]


def find_windows(formulation: str, folded: Folded) -> list[Window]:
    """The places where a folded formulation or something near it stands: best first chosen, no two overlap.

    A window begins and ends with a character of the formulation; one that was replaced at its edge belongs
    to it only where a mark follows (or precedes), because elsewhere it may be the next word.

    Args:
        formulation: folded, two characters at least.
        folded: the text.

    Returns:
        In the order of the text.
    """
    least = least_similarity(len(formulation))
    fewest, longest = shared_pairs(len(formulation), least)
    pairs = pair_pattern(formulation)
    taken: list[Window] = []
    for start, end in folded.segments:
        starts = [found.start() for found in pairs.finditer(folded.text, start, end)]
        for first, last in _regions(starts, max(fewest, 1), longest, (start, end)):
            found = _chosen(_near(formulation, folded.text, first, last, least))
            taken += _widened(formulation, folded, found, (start, end))
    return taken


def find_nearest(formulation: str, folded: Folded) -> list[Window]:
    """The nearest window from ``NEARBY`` on, in a list of one; [] when there is none. Not exhaustive.

    Only the stretches that share most pairs with the formulation are aligned: without a near occurrence to
    look for, the pairs that an archive repeats most would make nearly all of it a candidate.
    """
    size, text = len(formulation), folded.text
    if size < SHORTEST_NEARBY:
        return []
    starts = np.asarray([found.start() for found in pair_pattern(formulation).finditer(text)], np.int64)
    shared = np.searchsorted(starts, starts + size - 1) - np.arange(len(starts))
    begins = [begin for begin, _ in folded.segments]
    best: list[tuple[Window, tuple[int, int]]] = []
    for at in starts[np.argsort(-shared, kind="stable")[:_TRIED]].tolist():
        begin, end = within = folded.segments[bisect_right(begins, at) - 1]
        region = max(begin, at - size), min(end, at + 2 * size)
        best += [(window, within) for window in _near(formulation, text, *region, NEARBY)]
    if not best:
        return []
    window, within = min(best, key=lambda one: (-one[0].similarity, one[0].end - one[0].start, one[0].start))
    return _widened(formulation, folded, [window], within)


def find_parts(parts: Iterable[str], formulation: str, folded: Folded) -> list[Window]:
    """Where parts of a formulation stand word for word: the first place of each that is long enough."""
    windows: list[Window] = []
    for part in parts:
        places = (folded.text.find(part, *segment) for segment in folded.segments)
        start = next((place for place in places if place >= 0), -1)
        if start >= 0 and len(part) >= SHORTEST_NEARBY:
            windows.append(Window(start, start + len(part), similarity(formulation, part)))
    return _chosen(windows)


def shared_pairs(length: int, least: float) -> tuple[int, int]:
    """Fewest pairs that a window shares with a formulation that it is near to, and its greatest length.

    Args:
        length: of the formulation, in folded characters.
        least: similarity from which on the window is near, in (0, 1].
    """
    fewest, longest = length - 1, length
    for inserted in range(length + 1):
        for lost in range(length + 1):  # replaced or deleted; replacing leaves the longer window
            if 1 - (inserted + lost) / (length + inserted) >= least:
                fewest = min(fewest, length - 1 - inserted - 2 * lost)
                longest = max(longest, length + inserted)
    return fewest, longest


def pair_pattern(formulation: str) -> re.Pattern[str]:
    """Finds every place where two neighbouring characters of a formulation stand side by side.

    Raises:
        ValueError: the formulation has fewer than two.
    """
    if len(formulation) < 2:
        raise ValueError(f"{formulation!r} has no pairs of characters")
    pairs = sorted({a + b for a, b in pairwise(formulation)})
    return re.compile(f"(?=(?:{'|'.join(map(re.escape, pairs))}))")


def _regions(
    starts: list[int], fewest: int, longest: int, within: tuple[int, int]
) -> Iterable[tuple[int, int]]:
    """Where windows with enough pairs can lie; overlapping ones are one."""
    region: tuple[int, int] | None = None
    for first, last in zip(starts, starts[fewest - 1 :], strict=False):
        if last - first > longest - 2:
            continue
        begin, end = max(within[0], last + 2 - longest), min(within[1], first + longest)
        if region is not None and begin <= region[1]:
            region = (region[0], max(region[1], end))
            continue
        if region is not None:
            yield region
        region = (begin, end)
    if region is not None:
        yield region


def _near(formulation: str, text: str, first: int, last: int, least: float) -> list[Window]:
    """The best window at each end in ``text[first:last]`` that is near enough.

    A cell holds ``(edits * base - same characters) * base - start``: the least one has the fewest edits, of
    those the most characters in common, and of those the latest start.
    """
    size = len(formulation)
    base = max(size, last - first) + 1
    edit = base * base
    column = [edits * edit for edits in range(size + 1)]
    found: list[Window] = []
    for end in range(1, last - first + 1):
        character = text[first + end - 1]
        diagonal, column[0] = column[0], -end
        for at in range(1, size + 1):
            replaced = diagonal + (-base if formulation[at - 1] == character else edit)
            diagonal = column[at]
            column[at] = min(replaced, column[at] + edit, column[at - 1] + edit)
        minus_edits, rest = divmod(-column[size], edit)
        start = rest % base
        near = 1 + minus_edits / max(size, end - start)
        if start < end and near >= least:
            found.append(Window(first + start, first + end, near))
    return found


def _chosen(candidates: Iterable[Window]) -> list[Window]:
    """The nearest ones that do not overlap, in the order of the text; of equal ones the shortest."""
    chosen: list[Window] = []
    for window in sorted(candidates, key=lambda one: (-one.similarity, one.end - one.start, one.start)):
        if all(window.end <= one.start or one.end <= window.start for one in chosen):
            chosen.append(window)
    return sorted(chosen, key=lambda one: one.start)


def _widened(
    formulation: str, folded: Folded, windows: list[Window], within: tuple[int, int]
) -> list[Window]:
    """Windows with the replaced characters at their edges, where a mark shows that they belong to them."""
    widened: list[Window] = []
    low = within[0]
    for number, window in enumerate(windows):
        edits = edits_between(formulation, folded.text[window.start : window.end])
        start, end = window.start, window.end
        for at in range(start, max(low, start - edits) - 1, -1):
            if at == within[0] or folded.apart[at]:
                start = at if edits_between(formulation, folded.text[at:end]) == edits else start
                break
        high = windows[number + 1].start if number + 1 < len(windows) else within[1]
        for at in range(end, min(high, end + edits) + 1):
            if at == within[1] or folded.apart[at]:
                end = at if edits_between(formulation, folded.text[start:at]) == edits else end
                break
        widened.append(Window(start, end, 1 - edits / max(len(formulation), end - start)))
        low = end
    return widened
