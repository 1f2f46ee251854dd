"""Lists in speeches: which sentence opens an item, what a lead-in opens, and lists that a question counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from config.patterns import lazy_pattern
from retrieval.documents.shapes import CIRCLED, circled_number
from retrieval.documents.types import Document
from retrieval.documents.views import search_text
from retrieval.search.quotable import Place, Quotable

LIST_CHARACTERS = 600
"""A list is given whole up to this many characters; of a longer one, what each item begins with."""

MOST_ITEMS = 10
"""Of a list of which only the beginnings are given."""

_ITEMS = {
    "一、": r"(?P<n>[一二三四五六七八九十]{1,3})、",
    "（一）": r"[（(](?P<n>[一二三四五六七八九十]{1,3})[）)]",
    "第一": r"第(?P<n>[一二三四五六七八九十]{1,2})(?:[，,、：:批类笔句件条项点步关]|个方面)",
    "一是": r"(?P<n>[一二三四五六七八九十]{1,2})[要是]",
    "1.": r"(?P<n>\d{1,2})[.．、）)](?!\d)",
    "（1）": r"[（(](?P<n>\d{1,2})[）)]",
    "①": rf"(?P<n>{CIRCLED})",
}
_ITEM = {kind: lazy_pattern(r"[\s“\"]*" + pattern) for kind, pattern in _ITEMS.items()}
_ALIKE = lazy_pattern(
    r"(?P<kind>一[本面条道笔张把根头手])|\s*(?P<sides>另?一方面)|\s*(?P<order>(?:首先|其次|再次|再者|最后)[，,])"
)
"""Items without numbers: 一本是…。一本是…。 and 一方面…。另一方面…。 and 首先，…。其次，…。"""
_TOPIC = "part of "
_HEADINGS = ("一、", "（一）", "第一")
_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九", 1)} | {"两": 2}

_COUNTED = lazy_pattern(r"(?P<n>[两二三四五六七八九十]{1,3})[个项条点件本面道种类大关笔步句](?P<of>\w{1,6})?")
_ALL_ITEMS = 3
"""哪三个例子 asks for all of a list, but 哪两个单位 mostly for two that were never listed."""
_SAID_OF = 2
"""Characters behind 哪三个 that may name the list: what is asked of it follows without a break."""
_ASKED_ITEM = lazy_pattern(r"第(?P<n>[一二三四五六七八九十]{1,2})(?:[项条点件]|个(?![月季年小工星阶]))")
_ASKS_WHICH = lazy_pattern(r"是什么|是啥|哪|分别|具体|内容|指什么|照什么|有什么|怎么说")
_NO_WORD = lazy_pattern(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Opening:
    """How a sentence opens an item: its kind of marker and its number, None where all are alike."""

    kind: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A list that a question names by its length: 三 and 三个没想到 of 三个没想到是什么."""

    length: int
    name: str


Items = tuple[tuple[Quotable, ...], ...]
"""The sentences of each item of a list, in order; none is empty."""


def counted_list(question: str) -> Counted | None:
    """The list that a question asks for by its length; None where it does not."""
    folded = _bare(question)
    for found in _COUNTED.finditer(folded):
        before = folded[found.start() - 1 : found.start()]
        if before == "哪" and (length := _number(found["n"])) >= _ALL_ITEMS:
            return Counted(length, folded[found.start() : found.end("n") + 1 + _SAID_OF])
        asks = _ASKS_WHICH.search(folded, found.end("n"))
        if asks and before not in ("哪", "第"):
            name = folded[found.start() : min(asks.start(), found.end())]
            return Counted(_number(found["n"]), name.rstrip("是有各都分"))
    return None


def asked_item(question: str) -> int | None:
    """Which item of a list a question asks for (第二件任务是什么); None where it asks for none alone."""
    found = _ASKED_ITEM.findall(_bare(question))
    return _number(found[0]) if len(found) == 1 else None


def opening_of(quotable: Quotable | None) -> Opening | None:
    """How a sentence opens a numbered item or an unnumbered part of a section; None where it opens none."""
    if quotable is None:
        return None
    topic = None if quotable.topic is None else Opening(f"{_TOPIC}{quotable.topic}", None)
    return opening_in(quotable.sentence.text) or topic


def with_topics(quotables: Iterable[Quotable], document: Document) -> list[Quotable]:
    """Sentences, of which a document's know which of several unnumbered parts of a section they open."""
    topics: dict[int, int] = {}
    nested = [*document.sections]
    while nested:
        section = nested.pop()
        parts = [each.heading.start for each in section.children if not each.marker]
        topics |= dict.fromkeys(parts if len(parts) > 1 else (), section.span.start)
        nested += section.children

    def topic_of(quotable: Quotable) -> int | None:
        return topics.get(quotable.sentence.span.start) if quotable.document == document.id else None

    return [each if (topic := topic_of(each)) is None else replace(each, topic=topic) for each in quotables]


def opening_in(text: str) -> Opening | None:
    """How a text begins an item; None where it begins none."""
    for kind, pattern in _ITEM.items():
        opened = pattern.match(text)
        if opened:
            return Opening(kind, _number(opened["n"]))
    alike = _ALIKE.match(text)
    return Opening(alike["kind"] or str(alike.lastgroup), None) if alike else None


def opens_section(quotable: Quotable) -> bool:
    """Whether a sentence is a numbered heading: what comes then speaks of something else."""
    opening = opening_of(quotable)
    return opening is not None and opening.kind in _HEADINGS


def listed(quotables: Sequence[Quotable], chosen: Iterable[Place], counted: Counted | None) -> set[Place]:
    """The list that the best of some sentences opens, lead-in and items; empty when none opens one.

    Args:
        quotables: all that may be quoted.
        chosen: sentences that answer; at least one.
        counted: the list that the question names by its length; it is looked for in the document that
            answers best, before and after what answers.
    """
    by_place = {each.place: each for each in quotables}
    best_first = sorted((by_place[place] for place in chosen), key=lambda each: -each.measure)
    if counted:
        within = (each for each in quotables if each.document == best_first[0].document)
        # A length alone (哪五条) may fit more lists than one.
        for lead in sorted(within, key=lambda each: (-each.measure, each.place)):
            items = items_after(lead, by_place)
            if len(items) == counted.length and _is_named(counted.name, lead, items):
                return _within(lead, items)
    found = (_within(lead, items_after(lead, by_place)) for lead in best_first)
    return next((places for places in found if places), set())


def listed_item(quotables: Sequence[Quotable], chosen: Iterable[Place], number: int) -> set[Place]:
    """One item of the list that the best of some sentences opens, with its lead-in; empty when none does.

    Args:
        quotables: all that may be quoted.
        chosen: sentences that answer.
        number: of the item, from 1.
    """
    by_place = {each.place: each for each in quotables}
    for lead in sorted((by_place[place] for place in chosen), key=lambda each: -each.measure):
        items = items_after(lead, by_place)
        if 0 < number <= len(items):
            return _within(lead, items[number - 1 : number])
    return set()


def items_after(lead: Quotable, by_place: Mapping[Place, Quotable]) -> Items:
    """The items that follow a lead-in at once; () when none do, or only one.

    A list goes on in its part of the speech; one whose items are parts themselves goes on in the speech.
    It ends where its numbers stop to follow one another, or where a list that it stands in goes on.
    """
    first = by_place.get(lead.beside[1])
    opened = opening_of(first)
    if first is None or opened is None or opened.number not in (1, None) or first.part[-1:] != lead.part[-1:]:
        return ()
    items: list[tuple[Quotable, ...]] = []
    inside: set[str] = set()
    part, parts = lead.part, first.part == lead.part
    for quotable in _from(first, by_place):
        opening = opening_of(quotable)
        # The last item of a list may be taken for a part of the speech, with all that comes after it.
        if items and opening == Opening(opened.kind, len(items) + 1):
            part = quotable.part
        if quotable.part[-1:] != lead.part[-1:] or (parts and quotable.part != part):
            break
        if opening and opening.kind == opened.kind:
            if opening.number is not None and opening.number != len(items) + 1:
                break
            items.append((quotable,))
            inside.clear()
            continue
        if opening and opening.number == 1:
            inside.add(opening.kind)
        elif opening and opening.number is not None and opening.kind not in inside:
            break
        items[-1] = (*items[-1], quotable)
    return tuple(items) if len(items) > 1 else ()


def _within(lead: Quotable, items: Items) -> set[Place]:
    """A list whole, or as much of it as there is room for: what its items begin with."""
    if not items:
        return set()
    whole = [lead, *(each for item in items for each in item)]
    if _length(whole) > LIST_CHARACTERS:
        whole = [lead, *(item[0] for item in items[:MOST_ITEMS])]
    while _length(whole) > LIST_CHARACTERS and len(whole) > 1:
        whole.pop()
    return {each.place for each in whole}


def _length(quotables: Iterable[Quotable]) -> int:
    return sum(len(each.sentence.text) for each in quotables)


def _from(quotable: Quotable | None, by_place: Mapping[Place, Quotable]) -> Iterator[Quotable]:
    while quotable is not None:
        yield quotable
        quotable = by_place.get(quotable.beside[1])


def _is_named(name: str, lead: Quotable, items: Items) -> bool:
    """Whether a list goes by that name: its lead-in says it, or every item says what is counted."""
    return name in _bare(lead.sentence.text) or all(
        name[2:] and name[2:] in _bare(item[0].sentence.text) for item in items
    )


def _bare(text: str) -> str:
    return _NO_WORD.sub("", search_text(text))


def _number(numeral: str) -> int:
    """一 to 九十九, 1 to 99, ① to ⑳ or ❶ to ❿ as a number."""
    if numeral.isascii():
        return int(numeral)
    if number := circled_number(numeral):
        return number
    tens, ten, ones = numeral.rpartition("十")
    return (10 * _DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(ones, 0)
