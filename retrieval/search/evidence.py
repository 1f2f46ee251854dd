"""The words that answer: sentences of the best passages, chosen, grown to whole lists, quoted verbatim."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.search.lists import (
    LIST_CHARACTERS,
    MOST_ITEMS,
    counted_list,
    listed,
    opening_of,
    opens_section,
)
from retrieval.search.query import Query
from retrieval.search.units import Place, Run, Unit

PASSAGES = 5
"""Best passages whose sentences may answer."""

RIVAL = 0.8
"""A passage whose best sentence is this far below the best of all is quoted too: so near one another, the
first two are right about equally often."""
RIVALS = 5
RIVALS_CHARACTERS = 500
"""So many passages are quoted for it, those past ``QUOTES`` while their sentences have so many characters
together."""
CLOSE = 0.3
"""The same for any other sentence."""
NEIGHBOUR = 2.0
"""The same for one that stands beside a quoted sentence: an answer rarely is cut off at a full stop."""

LEAST = 90
"""A quote of fewer characters goes on with the sentences after it: a heading alone answers nothing."""
LEAST_OF_MORE = 160
"""The same when a list or a reason is asked for: these take more than a sentence."""

QUOTES = 3
CHARACTERS = 330
"""An answer without rivals and lists is at most this many quotes and, past the first, this many characters:
it is read on a phone."""

SHORT = 20
"""A first sentence of a paragraph of at most this many characters only says what the paragraph is about."""


def wants_list(query: Query) -> bool:
    """Whether a question asks for a list, by its words (哪些) or by naming one (三个没想到是什么)."""
    return query.shape.wants_list or counted_list(query.question) is not None


def select_runs(units: Sequence[Unit], query: Query) -> list[Run]:
    """The runs to quote, best first; [] when there are no units.

    First whatever answers, whole enough to be understood; then, while there is room, what stands beside it.
    """
    if not units:
        return []
    best = max(unit.measure for unit in units)
    takes_list = wants_list(query)
    needed = _best_of_each_document(units) if query.shape.compares else _best_of_the_nearest(units)
    chosen = needed | {unit.place for unit in units if unit.measure >= best - CLOSE}
    items = listed(units, chosen, counted_list(query.question)) if takes_list else set()
    least = LEAST_OF_MORE if takes_list or query.shape.wants_why else LEAST
    answering = items | chosen
    chosen = items | _continued(units, chosen - items, least)
    budget = LIST_CHARACTERS if takes_list else CHARACTERS
    kept = _within_budget(_best_first(_runs(units, chosen)), budget, needed | items)
    grown = _grow(units, {unit.place for run in kept for unit in run.units}, best - NEIGHBOUR, budget)
    return _best_first(_runs(units, _well_ended(_runs(units, grown), answering)))


def in_reading_order(runs: Sequence[Run]) -> list[Run]:
    """Runs as a person reads them: those of the best document first, within a document as in its text."""
    first: dict[str, int] = {}
    for number, run in enumerate(_best_first(runs)):
        first.setdefault(run.best.document, number)
    return sorted(runs, key=lambda run: (first[run.best.document], run.units[0].row))


def _best_first(runs: Sequence[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: (-run.best.measure, run.units[0].place))


def _best_of_each_document(units: Sequence[Unit]) -> set[Place]:
    """The best unit of the two best documents."""
    best: dict[str, Unit] = {}
    for unit in sorted(units, key=lambda unit: -unit.measure):
        best.setdefault(unit.document, unit)
    return {unit.place for unit in list(best.values())[:2]}


def _best_of_the_nearest(units: Sequence[Unit]) -> set[Place]:
    """The best unit, and the best one of each passage that is as near as makes no difference."""
    best: dict[int, Unit] = {}
    for unit in sorted(units, key=lambda unit: -unit.measure):
        best.setdefault(unit.source, unit)
    first, *others = best.values()
    needed, room = [first], RIVALS_CHARACTERS - len(first.sentence.text)
    for unit in others[: RIVALS - 1]:
        fits = len(needed) < QUOTES or len(unit.sentence.text) <= room
        if unit.measure >= first.measure - RIVAL and fits:
            needed.append(unit)
            room -= len(unit.sentence.text)
    return {unit.place for unit in needed}


def _grow(units: Sequence[Unit], chosen: set[Place], least: float, budget: int) -> set[Place]:
    """Add what stands beside and measures at least ``least``, best first, while there is room.

    Beside in the same passage and under the same heading: a quote grows, none is added.
    """
    grown = set(chosen)
    quoted = {(unit.place, unit.source): unit for unit in units if unit.place in chosen}
    room = budget - sum(len(unit.sentence.text) for unit in units if unit.place in chosen)

    def is_beside(unit: Unit) -> bool:
        before, after = (quoted.get((place, unit.source)) for place in unit.beside)
        goes_on = before is not None and not opens_section(unit)
        return goes_on or (after is not None and not opens_section(after))

    beside = (unit for unit in units if unit.measure >= least and is_beside(unit))
    for unit in sorted(beside, key=lambda unit: (-unit.measure, unit.place)):
        if unit.place not in grown and len(unit.sentence.text) <= room:
            grown.add(unit.place)
            room -= len(unit.sentence.text)
    return grown


def _continued(units: Sequence[Unit], chosen: set[Place], least: int) -> set[Place]:
    """Go on after words that are too short to answer, or that only announce what comes."""
    by_place = {unit.place: unit for unit in units}
    grown = set(chosen)
    for run in _runs(units, chosen):
        length, last = run.length, run.units[-1]
        while length < least or announces(last):
            after = by_place.get(last.beside[1])
            if after is None or after.part != last.part:
                break
            if not announces(last) and (after.source != last.source or opens_section(after)):
                break
            grown.add(after.place)
            length, last = length + len(after.sentence.text), after
    return grown


def announces(unit: Unit) -> bool:
    """Whether what a sentence speaks of comes after it: a heading, a colon, a question put to the hall."""
    return unit.sentence.text.rstrip()[-1:] not in '。！!.；;”"）)'


def _runs(units: Sequence[Unit], chosen: set[Place]) -> list[Run]:
    runs: list[Run] = []
    for unit in units:
        if unit.place not in chosen:
            continue
        last = runs[-1] if runs else None
        if (
            last
            and last.source == unit.source
            and last.units[-1].place == unit.beside[0]
            and not unit.after_noise
        ):
            runs[-1] = Run(unit.source, (*last.units, unit))
        else:
            runs.append(Run(unit.source, (unit,)))
    return runs


def _well_ended(runs: Sequence[Run], answering: set[Place]) -> set[Place]:
    """Leave out what a quote ends with that only opens what comes next, unless just that answers."""
    kept: set[Place] = set()
    for run in runs:
        units = list(run.units)
        while len(units) > 1 and units[-1].place not in answering and _only_opens(*units[-2:]):
            units.pop()
        kept |= {unit.place for unit in units}
    return kept


def _only_opens(before: Unit, unit: Unit) -> bool:
    if announces(unit) or announces(before):
        return announces(unit)
    opens = opening_of(unit) is not None or unit.sentence.span.start > before.sentence.span.end
    return opens and len(unit.sentence.text) <= SHORT


def _within_budget(runs: Sequence[Run], characters: int, needed: set[Place]) -> list[Run]:
    """The best runs that fit, in the given order; those with a needed place always do."""
    kept = [run for run in runs if any(unit.place in needed for unit in run.units)][: MOST_ITEMS + 1]
    others = [run for run in runs[:QUOTES] if run not in kept]
    total = sum(run.length for run in kept)
    for run in others[: max(0, QUOTES - len(kept))]:
        if total + run.length <= characters:
            kept.append(run)
            total += run.length
    return [run for run in runs if run in kept]
