"""Routing over an opened generation: its names, read once when first needed, and what they make preferred."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from embeddings.types import BoolArray, FloatArray, IntArray
from retrieval.documents.views import encoded_text, search_text
from retrieval.index import Generation
from retrieval.index.tokens import tokenize
from retrieval.search.candidates import Candidates
from retrieval.search.glossary import Glossary
from retrieval.search.named import LOOSE
from retrieval.search.naming import Documents, Names, Speaker, build_names
from retrieval.search.naming_dates import Time, find_times
from retrieval.search.query import Probe, Query
from retrieval.search.relative_dates import Days, relative_times
from retrieval.search.routing import Routing, route
from retrieval.search.strangers import (
    gives_words_of,
    places_elsewhere,
    speakers_elsewhere,
    times_elsewhere,
)

ROUTED = 1.5
"""What passages of a document gain in the fused measure when it is surely named."""

SPEAKING = 0.5
"""What the words of a speaker who is named gain besides, where others speak in the same document."""

NEAREST = 2000
"""Most passages of named documents that are measured though no ranking proposed them."""

_JOINERS = "和与跟同及对比在的、,. "
"""What stands between the names of a comparison and before what is asked of them."""


def without_names(query: Query, routing: Routing) -> Query:
    """A query for sentences: the names that chose the documents need not stand in each of these as well."""
    consumed = [name for name in routing.named if name.sure > LOOSE]
    if not consumed:
        return query
    # Not the question alone: where it has a slip, its terms are those of what was meant.
    rest = "\n".join(search_text(probe.text) for probe in query.probes)
    for name in consumed:
        rest = rest.replace(name.text, "\n")
    asked = set(tokenize(rest))
    own = {term: weight for term, weight in query.own_terms.items() if term in asked}
    if not own:
        return query
    terms = {
        term: weight for term, weight in query.terms.items() if term in own or term not in query.own_terms
    }
    return replace(query, own_terms=own, terms=terms)


def asking_of_sides(query: Query, routing: Routing) -> Query:
    """A query that looks besides for what is asked of the sides of a comparison, without their names.

    No sentence is near to two names at once: what each side says of it is near to the rest of the question.
    """
    if len(routing.sides) < 2:
        return query
    rest = search_text(query.meant or query.question)
    for name in routing.named:
        rest = rest.replace(name.text, "\n")
    rest = "".join(part.lstrip(_JOINERS) for part in rest.split("\n"))
    return replace(query, probes=(*query.probes, Probe(encoded_text(rest), 1.0))) if rest else query


class Router:
    """Finds the documents that questions name. Safe to use from several threads."""

    def __init__(
        self, generation: Generation, glossary: Glossary, today: Callable[[], date] = date.today
    ) -> None:
        self._generation = generation
        self._glossary = glossary
        self._today = today

    def route(self, question: str) -> Routing:
        """What a question names; see `retrieval.search.routing.route`."""
        compares = self._glossary.shape(question).compares
        return route(
            question,
            self._names,
            compares=compares,
            spoken_of=self._spoken_of,
            expand=self._glossary.expand,
            today=self._today(),
        )

    def rows(self, documents: Iterable[str]) -> IntArray:
        """The passages of some documents, ascending, ``int64 (n,)``; none of more than ``NEAREST``."""
        owned = [self._generation.store.stored(identity).passages for identity in documents]
        if not 0 < sum(map(len, owned)) <= NEAREST:
            return np.empty(0, np.int64)
        return np.sort(np.concatenate([np.arange(rows.start, rows.stop) for rows in owned]))

    def preference(self, candidates: Candidates, fused: FloatArray, routing: Routing) -> FloatArray:
        """What to add to the fused measure of each candidate, ``float32 (n,)``, 0 and above.

        Of several sides the best passage of each is lifted to the best of all: a side is not left out
        because the other one says more.
        """
        added = np.zeros(candidates.rows.size, np.float32)
        for identity, sure in routing.documents.items():
            added[self._inside(candidates, (identity,))] = ROUTED * sure
        for speaker in {name.speaker for name in routing.named} - {""}:
            spoken = np.isin(candidates.rows, self._speakers.get(speaker, np.empty(0, np.int64)))
            added[spoken] += SPEAKING
        insides = [self._inside(candidates, side) for side in routing.sides]
        bests = [float((fused + added)[inside].max(initial=-np.inf)) for inside in insides]
        for inside, best in zip(insides, bests, strict=True):
            if inside.any():
                added[inside] += max(bests) - best
        return added

    def among(self, text: str, levels: str, when: str) -> Routing:
        """The speeches that a text names, of places of some levels where any are; without documents for all.

        Args:
            text: the part of a question that tells which speeches are meant, however loosely; "" for none.
            levels: 县, 区 and so on, "" for any.
            when: all of the question but its matter; 去年 in it narrows them.
        """
        routing = self.route(text) if text else Routing()
        named = {id_ for side in routing.sides for id_ in side} or set().union(
            *[self._ids(name.documents) for name in routing.named][:1]
        )
        for name in routing.named if not routing.sides else ():
            named &= self._ids(name.documents)
        of_level = self._ids(at for level in levels for at in self._names.levels.get(level, ()))
        if of_level:
            named = named & of_level if named else of_level
        for found in relative_times(search_text(when), self._today()):
            spoken = self._ids(self._names.spoken_at(found.time))
            named = named & spoken if named else spoken
        return replace(routing, documents=dict.fromkeys(named, 1.0), sides=())

    def only_names(self, text: str) -> bool:
        """Whether a text has nothing beside names that documents go by, or may (周启明, 2025年)."""
        routing, rest = self.route(text), search_text(text)
        for name in (*(name.text for name in routing.named), *routing.unknown):
            rest = rest.replace(name, " ")
        return self._glossary.names_nothing(rest)

    def without_speech(self, text: str) -> tuple[str, ...]:
        """The times in a text that no document says it was spoken at, 今年 by its number.

        One of which only the year is known says so of no month and no day.
        """
        folded = search_text(text)
        relative = (each.time for each in relative_times(folded, self._today()))
        times = dict.fromkeys([*(each.time for each in find_times(folded)), *relative])
        return tuple(
            str(time) for time in times if not any(map(self._tells(time), self._names.spoken_at(time)))
        )

    def _tells(self, time: Time | Days) -> Callable[[int], bool]:
        whole = isinstance(time, Days) or time.is_whole_year
        return lambda at: whole or ((own := self._names.times[at]) is not None and not own.is_whole_year)

    @property
    def times(self) -> Mapping[str, Time | None]:
        """When each document was spoken, by id."""
        return dict(zip(self._names.documents, self._names.times, strict=True))

    def elsewhere(
        self, question: str, routing: Routing, quoted: Collection[str], said: str
    ) -> tuple[str, ...]:
        """The places, speakers and years in a question that what would be quoted is not of.

        () of a comparison.

        Args:
            question: as asked.
            routing: what it names.
            quoted: ids of the documents that would be quoted.
            said: what would be quoted, with its headers, folded.
        """
        if routing.sides:
            return ()
        folded, names = search_text(question), self._names
        return (
            *places_elsewhere(routing.named, quoted, said, names),
            *speakers_elsewhere(folded, routing.named, quoted, said, names),
            *(person for person in routing.asked_for if not gives_words_of(person, said)),
            *times_elsewhere(folded, quoted, said, names),
        )

    def _ids(self, positions: Iterable[int]) -> set[str]:
        return {self._names.documents[at] for at in positions}

    def _inside(self, candidates: Candidates, documents: Iterable[str]) -> BoolArray:
        inside = np.zeros(candidates.rows.size, np.bool_)
        for identity in documents:
            rows = self._generation.store.stored(identity).passages
            inside |= (candidates.rows >= rows.start) & (candidates.rows < rows.stop)
        return inside

    @functools.cached_property
    def _names(self) -> Names:
        infos = self._generation.store.document_infos()
        return build_names(infos, self._others(), self._spoken_of)

    @functools.cached_property
    def _owners(self) -> IntArray:
        return self._generation.store.owners.positions()

    @functools.cached_property
    def _speakers(self) -> Mapping[str, IntArray]:
        return self._generation.store.speakers()

    def _others(self) -> Iterator[Speaker]:
        """Speakers besides the document's own, with the role that the headers of their passages give."""
        store = self._generation.store
        infos = store.document_infos()
        first: dict[tuple[int, str], int] = {}
        for speaker, rows in self._speakers.items():
            positions, at = np.unique(self._owners[rows], return_index=True)
            for position, row in zip(positions.tolist(), rows[at].tolist(), strict=True) if speaker else ():
                if infos[position].speaker != speaker:
                    first[position, speaker] = row
        for (position, speaker), passage in zip(first, store.passages(list(first.values())), strict=True):
            who = next((part for part in passage.header.split("｜") if part.startswith(f"{speaker}，")), "")
            yield Speaker(position, speaker, who.partition("，")[2])

    def _spoken_of(self, text: str) -> Documents:
        """The documents one of whose passages holds every pair of characters of a text."""
        terms = [term for term in tokenize(text) if len(term) > 1] or tokenize(text)
        if not terms:
            return frozenset()
        return frozenset(self._owners[self._generation.lexical.rows_of_all(terms)].tolist())
