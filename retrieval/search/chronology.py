"""Questions about the archive itself: its first and last speech, who or which year has most, all of them.

Nobody says such a thing in a speech. It is read off what is known of the speeches and told in their words:
the title, and the line that tells the date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from embeddings.types import BoolArray
from retrieval.index.store import Store
from retrieval.search.archive_questions import Which, narrowing
from retrieval.search.followup import About
from retrieval.search.lists import MOST_ITEMS
from retrieval.search.naming_dates import Time, at_the_end
from retrieval.search.overview import Speech, speeches
from retrieval.search.routing import Routing
from retrieval.types import DocumentInfo, Quote


@dataclass(frozen=True, slots=True)
class Told:
    """What is read off the speeches.

    Attributes:
        quotes: their words; () where they tell nothing.
        dated: how many speeches were put in order by their dates, where that was done.
        undated: those that could not be, as they tell no date or too little of it.
        listed: how many speeches there are, where all of them were asked for.
        absent: times that speeches were asked for of, and none was given at; the latest is quoted then.
        untold: whether they were asked for by what none tells of itself.
    """

    quotes: tuple[Quote, ...] = ()
    dated: int = 0
    undated: tuple[DocumentInfo, ...] = ()
    listed: int = 0
    absent: tuple[str, ...] = ()
    untold: bool = False


MOST_TITLES: Final = 30
"""Of more speeches than this a list of titles tells nobody anything: the latest ``MOST_ITEMS`` are listed."""

MOST_RECENT: Final = 3
"""So many of the last few are told where no number is asked for."""

_BY_DATE: Final = (Which.FIRST, Which.LAST, Which.RECENT, Which.YEAR)


def in_time(
    which: Which,
    routing: Routing,
    times: Mapping[str, Time | None],
    store: Store,
    allowed: BoolArray | None = None,
    *,
    most: int = MOST_RECENT,
) -> Told:
    """Titles and dates of the speeches wanted, in the order of their dates; none where these tell nothing.

    Args:
        which: speeches are wanted.
        routing: what narrows them (岚陵最早的讲话), by place, person or time.
        times: when each document was spoken, by id.
        store: of the index.
        allowed: which passages may answer, ``bool (passages,)``; None when all may.
        most: how many of the last few are told, 1 and above.

    Returns:
        Titles alone of more than ``MOST_ITEMS`` speeches, of more than ``MOST_TITLES`` those of the latest.
    """
    ids = {id_ for id_ in _narrowed(routing, times) if _may_answer(id_, store, allowed)}
    dated = {id_: time.earliest for id_ in ids if (time := times.get(id_)) is not None and time.year}
    undated = frozenset(ids - dated.keys())
    if which is Which.ALL:
        wanted: Iterable[str] = ids
    elif which is Which.SPEAKER:
        speakers = {
            info.id: info.speaker for info in store.document_infos() if info.speaker and info.id in ids
        }
        wanted = _of_most(speakers)
    elif which is Which.YEAR:
        wanted = _of_most({id_: str(day[0]) for id_, day in dated.items()})
    elif which is Which.RECENT:
        wanted, undated = _last_few({id_: times.get(id_) for id_ in ids}, most)
    else:
        wanted, undated = at_the_end({id_: times.get(id_) for id_ in ids}, last=which is Which.LAST)
    ordered = sorted(wanted, key=lambda id_: (dated.get(id_, (9999, 0, 0)), id_))
    count = len(ordered)
    if count > MOST_TITLES:
        ordered = [id_ for id_ in ordered if id_ in dated][-MOST_ITEMS:]
    read = speeches(ordered, store, allowed)
    told = (speech.title() if count > MOST_ITEMS else _head(speech) for speech in read)
    quotes = tuple(quote for quotes in told for quote in quotes)
    if which not in _BY_DATE:
        return Told(quotes, listed=count if which is Which.ALL else 0)
    return Told(quotes, len(ids - undated), tuple(store.stored(id_).info for id_ in sorted(undated)))


def _last_few(times: Mapping[str, Time | None], most: int) -> tuple[frozenset[str], frozenset[str]]:
    """The documents spoken last, and those that may be among them: they tell no date, or too little of it."""
    dated = {id_: time for id_, time in times.items() if time is not None and time.year}
    chosen = sorted(dated, key=lambda id_: (dated[id_].earliest, id_))[-most:]
    since = dated[chosen[0]].earliest if chosen else (0, 0, 0)
    sure = {id_ for id_, time in dated.items() if time.latest <= since}
    return frozenset(chosen), frozenset(times.keys() - sure - set(chosen))


def _may_answer(document: str, store: Store, allowed: BoolArray | None) -> bool:
    rows = store.stored(document).passages
    return allowed is None or bool(allowed[rows.start : rows.stop].any())


def _head(speech: Speech) -> Sequence[Quote]:
    """Its title, and the line of its date where the title does not tell that."""
    title, known = speech.title(), speech.document.metadata
    date, inside = known.date.span, known.title.span
    if date and inside and inside.holds(date):
        return title
    return sorted([*title, *speech.told(About.WHEN)], key=lambda quote: quote.span.start)


def _of_most(groups: Mapping[str, str]) -> list[str]:
    """The ids whose group is the largest; of several that are as large, all."""
    counted = Counter(groups.values())
    most = max(counted.values(), default=0)
    return [id_ for id_, group in groups.items() if counted[group] == most]


def _narrowed(routing: Routing, documents: Iterable[str]) -> set[str]:
    """The ids of the documents that all names fit, of two that are held together (2024年和2025年) of both."""
    ids = list(documents)
    if routing.sides:
        return set().union(*routing.sides)
    fitting = [{ids[at] for at in name.documents} for name in narrowing(routing)]
    return set(ids).intersection(*fitting)
