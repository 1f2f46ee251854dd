"""The archive without a question: shelves of years, speakers and occasions; documents; figures."""

from __future__ import annotations

from typing import TypeVar

from bot.telegram.catalogue import (
    Shelf,
    documents_at,
    find_documents,
    place_name,
    places_on,
    render_card,
    render_figures,
    render_list,
)
from bot.telegram.formatted import Part
from bot.telegram.handlers.look import Values
from bot.telegram.handlers.talk import Talk
from bot.telegram.keyboards import Action, Button, Rows, originals_button
from retrieval.index.store import Store
from retrieval.search.searcher import Searcher
from retrieval.types import DocumentInfo

LISTED = 8
"""Names or documents of one message."""

_A_ROW = 4

T = TypeVar("T")
Shown = tuple[Part | str, Rows]


async def sources(talk: Talk, argument: str) -> None:
    """``/sources``: the shelves, or with a word the documents that it fits."""
    if argument:
        await document(talk, argument)
        return
    shown = await talk.services.search(lambda searcher: _shelves(talk, searcher.generation.store))
    await talk.say(*shown)


async def document(talk: Talk, argument: str) -> None:
    """``/doc NAME``: one document, or those that the name fits."""
    if not argument:
        await talk.say(talk.text("doc_which"))
        return

    def find(store: Store) -> Shown:
        infos = find_documents(store, argument)
        if len(infos) == 1:
            return _card(talk, store, infos[0])
        if not infos:
            return talk.text("doc_none"), [[_browse(talk.text("button_sources"), {})]]
        return _listed(talk, talk.text("doc_many"), infos, 0, {"find": argument})

    await talk.say(*await talk.services.search(lambda searcher: find(searcher.generation.store)))


async def figures(talk: Talk, _argument: str) -> None:
    """``/stats``: what the archive holds."""

    def count(searcher: Searcher) -> Part:
        generation = searcher.generation
        return render_figures(generation.store, generation.manifest.created[:10], talk.language)

    await talk.say(await talk.services.search(count), [[_browse(talk.text("button_sources"), {})]])


async def browse(talk: Talk, under: int | None, values: Values) -> str:
    """A step through the shelves, in place of the one before."""
    shown = await talk.services.search(lambda searcher: _step(talk, searcher.generation.store, values))
    await _replace(talk, under, shown)
    return ""


async def card(talk: Talk, under: int | None, values: Values) -> str:  # noqa: ARG001 - a Press
    """A document's card, in a message of its own."""

    def find(store: Store) -> Shown | None:
        known = {info.id: info for info in store.document_infos()}
        info = known.get(values["document"])
        return None if info is None else _card(talk, store, info)

    shown = await talk.services.search(lambda searcher: find(searcher.generation.store))
    if shown is None:
        return talk.text("document_gone")
    await talk.say(*shown)
    return ""


def _step(talk: Talk, store: Store, values: Values) -> Shown:
    at = int(values.get("at", 0))
    if "find" in values:
        return _listed(talk, talk.text("doc_many"), find_documents(store, values["find"]), at, values)
    if "shelf" not in values:
        return _shelves(talk, store)
    shelf = Shelf(values["shelf"])
    if "name" not in values:
        return _names(talk, store, shelf, at)
    title = f"{talk.text(f'shelf_{shelf.value}')}：{place_name(values['name'], talk.language)}"
    return _listed(talk, title, documents_at(store, shelf, values["name"]), at, values)


def _shelves(talk: Talk, store: Store) -> Shown:
    buttons = [_browse(talk.text(f"by_{shelf.value}"), {"shelf": shelf.value}) for shelf in Shelf]
    return talk.text("shelves", documents=len(store.documents)), [buttons]


def _names(talk: Talk, store: Store, shelf: Shelf, at: int) -> Shown:
    places = places_on(store, shelf)
    buttons = [
        [
            _browse(
                f"{place_name(place.name, talk.language)}（{place.documents}）",
                {"shelf": shelf.value, "name": place.name},
            )
        ]
        for place in places[at : at + LISTED]
    ]
    rows = [*buttons, _turns(talk, {"shelf": shelf.value}, at, len(places))]
    return talk.text(f"by_{shelf.value}"), [*rows, [_browse(talk.text("button_back"), {})]]


def _listed(talk: Talk, title: str, infos: tuple[DocumentInfo, ...], at: int, values: Values) -> Shown:
    here = infos[at : at + LISTED]
    numbers = [
        Button(str(number), Action.CARD, {"document": info.id}) for number, info in enumerate(here, at + 1)
    ]
    rows = [numbers[start : start + _A_ROW] for start in range(0, len(numbers), _A_ROW)]
    kept: Values = {key: values[key] for key in ("shelf", "name", "find") if key in values}
    back = {"shelf": values["shelf"]} if "shelf" in values else {}
    turns = _turns(talk, kept, at, len(infos))
    return render_list(title, here, at + 1), [*rows, turns, [_browse(talk.text("button_back"), back)]]


def _card(talk: Talk, store: Store, info: DocumentInfo) -> Shown:
    stored = store.stored(info.id)
    part = render_card(store.document(info.id), info, len(stored.passages), talk.language)
    row = [Button(talk.text("button_read"), Action.PAGE, {"document": info.id, "after": 0, "new": True})]
    if talk.services.settings.telegram.send_originals:
        row.append(originals_button([info.id], talk.language))
    return part, [row]


def _turns(talk: Talk, values: Values, at: int, count: int) -> list[Button]:
    turns = []
    if at > 0:
        turns.append(_browse(talk.text("button_previous"), {**values, "at": max(0, at - LISTED)}))
    if at + LISTED < count:
        turns.append(_browse(talk.text("button_next"), {**values, "at": at + LISTED}))
    return turns


def _browse(label: str, values: Values) -> Button:
    return Button(label, Action.BROWSE, values)


async def _replace(talk: Talk, under: int | None, shown: Shown) -> None:
    if under is None or not await talk.change(under, *shown):
        await talk.say(*shown)
