"""Sentences that may be quoted, each measured against the question, and runs of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from retrieval.documents.types import Span
from retrieval.index.tokens import Wanted
from retrieval.search.found import Found
from retrieval.search.query import Query
from retrieval.types import Passage, Sentence

COVERAGE_WEIGHT = 2.0
NEARNESS_WEIGHT = 0.15
STANDING_WEIGHT = 1.0
"""Of a sentence's coverage (0 to 1), nearness (standard deviations) and its passage's fused measure. The
passage counts most: it was found by all that it says, and a sentence is short."""

Place = tuple[str, int]
"""A document's id and the row of a sentence in the index; neighbours in the text differ by one."""


@dataclass(frozen=True, slots=True)
class Quotable:
    """A sentence that may be quoted, with how well it answers.

    Attributes:
        source: where its passage stands among the sources.
        row: of the sentence in the index.
        part: the outermost section it stands in, if any, and whose words it is; a quote that is too short
            and a list go on no further.
        measure: higher is better, unbounded.
        coverage: share of the question's weight that stands in it, in [0, 1].
        topic: where in the raw text the section begins that it opens a part without a number of, bold or
            run in (**管要换得彻底。**), besides others; None elsewhere.
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
    topic: int | None = None

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
    quotables: tuple[Quotable, ...]

    @property
    def span(self) -> Span:
        """From the first sentence's start to the last one's end, in the raw text."""
        return Span(self.quotables[0].sentence.span.start, self.quotables[-1].sentence.span.end)

    @property
    def length(self) -> int:
        """Characters of the clean sentences."""
        return sum(len(each.sentence.text) for each in self.quotables)

    @property
    def best(self) -> Quotable:
        """The sentence that answers best."""
        return max(self.quotables, key=lambda each: each.measure)


def measure_sentences(query: Query, sources: Sequence[Found], idf: Callable[[str], float]) -> list[Quotable]:
    """Measure every sentence of some passages.

    Args:
        query: what is asked.
        sources: the best passages, best first, and those that follow them in the text.
        idf: how telling a term is.
    """
    telling = {term: idf(term) for term in query.terms.keys() | query.own_terms.keys()}
    worth = {term: weight * telling[term] for term, weight in query.terms.items()}
    wanted = Wanted(worth)
    most = sum(weight * telling[term] for term, weight in query.own_terms.items()) or 1.0
    found = iter(wanted.within_each([said.text for each in sources for said in each.hit.passage.sentences]))
    quotables: dict[Place, Quotable] = {}
    for number, source in enumerate(sources):
        passage = source.hit.passage
        part = (*passage.section_path[:1], passage.speaker)
        standing = STANDING_WEIGHT * (source.fused - sources[0].fused)
        noisy = _behind_noise(passage)
        nearness = source.nearness.tolist()
        for position, sentence in enumerate(passage.sentences):
            coverage = min(1.0, sum(map(worth.__getitem__, next(found))) / most)
            measure = COVERAGE_WEIGHT * coverage + NEARNESS_WEIGHT * nearness[position] + standing
            row = source.first_sentence + position
            quotable = Quotable(
                number, row, source.hit.document.id, part, sentence, measure, coverage, position in noisy
            )
            quotables.setdefault(quotable.place, quotable)
    return [quotables[place] for place in sorted(quotables)]


def _behind_noise(passage: Passage) -> frozenset[int]:
    """Positions of the sentences that begin behind what a passage leaves out of its spans."""
    if len(passage.spans) < 2:
        return frozenset()
    ends = [span.end for span in passage.spans[:-1]]
    pairs = enumerate(pairwise(passage.sentences), 1)
    return frozenset(
        position
        for position, (before, after) in pairs
        if any(before.span.end <= end <= after.span.start for end in ends)
    )
