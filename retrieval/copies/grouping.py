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

from embeddings.types import BoolArray
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
    is_settled = np.asarray([before.get(file.sha256, "") in places for file in files], dtype=np.bool_)
    table = _Table([file.signature.sketch for file in files])
    lengths = np.asarray([file.signature.length for file in files], dtype=np.int64)
    enough = np.maximum(LIKELY * table.telling, 1)
    # Most files of an archive that was indexed before: told for all at once that they need no look.
    is_unlike = is_settled & (table.shared_with(~is_settled) < enough)
    for at, file in enumerate(files):
        best = places[before[file.sha256]] if is_settled[at] else at
        if is_unlike[at] and best >= at:
            yield []
            continue
        others, shared = table.shared(at)
        wanted = ~is_settled[others] | (others == best) if is_settled[at] else np.ones(others.size, np.bool_)
        its = lengths[others]
        nearly = np.minimum(its, lengths[at]) >= LEAST_SHARED * np.maximum(its, lengths[at])
        likely = wanted & nearly & (shared >= enough[at])
        found = sorted(zip((-shared[likely]).tolist(), others[likely].tolist(), strict=True))
        yield [other for _, other in found]


class _Table:
    """Which files have a hash in their sketch.

    Attributes:
        telling: how many hashes of each sketch are not in too many others, ``int64 (n_files,)``.
    """

    def __init__(self, sketches: Sequence[Sketch]) -> None:
        hashes = np.concatenate([np.empty(0, dtype=np.uint32), *sketches])
        sizes = np.asarray([len(sketch) for sketch in sketches], dtype=np.int64)
        self._ends = np.cumsum(sizes)
        self._files = np.repeat(np.arange(sizes.size), sizes)
        order = np.argsort(hashes, kind="stable")
        # The files of one hash stand together, and ascend.
        self._owners = self._files[order]
        is_first = np.diff(hashes[order], prepend=hashes[order[:1]] ^ 1) != 0
        self._run = np.empty(hashes.size, dtype=np.int64)
        self._run[order] = np.cumsum(is_first) - 1
        self._place = np.empty(hashes.size, dtype=np.int64)
        self._place[order] = np.arange(hashes.size)
        self._starts = np.flatnonzero(is_first)
        run_sizes = np.diff(self._starts, append=hashes.size)
        self._is_telling = (run_sizes <= MOST_OWNERS)[self._run]
        self.telling = self._counted(self._is_telling)

    def shared_with(self, chosen: BoolArray) -> npt.NDArray[np.int64]:
        """How many of each file's telling hashes one of the chosen files has, ``int64 (n_files,)``."""
        has_chosen = np.zeros(self._starts.size, dtype=np.bool_)
        has_chosen[self._run[chosen[self._files]]] = True
        return self._counted(self._is_telling & has_chosen[self._run])

    def shared(self, at: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Files before one that have some of its telling hashes, and how many they have."""
        own = slice(self._ends[at - 1] if at else 0, self._ends[at])
        telling = self._is_telling[own]
        firsts = self._starts[self._run[own][telling]]
        sizes = self._place[own][telling] - firsts
        places = np.arange(sizes.sum()) + np.repeat(firsts - (np.cumsum(sizes) - sizes), sizes)
        others, counts = np.unique(self._owners[places], return_counts=True)
        return others, counts.astype(np.int64)

    def _counted(self, is_wanted: BoolArray) -> npt.NDArray[np.int64]:
        return np.bincount(self._files[is_wanted], minlength=self._ends.size)
