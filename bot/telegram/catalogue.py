"""The archive's documents as a person browses them: by year, speaker or occasion, and by name."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.telegram.formatted import BOLD, ITALIC, Formatted, Part, joined, one_line, pack, plain
from bot.telegram.rendering import byline_of, title_of
from config.messages import Language, message
from retrieval.documents.types import Document
from retrieval.documents.views import search_text
from retrieval.index.store import Store
from retrieval.types import DocumentInfo

_OUTLINE = 12  # headings of a card; a speech rarely has more of the first level
_HEADING = 40
_NAMED = 8  # years and speakers of the figures
_OCCASION = 32


class Shelf(enum.StrEnum):
    """What documents are sorted by; a key of the catalogue's area with ``shelf_`` before it."""

    YEAR = "year"
    SPEAKER = "speaker"
    OCCASION = "occasion"


@dataclass(frozen=True, slots=True)
class Place:
    """A name on a shelf and how many documents stand there; "" where documents don't say."""

    name: str
    documents: int


def places_on(store: Store, shelf: Shelf) -> tuple[Place, ...]:
    """The names on a shelf: years newest first, others by how often; the silent ones last."""
    counts = Counter(_name(info, shelf) for info in store.document_infos())
    if shelf is Shelf.YEAR:
        ordered = sorted(counts, reverse=True)  # "" sorts last
    else:
        ordered = sorted(counts, key=lambda name: (not name, -counts[name], name))
    return tuple(Place(name, counts[name]) for name in ordered)


def documents_at(store: Store, shelf: Shelf, name: str) -> tuple[DocumentInfo, ...]:
    """The documents that stand there, newest first."""
    found = [info for info in store.document_infos() if _name(info, shelf) == name]
    return tuple(sorted(found, key=lambda info: (info.date or "", info.path), reverse=True))


def find_documents(store: Store, text: str) -> tuple[DocumentInfo, ...]:
    """The documents that a person may mean: one if its id or path is given, else all whose words fit.

    Every word must occur in the title, the path, the speaker, the date or the occasion.
    """
    infos = store.document_infos()
    exact = [info for info in infos if text in (info.id, info.path)]
    if exact:
        return tuple(exact)
    words = [search_text(word) for word in text.split()]
    found = [info for info in infos if words and all(word in _words(info) for word in words)]
    return tuple(sorted(found, key=lambda info: (info.date or "", info.path), reverse=True))


def render_list(title: str, infos: Sequence[DocumentInfo], first: int) -> Part:
    """Documents as a numbered list."""
    lines = [
        joined((plain(f"{number}. {title_of(info)}"), plain(byline_of(info)).marked(ITALIC)))
        for number, info in enumerate(infos, first)
    ]
    return pack([plain(title).marked(BOLD), *lines])[0]


def render_card(document: Document, info: DocumentInfo, passages: int, language: Language) -> Part:
    """What a document is: title, whose words, when, on what occasion, and its first headings."""
    facts = [
        byline_of(info),
        one_line(info.occasion or ""),
        one_line(info.organ or ""),
        message("telegram.card_facts", language, characters=len(document.clean.text), passages=passages),
    ]
    headings = [one_line(section.title, _HEADING) for section in document.sections]
    more = ["…"] if len(headings) > _OUTLINE else []
    return pack(
        [
            joined((plain(title_of(info)).marked(BOLD), *map(plain, facts))),
            joined([*map(plain, headings[:_OUTLINE]), *more]),
            plain(one_line(info.path)).marked(ITALIC),
        ]
    )[0]


def render_figures(store: Store, created: str, language: Language) -> Part:
    """What the archive holds, in figures."""
    counted = message(
        "telegram.figures",
        language,
        documents=len(store.documents),
        passages=store.passage_count,
        sentences=store.sentence_count,
    )
    blocks = [plain(counted).marked(BOLD)]
    for shelf in (Shelf.YEAR, Shelf.SPEAKER):
        places = places_on(store, shelf)
        named = [f"{place_name(place.name, language)} {place.documents}" for place in places[:_NAMED]]
        more = ["…"] if len(places) > _NAMED else []
        label = Formatted(message(f"telegram.shelf_{shelf.value}", language)).marked(BOLD)
        blocks.append(joined((label, plain(" · ".join([*named, *more])))))
    blocks.append(plain(message("telegram.figures_built", language, created=created)).marked(ITALIC))
    return pack(blocks)[0]


def place_name(name: str, language: Language) -> str:
    """A name on a shelf for a person."""
    return one_line(name, _OCCASION) or message("telegram.not_stated", language)


def _name(info: DocumentInfo, shelf: Shelf) -> str:
    if shelf is Shelf.YEAR:
        year = (info.date or "")[:4]
        return year if year.isdigit() else ""
    return (info.speaker if shelf is Shelf.SPEAKER else info.occasion) or ""


def _words(info: DocumentInfo) -> str:
    parts = (info.title, info.path, info.speaker, info.role, info.date, info.occasion)
    return search_text(" ".join(filter(None, parts)))
