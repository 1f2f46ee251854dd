"""Places in a speech that a follow-up points to: an item of a list, what comes next, who said it and when.

All of it is read from the speech itself, by its sections, its sentences and what its head says; nothing is
ranked. Spans are raw.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from config.patterns import lazy_pattern
from retrieval.documents.types import Document, Section, Span
from retrieval.documents.views import search_text
from retrieval.search.followup import About, Item, number_of
from retrieval.types import Passage, Quote, Sentence

MORE_CHARACTERS = 330
"""Of what comes next, as much as an answer has."""

LINE_CHARACTERS = 80
"""A byline is no longer than this; of a longer line its sentence is quoted."""

_INLINE = lazy_pattern(
    r"(?<![\u4e00-\u9fff])(?:第(?P<nth>[一二三四五六七八九十]{1,2})[，,、：:]?|(?P<n>[一二三四五六七八九十]{1,2})[是要])"
)
_ENDS = lazy_pattern(r"[。！？!?\n]|(?<!\d)\.(?!\d)")
_MARKER = lazy_pattern(r"[第（(]?([一二三四五六七八九十]{1,3}|\d{1,2})")
_CLOSED = '。.！？!?…；;”"）)'
_SENTENCE_END = "。！？!?\r\n"

Sentences = Sequence[tuple[Passage, Sentence]]


def item_of(document: Document, quoted: Sequence[Span], item: Item) -> Span | None:
    """The item of the list that was quoted, with all that stands under it.

    Args:
        document: that was quoted.
        quoted: its quotes, at least one, in the order of the text.
        item: which one.

    Returns:
        The item of the nearest list that has it: one inside what was quoted, then the one that this
        stands in, then the parts of the speech. None when no list has it.
    """
    for stretch in _stretches(document, quoted):
        for items in _lists(document, stretch, quoted):
            found = _next_to(items, stretch, item) if item.relative else _numbered(items, item)
            if found is not None and item.of in search_text(document.raw[found[1].start : found[1].end]):
                return found[1]
    return None


def next_sentences(sentences: Sentences, quoted: Sequence[Span], last: int) -> list[tuple[Passage, Sentence]]:
    """What comes after the last quote and was not quoted yet, up to ``MORE_CHARACTERS``.

    Args:
        sentences: of the speech, in order.
        quoted: all that was quoted of it.
        last: where the last quote ends.

    Returns:
        Consecutive sentences; where nothing is left after the last quote, those before it in the same part of
        the speech; [] when all was quoted.
    """
    fresh = [not any(sentence.span.overlaps(span) for span in quoted) for _, sentence in sentences]
    part = next((p.section_path[:1] for p, each in reversed(sentences) if each.span.start < last), ())
    after = [at for at, (_, each) in enumerate(sentences) if fresh[at] and each.span.start >= last]
    before = [at for at, (p, _) in enumerate(sentences) if fresh[at] and part and p.section_path[:1] == part]
    taken: list[tuple[Passage, Sentence]] = []
    length = 0
    for at in range((after or before or [len(sentences)])[0], len(sentences)):
        passage, sentence = sentences[at]
        length += len(sentence.text)
        if not fresh[at] or (taken and (length > MORE_CHARACTERS or _is_elsewhere(taken, passage))):
            break
        taken.append((passage, sentence))
    while len(taken) > 1 and taken[-1][1].text.rstrip()[-1:] not in _CLOSED:
        taken.pop()  # a heading of what does not follow
    return taken


def told_of(document: Document, quote: Quote, about: About) -> Span | None:
    """The words of a speech that tell who gives it, on which occasion, or when; None when it says nothing."""
    told = document.metadata
    if about is About.WHO:
        if quote.speaker and quote.speaker != told.speaker.text:
            return _named_before(document, quote)
        span = told.speaker.span or told.role.span
    elif about is About.WHEN:
        span = told.date.span
    else:
        span = told.title.span or told.occasion.span
    return line_of(document.raw, span) if span else None


def _stretches(document: Document, quoted: Sequence[Span]) -> list[Span]:
    """Where to begin to look for lists: at a quote that opens an item, else at all that was quoted.

    Quotes far apart have only the parts of the speech in common, and those are not what was listed.
    """
    whole = Span(quoted[0].start, max(span.end for span in quoted))
    if len(quoted) == 1 or _opened(_section_lists(document, whole), quoted) > 1:
        return [whole]
    return [*(span for span in quoted if _opened(_section_lists(document, span), [span])), whole]


def _lists(document: Document, stretch: Span, quoted: Sequence[Span]) -> Iterator[list[tuple[int, Span]]]:
    """Lists as (number, span) of their items, the nearest to a stretch first."""
    sections = _section_lists(document, stretch)
    yield from sections[:1] if _opened(sections, quoted) > 1 else ()
    headings = {span.start for siblings in sections for _, span in siblings}
    inline = _inline_lists(document.raw, stretch)
    # Items that are sections are known whole already.
    yield from (items for items in inline if items[0][1].start not in headings)
    yield from sections


def _section_lists(document: Document, stretch: Span) -> list[list[tuple[int, Span]]]:
    """Lists whose items are sections, the innermost around a stretch first; of one depth the nearest."""
    nested: list[tuple[Section, ...]] = [document.sections]
    while True:
        around = next((each for each in nested[-1] if each.span.holds(stretch)), None)
        if around is None:
            break
        nested.append(around.children)
    found: list[list[tuple[int, Span]]] = []
    for siblings in reversed(nested):
        lists = [each for each in _series(siblings) if len(each) > 1]
        found += sorted(lists, key=lambda each: _gap(Span(each[0][1].start, each[-1][1].end), stretch))
    return found


def _series(siblings: Sequence[Section]) -> list[list[tuple[int, Span]]]:
    """Sections of one depth as lists: 一是 to 五是 and 第一 to 第九 under them are two."""
    lists: list[list[tuple[int, Span]]] = []
    for place, section in enumerate(siblings, 1):
        number = _number(section, place)
        if not lists or number <= lists[-1][-1][0]:
            lists.append([])
        lists[-1].append((number, section.span))
    return lists


def _opened(lists: Sequence[Sequence[tuple[int, Span]]], quoted: Sequence[Span]) -> int:
    """How many items of the first of some lists begin inside of quotes."""
    items = lists[0] if lists else ()
    return sum(any(each.start <= span.start < each.end for each in quoted) for _, span in items)


def _gap(one: Span, other: Span) -> int:
    """Characters between two stretches; 0 where they overlap."""
    return max(0, other.start - one.end, one.start - other.end)


def _inline_lists(raw: str, quoted: Span) -> Iterator[list[tuple[int, Span]]]:
    """Lists that run on in a paragraph (一是…；二是…) of what was quoted and have an item in it."""
    start = raw.rfind("\n", 0, quoted.start) + 1
    while start < quoted.end:
        end = raw.find("\n", start)
        end = len(raw) if end < 0 else end
        for starts in _counted(raw, start, end):
            closing = _ENDS.search(raw, starts[-1], end)
            ends = [*starts[1:], closing.end() if closing else end]
            items = [
                Span(first, first + len(raw[first:stop].rstrip()))
                for first, stop in zip(starts, ends, strict=True)
            ]
            if len(items) > 1 and any(each.overlaps(quoted) for each in items):
                yield list(enumerate(items, 1))
        start = end + 1


def _counted(raw: str, start: int, end: int) -> list[list[int]]:
    """Where the items of each list of a paragraph begin: 一, 二 and so on without a gap."""
    lists: list[list[int]] = []
    for found in _INLINE.finditer(raw, start, end):
        number = number_of(found["n"] or found["nth"])
        if number == 1:
            lists.append([found.start()])
        elif lists and number == len(lists[-1]) + 1:
            lists[-1].append(found.start())
    return lists


def _numbered(items: Sequence[tuple[int, Span]], item: Item) -> tuple[int, Span] | None:
    if item.number < 0:
        return items[item.number] if -item.number <= len(items) else None
    return next((each for each in items if each[0] == item.number), None)


def _next_to(items: Sequence[tuple[int, Span]], quoted: Span, item: Item) -> tuple[int, Span] | None:
    here = next((at for at, (_, span) in enumerate(items) if span.holds(quoted)), None)
    if here is None or not 0 <= here + item.number < len(items):
        return None
    return items[here + item.number]


def _number(section: Section, place: int) -> int:
    marked = _MARKER.match(section.marker)
    return (number_of(marked[1]) if marked else 0) or place


def _is_elsewhere(taken: Sequence[tuple[Passage, Sentence]], passage: Passage) -> bool:
    first = taken[0][0]
    return passage.section_path[:1] != first.section_path[:1] or passage.speaker != first.speaker


def _named_before(document: Document, quote: Quote) -> Span | None:
    """The sentence before a quote, or the first of it, that names who speaks (陆景行强调，…)."""
    raw, name = document.raw, quote.speaker
    at = raw.rfind(name, 0, quote.span.start)
    at = at if at >= 0 else raw.find(name, quote.span.start, quote.span.end)
    return _sentence(raw, Span(at, at + len(name))) if at >= 0 else None


def line_of(raw: str, span: Span) -> Span:
    """The line around a stretch, or of a long line its sentence."""
    start = raw.rfind("\n", 0, span.start) + 1
    end = raw.find("\n", span.end)
    end = len(raw) if end < 0 else end
    if end - start > LINE_CHARACTERS:
        return _sentence(raw, span)
    return _stripped(raw, start, end)


def _sentence(raw: str, span: Span) -> Span:
    start = max(raw.rfind(sign, 0, span.start) for sign in _SENTENCE_END) + 1
    ends = [raw.find(sign, span.end) for sign in _SENTENCE_END]
    end = min((each for each in ends if each >= 0), default=len(raw) - 1) + 1
    return _stripped(raw, start, min(end, len(raw)))


def _stripped(raw: str, start: int, end: int) -> Span:
    text = raw[start:end]
    return Span(start + len(text) - len(text.lstrip()), start + len(text.rstrip()))
