"""The files of an archive as speeches: each file is the best one of a speech, or a copy of the best one.

A copy is always like the best file itself, never only like another copy, so that likeness does not drift from
file to file. Which speech a file belongs to depends on the files alone, not on their order.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from retrieval.copies.choice import File, rank
from retrieval.copies.comparing import LIKELY, Comparable, Sketch
from retrieval.copies.facts import agree
from retrieval.copies.sameness import LEAST_SHARED, is_copy

MOST_TRIED = 8
"""Best files that one file is compared with in full, the likeliest first: a bound on the work where an
archive is full of one text with other names."""

MOST_OWNERS = 500
"""Files that may have a hash before it says nothing: a phrase that stands everywhere."""

_KEPT_TEXTS = 64  # folded texts at hand; the files of a speech come one after another


@dataclass(slots=True)
class Group:
    """One speech.

    Attributes:
        best: the file to cite.
        copies: the others, best first.
    """

    best: File
    copies: list[File] = field(default_factory=list)

    @property
    def files(self) -> list[File]:
        """All of them, best first."""
        return [self.best, *self.copies]


def group_files(
    files: Iterable[File],
    text_of: Callable[[File], Comparable],
    before: Mapping[str, str] | None = None,
) -> list[Group]:
    """Find the files that hold the same speech.

    Args:
        files: all files, in any order; no content twice.
        text_of: called for files that may be copies only.
        before: for files whose text and facts are as they were when the index before was built, the SHA-256
            of the best file then; such files are not compared again.

    Returns:
        By the path of the best file.
    """
    ordered = sorted(files, key=rank)
    text = functools.lru_cache(_KEPT_TEXTS)(text_of)
    groups: dict[int, Group] = {}
    for at, likely in enumerate(likely_copies(ordered, before)):
        file = ordered[at]
        home = _home(file, (groups[other] for other in likely if other in groups), text, before or {})
        if home is None:
            groups[at] = Group(file)
        else:
            home.copies.append(file)
    return sorted(groups.values(), key=lambda group: group.best.path)


def _home(
    file: File, groups: Iterable[Group], text: Callable[[File], Comparable], before: Mapping[str, str]
) -> Group | None:
    """The first speech that a file is a copy of."""
    tried = 0
    for group in groups:
        # Two copies may contradict each other where the best file is silent.
        if not all(agree(file.signature.facts, one.signature.facts) for one in group.files):
            continue
        decided = _decided(group.best, file, before)
        if decided is None and tried < MOST_TRIED:
            tried += 1
            decided = is_copy(text(group.best), text(file))
        if decided:
            return group
    return None


def _decided(best: File, file: File, before: Mapping[str, str]) -> bool | None:
    """What the index before says: a copy, not a copy, or nothing (None)."""
    then, its_then = before.get(best.sha256), before.get(file.sha256)
    if then != best.sha256 or its_then is None:
        return None
    if its_then == best.sha256:
        return True
    return False if its_then == file.sha256 else None


def likely_copies(files: Sequence[File], before: Mapping[str, str] | None = None) -> Iterator[list[int]]:
    """For each file the earlier ones that share enough of its sketch, the likeliest first.

    Memory and time grow with the number of files: `MOST_OWNERS` bounds what one hash brings. Of two files
    whose likeness `before` tells, only a copy and its best file are named.
    """
    before = before or {}
    places = {file.sha256: at for at, file in enumerate(files)}
    is_settled = [before.get(file.sha256, "") in places for file in files]
    everything = _Table(files, range(len(files)))
    fresh = _Table(files, [at for at in range(len(files)) if not is_settled[at]])
    lengths = np.asarray([file.signature.length for file in files], dtype=np.int64)
    for at, file in enumerate(files):
        telling = everything.owners_of_each(file) <= MOST_OWNERS
        others, shared = (fresh if is_settled[at] else everything).shared(file, telling, at)
        best = places[before[file.sha256]] if is_settled[at] else at
        if best < at:
            others = np.append(others, best)
            both = np.intersect1d(file.signature.sketch[telling], files[best].signature.sketch)
            shared = np.append(shared, len(both))
        its = lengths[others]
        nearly = np.minimum(its, lengths[at]) >= LEAST_SHARED * np.maximum(its, lengths[at])
        enough = nearly & (shared >= max(LIKELY * int(telling.sum()), 1))
        found = sorted(zip((-shared[enough]).tolist(), others[enough].tolist(), strict=True))
        yield [other for _, other in found]


class _Table:
    """Which of some files have a hash in their sketch."""

    def __init__(self, files: Sequence[File], chosen: Sequence[int]) -> None:
        sketches = [files[at].signature.sketch for at in chosen]
        hashes = np.concatenate([np.empty(0, dtype=np.uint32), *sketches])
        owners = np.repeat(np.asarray(chosen, dtype=np.int64), [len(one) for one in sketches])
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._owners = hashes[order], owners[order]

    def owners_of_each(self, file: File) -> npt.NDArray[np.int64]:
        """How many have each hash of a file's sketch."""
        firsts, lasts = self._runs(file.signature.sketch)
        return lasts - firsts

    def shared(
        self, file: File, telling: npt.NDArray[np.bool_], below: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Files before a place that have some of a sketch's telling hashes, and how many they have."""
        firsts, lasts = self._runs(file.signature.sketch[telling])
        runs = zip(firsts.tolist(), lasts.tolist(), strict=True)
        owners = np.concatenate(
            [np.empty(0, dtype=np.int64), *(self._owners[first:last] for first, last in runs if first < last)]
        )
        others, counts = np.unique(owners[owners < below], return_counts=True)
        return others, counts.astype(np.int64)

    def _runs(self, sketch: Sketch) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        return np.searchsorted(self._hashes, sketch, "left"), np.searchsorted(self._hashes, sketch, "right")
