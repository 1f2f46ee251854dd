"""Answers to follow-ups that point into the speech just quoted: nothing has to be found for these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from retrieval.documents.types import Document, Span
from retrieval.index.store import Store
from retrieval.search.context import Context
from retrieval.search.followup import About, Form
from retrieval.search.lists import LIST_CHARACTERS
from retrieval.search.nth_speech import in_order
from retrieval.search.pointing import item_of, next_sentences, told_of
from retrieval.search.quoting import quote_of
from retrieval.types import DocumentInfo, Passage, Quote, Sentence

CONFIDENCE = 0.9
"""Of an answer that was pointed to. It is read off the speech; what may be wrong is which list was meant."""


def points(context: Context) -> bool:
    """Whether a turn points into what was quoted, and something was."""
    return context.form in (Form.ITEM, Form.MORE, Form.ABOUT) and bool(context.quotes)


def pointed_to(context: Context, store: Store) -> tuple[Quote, ...]:
    """What a turn points to, as quotes in the order of the text.

    Returns:
        () where the speech has no such item or nothing more, and where it is gone from the index. A speech
        that does not tell whose it is, or when, is quoted once more, of several its title: its citation says
        what is known.
    """
    if context.turn.about is not None:
        return _told_of_source(context, context.turn.about, store)
    info = context.quotes[0].document
    if store.find(info.id) is None:
        return ()
    document = store.document(info.id)
    passages = store.passages(store.stored(info.id).passages)
    sentences = [(passage, sentence) for passage in passages for sentence in passage.sentences]
    spans = [quote.span for quote in context.quotes if quote.document.id == info.id]
    if context.turn.item is not None:
        item = item_of(document, sorted(spans, key=lambda span: span.start), context.turn.item)
        return _quotes(document, info, _within(sentences, item), item) if item else ()
    said = [quote.span for quote in context.shown if quote.document.id == info.id]
    more = next_sentences(sentences, [*said, *spans], max(span.end for span in spans))
    return _quotes(document, info, more)


def _within(sentences: Iterable[tuple[Passage, Sentence]], item: Span) -> list[tuple[Passage, Sentence]]:
    """The sentences of an item, as many as a list may have characters."""
    taken: list[tuple[Passage, Sentence]] = []
    length = 0
    for passage, sentence in sentences:
        if sentence.span.end <= item.start or sentence.span.start >= item.end:
            continue
        length += len(sentence.text)
        if taken and length > LIST_CHARACTERS:
            break
        taken.append((passage, sentence))
    return taken


def _quotes(
    document: Document,
    info: DocumentInfo,
    sentences: Sequence[tuple[Passage, Sentence]],
    bounds: Span | None = None,
) -> tuple[Quote, ...]:
    """Sentences as one quote a passage; ``bounds`` cuts an item out of the sentence that it stands in."""
    quotes = []
    for passage, group in groupby(sentences, key=lambda each: each[0]):
        spans = [sentence.span for _, sentence in group]
        start, end = spans[0].start, spans[-1].end
        if bounds:
            start, end = max(start, bounds.start), min(end, bounds.end)
        quotes.append(quote_of(document, info, passage, Span(start, end)))
    return tuple(quotes)


def _told_of_source(context: Context, about: About, store: Store) -> tuple[Quote, ...]:
    """What each speech just quoted or last listed tells of itself, or the first alone."""
    first = {quote.document.id: quote for quote in reversed((*context.quotes, *context.shown))}
    each, quoted = context.turn.each, in_order(context.quotes)
    quotes: list[Quote] = []
    for id_ in (quoted if len(quoted) > 1 else context.listed or quoted) if each else quoted[:1]:
        if store.find(id_) is None:
            continue
        document, last = store.document(id_), first[id_]
        title = document.metadata.title.span if each else None
        quotes.append(_told(document, last, told_of(document, last, about) or title or last.span))
    return tuple(quotes)


def _told(document: Document, last: Quote, span: Span) -> Quote:
    """What a speech tells of itself. Its passage is the one talked about: that is where one reads on."""
    return Quote(
        text=document.raw[span.start : span.end],
        span=span,
        document=last.document,
        section_path=(),
        speaker=last.speaker,
        quoted_speaker="",
        passage_id=last.passage_id,
    )
