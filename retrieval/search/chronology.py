"""Questions about the archive itself: its first and last speech, who or which year has most, all of them.

Nobody says such a thing in a speech. It is read off what is known of the speeches and told in their words:
the title, and the line that tells the date.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text
from retrieval.index.nearest import BoolArray
from retrieval.index.store import Store
from retrieval.search.followup import About
from retrieval.search.glossary import Glossary
from retrieval.search.lists import MOST_ITEMS
from retrieval.search.named import Name, names_latest
from retrieval.search.naming import Field
from retrieval.search.naming_dates import RELATIVE, Time, at_the_end, is_time
from retrieval.search.overview import SPEECH, Speech, speeches
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
    """

    quotes: tuple[Quote, ...] = ()
    dated: int = 0
    undated: tuple[DocumentInfo, ...] = ()
    listed: int = 0
    absent: tuple[str, ...] = ()


MOST_TITLES: Final = 30
"""Of more speeches than this a list of titles tells nobody anything: the latest ``MOST_ITEMS`` are listed."""


class Which(enum.Enum):
    """Which speeches of an archive are asked for."""

    FIRST = "first"
    LAST = "last"
    YEAR = "year"
    """Those of the year with most."""
    SPEAKER = "speaker"
    """Those of who speaks most."""
    ALL = "all"


_BY_DATE: Final = (Which.FIRST, Which.LAST, Which.YEAR)

_A: Final = r"(?:一?[个次场篇份回位])"
_HOW_MANY: Final = r"(?:几|多少|哪些|哪几|(?:些)?什么)"
_WHO: Final = r"(?:谁|哪些人|哪些领导|哪几个领导|哪几位领导)"
_PATTERNS = {
    Which.YEAR: lazy_pattern(
        r"(?:哪|什么|啥)(?:一)?年[^,.;]{0,10}最多|最多[^,.;]{0,6}(?:哪|什么|啥)(?:一)?年"
    ),
    Which.SPEAKER: lazy_pattern(
        r"(?:谁|哪(?:个|位|一位|名)(?:领导|人|同志)?)[^,.;]{0,8}最多|最多[^,.;]{0,6}(?:谁|哪[个位])"
    ),
    Which.FIRST: lazy_pattern(r"最早|最先|最老|最旧|最久|第一[次场篇份]"),
    Which.LAST: lazy_pattern(r"最近|最新|最后|最晚|最末"),
    Which.ALL: lazy_pattern(
        rf"{_HOW_MANY}{_A}?(?:领导)?(?:的)?{SPEECH}|{SPEECH}(?:一共|总共|共|都)*有{_HOW_MANY}"
        rf"|{_HOW_MANY}[次场篇份回](?:话|会)?[了呢]?[?.]*$|{_WHO}的{SPEECH}|{_WHO}(?:讲过?话|发过?言)"
    ),
}
_DUTY = lazy_pattern(r"每|多久|要|应|须|该|一个?[月年周季天]")
"""每年开几次会 and 一个月要讲几次 ask what speeches say."""
_ASKS = lazy_pattern(r"哪|谁|什么时候|何时|几[月号日点篇次场个]|什么时间|啥时候|多少|什么|是$")
_SPEECHES = lazy_pattern(rf"{SPEECH}|[篇场]|[讲说谈]")
_SAYS = lazy_pattern(
    r"(?:讲|说|谈|提)(?:了|到|过)*(?:什么|啥|哪些|几(?![次场篇份回]))|内容|要点|要求|重点|精神|主题"
)
"""What a speech says is told by its headings, see `retrieval.search.overview`."""
_REST = lazy_pattern(
    rf"{SPEECH}|领导|档案库?|资料库?|库[里中]|索引|收录|目录|目前|现在|里面?|[讲说谈作做发](?:得|过|了)?[话言]?|(?<=[次回])话|(?:[这那哪]|第一)?{_A}|[这那哪]一?年|年份?"
    rf"|召?开|举行|日期|几[月号日]?|多少|最[早先老旧久近新后晚末多]|一共|总共|[和与跟及]|{RELATIVE}|(?:19|20)\d{{2}}年"
)


def which_asked(text: str, routing: Routing, glossary: Glossary) -> Which | None:
    """Which speeches a question wants that names none by what they say; None for any other question.

    Args:
        text: the question that ``routing`` was found in.
        routing: what it names; 最近的 in it is no name here.
        glossary: words that only ask, or name nothing.
    """
    folded = search_text(text)
    if _SAYS.search(folded) or not all(map(is_time, routing.unknown)):
        return None
    if not _ASKS.search(folded) or not _SPEECHES.search(folded):
        return None
    rest = folded
    for name in _narrowing(routing):
        rest = rest.replace(name.text, " ")
    if not glossary.names_nothing(_REST.sub(" ", rest)):
        return None
    found = next((which for which, pattern in _PATTERNS.items() if pattern.search(folded)), None)
    if found is Which.ALL:
        return None if _DUTY.search(rest) else found
    return None if len(routing.sides) > 1 else found


def in_time(
    which: Which,
    routing: Routing,
    times: Mapping[str, Time | None],
    store: Store,
    allowed: BoolArray | None = None,
) -> Told:
    """Titles and dates of the speeches wanted, in the order of their dates; none where these tell nothing.

    Args:
        which: speeches are wanted.
        routing: what narrows them (岚陵最早的讲话), by place, person or time.
        times: when each document was spoken, by id.
        store: of the index.
        allowed: which passages may answer, ``bool (passages,)``; None when all may.

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
    fitting = [{ids[at] for at in name.documents} for name in _narrowing(routing)]
    return set(ids).intersection(*fitting)


def _narrowing(routing: Routing) -> list[Name]:
    """The names but for 最近, which is found as one, and what a speech is about: more of them may be."""
    return [name for name in routing.named if not names_latest(name) and name.field is not Field.OCCASION]
