"""Which speeches treat a matter, and the words of each that prove it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from config.patterns import lazy_pattern
from embeddings.types import BoolArray, FloatArray, IntArray
from retrieval.documents.views import search_text
from retrieval.index import Generation
from retrieval.index.tokens import tokenize
from retrieval.search.across import Order
from retrieval.search.evidence import select_runs
from retrieval.search.found import Found
from retrieval.search.glossary import Glossary
from retrieval.search.judging import Judge, judged
from retrieval.search.missing import share_said
from retrieval.search.naming_dates import Day, Time, at_the_end
from retrieval.search.query import Query
from retrieval.search.quotable import COVERAGE_WEIGHT, Quotable, Run, measure_sentences
from retrieval.search.sources import with_continuations
from retrieval.types import DocumentInfo, Extreme

MOST_QUOTED: Final = 5
"""Speeches that are quoted; of more, how many there are is told."""

MOST_READ: Final = 16
"""Speeches whose words are looked at, the likeliest."""

MOST_JUDGED: Final = 8
"""Those of them that the cross-encoder reads, which takes 10 to 25 ms each: the likeliest that do not say
every word of the matter."""

MOST_PROVING: Final = 3
"""Best passages of each of them that may prove it."""

OTHERWISE: Final = 0.8
"""What a word counts that a sentence has in another form only, against one that stands there."""

MOSTLY: Final = 0.7
"""Least share of the characters of a matter that are said, in these or other words, to say most of it."""
PARTLY: Final = 0.3
"""Least coverage of the matter to say a part of it."""

MOST_MEASURED: Final = 2000
"""Passages that say every word of the matter and are measured though no ranking proposes them."""

_MARKS = lazy_pattern(r"[\W_]+")
_NUMBER = lazy_pattern(r"\d+|[一二三四五六七八九十百两]+")


class Said(enum.IntEnum):
    """How much of a matter some words say: all in a sentence, all in these or other words, most, a part."""

    LITERALLY = 0
    OTHERWISE = 1
    MOSTLY = 2
    PARTLY = 3


CHARACTERS: Final = 80
"""Of words that are read, where that is more than one sentence: a matter is treated in a few."""

LEAST: Final = {Said.OTHERWISE: 0.0, Said.MOSTLY: 1.0, Said.PARTLY: 2.3}
"""Least logits of the cross-encoder. Set by some 30 questions to the county's and the example speeches: what
shares a word with a matter and does not treat it reached 2.2, what treats it in other words mostly 3."""


@dataclass(frozen=True, slots=True)
class Treatise:
    """A speech that treats a matter.

    Attributes:
        document: its id.
        run: what proves it.
        sources: what ``run`` counts its source in.
        said: how much of the matter stands in ``run``.
    """

    document: str
    run: Run
    sources: Sequence[Found]
    said: Said


@dataclass(frozen=True, slots=True)
class Treated:
    """What the archive has on a matter.

    Attributes:
        quoted: the speeches that answer, as they are quoted, with their words.
        count: of all speeches that treat it.
        extreme: whether only the first or last of them is quoted.
        undated: those of them that tell no date, or too little of it, where the first or last is asked for.
        unsaid: what they were to do to it, where none of them says that word.
    """

    quoted: tuple[Treatise, ...]
    count: int
    extreme: Extreme | None = None
    undated: tuple[DocumentInfo, ...] = ()
    unsaid: str = ""


@dataclass(frozen=True, slots=True)
class MatterReader:
    """Reads speeches for one matter.

    Attributes:
        generation: the index.
        glossary: knows other words for the matter.
        judge: the cross-encoder, if there is one.
        query: the matter.
        act: what a speech must do to it (批评), where that word stands anywhere beside it; "" for nothing.
    """

    generation: Generation
    glossary: Glossary
    judge: Judge | None
    query: Query
    act: str = ""

    @property
    def pieces(self) -> tuple[str, ...]:
        """The words of the matter, folded."""
        text = self.query.meant or self.query.question
        return self.glossary.topic(text) or (search_text(text),)

    def rows_saying_all(self, allowed: BoolArray | None) -> IntArray:
        """The passages that hold every word of the matter, ascending, ``int64 (n,)``."""
        tokens = dict.fromkeys(term for piece in self.pieces for term in tokenize(piece))
        terms = [term for term in tokens if len(term) > 1] or list(tokens)
        if not terms:
            return np.empty(0, np.int64)
        rows = self.generation.lexical.rows_of_all(terms)
        return rows if allowed is None else rows[allowed[rows]]

    def treatise(self, passages: Sequence[Found]) -> Treatise | None:
        """What a speech says of the matter; None where it says too few of its words to treat it.

        Args:
            passages: its best ones, best first; at least one.
        """
        sources = with_continuations(self.generation, passages, whole=False)
        quotables = [
            self._told(each) for each in measure_sentences(self.query, sources, self.generation.lexical.idf)
        ]
        run = select_runs(quotables, self.query)[0]
        said = self._said(run, sources)
        return None if said is None else Treatise(run.best.document, run, sources, said)

    def proves(self, treatise: Treatise) -> bool:
        """Whether the cross-encoder finds that words treat the matter; without one, whether all is said."""
        if self.judge is None:
            return treatise.said is Said.OTHERWISE
        answers = judged(
            self.judge, self.query, self.glossary, [treatise.run], treatise.sources, characters=CHARACTERS
        )
        return answers >= LEAST[treatise.said]

    def does(self, treatise: Treatise) -> bool:
        """Whether the word for what is done to the matter stands in the passage that treats it."""
        return self.act in search_text(treatise.sources[treatise.run.source].hit.passage.text)

    def _told(self, quotable: Quotable) -> Quotable:
        """A sentence that counts as well for what it says in other words."""
        share = OTHERWISE * share_said(self.pieces, self.glossary.expand, search_text(quotable.sentence.text))
        return replace(
            quotable, measure=quotable.measure + COVERAGE_WEIGHT * max(0.0, share - quotable.coverage)
        )

    def _said(self, run: Run, sources: Sequence[Found]) -> Said | None:
        """How much of the matter some words say; None for too little."""
        text = search_text("".join(each.sentence.text for each in run.quotables))
        sentences = (_MARKS.sub("", search_text(each.sentence.text)) for each in run.quotables)
        pieces = [_MARKS.sub("", piece) for piece in self.pieces]
        if any(share_said(pieces, lambda _: (), sentence) == 1.0 for sentence in sentences):
            return Said.LITERALLY
        header = search_text(sources[run.source].hit.passage.header)
        share = share_said(self.pieces, self.glossary.expand, f"{header}\n{text}")
        if share == 1.0:
            return Said.OTHERWISE
        # A number makes a name (五道关): without it another thing is spoken of.
        numbers = {number for piece in self.pieces for number in _NUMBER.findall(piece)}
        if not all(number in text for number in numbers):
            return None
        if share >= MOSTLY:
            return Said.MOSTLY
        return Said.PARTLY if max(each.coverage for each in run.quotables) >= PARTLY else None


def find_treated(
    reader: MatterReader,
    rows: IntArray,
    fused: FloatArray,
    fetch: Callable[[IntArray], list[Found]],
    *,
    order: Order,
    times: Mapping[str, Time | None],
    allowed: BoolArray | None = None,
) -> Treated:
    """Find the speeches that treat a matter.

    Args:
        reader: of the matter.
        rows: the passages that were measured, ``int64 (n,)``.
        fused: how well each answers, ``float32 (n,)``.
        fetch: the passages at some positions of ``rows``.
        order: which speeches are wanted.
        times: when each document was spoken, by id.
        allowed: which passages may answer, ``bool (passages,)``; None when all may.
    """
    store = reader.generation.store
    literal = {store.document_of(row).info.id for row in reader.rows_saying_all(allowed).tolist()}
    passages: dict[str, list[int]] = {}
    for at in np.argsort(-fused, kind="stable").tolist():
        passages.setdefault(store.document_of(int(rows[at])).info.id, []).append(at)
    # Those that say every word come first: a speech that is near in meaning alone seldom treats the matter.
    likely = sorted(passages, key=lambda id_: id_ not in literal)
    looked_at = (_outermost(likely, literal, times, order) if order.wants_one else likely)[:MOST_READ]
    best = (fetch(np.asarray(passages[id_][:MOST_PROVING], np.int64)) for id_ in looked_at)
    treatises = [reader.treatise(sorted(each, key=lambda one: -one.fused)) for each in best]
    ranked = _best_first([treatise for treatise in treatises if treatise is not None])
    found = [treatise for treatise in ranked if treatise.said is Said.LITERALLY]
    found += filter(reader.proves, ranked[len(found) :][:MOST_JUDGED])
    unread = literal.difference(looked_at)
    doing = [treatise for treatise in found if reader.does(treatise)]
    if reader.act and doing:
        found, unread = doing, set()
    if order.wants_one:
        return _at_the_end(reader, found, unread, times, last=order is Order.LAST)
    quoted = found[:MOST_QUOTED]
    if order is Order.BY_DATE:
        quoted.sort(key=lambda treatise: _begin(times.get(treatise.document)))
    return Treated(tuple(quoted), len(found) + len(unread), unsaid="" if doing else reader.act)


def _at_the_end(
    reader: MatterReader,
    found: Sequence[Treatise],
    unread: Collection[str],
    times: Mapping[str, Time | None],
    *,
    last: bool,
) -> Treated:
    """The first or the last of the speeches found and of those that say every word but were not looked at."""
    treating = {*unread, *(treatise.document for treatise in found)}
    chosen, unsure = at_the_end({id_: times.get(id_) for id_ in treating}, last=last)
    undated = tuple(reader.generation.store.stored(id_).info for id_ in sorted(unsure))
    quoted = [treatise for treatise in found if treatise.document in (chosen or unsure)]
    extreme = Extreme.LAST if last else Extreme.FIRST
    return Treated(tuple(quoted[:MOST_QUOTED]), len(found) + len(unread), extreme, undated)


def rows_to_measure(
    reader: MatterReader, allowed: BoolArray | None, order: Order, times: Mapping[str, Time | None]
) -> IntArray:
    """The passages to measure whatever ranks them, ascending, ``int64 (n,)``, at most ``MOST_MEASURED``.

    Those that say every word of the matter; of too many, those of the speeches at the end that is asked for,
    and none for any other order: the rankings propose the best of them.
    """
    rows = reader.rows_saying_all(allowed)
    if rows.size <= MOST_MEASURED:
        return rows
    if not order.wants_one:
        return rows[:0]
    store = reader.generation.store
    owned: dict[str, list[int]] = {}
    for row in rows.tolist():
        owned.setdefault(store.document_of(row).info.id, []).append(row)
    chosen = _outermost(list(owned), owned.keys(), times, order)
    return np.sort(np.asarray([row for id_ in chosen for row in owned[id_][:MOST_PROVING]], np.int64))


def _outermost(
    likely: Sequence[str], literal: Collection[str], times: Mapping[str, Time | None], order: Order
) -> list[str]:
    """The speeches to look at for the first or last.

    Those at that end that say every word, some of those without a date, then what is near in meaning.
    """
    saying = {id_: times.get(id_) for id_ in likely if id_ in literal}
    dated = [(time, id_) for id_, time in saying.items() if time is not None and time.year]
    if order is Order.LAST:
        dated.sort(key=lambda each: each[0].latest, reverse=True)
    else:
        dated.sort(key=lambda each: each[0].earliest)
    ends = [id_ for _, id_ in dated[: MOST_READ // 2]]
    undated = [id_ for id_ in saying if id_ not in {each for _, each in dated}]
    return [*ends, *undated[: MOST_READ // 4], *(id_ for id_ in likely if id_ not in literal)]


def _best_first(found: Sequence[Treatise]) -> list[Treatise]:
    """Those that say more of the matter first, then by how well they answer."""

    def standing(treatise: Treatise) -> tuple[Said, float]:
        return treatise.said, -treatise.sources[treatise.run.source].fused

    return sorted(found, key=standing)


def _begin(time: Time | None) -> Day:
    """When a speech was given, for ordering; after all others where it tells no year."""
    return time.earliest if time is not None and time.year else (9999, 1, 1)
