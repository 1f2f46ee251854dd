"""How long reading takes: an estimate by kind and size, corrected by what each kind has taken so far.

A scan takes a hundred times as long as a text of the same size, so files say little about time and bytes not
much more. Each kind has a cost that is known beforehand, roughly; after a few files of a kind what they took
counts instead. The end that is shown moves a little at a time.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from retrieval.index.sources import Source
from retrieval.readers.formats import ENDINGS
from retrieval.readers.types import Kind

_MEGABYTE = 1 << 20
_USUAL = (0.03, 0.5)
_COSTS = {
    Kind.TEXT: (0.002, 1.2),
    Kind.DOCX: (0.02, 0.2),
    Kind.HTML: (0.01, 0.8),
    Kind.MHTML: (0.01, 0.3),
    Kind.PDF: (0.05, 0.5),
    Kind.IMAGE: (3.0, 1.0),
}
"""Seconds a file, and seconds a megabyte, of a core: measured on speeches of 3,000 characters, one core of a
server. Only the proportions matter, and those only until the first files of a kind are read."""

_TRUST = 0.5
"""How many usual files of its kind the cost known beforehand weighs."""

_SMOOTHING = 2.0
"""Seconds in which the end that is shown goes two thirds of the way to where the estimate has moved."""

_NEAR = 0.05
"""A file that takes longer than estimated is taken to need this share of its estimate again."""


def kind_of(source: Source) -> Kind | None:
    """What a source's name promises; None for anything."""
    return _kind(source.path)


@functools.lru_cache(4096)
def _kind(path: str) -> Kind | None:
    """Asked again and again of the sources that are being read."""
    return ENDINGS.get(PurePosixPath(path).suffix.lower())


def expected_seconds(source: Source) -> float:
    """Of one core, for reading a source, as far as its name and size tell."""
    a_file, a_megabyte = _COSTS.get(kind_of(source) or Kind.BINARY, _USUAL)
    return a_file + a_megabyte * source.size / _MEGABYTE


@dataclass(slots=True)
class _Group:
    """The sources of one kind: what they were expected to take and took, in seconds of a reader."""

    prior: float = 0.0
    waiting: float = 0.0
    expected: float = 0.0
    taken: float = 0.0

    @property
    def factor(self) -> float:
        """What this kind takes in proportion to what was expected."""
        return (self.prior + self.taken) / (self.prior + self.expected) if self.prior else 1.0


class Pace:
    """Estimates when the reading of some sources ends."""

    def __init__(
        self, sources: Sequence[Source], readers: int, clock: Callable[[], float], delay: float = 0.0
    ) -> None:
        """Begin.

        Args:
            sources: what will be read.
            readers: how many at a time.
            clock: seconds.
            delay: seconds until the first of them begins.
        """
        self._clock = clock
        self._delay = delay
        self._readers = max(1, readers)
        self._groups: dict[Kind | None, _Group] = {}
        self._begun: dict[Source, float] = {}
        for source in sources:
            group = self._group(source)
            group.waiting += expected_seconds(source)
            group.prior = max(group.prior, _TRUST * expected_seconds(source))
        self._start = self._told = clock()
        self._end = self._start + self._left(self._start)

    def begin(self, source: Source) -> None:
        """A source is being read."""
        self._begun[source] = self._clock()

    def finish(self, source: Source) -> None:
        """It has been read, or can't be."""
        taken = self._clock() - self._begun.pop(source)
        group, expected = self._group(source), expected_seconds(source)
        group.waiting -= expected
        group.expected += expected
        group.taken += taken

    @property
    def seconds_left(self) -> float:
        """Until everything is read, smoothed."""
        now = self._clock()
        moved = now + self._left(now) - self._end
        self._end += moved * (1 - math.exp(-(now - self._told) / _SMOOTHING))
        self._told = now
        return max(0.0, self._end - now)

    @property
    def share(self) -> float:
        """Of the whole time what has passed, from 0 to 1."""
        passed = self._clock() - self._start
        whole = passed + self.seconds_left
        return passed / whole if whole else 1.0

    def _left(self, now: float) -> float:
        factors = {kind: self._factor(group, now) for kind, group in self._groups.items()}
        work = sum(factors[kind] * max(0.0, group.waiting) for kind, group in self._groups.items())
        longest = 0.0
        for source, begun in self._begun.items():
            expected = factors[kind_of(source)] * expected_seconds(source)
            left = max(expected - (now - begun), _NEAR * expected)
            work -= expected - left
            longest = max(longest, left)
        has_begun = self._begun or any(group.taken for group in self._groups.values())
        delay = 0.0 if has_begun else max(0.0, self._delay - (now - self._start))
        return delay + max(work / self._readers, longest)

    def _factor(self, group: _Group, now: float) -> float:
        """What a kind takes in proportion to what was expected; late files count as long as they took.

        A scan may take half a minute on a slow machine: waiting for the first to be read would tell too late.
        """
        late = [
            (expected, now - begun)
            for source, begun in self._begun.items()
            if self._group(source) is group
            and now - begun > group.factor * (expected := expected_seconds(source))
        ]
        return _Group(
            group.prior,
            expected=group.expected + sum(expected for expected, _ in late),
            taken=group.taken + sum(passed for _, passed in late),
        ).factor

    def _group(self, source: Source) -> _Group:
        return self._groups.setdefault(kind_of(source), _Group())
