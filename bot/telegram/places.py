"""Places in the archive as a message shows them: a cited passage, a page of a document.

What is shown is the clean text, in which broken lines are joined; every place is known by its raw span.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.telegram.formatted import units
from retrieval.documents.types import Document, Span
from retrieval.index.store import Store
from retrieval.search.compose import join_lines
from retrieval.types import DocumentInfo, Passage, Quote

PAGE = 600
"""UTF-16 units of a page: one to two screens of a phone. A longer paragraph is cut at its sentences."""

_SENTENCE = re.compile(r"[^。！？!?；;]*[。！？!?；;]?[”’」』）)]*")


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that quotes come from.

    Attributes:
        numbers: of the quotes, counted from 1.
        quote: the first of them.
        text: the passage; with its neighbours when the quotes are all of it. "" where they stand outside the
            body, in the title, say: no passage holds them.
        quoted: where the quotes stand in ``text``, in order.
    """

    numbers: tuple[int, ...]
    quote: Quote
    text: str
    quoted: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some paragraphs of a document.

    Attributes:
        first, stop: the paragraphs, as a half-open range of all ``count``.
        text: theirs, one a line.
        marked: what was asked for, where it stands in ``text``.
        sections: titles from the outermost section to the one at the top of what is marked, or of the page.
    """

    info: DocumentInfo
    first: int
    stop: int
    count: int
    text: str
    marked: tuple[Span, ...]
    sections: tuple[str, ...]


def shown_text(document: Document, span: Span) -> str:
    """The words of a raw span as they are shown."""
    clean = _clean_span(document, span)
    return document.clean.text[clean.start : clean.end]


def cited_sources(store: Store, quotes: Sequence[Quote]) -> tuple[Source, ...]:
    """The passages behind quotes, each once, in the order of the quotes.

    A passage that the index no longer has is left out: it was swapped between the answer and this call.
    """
    numbered: dict[str, list[tuple[int, Quote]]] = {}
    for number, quote in enumerate(quotes, 1):
        numbered.setdefault(quote.passage_id, []).append((number, quote))
    passages = store.passages_by_id(list(numbered))
    return tuple(
        _source(store, passages[passage_id], cited)
        for passage_id, cited in numbered.items()
        if passage_id in passages
    )


def quote_texts(store: Store, quotes: Sequence[Quote]) -> tuple[str, ...]:
    """The words of quotes as they are shown."""
    documents = {quote.document.id: store.document(quote.document.id) for quote in quotes}
    shown = (shown_text(documents[quote.document.id], quote.span) for quote in quotes)
    # A title is no part of the clean text.
    return tuple(text or join_lines(quote.text) for text, quote in zip(shown, quotes, strict=True))


def page_around(store: Store, document_id: str, spans: Sequence[Span]) -> Page:
    """The paragraphs of some raw spans with the one before and the one after them.

    Raises:
        KeyError: the index has no document with that id.
    """
    document = store.document(document_id)
    borders = _paragraphs(document.clean.text)
    clean = [_clean_span(document, span) for span in spans]
    start = min((span.start for span in clean), default=0)
    end = max((span.end for span in clean), default=0)
    inside = [at for at, paragraph in enumerate(borders) if paragraph.start < end and start < paragraph.end]
    first, last = (inside[0], inside[-1]) if inside else (0, 0)
    return page_of(store, document_id, max(0, first - 1), min(len(borders), last + 2), spans)


def page_of(store: Store, document_id: str, first: int, stop: int, spans: Sequence[Span] = ()) -> Page:
    """Some paragraphs, with what of them is marked.

    Raises:
        KeyError: the index has no document with that id.
    """
    document = store.document(document_id)
    borders = _paragraphs(document.clean.text)
    first = min(max(0, first), len(borders) - 1)
    stop = min(max(first + 1, stop), len(borders))
    start, end = borders[first].start, borders[stop - 1].end
    clean = (_clean_span(document, span) for span in spans)
    marked = tuple(
        Span(max(span.start, start) - start, min(span.end, end) - start)
        for span in clean
        if span.start < end and span.end > start
    )
    top = start + marked[0].start if marked else start
    return Page(
        store.stored(document_id).info,
        first,
        stop,
        len(borders),
        document.clean.text[start:end],
        marked,
        _sections_at(document, top),
    )


def page_after(store: Store, document_id: str, at: int, spans: Sequence[Span] = ()) -> Page:
    """The page that begins with paragraph ``at``."""
    borders = _paragraphs(store.document(document_id).clean.text)
    stop = at + 1
    while stop < len(borders) and borders[stop].end - borders[at].start <= PAGE:
        stop += 1
    return page_of(store, document_id, at, stop, spans)


def page_before(store: Store, document_id: str, at: int, spans: Sequence[Span] = ()) -> Page:
    """The page that ends before paragraph ``at``."""
    borders = _paragraphs(store.document(document_id).clean.text)
    first = max(0, at - 1)
    while first > 0 and borders[at - 1].end - borders[first - 1].start <= PAGE:
        first -= 1
    return page_of(store, document_id, first, at, spans)


def _source(store: Store, passage: Passage, cited: Sequence[tuple[int, Quote]]) -> Source:
    document = store.document(passage.document_id)
    whole = _extent(document, passage)
    spans = (_clean_span(document, quote.span) for _, quote in cited)
    quoted = [span for span in spans if span.start < span.end]
    numbers = tuple(number for number, _ in cited)
    if not quoted:
        return Source(numbers, cited[0][1], "", ())
    if sum(span.end - span.start for span in quoted) >= whole.end - whole.start:
        whole = _with_neighbours(store, document, passage, whole)
    # A quote may run on into the next passage.
    whole = Span(min(whole.start, quoted[0].start), max(whole.end, *(span.end for span in quoted)))
    return Source(
        numbers,
        cited[0][1],
        document.clean.text[whole.start : whole.end],
        tuple(sorted(Span(span.start - whole.start, span.end - whole.start) for span in quoted)),
    )


def _with_neighbours(store: Store, document: Document, passage: Passage, whole: Span) -> Span:
    row = store.passage_row(passage.id)
    near = [each for each in store.neighbours(row) if each is not None] if row is not None else []
    extents = [whole, *(_extent(document, each) for each in near)]
    return Span(min(each.start for each in extents), max(each.end for each in extents))


def _extent(document: Document, passage: Passage) -> Span:
    return _clean_span(document, Span(passage.spans[0].start, passage.spans[-1].end))


def _clean_span(document: Document, span: Span) -> Span:
    """Where a raw span stands in the clean text, without white space at its ends."""
    clean = document.clean
    start = clean.from_source(span.start)
    end = clean.from_source(span.end)
    piece = clean.text[start:end]
    start += len(piece) - len(piece.lstrip())
    return Span(start, start + len(piece.strip()))


def _paragraphs(text: str) -> list[Span]:
    """The lines of a clean text that are not empty, long ones in pieces of at most a page."""
    found: list[Span] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            found.extend(Span(at + start, at + end) for start, end in _pieces(line))
        at += len(line) + 1
    return found


def _pieces(line: str) -> Iterator[tuple[int, int]]:
    start = end = 0
    for sentence in _SENTENCE.finditer(line):
        for stop in [*range(sentence.start() + PAGE // 2, sentence.end(), PAGE // 2), sentence.end()]:
            if units(line[start:stop]) > PAGE and end > start:
                yield start, end
                start = end
            end = stop
    if end > start:
        yield start, end


def _sections_at(document: Document, at: int) -> tuple[str, ...]:
    """The section path at a place of the clean text."""
    raw, _ = document.clean.to_source(at, min(at + 1, len(document.clean.text)))
    path: list[str] = []
    level = document.sections
    while inside := [section for section in level if section.span.start <= raw < section.span.end]:
        path.append(inside[0].title)
        level = inside[0].children
    return tuple(path)
