"""Answers, hits and pages as messages: text and entities, nothing that Telegram would have to parse."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import PurePosixPath

from bot.answer import Answer, shown_rewriting
from bot.telegram.formatted import (
    BOLD,
    ITALIC,
    LINK,
    QUOTE,
    Formatted,
    Part,
    harmless,
    joined,
    one_line,
    pack,
    plain,
)
from bot.telegram.places import Page, Source
from config.messages import Language, message
from retrieval.documents.types import Span
from retrieval.search.compose import extent_notes, is_talk, is_title
from retrieval.types import Certainty, DocumentInfo, Hit, Quote

SECTION_SIGN = " › "
_DOT = " · "
_MARK = re.compile(r"\[([1-9][0-9]?)\]")
_SNIPPET = 90
_TITLE = 40
_SECTION = 36

Linker = Callable[[str], str | None]
"""The deep link to a passage by its id; None where there can be none."""


def no_link(passage_id: str) -> str | None:  # noqa: ARG001 - a Linker
    """Link nothing."""
    return None


def render_answer(
    answer: Answer,
    quotes: Sequence[str],
    sources: Sequence[Source],
    language: Language,
    link: Linker = no_link,
) -> tuple[Part, ...]:
    """An answer as messages: the quotes, then a line and the passage for each source.

    Below the head of a speech (its title, who speaks), which stands in no passage, there is the line alone.

    Args:
        answer: what was found.
        quotes: the words of its quotes as they are shown; of what is near where there are none.
        sources: the passages behind them.
        language: of the bot's own words.
        link: from a source's number to its paragraph.
    """
    if not answer.quotes:
        return render_nothing(answer, quotes, language, link)
    told = [source for source in sources if not source.text or is_title(source.quote)]
    below = {source.numbers[-1]: _told_by(source, language) for source in told}
    lines = [
        joined((plain(text) + _number(number, link(quote.passage_id)), below.get(number, Formatted())))
        for number, (text, quote) in enumerate(zip(quotes, answer.quotes, strict=True), 1)
    ]
    if answer.added:
        lines.insert(len(lines) - answer.added, plain(_read_as(answer, language)).marked(ITALIC))
    lines += [plain(note).marked(ITALIC) for note in extent_notes(answer.evidence, language)]
    direct = joined(lines, "\n\n")
    if answer.certainty is Certainty.LOW:
        direct = joined((direct, plain(message("telegram.low", language)).marked(ITALIC)), "\n\n")
    return pack([direct, *(_source(source, link, language) for source in sources if source not in told)])


def render_worded(
    text: str, links: Sequence[str | None], language: Language, *, goes_on: bool = False
) -> Formatted:
    """A language model's sentences under their heading: text that nothing in it can mark or link.

    Args:
        text: proved, with ``[n]`` behind what quote *n* proves.
        links: to the paragraph of each quote.
        language: of the heading.
        goes_on: more is to come.
    """
    body = Formatted()
    for at, piece in enumerate(_MARK.split(text)):
        is_number = at % 2 == 1
        body = body + (_number(int(piece), links[int(piece) - 1]) if is_number else plain(piece))
    head = Formatted(message("ask.worded", language)).marked(ITALIC)
    return joined((head, body + " …" if goes_on else body))


def render_cited(quotes: Sequence[str], links: Sequence[str | None]) -> Formatted:
    """Quotes with their numbers, each folded up, for below a worded answer that is a message of its own."""
    return joined(
        (_number(number, link) + " " + plain(text)).marked(QUOTE)
        for number, (text, link) in enumerate(zip(quotes, links, strict=True), 1)
    )


def render_nothing(
    answer: Answer, near: Sequence[str], language: Language, link: Linker = no_link
) -> tuple[Part, ...]:
    """That the archive has no answer, and the words that come nearest; topics are buttons.

    Args:
        answer: without quotes.
        near: the words of what is near as they are shown.
        language: of the bot's own words.
        link: to the paragraph of each of them.
    """
    evidence = answer.evidence
    first = plain(answer.text).marked(BOLD)
    if is_talk(evidence):
        return pack([plain(answer.text)])
    if not evidence.near:
        hint = "telegram.nearest_hint" if evidence.hits else "telegram.nothing_near"
        return pack([joined((first, message(hint, language)))])
    head = Formatted(message("telegram.near", language)).marked(ITALIC)
    shown = [
        joined((plain(text).marked(QUOTE), _linked(quote_line(quote, language), link(quote.passage_id))))
        for text, quote in zip(near, evidence.near, strict=True)
    ]
    return pack([first, joined((head, shown[0])), *shown[1:]])


def render_hits(hits: Sequence[Hit], first: int, language: Language, link: Linker = no_link) -> Part:
    """Some hits as a list, numbered from ``first``: where each stands and how it begins."""
    title = Formatted(message("telegram.hits_title", language)).marked(BOLD)
    return pack([title, *(_hit(number, hit, link) for number, hit in enumerate(hits, first))])[0]


def render_page(page: Page, language: Language) -> Part:
    """A page of a document: whose words, which section, the paragraphs with the place in bold."""
    count = {"first": page.first + 1, "last": page.stop, "count": page.count}
    head = joined(
        (
            plain(title_of(page.info)).marked(BOLD),
            plain(byline_of(page.info)),
            plain(one_line(SECTION_SIGN.join(page.sections), 2 * _SECTION)).marked(ITALIC),
        )
    )
    foot = plain(message("telegram.page", language, **count)).marked(ITALIC)
    return pack([head, _with_bold(page.text, page.marked), foot])[0]


def title_of(document: DocumentInfo) -> str:
    """The title in its marks, or the file's name where the document has none."""
    title = one_line(document.title).strip("《》")
    return f"《{one_line(title, _TITLE)}》" if title else one_line(PurePosixPath(document.path).name, _TITLE)


def byline_of(document: DocumentInfo) -> str:
    """Speaker and role, date."""
    who = " ".join(filter(None, (document.speaker, document.role)))
    return one_line(_DOT.join(filter(None, (who, document.date))))


def topic_of(hit: Hit) -> str:
    """What a hit is about, for a button: its section, or its title."""
    section = hit.passage.section_path[-1] if hit.passage.section_path else ""
    return one_line(section, _SECTION) or title_of(hit.document)


def source_line(source: Source, language: Language) -> str:
    """Speaker, occasion, date, section and page or paragraph of a source, in one line."""
    return quote_line(source.quote, language)


def quote_line(quote: Quote, language: Language) -> str:
    """The same of a quote."""
    document = quote.document
    said_by_author = quote.speaker in ("", document.speaker)
    who = " ".join(filter(None, (document.speaker, document.role))) if said_by_author else quote.speaker
    if quote.quoted_speaker:
        who = f"{who} {message('answer.quoting', language, names=quote.quoted_speaker)}".strip()
    occasion = one_line(document.occasion or "", _TITLE) or title_of(document)
    section = one_line(quote.section_path[-1], _SECTION) if quote.section_path else ""
    return one_line(_DOT.join(filter(None, (who, occasion, document.date, section, quote.located))))


def _read_as(answer: Answer, language: Language) -> str:
    """What stands above the quotes that other words for the question added."""
    words = "、".join(f"“{text}”" for text in shown_rewriting(answer))
    return message("ask.read_as" if words else "ask.read_otherwise", language, words=words)


def _told_by(source: Source, language: Language) -> Formatted:
    quote = source.quote
    return plain(byline_of(quote.document) if is_title(quote) else quote_line(quote, language)).marked(ITALIC)


def _source(source: Source, link: Linker, language: Language) -> Formatted:
    numbers = joined((_number(number, link(source.quote.passage_id)) for number in source.numbers), "")
    line = numbers + " " + plain(source_line(source, language))
    return joined((line, _with_bold(source.text, source.quoted).marked(QUOTE)))


def _hit(number: int, hit: Hit, link: Linker) -> Formatted:
    section = one_line(hit.passage.section_path[-1], _SECTION) if hit.passage.section_path else ""
    about = _DOT.join(filter(None, (title_of(hit.document), byline_of(hit.document))))
    head = plain(f"{number}. {section or about}").marked(BOLD)
    below = plain(about) if section else Formatted()
    url = link(hit.passage.id)
    text = plain(one_line(_without_headings(hit), _SNIPPET))
    return joined((head.marked(LINK, url) if url else head, below, text))


def _without_headings(hit: Hit) -> str:
    """A passage from its first sentence on; all of it when it is nothing but headings."""
    lines = hit.passage.text.split("\n")
    at = 0
    while at < len(lines) and lines[at].rstrip("。：:.") in hit.passage.section_path:
        at += 1
    return "\n".join(lines[at:] or lines)


def _number(number: int, url: str | None) -> Formatted:
    return _linked(f"[{number}]", url)


def _linked(text: str, url: str | None) -> Formatted:
    label = plain(text)
    return label.marked(LINK, url) if url else label


def _with_bold(text: str, spans: Sequence[Span]) -> Formatted:
    """Text with some of it in bold; cut first, because making text harmless may change its length."""
    borders = sorted({0, len(text), *(at for span in spans for at in (span.start, span.end))})
    whole = Formatted()
    for start, end in pairwise(borders):
        # Not ``plain``: a line break at a border must stay one.
        piece = Formatted(harmless(text[start:end]))
        bold = any(span.start <= start and end <= span.end for span in spans)
        whole = whole + (piece.marked(BOLD) if bold else piece)
    return whole
