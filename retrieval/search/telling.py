"""Answers made of whole speeches: of each that treats a matter, and of what is read off them.

How sure these are is made of no signals: it depends on what the speeches say literally, and on how many of
them tell a date where dates decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from embeddings.types import BoolArray
from retrieval.index import Generation
from retrieval.index.store import Store
from retrieval.search.archive_questions import (
    Which,
    asks_untold,
    is_of_time,
    is_speaker,
    most_recent,
    which_asked,
)
from retrieval.search.chronology import MOST_RECENT, Told, in_time
from retrieval.search.declining import no_speech, nothing_found, nothing_told
from retrieval.search.filters import only_in
from retrieval.search.followup import Form
from retrieval.search.glossary import Glossary
from retrieval.search.naming import Field
from retrieval.search.overview import Whole, of_whole, several_shown, speech_shown, whole_asked
from retrieval.search.pointed import CONFIDENCE, pointed_to, points
from retrieval.search.quoting import quote_of
from retrieval.search.ranking import Asked
from retrieval.search.router import Router
from retrieval.search.routing import Routing
from retrieval.search.treating import Said, Treated
from retrieval.types import Certainty, Evidence, Extent, Hit, Quote

LITERALLY: Final = CONFIDENCE
IN_MEANING: Final = 0.6
"""Confidence in an answer whose first quote says every word of the matter, and in one that says it otherwise.
"""

LEAST_DOING: Final = 0.6
"""The share of that confidence where who treats a matter is all that is known of who criticises it."""

LEAST_DATED: Final = 0.5
"""Where some speeches tell no date, confidence falls no lower than to this share of it."""


def read_off(asked: Asked, router: Router, glossary: Glossary, store: Store) -> Told | None:
    """What is read off the speeches, with nothing ranked; None for a question whose answer must be found.

    Args:
        asked: the question.
        router: of the same index.
        glossary: words that only ask, or name nothing.
        store: of the index.
    """
    context, routing, allowed = asked.context, asked.routing, asked.allowed
    if points(context):
        return _as_told(pointed_to(context, store))
    text = context.spoken or asked.query.meant or context.question
    if context.pointed:
        routing = Routing({context.pointed: 1.0})
        return _of_whole(whole_asked(text, routing, glossary), routing, store, allowed)
    several = several_shown(asked.question, context.listed)
    if several:
        allowed = only_in(store, several.documents, allowed)
    told = _of_archive(text, asked, allowed, router=router, glossary=glossary, store=store)
    if told is None:
        said, speech = text, routing
        if not routing.named and (shown := several or speech_shown(asked.question, context.quotes)):
            said, speech = asked.question, shown
        told = _of_whole(whole_asked(said, speech, glossary), speech, store, allowed)
    if told is None and _lists_time(text, asked, glossary):
        told = in_time(Which.ALL, routing, router.times, store, allowed)
    return told


def _of_archive(
    text: str,
    asked: Asked,
    allowed: BoolArray | None,
    *,
    router: Router,
    glossary: Glossary,
    store: Store,
) -> Told | None:
    """What is read off the dates and speakers of all speeches that may answer."""
    routing, alone = asked.routing, asked.context.form is Form.ALONE
    if asks_untold(text, routing, glossary):
        return Told(untold=True)
    which = which_asked(text, routing, glossary)
    if which is None and alone and is_speaker(text, routing):
        which = Which.ALL
    if which or is_of_time(text, routing, glossary, alone=alone):
        absent = router.without_speech(text)
        if absent:
            latest = in_time(Which.LAST, Routing(), router.times, store, allowed)
            return Told(latest.quotes[:1], absent=absent)
    if which is None:
        return None
    most = most_recent(text) or MOST_RECENT
    return in_time(which, routing, router.times, store, allowed, most=most)


def _lists_time(text: str, asked: Asked, glossary: Glossary) -> bool:
    """Whether the speeches of a time are asked for that names some."""
    named = any(name.field is Field.DATE for name in asked.routing.named)
    alone = asked.context.form is Form.ALONE
    return named and is_of_time(text, asked.routing, glossary, alone=alone)


def _of_whole(wanted: Whole | None, routing: Routing, store: Store, allowed: BoolArray | None) -> Told | None:
    return _as_told(of_whole(wanted, routing, store, allowed)) if wanted else None


def evidence_treated(
    question: str,
    treated: Treated,
    generation: Generation,
    hits: Sequence[Hit],
    limit: int,
    *,
    before: int = 0,
) -> Evidence:
    """The answer: a quote from each speech, and those speeches first among the hits.

    Args:
        question: as asked.
        treated: with at least one speech to quote.
        generation: that they were found in.
        hits: what else was found, best first.
        limit: most hits.
        before: how many other speeches were quoted for the same matter in the turns before.
    """
    quotes: list[Quote] = []
    first: dict[str, Hit] = {}
    for each in treated.quoted:
        hit = each.sources[each.run.source].hit
        document = generation.store.document(each.document)
        quotes.append(quote_of(document, hit.document, hit.passage, each.run.span))
        first[hit.passage.id] = replace(hit, score=1.0)
    found = (*first.values(), *(hit for hit in hits if hit.passage.id not in first))[:limit]
    confidence = LITERALLY if treated.quoted[0].said is Said.LITERALLY else IN_MEANING
    undated = len(treated.undated)
    confidence = in_part(confidence, treated.count - undated, undated)
    if treated.unsaid:
        confidence *= LEAST_DOING
    return Evidence(
        question,
        tuple(quotes),
        found,
        confidence,
        answerable=True,
        certainty=certainty_of(confidence),
        extent=Extent(
            treated.count + before,
            len(treated.quoted) + before,
            extreme=treated.extreme,
            undated=treated.undated,
            unsaid=treated.unsaid,
        ),
    )


def evidence_told(question: str, told: Told, store: Store, hits: Sequence[Hit], limit: int) -> Evidence:
    """The answer that is read off the speeches, with nothing ranked: its passages first among the hits."""
    if told.untold:
        return nothing_told(question)
    if told.absent:
        return no_speech(question, told.absent, told.quotes)
    quotes = told.quotes
    passages = store.passages_by_id([quote.passage_id for quote in quotes])
    first = [
        Hit(passages[quote.passage_id], quote.document, 1.0)
        for quote in {each.passage_id: each for each in quotes}.values()
        if quote.passage_id in passages  # those of a turn before may be gone from the index by now
    ]
    others = [hit for hit in hits if hit.passage.id not in passages]
    found = (*first, *others)[:limit]
    if not quotes:
        return nothing_found(question, found)
    quoted = len({quote.document.id for quote in quotes})
    if not told.undated:
        extent = Extent(told.listed, quoted, by_matter=False) if told.listed else None
        return Evidence(
            question, quotes, found, CONFIDENCE, answerable=True, certainty=Certainty.HIGH, extent=extent
        )
    confidence = in_part(CONFIDENCE, told.dated, len(told.undated))
    return Evidence(
        question,
        quotes,
        found,
        confidence,
        answerable=True,
        certainty=certainty_of(confidence),
        extent=Extent(told.dated + len(told.undated), quoted, by_matter=False, undated=told.undated),
    )


def _as_told(quotes: tuple[Quote, ...]) -> Told | None:
    return Told(quotes) if quotes else None


def in_part(confidence: float, dated: int, undated: int) -> float:
    """The confidence, in [0, 1], that a speech is the first or last of all, where some tell no date.

    Any of *n* may be; the first of the dated ones is that of all with the share that these are.

    Args:
        confidence: were all dated, in [0, 1].
        dated: speeches with a date.
        undated: those without.
    """
    return confidence * max(dated / max(1, dated + undated), LEAST_DATED)


def certainty_of(confidence: float) -> Certainty:
    """A confidence in [0, 1] in a word, where it is made of no signals."""
    if confidence >= LITERALLY:
        return Certainty.HIGH
    return Certainty.FAIR if confidence >= IN_MEANING else Certainty.LOW
