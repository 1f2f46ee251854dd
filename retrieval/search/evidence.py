"""The words that answer: sentences of the best passages, chosen, grown to whole lists, quoted verbatim."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.search.lists import (
    LIST_CHARACTERS,
    MOST_ITEMS,
    asked_item,
    counted_list,
    listed,
    listed_item,
    opening_of,
    opens_section,
)
from retrieval.search.query import Query
from retrieval.search.quotable import Place, Quotable, Run

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


def select_runs(quotables: Sequence[Quotable], query: Query) -> list[Run]:
    """The runs to quote, best first; [] when nothing may be quoted.

    First whatever answers, whole enough to be understood; then, while there is room, what stands beside it.
    """
    if not quotables:
        return []
    best = max(each.measure for each in quotables)
    takes_list = wants_list(query)
    needed = _best_of_each_document(quotables) if query.shape.compares else _best_of_the_nearest(quotables)
    chosen = needed | {each.place for each in quotables if each.measure >= best - CLOSE}
    items = _items(quotables, chosen, query)
    least = LEAST_OF_MORE if takes_list or query.shape.wants_why else LEAST
    answering = items | chosen
    chosen = items | _continued(quotables, chosen - items, least)
    budget = LIST_CHARACTERS if takes_list else CHARACTERS
    kept = _within_budget(_best_first(_runs(quotables, chosen)), budget, needed | items)
    places = {each.place for run in kept for each in run.quotables}
    grown = _grow(quotables, places, best - NEIGHBOUR, budget, rows=takes_list)
    return _best_first(_runs(quotables, _well_ended(_runs(quotables, grown), answering)))


def _items(quotables: Sequence[Quotable], chosen: set[Place], query: Query) -> set[Place]:
    """The list that is asked for, or the one item of it; empty where none is."""
    number = asked_item(query.question)
    if number and (item := listed_item(quotables, chosen, number)):
        return item
    return listed(quotables, chosen, counted_list(query.question)) if wants_list(query) else set()


def in_reading_order(runs: Sequence[Run]) -> list[Run]:
    """Runs as a person reads them: those of the best document first, within a document as in its text."""
    first: dict[str, int] = {}
    for number, run in enumerate(_best_first(runs)):
        first.setdefault(run.best.document, number)
    return sorted(runs, key=lambda run: (first[run.best.document], run.quotables[0].row))


def _best_first(runs: Sequence[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: (-run.best.measure, run.quotables[0].place))


def _best_of_each_document(quotables: Sequence[Quotable]) -> set[Place]:
    """The best sentence of each of the two best documents."""
    best: dict[str, Quotable] = {}
    for quotable in sorted(quotables, key=lambda each: -each.measure):
        best.setdefault(quotable.document, quotable)
    return {each.place for each in list(best.values())[:2]}


def _best_of_the_nearest(quotables: Sequence[Quotable]) -> set[Place]:
    """The best sentence, and the best one of each passage that is as near as makes no difference."""
    best: dict[int, Quotable] = {}
    for quotable in sorted(quotables, key=lambda each: -each.measure):
        best.setdefault(quotable.source, quotable)
    first, *others = best.values()
    needed, room = [first], RIVALS_CHARACTERS - len(first.sentence.text)
    for quotable in others[: RIVALS - 1]:
        fits = len(needed) < QUOTES or len(quotable.sentence.text) <= room
        if quotable.measure >= first.measure - RIVAL and fits:
            needed.append(quotable)
            room -= len(quotable.sentence.text)
    return {each.place for each in needed}


def _grow(
    quotables: Sequence[Quotable], chosen: set[Place], least: float, budget: int, *, rows: bool
) -> set[Place]:
    """Add what stands beside and measures at least ``least``, best first, while there is room.

    Beside in the same passage and under the same heading: a quote grows, none is added. ``rows``: also by
    rows of a table, each of which is of its own matter.
    """
    grown = set(chosen)
    quoted = {(each.place, each.source): each for each in quotables if each.place in chosen}
    room = budget - sum(len(each.sentence.text) for each in quotables if each.place in chosen)

    def is_beside(quotable: Quotable) -> bool:
        before, after = (quoted.get((place, quotable.source)) for place in quotable.beside)
        goes_on = before is not None and not opens_section(quotable)
        return goes_on or (after is not None and not opens_section(after))

    wanted = (each for each in quotables if rows or not is_row(each))
    beside = (each for each in wanted if each.measure >= least and is_beside(each))
    for quotable in sorted(beside, key=lambda each: (-each.measure, each.place)):
        if quotable.place not in grown and len(quotable.sentence.text) <= room:
            grown.add(quotable.place)
            room -= len(quotable.sentence.text)
    return grown


def _continued(quotables: Sequence[Quotable], chosen: set[Place], least: int) -> set[Place]:
    """Go on after words that are too short to answer, or that only announce what comes."""
    by_place = {each.place: each for each in quotables}
    grown = set(chosen)
    for run in _runs(quotables, chosen):
        length, last = run.length, run.quotables[-1]
        while length < least or announces(last):
            after = by_place.get(last.beside[1])
            if after is None or after.part != last.part or is_row(last):
                break
            if not announces(last) and (after.source != last.source or opens_section(after)):
                break
            grown.add(after.place)
            length, last = length + len(after.sentence.text), after
    return grown


def announces(quotable: Quotable) -> bool:
    """Whether what a sentence speaks of comes after it: a heading, a colon, a question put to the hall."""
    return quotable.sentence.text.rstrip()[-1:] not in '。！!.；;”"）)' and not is_row(quotable)


def is_row(quotable: Quotable) -> bool:
    """Whether a sentence is a row of a table, its cells parted by tabs: whole, and of its own matter."""
    return "\t" in quotable.sentence.text.strip()


def _runs(quotables: Sequence[Quotable], chosen: set[Place]) -> list[Run]:
    runs: list[Run] = []
    for quotable in quotables:
        if quotable.place not in chosen:
            continue
        last = runs[-1] if runs else None
        if (
            last
            and last.source == quotable.source
            and last.quotables[-1].place == quotable.beside[0]
            and not quotable.after_noise
        ):
            runs[-1] = Run(quotable.source, (*last.quotables, quotable))
        else:
            runs.append(Run(quotable.source, (quotable,)))
    return runs


def _well_ended(runs: Sequence[Run], answering: set[Place]) -> set[Place]:
    """Leave out what a quote ends with that only opens what comes next, unless just that answers."""
    kept: set[Place] = set()
    for run in runs:
        quotables = list(run.quotables)
        while len(quotables) > 1 and quotables[-1].place not in answering and _only_opens(*quotables[-2:]):
            quotables.pop()
        kept |= {each.place for each in quotables}
    return kept


def _only_opens(before: Quotable, quotable: Quotable) -> bool:
    if announces(quotable) or announces(before):
        return announces(quotable)
    opens = opening_of(quotable) is not None or quotable.sentence.span.start > before.sentence.span.end
    return opens and len(quotable.sentence.text) <= SHORT and not is_row(quotable)


def _within_budget(runs: Sequence[Run], characters: int, needed: set[Place]) -> list[Run]:
    """The best runs that fit, in the given order; those with a needed place always do."""
    kept = [run for run in runs if any(each.place in needed for each in run.quotables)][: MOST_ITEMS + 1]
    others = [run for run in runs[:QUOTES] if run not in kept]
    total = sum(run.length for run in kept)
    for run in others[: max(0, QUOTES - len(kept))]:
        if total + run.length <= characters:
            kept.append(run)
            total += run.length
    return [run for run in runs if run in kept]
