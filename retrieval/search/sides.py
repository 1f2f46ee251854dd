"""Words from every side of a comparison, each from its own documents, in the order asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from retrieval.search.evidence import QUOTES, in_reading_order, select_runs
from retrieval.search.found import Found
from retrieval.search.query import Query
from retrieval.search.quotable import Quotable, Run

PASSAGES_OF_SIDE = 3
"""Best passages of each side whose sentences may answer."""

CHARACTERS = 420
"""Answers of two and more sides are this long together; what is best of each side is always quoted."""

Sides = Sequence[frozenset[str]]
"""Ids of the documents of each side."""


def best_of_sides(found: Sequence[Found], sides: Sides) -> list[Found]:
    """The best passages of each side, at most ``PASSAGES_OF_SIDE``; all of them best first."""
    wanted = [each for side in sides for each in _of(found, side, PASSAGES_OF_SIDE)]
    return sorted(wanted, key=lambda each: (-each.fused, each.hit.passage.id))


def select_of_sides(quotables: Sequence[Quotable], query: Query, sides: Sides) -> list[Run]:
    """The runs to quote, best first: the best of each side, then others up to ``CHARACTERS`` together."""
    alone = replace(query, shape=replace(query.shape, compares=False))
    chosen = [select_runs([each for each in quotables if each.document in side], alone) for side in sides]
    kept = [runs[0] for runs in chosen if runs]
    room = CHARACTERS - sum(run.length for run in kept)
    others = sorted(
        (run for runs in chosen for run in runs[1:]),
        key=lambda run: (-run.best.measure, run.quotables[0].place),
    )
    for run in others[: max(0, QUOTES - len(kept))]:
        if run.length <= room:
            kept.append(run)
            room -= run.length
    return sorted(kept, key=lambda run: (-run.best.measure, run.quotables[0].place))


def in_order_of_sides(runs: Sequence[Run], sides: Sides) -> list[Run]:
    """Runs as a person reads them: side by side in the order asked."""
    ordered = in_reading_order(runs)
    return [run for side in sides for run in ordered if run.best.document in side]


def _of(found: Sequence[Found], side: frozenset[str], count: int) -> list[Found]:
    return [each for each in found if each.hit.document.id in side][:count]
