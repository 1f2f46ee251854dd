"""The entry: a formulation and a store in, its lineage out. Reads every document, needs no model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from config.errors import UsageError
from retrieval.documents.views import search_text
from retrieval.index.store import Store
from retrieval.lineage.align import Window, find_nearest, find_parts, least_similarity
from retrieval.lineage.folding import SENTENCES, Folded, fold, parts_of
from retrieval.lineage.occurrences import Sought, find_occurrences, seek
from retrieval.lineage.types import Count, Lineage, Occurrence
from retrieval.lineage.variants import group_variants
from retrieval.search.filters import ANY, Filters, allowed_passages
from retrieval.search.question import clean_question

SHORTEST, LONGEST = 2, 40
"""Characters of a formulation, folded: one says nothing, and a whole sentence is a question for ``ask``."""

NEARBY_NAMED = 3
"""Wordings that are named where the formulation does not stand."""

_Order: TypeAlias = tuple[bool, tuple[int, int, int], str, int, int]


def trace(store: Store, text: str, filters: Filters = ANY) -> Lineage:
    """Follow a formulation through an archive.

    Args:
        store: of an opened generation.
        text: the formulation as typed.
        filters: which documents and whose words count; a title counts as the words of its speaker.

    Raises:
        UsageError: the formulation is too short or too long.
        IndexDamagedError: a record of the index does not match its checksum.
    """
    formulation = formulation_of(text)
    sought = seek(formulation)
    found = list(_found(store, sought, filters))
    if found:
        return lineage_of(formulation, sought.folded, found)
    nearest = sorted(_found(store, _seek_nearest(formulation), filters), key=_nearest_first)
    nearby: dict[str, Occurrence] = {}
    for one in nearest:
        nearby.setdefault(one.folded, one)
    named = tuple(nearby.values())[:NEARBY_NAMED]
    return Lineage(formulation, sought.folded, least_similarity(len(sought.folded)), nearby=named)


def _seek_nearest(formulation: str) -> Sought:
    """Seek what comes near a formulation: in its wording, over marks that it has not, or one of its parts."""
    parts = parts_of(formulation)

    def find(folded: str, text: Folded) -> list[Window]:
        return find_nearest(folded, text) or (find_parts(parts, folded, text) if len(parts) > 1 else [])

    return Sought(fold(formulation).text, SENTENCES, find)


def formulation_of(text: str) -> str:
    """The formulation that a person typed, without what nobody means by typing it.

    Raises:
        UsageError: it is too short or too long.
    """
    formulation = clean_question(text)
    length = len(fold(formulation).text)
    if length < SHORTEST:
        raise UsageError("trace.too_short", text=formulation, least=SHORTEST)
    if length > LONGEST:
        raise UsageError("trace.too_long", length=length, most=LONGEST)
    return formulation


def lineage_of(formulation: str, folded: str, found: Sequence[Occurrence]) -> Lineage:
    """The lineage of occurrences, which may come in any order; there is at least one."""
    ordered = tuple(sorted(found, key=_order))
    dated = [one for one in ordered if one.moment is not None]
    first = dated[0] if dated else None
    latest = max(dated, key=_lateness) if dated else None  # of one day the first
    groups = group_variants(ordered, (first or ordered[0]).folded)
    undated = {one.document.path: one.document for one in ordered if one.moment is None}
    return Lineage(
        formulation,
        folded,
        least_similarity(len(folded)),
        ordered,
        groups,
        first,
        latest,
        tuple(sorted(_counted(dated, _year), key=lambda count: count.name)),
        tuple(
            sorted(
                _counted(ordered, lambda one: one.speaker),
                key=lambda count: (not count.name, -count.occurrences, count.name),
            )
        ),
        tuple(undated[path] for path in sorted(undated)),
    )


def _found(store: Store, sought: Sought, filters: Filters) -> Iterator[Occurrence]:
    """The occurrences that the filters let through, document by document."""
    allowed = allowed_passages(store, filters)
    for stored in store.documents:
        rows = stored.passages
        own = None if allowed is None else allowed[rows.start : rows.stop]
        if own is not None and not own.any():
            continue
        speaker = stored.info.speaker or ""
        counts_title = filters.speaker is None or search_text(filters.speaker) in search_text(speaker)
        document = store.document(stored.info.id)
        for one, at in find_occurrences(sought, document, stored.info, partial(store.passages, rows)):
            if counts_title if at is None else own is None or own[at]:
                yield one


def _order(one: Occurrence) -> _Order:
    moment = one.moment
    key = moment.first_key if moment else (0, 0, 0)
    return moment is None, key, one.document.path, one.span.start, one.span.end


def _lateness(one: Occurrence) -> tuple[int, int, int]:
    return one.moment.last_key if one.moment else (0, 0, 0)


def _nearest_first(one: Occurrence) -> tuple[float, _Order]:
    return -one.similarity, _order(one)


def _year(one: Occurrence) -> str:
    return f"{one.moment.year:04d}" if one.moment else ""


def _counted(occurrences: Sequence[Occurrence], name: Callable[[Occurrence], str]) -> list[Count]:
    places: dict[str, int] = {}
    documents: dict[str, set[str]] = {}
    for one in occurrences:
        places[name(one)] = places.get(name(one), 0) + 1
        documents.setdefault(name(one), set()).add(one.document.id)
    return [Count(key, number, len(documents[key])) for key, number in places.items()]
