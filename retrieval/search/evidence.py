"""The words that answer: sentences of the best passages, chosen, grown to whole lists, quoted verbatim."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from retrieval.index.tokens import Wanted
from retrieval.search.found import Found
from retrieval.search.query import Query
from retrieval.types import Passage, Sentence, Span

PASSAGES = 5
"""Best passages whose sentences may answer."""

LEXICAL_WEIGHT = 3.0
SENTENCE_WEIGHT = 0.15
PASSAGE_WEIGHT = 1.0
"""Of a sentence's coverage (0 to 1), nearness (standard deviations) and its passage's fused measure. The
passage counts most: it was found by all that it says, and a sentence is short."""

RIVAL = 0.6
"""A passage whose best sentence is this far below the best of all is quoted too: so near one another, the
first two are right about equally often."""
CLOSE = 0.3
"""The same for any other sentence."""
NEIGHBOUR = 1.5
"""The same for one that stands beside a quoted sentence: an answer rarely is cut off at a full stop."""

LEAST = 90
"""A quote of fewer characters goes on with the sentences after it: a heading alone answers nothing."""
LEAST_OF_MORE = 160
"""The same when a list or a reason is asked for: these take more than a sentence."""

QUOTES = 3
CHARACTERS = 330
"""An answer is at most this many quotes and, past the first, this many characters: it is read on a phone."""
LIST_CHARACTERS = 600
"""A list is given whole up to this many characters."""

_ITEMS = {
    "一、": r"(?P<n>[一二三四五六七八九十]{1,3})、",
    "（一）": r"[（(](?P<n>[一二三四五六七八九十]{1,3})[）)]",
    "第一": r"第(?P<n>[一二三四五六七八九十]{1,2})[，,、：:批类]",
    "一是": r"(?P<n>[一二三四五六七八九十]{1,2})[要是]",
    "1.": r"(?P<n>\d{1,2})[.．、）)](?!\d)",
    "（1）": r"[（(](?P<n>\d{1,2})[）)]",
    "①": r"(?P<n>[①-⑳])",
}
_ITEM = {kind: re.compile(r"[\s“\"]*" + pattern) for kind, pattern in _ITEMS.items()}
_FIRST = ("一", "1", "①")
_HEADINGS = ("一、", "（一）", "第一")


Place = tuple[str, int]
"""A document's id and the row of a sentence in the index; neighbours in the text differ by one."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence that may be quoted, with how well it answers.

    Attributes:
        source: where its passage stands among the sources.
        row: of the sentence in the index.
        part: the outermost section it stands in, if any, and whose words it is; a quote that is too short
            and a list go on no further.
        measure: higher is better, unbounded.
        coverage: share of the question's weight that stands in it, in [0, 1].
        after_noise: an advert, say, stands before it in its passage; no quote runs over that.
    """

    source: int
    row: int
    document: str
    part: tuple[str, ...]
    sentence: Sentence
    measure: float
    coverage: float
    after_noise: bool = False

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.document, self.row

    @property
    def beside(self) -> tuple[Place, Place]:
        """The places before and after it."""
        return (self.document, self.row - 1), (self.document, self.row + 1)


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive sentences of one passage that are quoted together; ``source`` is where it stands."""

    source: int
    units: tuple[Unit, ...]

    @property
    def span(self) -> Span:
        """From the first sentence's start to the last one's end, in the raw text."""
        return Span(self.units[0].sentence.span.start, self.units[-1].sentence.span.end)

    @property
    def length(self) -> int:
        """Characters of the clean sentences."""
        return sum(len(unit.sentence.text) for unit in self.units)

    @property
    def best(self) -> Unit:
        """The sentence that answers best."""
        return max(self.units, key=lambda unit: unit.measure)


def measure_units(query: Query, sources: Sequence[Found], idf: Callable[[str], float]) -> list[Unit]:
    """Measure every sentence of some passages.

    Args:
        query: what is asked.
        sources: the best passages, best first, and those that follow them in the text.
        idf: how telling a term is.
    """
    worth = {term: weight * idf(term) for term, weight in query.terms.items()}
    wanted = Wanted(worth)
    most = sum(weight * idf(term) for term, weight in query.own_terms.items()) or 1.0
    units: dict[Place, Unit] = {}
    for number, source in enumerate(sources):
        passage = source.hit.passage
        part = (*passage.section_path[:1], passage.speaker)
        standing = PASSAGE_WEIGHT * (source.fused - sources[0].fused)
        noisy = _behind_noise(passage)
        for position, sentence in enumerate(passage.sentences):
            covered = sum(worth[term] for term in wanted.within(sentence.text))
            coverage = min(1.0, covered / most)
            nearness = SENTENCE_WEIGHT * float(source.nearness[position])
            measure = LEXICAL_WEIGHT * coverage + nearness + standing
            row = source.first_sentence + position
            unit = Unit(
                number, row, source.hit.document.id, part, sentence, measure, coverage, position in noisy
            )
            units.setdefault(unit.place, unit)
    return sorted(units.values(), key=lambda unit: unit.place)


def _behind_noise(passage: Passage) -> frozenset[int]:
    """Positions of the sentences that begin behind what a passage leaves out of its spans."""
    ends = [span.end for span in passage.spans[:-1]]
    pairs = enumerate(pairwise(passage.sentences), 1)
    return frozenset(
        position
        for position, (before, after) in pairs
        if ends and any(before.span.end <= end <= after.span.start for end in ends)
    )


def select_runs(units: Sequence[Unit], query: Query) -> list[Run]:
    """The runs to quote, best first; [] when there are no units.

    First whatever answers, whole enough to be understood; then, while there is room, what stands beside it.
    """
    if not units:
        return []
    best = max(unit.measure for unit in units)
    needed = _best_of_each_document(units) if query.shape.compares else _best_of_the_nearest(units)
    chosen = needed | {unit.place for unit in units if unit.measure >= best - CLOSE}
    if query.shape.wants_list:
        chosen |= _whole_lists(units, chosen)
    wants_more = query.shape.wants_list or query.shape.wants_why
    chosen = _continued(units, chosen, LEAST_OF_MORE if wants_more else LEAST)
    budget = LIST_CHARACTERS if query.shape.wants_list else CHARACTERS
    kept = _within_budget(_best_first(_runs(units, chosen)), budget, needed)
    grown = _grow(units, {unit.place for run in kept for unit in run.units}, best - NEIGHBOUR, budget)
    return _best_first(_runs(units, grown))


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
    rivals = list(best.values())[:QUOTES]
    return {unit.place for unit in rivals if unit.measure >= rivals[0].measure - RIVAL}


def _grow(units: Sequence[Unit], chosen: set[Place], least: float, budget: int) -> set[Place]:
    """Add what stands beside and measures at least ``least``, best first, while there is room.

    Beside in the same passage and under the same heading: a quote grows, none is added.
    """
    grown = set(chosen)
    quoted = {(unit.place, unit.source): unit for unit in units if unit.place in chosen}
    room = budget - sum(len(unit.sentence.text) for unit in units if unit.place in chosen)

    def is_beside(unit: Unit) -> bool:
        before, after = (quoted.get((place, unit.source)) for place in unit.beside)
        goes_on = before is not None and not _opens_section(unit)
        return goes_on or (after is not None and not _opens_section(after))

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
        while length < least or _announces(last):
            after = by_place.get(last.beside[1])
            if after is None or after.part != last.part:
                break
            if not _announces(last) and (after.source != last.source or _opens_section(after)):
                break
            grown.add(after.place)
            length, last = length + len(after.sentence.text), after
    return grown


def _announces(unit: Unit) -> bool:
    """Whether what a sentence speaks of comes after it: a heading, a colon, a question put to the hall."""
    return unit.sentence.text.rstrip()[-1:] not in '。！!.；;”"）)'


def _whole_lists(units: Sequence[Unit], chosen: set[Place]) -> set[Place]:
    """What each chosen sentence opens: the items of a list after its lead-in, with all they say."""
    by_place = {unit.place: unit for unit in units}
    found: set[Place] = set()
    for place in chosen:
        lead = by_place[place]
        kind, number = _item(by_place.get(lead.beside[1]))
        if number in _FIRST:
            found |= _list_after(lead, kind, by_place)
    return found


def _list_after(lead: Unit, kind: str, by_place: Mapping[Place, Unit]) -> set[Place]:
    """From a lead-in to where the list ends: at another kind of item that goes on counting."""
    found = {lead.place}
    length = len(lead.sentence.text)
    unit = by_place.get(lead.beside[1])
    while unit is not None and unit.part == lead.part:
        other, number = _item(unit)
        length += len(unit.sentence.text)
        if (number and other != kind and number not in _FIRST) or length > LIST_CHARACTERS:
            break
        found.add(unit.place)
        unit = by_place.get(unit.beside[1])
    return found


def _opens_section(unit: Unit) -> bool:
    """Whether a sentence is a numbered heading: what comes then speaks of something else."""
    return _item(unit)[0] in _HEADINGS


def _item(unit: Unit | None) -> tuple[str, str]:
    """The kind of item that a sentence opens and its number; "" and "" when it opens none."""
    for kind, pattern in _ITEM.items() if unit else ():
        opened = pattern.match(unit.sentence.text) if unit else None
        if opened:
            return kind, opened["n"]
    return "", ""


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


def _within_budget(runs: Sequence[Run], characters: int, needed: set[Place]) -> list[Run]:
    """The best runs that fit, in the given order; those with a needed place always do."""
    kept = [run for run in runs if any(unit.place in needed for unit in run.units)][:QUOTES]
    others = [run for run in runs[:QUOTES] if run not in kept]
    total = sum(run.length for run in kept)
    for run in others[: QUOTES - len(kept)]:
        if total + run.length <= characters:
            kept.append(run)
            total += run.length
    return [run for run in runs if run in kept]
