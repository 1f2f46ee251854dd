"""Reading many sources: each gives a document or the reason why it gives none, in the order asked for.

Little is read here, one source after another. Much is read by processes, one for each core, each of which
reads and cuts whole documents: what parsing, analysing and cutting take are of the same size, so that none of
them alone could use the cores. What comes of a source is the same either way.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from config.cores import usable_cores
from embeddings.limits import TokenLimit
from retrieval.index.outcome import Outcome, outcome_of
from retrieval.index.pace import Pace, expected_seconds, kind_of
from retrieval.index.reading_pool import PoolUnusable, ReadingPool
from retrieval.index.sources import Source

_WORTH_PROCESSES = 3.0
"""Seconds that reading is expected to take from which on processes are started, each of which takes half a
second to start and a core while it does."""

_START = 1.0
"""Seconds until the first process reads, on a machine with something else to do."""

_PROBES = 2
"""Sources of each kind that are read first, so that the estimate soon knows all kinds."""

_MEMORY = 1 << 30
"""Bytes of the machine's memory for each process: a reader and the parser that it keeps, at their usual."""

Told = Callable[[Source | None, Pace], None]
"""Called with each source that is finished, in any order, and with None now and then."""


def read_sources(
    archive: Path, sources: Sequence[Source], told: Told, limit: TokenLimit | None = None
) -> list[Outcome]:
    """Read each source; what comes of it depends on that source only.

    Args:
        archive: the folder of speeches.
        sources: what to read, each once.
        told: called on the way.
        limit: processes cut what they read by it; what is read here is left to be cut when it is needed.

    Returns:
        what came of each, in the order of ``sources``.
    """
    readers = min(len(sources), _readers())
    if readers > 1 and sum(map(expected_seconds, sources)) >= _WORTH_PROCESSES:
        found = _read_in_processes(archive, sources, told, readers, limit)
    else:
        found = _read_here(archive, sources, told)
    by_source = dict(found)
    return [by_source[source] for source in sources]


def _read_here(archive: Path, sources: Sequence[Source], told: Told) -> Iterator[tuple[Source, Outcome]]:
    pace = Pace(sources, 1, time.monotonic)
    for source in sources:
        pace.begin(source)
        yield source, outcome_of(archive, source)
        pace.finish(source)
        told(source, pace)


def _read_in_processes(
    archive: Path, sources: Sequence[Source], told: Told, readers: int, limit: TokenLimit | None
) -> Iterator[tuple[Source, Outcome]]:
    pace = Pace(sources, readers, time.monotonic, _START)
    left = dict.fromkeys(_ordered(sources))
    try:
        with ReadingPool(archive, readers, limit) as pool:
            waited = functools.partial(told, None, pace)
            for source, outcome in pool.read(list(left), begun=pace.begin, tick=waited):
                pace.finish(source)
                del left[source]
                yield source, outcome
                told(source, pace)
    except PoolUnusable:
        # This system gives us no processes that work: what is left is read as little is.
        yield from _read_here(archive, list(left), told)


def _ordered(sources: Sequence[Source]) -> list[Source]:
    """A few of each kind, then the longest first, so that no process works on alone at the end."""
    longest = sorted(sources, key=expected_seconds, reverse=True)
    kinds: dict[object, list[Source]] = {}
    for source in longest:
        kinds.setdefault(kind_of(source), []).append(source)
    probes = [
        same[len(same) * (2 * place + 1) // (2 * _PROBES)]
        for same in kinds.values()
        for place in range(_PROBES)
    ]
    return list(dict.fromkeys([*probes, *longest]))


def _readers() -> int:
    """Processes that this machine has cores and memory for."""
    cores = usable_cores()
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return cores
    return max(1, min(cores, memory // _MEMORY))
