"""The words that answer: sentences of the best passages, chosen, grown to whole lists, quoted verbatim."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from embeddings.types import FloatArray
from retrieval.index.tokens import tokenize
from retrieval.search.query import Query
from retrieval.types import Hit, Sentence, Span

PASSAGES = 5
"""Best passages whose sentences may answer."""

LEXICAL_WEIGHT = 6.0
SENTENCE_WEIGHT = 0.3
PASSAGE_WEIGHT = 1.0
"""Of a sentence's coverage (0 to 1), nearness (standard deviations) and its passage's fused measure."""

CLOSE = 0.6
"""A sentence this far below the best one is still quoted."""
NEIGHBOUR = 3.0
"""The same for one that stands beside a quoted sentence: an answer rarely is cut off at a full stop."""

LEAST = 60
"""A quote of fewer characters goes on with the sentences after it: a heading alone answers nothing."""
LEAST_OF_LIST = 160
"""The same when a list is asked for."""

QUOTES = 3
CHARACTERS = 330
"""An answer is at most this many quotes and, past the first, this many characters: it is read on a phone."""
LIST_CHARACTERS = 600
"""A list is given whole up to this many characters."""

_ITEM = re.compile(
    r"^[\s“\"]*(?:[（(]?[一二三四五六七八九十]{1,3}[）)、]|[一二三四五六七八九十]{1,2}[要是]|第[一二三四五六七八九十]{1,2}[，,、]"
    r"|\d{1,2}[.．、）)]|[（(]\d{1,2}[）)]|[①-⑳])"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence that may be quoted, with how well it answers."""

    hit: int
    position: int
    document: str
    sentence: Sentence
    measure: float
    coverage: float

    @property
    def place(self) -> tuple[int, int]:
        """Which hit, and which of its sentences."""
        return self.hit, self.position


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive sentences of one passage that are quoted together; ``hit`` is its place in the hits."""

    hit: int
    units: tuple[Unit, ...]

    @property
    def span(self) -> Span:
        """From the first sentence's start to the last one's end, in the raw text."""
        return Span(self.units[0].sentence.span.start, self.units[-1].sentence.span.end)

    @property
    def length(self) -> int:
        """Characters of the clean sentences."""
        return sum(len(unit.sentence.text) for unit in self.units)


def measure_units(
    query: Query,
    hits: Sequence[Hit],
    fused: Sequence[float],
    nearness: Sequence[FloatArray],
    idf: Callable[[str], float],
) -> list[Unit]:
    """Measure every sentence of the best passages.

    Args:
        query: what is asked.
        hits: best first.
        fused: fused measure of each hit.
        nearness: of each hit's sentences, in standard deviations above the background.
        idf: how telling a term is.
    """
    worth = {term: weight * idf(term) for term, weight in query.terms.items()}
    most = sum(weight * idf(term) for term, weight in query.own_terms.items()) or 1.0
    units = []
    for number, hit in enumerate(hits[:PASSAGES]):
        for position, sentence in enumerate(hit.passage.sentences):
            coverage = min(1.0, _covered(sentence.text, worth) / most)
            near = float(nearness[number][position])
            measure = (
                LEXICAL_WEIGHT * coverage
                + SENTENCE_WEIGHT * near
                + PASSAGE_WEIGHT * (fused[number] - fused[0])
            )
            units.append(Unit(number, position, hit.document.id, sentence, measure, coverage))
    return units


def select_runs(units: Sequence[Unit], query: Query) -> list[Run]:
    """The runs to quote, best first; [] when there are no units."""
    if not units:
        return []
    best = max(unit.measure for unit in units)
    chosen = {unit.place for unit in units if unit.measure >= best - CLOSE}
    if query.shape.compares:
        chosen |= _best_of_each_document(units)
    grown = _grow(units, chosen, best)
    if query.shape.wants_list:
        grown |= _whole_lists(units, grown)
    grown = _continued(units, grown, LEAST_OF_LIST if query.shape.wants_list else LEAST)
    runs = sorted(_runs(units, grown), key=lambda run: -max(unit.measure for unit in run.units))
    return _within_budget(runs, LIST_CHARACTERS if query.shape.wants_list else CHARACTERS)


def _best_of_each_document(units: Sequence[Unit]) -> set[tuple[int, int]]:
    """The best unit of the two best documents."""
    best: dict[str, Unit] = {}
    for unit in sorted(units, key=lambda unit: -unit.measure):
        best.setdefault(unit.document, unit)
    return {unit.place for unit in list(best.values())[:2]}


def _covered(text: str, worth: Mapping[str, float]) -> float:
    return sum(worth.get(term, 0.0) for term in set(tokenize(text)))


def _grow(units: Sequence[Unit], chosen: set[tuple[int, int]], best: float) -> set[tuple[int, int]]:
    """Add neighbours that still answer."""
    return chosen | {
        unit.place
        for unit in units
        if unit.measure >= best - NEIGHBOUR
        and ((unit.hit, unit.position - 1) in chosen or (unit.hit, unit.position + 1) in chosen)
    }


def _continued(units: Sequence[Unit], chosen: set[tuple[int, int]], least: int) -> set[tuple[int, int]]:
    """Go on after a run that is too short to answer, or that ends with an announcement."""
    by_place = {unit.place: unit for unit in units}
    grown = set(chosen)
    for run in _runs(units, chosen):
        length, last = run.length, run.units[-1]
        while length < least or _announces(last):
            after = by_place.get((last.hit, last.position + 1))
            if after is None:
                break
            grown.add(after.place)
            length, last = length + len(after.sentence.text), after
    return grown


def _announces(unit: Unit) -> bool:
    """Whether a sentence is a heading or ends with a colon: what it speaks of comes after it."""
    return unit.sentence.text.rstrip()[-1:] not in '。！？!?.；;”"）)'


def _whole_lists(units: Sequence[Unit], chosen: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """All items of each list that a chosen sentence belongs to or announces."""
    items = {unit.place for unit in units if _ITEM.match(unit.sentence.text)}
    found: set[tuple[int, int]] = set()
    for hit, position in chosen:
        at = position if (hit, position) in items else position + 1
        step = at
        while (hit, step) in items:
            found.add((hit, step))
            step += 1
        step = at - 1
        while (hit, step) in items and (hit, at) in items:
            found.add((hit, step))
            step -= 1
    return found


def _runs(units: Sequence[Unit], chosen: set[tuple[int, int]]) -> list[Run]:
    runs: list[Run] = []
    for unit in units:
        if unit.place not in chosen:
            continue
        last = runs[-1] if runs else None
        if last and last.hit == unit.hit and last.units[-1].position == unit.position - 1:
            runs[-1] = Run(unit.hit, (*last.units, unit))
        else:
            runs.append(Run(unit.hit, (unit,)))
    return runs


def _within_budget(runs: Sequence[Run], characters: int) -> list[Run]:
    kept: list[Run] = []
    total = 0
    for run in runs[:QUOTES]:
        if kept and total + run.length > characters:
            continue
        kept.append(run)
        total += run.length
    return kept
