"""Which documents a question names, and which of them it holds against each other.

Names are read in the order of the question. One that fits what the names before it fit as well narrows that
(安康 2022年1月); one that does not opens another side (岚陵和澜川). A name that fits every document tells
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text
from retrieval.search.named import LOOSE, SURE, Expand, Name, described, latest_named, names_in
from retrieval.search.naming import Documents, Field, Names
from retrieval.search.naming_dates import at_the_end
from retrieval.search.strangers import SpokenOf, feasts_not_of, not_of, unknown_names, words_asked

OPENS_SIDE = 0.6
"""From this sureness on a name opens another side where nothing is compared."""

_JOIN = lazy_pattern(r"和|与|跟|同|及|,|比|还是|或|vs")
_COMPARED = lazy_pattern(r"和|与|跟")
_TOPIC = 6
"""Characters beside 和 that may tell what is compared."""


@dataclass(frozen=True, slots=True)
class Routing:
    """What a question names.

    Attributes:
        documents: ids of the documents named, each with how surely, in (0, 1].
        named: the names found, in the order of the question.
        unknown: names that no document goes by and no passage holds: a place with 市 or 县, a person with
            an office, a year or a month; a place with a year that its documents are not of (云泽2025年); and
            somebody's meeting before a feast of which nothing of theirs speaks.
        sides: ids of the documents of each side, in the order asked, where there are two or more.
        asked_for: persons that speeches mention, that none is by and whose words are asked for.
    """

    documents: Mapping[str, float] = field(default_factory=dict)
    named: tuple[Name, ...] = ()
    unknown: tuple[str, ...] = ()
    sides: tuple[frozenset[str], ...] = ()
    asked_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Side:
    """Names that fit together, and the documents that all of them fit."""

    documents: Documents
    names: tuple[Name, ...]


_Clash = tuple[tuple[Name, ...], Documents, Name]


def route(
    question: str,
    names: Names,
    *,
    compares: bool = False,
    spoken_of: SpokenOf = lambda _: frozenset(),
    expand: Expand = lambda _: {},
    today: date | None = None,
) -> Routing:
    """Find the documents that a question names.

    Args:
        question: cleaned; folded here.
        names: of the generation.
        compares: whether the form of the question compares.
        spoken_of: tells a name that no document goes by but some text mentions from one unknown.
        expand: other words for what is said of a meeting (工地那个会).
        today: what 去年 counts from; without it such times name nothing.
    """
    folded = search_text(question)
    found = names_in(folded, names, expand, today)
    sides, clashes = _sides(found, folded, compares)
    if compares and len(sides) < 2:
        sides = _compared_topics(folded, names) or sides
    if (latest := latest_named(folded)) and len(sides) < 2:
        sides = _narrowed_to_latest(sides, folded, latest, names)
    unknown = [*unknown_names(folded, found, names, spoken_of), *not_of(clashes, names, spoken_of)]
    if len(sides) == 1:
        unknown += feasts_not_of(folded, sides[0].names, spoken_of)
    apart = tuple(frozenset(names.documents[at] for at in side.documents) for side in sides)
    return Routing(
        documents=_weighed(sides, names),
        named=tuple(dict.fromkeys(name for side in sides for name in side.names)),
        unknown=tuple(dict.fromkeys(unknown)),
        sides=apart if len(apart) > 1 else (),
        asked_for=tuple(words_asked(folded, found, spoken_of)),
    )


def _weighed(sides: Sequence[_Side], names: Names) -> dict[str, float]:
    """How surely each document is named: less, the more others are named with it."""
    count = len(names.documents)
    weights: dict[str, float] = {}
    for side in sides:
        telling = (count - len(side.documents)) / max(1, count - 1)
        sure = max(name.sure for name in side.names) * telling
        for at in side.documents if sure > 0 else ():
            weights[names.documents[at]] = max(sure, weights.get(names.documents[at], 0.0))
    return weights


def _sides(found: Sequence[Name], folded: str, compares: bool) -> tuple[list[_Side], list[_Clash]]:
    """Names that fit together make one side; others open the next, or clash with it."""
    sides: list[_Side] = []
    clashes: list[_Clash] = []
    for name in found:
        last = sides[-1] if sides else None
        if not name.documents:
            continue
        if last is None:
            sides.append(_Side(name.documents, (name,)))
        elif last.documents & name.documents:
            sides[-1] = _Side(last.documents & name.documents, (*last.names, name))
        elif _is_joined(last, name, folded) and (compares or name.sure >= OPENS_SIDE or _same(last, name)):
            sides.append(_opened(last, name))
        elif _strength(name) > max(map(_strength, last.names)):
            clashes += [((name,), name.documents, other) for other in last.names]
            sides[-1] = _Side(name.documents, (name,))
        else:
            clashes.append((last.names, last.documents, name))
    return sides, clashes


def _narrowed_to_latest(sides: list[_Side], folded: str, said: tuple[int, int], names: Names) -> list[_Side]:
    """The last of the documents that are named, or of all; as it was where none says when it was spoken."""
    own = sides[0].names if sides else ()
    documents: Iterable[int] = sides[0].documents if sides else range(len(names.documents))
    last, _ = at_the_end({at: names.times[at] for at in documents}, last=True)
    if not last:
        return sides
    name = Name(folded[slice(*said)], Field.DATE, *said, last, SURE[Field.DATE])
    return [_Side(last, (*own, name))]


def _is_joined(side: _Side, name: Name, folded: str) -> bool:
    between = folded[max(each.end for each in side.names) : name.start]
    return bool(_JOIN.search(between)) or _same(side, name)


def _same(side: _Side, name: Name) -> bool:
    return any(each.field is name.field for each in side.names)


def _opened(last: _Side, name: Name) -> _Side:
    """A side of its own that keeps what was said of both: 市里2024年和2025年."""
    kept: tuple[Name, ...] = (name,)
    documents = name.documents
    for each in last.names:
        if each.field is not name.field and each.documents & documents:
            documents &= each.documents
            kept = (*kept, each)
    return _Side(documents, kept)


def _strength(name: Name) -> tuple[float, int]:
    return name.sure, -list(Field).index(name.field)


def _compared_topics(folded: str, names: Names) -> list[_Side]:
    """学校和化工企业: the two sides that speeches are told by, where no name tells them; [] without."""
    for join in _COMPARED.finditer(folded):
        sides: list[_Side] = []
        for start, end in (
            (max(0, join.start() - _TOPIC), join.start()),
            (join.end(), min(len(folded), join.end() + _TOPIC)),
        ):
            documents, _ = described(folded[start:end], names)
            name = Name(folded[start:end], Field.OCCASION, start, end, documents, LOOSE)
            if documents and not any(documents & side.documents for side in sides):
                sides.append(_Side(documents, (name,)))
        if len(sides) > 1:
            return sides
    return []
