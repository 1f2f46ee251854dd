"""Looking closer: passages in their context, further hits, source files, and what people think of answers."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from telegram import MessageReactionUpdated, ReactionTypeEmoji, Update
from telegram.ext import CallbackContext

from bot.telegram.formatted import Part
from bot.telegram.handlers.links import linker
from bot.telegram.handlers.talk import Talk, talk_of
from bot.telegram.keyboards import (
    HITS_SHOWN,
    Action,
    Rows,
    hit_buttons,
    page_buttons,
    reason_buttons,
    spans_of,
)
from bot.telegram.memory import hit_of
from bot.telegram.places import Page, page_after, page_around, page_before
from bot.telegram.rendering import render_hits, render_page, title_of
from bot.telegram.services import Services
from config.errors import DocumentError
from retrieval.documents.stored import open_stored
from retrieval.documents.types import Span
from retrieval.index.store import Store
from retrieval.readers.formats import CONTAINERS
from retrieval.types import DocumentInfo, Hit

Values = dict[str, Any]
Press = Callable[[Talk, int | None, Values], Awaitable[str]]
"""What a button does: the exchange, the message that it stands under, its values. Gives a line to flash."""

MAX_FILES = 3
"""Files that one press may send."""


class Presses:
    """Takes presses of buttons and hands them to what they ask for."""

    def __init__(self, services: Services, presses: dict[Action, Press]) -> None:
        self._services = services
        self._presses = presses

    async def __call__(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]  # noqa: ARG002
        """One press. The button's spinner stops whatever comes of it."""
        query = update.callback_query
        talk = talk_of(self._services, update)
        if query is None or talk is None:
            return
        services = self._services
        values = services.state.button(query.data or "", services.clock())
        under = talk.message_id

        async def act() -> None:
            flash = talk.text("button_gone")
            try:
                if values is not None:
                    press = self._presses[Action(values["action"])]
                    flash = ""
                    flash = await press(talk, under, values)
            finally:
                await services.delivery.answer_callback(query.id, flash)

        talk.submit_look(act)


async def show_page(talk: Talk, under: int | None, values: Values) -> str:
    """A page of a document: in a message of its own, or in place of the page before."""
    spans = spans_of(values)

    def find(store: Store) -> Page | None:
        document = values["document"]
        try:
            if "before" in values:
                return page_before(store, document, values["before"], spans)
            if "after" in values:
                return page_after(store, document, values["after"], spans)
            return page_around(store, document, spans)
        except KeyError:
            return None

    page = await talk.services.search(lambda searcher: find(searcher.generation.store))
    if page is None:
        return talk.text("document_gone")
    await _show(
        talk, under, values, render_page(page, talk.language), page_buttons(page, spans, talk.language)
    )
    return ""


async def show_passage(talk: Talk, passage_id: str) -> None:
    """The page around a passage, for a deep link."""

    def find(store: Store) -> tuple[Page, Sequence[Span]] | None:
        passage = store.passages_by_id([passage_id]).get(passage_id)
        if passage is None:
            return None
        return page_around(store, passage.document_id, passage.spans), passage.spans

    found = await talk.services.search(lambda searcher: find(searcher.generation.store))
    if found is None:
        await talk.say(talk.text("document_gone"))
        return
    page, spans = found
    await talk.say(render_page(page, talk.language), page_buttons(page, spans, talk.language))


async def show_hits(talk: Talk, under: int | None, values: Values) -> str:
    """Some of the hits of an answer or a search."""
    passages: list[str] = values["passages"]
    at = int(values["at"])

    def find(store: Store) -> list[Hit]:
        found = store.passages_by_id(passages[at : at + HITS_SHOWN])
        return [hit_of(store, found[one]) for one in passages[at : at + HITS_SHOWN] if one in found]

    hits = await talk.services.search(lambda searcher: find(searcher.generation.store))
    if not hits:
        return talk.text("no_more")
    part = render_hits(hits, at + 1, talk.language, linker(talk.services))
    await _show(talk, under, values, part, hit_buttons(hits, passages, at, talk.language))
    return ""


async def send_originals(talk: Talk, under: int | None, values: Values) -> str:
    """The files that quotes stand in, as long as they are still what was indexed."""
    settings = talk.services.settings
    if not settings.telegram.send_originals or settings.archive is None:
        return talk.text("originals_off")
    archive = settings.archive
    documents: list[str] = values["documents"][:MAX_FILES]

    def read(store: Store) -> list[tuple[DocumentInfo, bytes | None]]:
        known = {info.id: info for info in store.document_infos()}
        return [(known[one], _file_of(archive, known[one])) for one in documents if one in known]

    files = await talk.services.search(lambda searcher: read(searcher.generation.store))
    missing = [info for info, data in files if data is None]
    for info, data in files:
        if data is not None:
            await talk.services.delivery.document(
                talk.address,
                data,
                _name_of(info),
                caption=title_of(info),
                reply_to=under if not talk.is_private else None,
            )
    if missing or not files:
        return talk.text("file_changed")
    return ""


async def praise(talk: Talk, under: int | None, values: Values) -> str:  # noqa: ARG001 - a Press
    """👍."""
    _keep_feedback(talk, values["question"], "up", "")
    return talk.text("thanks")


async def blame(talk: Talk, under: int | None, values: Values) -> str:  # noqa: ARG001 - a Press
    """👎, which asks why."""
    _keep_feedback(talk, values["question"], "down", "")
    await talk.say(talk.text("why"), reason_buttons(values["question"], talk.language))
    return ""


async def give_reason(talk: Talk, under: int | None, values: Values) -> str:
    """Why an answer was no good."""
    _keep_feedback(talk, values["question"], "down", values["reason"])
    if under is not None:
        await talk.change(under, talk.text("thanks_reason"))
    return ""


class Reactions:
    """👍 and 👎 as reactions to an answer count as feedback too."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]  # noqa: ARG002
        """One person's reactions to one message."""
        changed = update.message_reaction
        if changed is None or changed.user is None:
            return
        verdict = _verdict_of(changed)
        state = self._services.state
        question = state.question_answered_by(changed.chat.id, changed.message_id)
        if verdict and question is not None:
            state.add_feedback(question.id, changed.user.id, verdict, "", self._services.clock())


def _verdict_of(changed: MessageReactionUpdated) -> str:
    given = {one.emoji for one in changed.new_reaction if isinstance(one, ReactionTypeEmoji)}
    return "up" if "👍" in given else "down" if "👎" in given else ""


def _keep_feedback(talk: Talk, question_id: int, verdict: str, reason: str) -> None:
    services = talk.services
    user = talk.user_id or talk.address.chat_id
    services.state.add_feedback(question_id, user, verdict, reason, services.clock())


async def _show(talk: Talk, under: int | None, values: Values, part: Part, rows: Rows) -> None:
    if not values.get("new") and under is not None and await talk.change(under, part, rows):
        return
    await talk.say(part, rows)


def _name_of(info: DocumentInfo) -> str:
    """The name of a document's file; a row of a table, or the words of a mail, become a text file."""
    name = Path(info.path).name
    is_made = any(info.reader == form.reader for form in CONTAINERS.values())
    return f"{name}.txt" if is_made else name


def _file_of(archive: Path, info: DocumentInfo) -> bytes | None:
    """A document's file; None when it is gone or says something else by now."""
    try:
        data = open_stored(archive, info.path).data
    except (OSError, DocumentError):
        return None
    return data if hashlib.sha256(data).hexdigest() == info.sha256 else None
