"""Buttons: what stands on them, and what they mean, kept in the database under short opaque ids.

A callback carries at most 64 bytes, and what a client sends back is not to be trusted: so a button carries
an id that can't be guessed, and the bot looks up what it said itself.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.answer import Answer
from bot.telegram.places import Page
from bot.telegram.rendering import topic_of
from bot.telegram.state import State
from config.messages import Language, message
from retrieval.documents.types import Span
from retrieval.search.compose import nearest_topics
from retrieval.types import Hit, Passage

HITS_SHOWN = 5
"""Hits of one message: about two screens of a phone."""

REASONS = ("off_topic", "incomplete", "wrong_source", "outdated")
"""Why an answer was no good; keys of the catalogue with ``reason_`` before them."""

_SOURCES_A_ROW = 4


class Action(enum.StrEnum):
    """What a press asks for."""

    PAGE = "page"
    HITS = "hits"
    ORIGINALS = "originals"
    UP = "up"
    DOWN = "down"
    REASON = "reason"
    BROWSE = "browse"
    CARD = "card"
    LANGUAGE = "language"
    REBUILD = "rebuild"
    REMOVE = "remove"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Button:
    """One button; ``values`` are plain JSON and come back with the press."""

    label: str
    action: Action
    values: dict[str, Any]


Rows = Sequence[Sequence[Button]]


def keyboard(state: State, rows: Rows, now: float) -> InlineKeyboardMarkup | None:
    """Keep what the buttons mean and make the keyboard; None without buttons."""
    flat = [button for row in rows for button in row]
    if not flat:
        return None
    ids = iter(state.add_buttons([{"action": one.action.value, **one.values} for one in flat], now))
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(one.label, callback_data=next(ids)) for one in row] for row in rows if row]
    )


def answer_buttons(
    answer: Answer, question_id: int, language: Language, *, originals: bool, verdict: bool = True
) -> Rows:
    """Under an answer: its sources, more hits, the files, what one thinks of it.

    Under "no answer": the nearest topics, and what one thinks of that.
    """
    verdicts = _verdicts(question_id) if verdict else []
    if not answer.quotes:
        topics = nearest_topics(answer.evidence.hits)
        return [*([passage_button(topic_of(hit), hit.passage)] for hit in topics), verdicts]
    sources = [
        Button(
            message("telegram.button_source", language, number=number),
            Action.PAGE,
            {"document": quote.document.id, "spans": _spans([quote.span]), "new": True},
        )
        for number, quote in enumerate(answer.quotes, 1)
    ]
    cited = {quote.passage_id for quote in answer.quotes}
    others = [hit.passage.id for hit in answer.evidence.hits if hit.passage.id not in cited]
    below: list[Button] = []
    if others:
        below.append(
            Button(
                message("telegram.button_more", language),
                Action.HITS,
                {"passages": others, "at": 0, "new": True},
            )
        )
    if originals:
        documents = list(dict.fromkeys(quote.document.id for quote in answer.quotes))
        below.append(originals_button(documents, language))
    return [*_in_rows(sources, _SOURCES_A_ROW), [*below, *verdicts]]


def originals_button(documents: Sequence[str], language: Language) -> Button:
    """Send the source files."""
    return Button(
        message("telegram.button_original", language), Action.ORIGINALS, {"documents": list(documents)}
    )


def reason_buttons(question_id: int, language: Language) -> Rows:
    """After 👎: why."""
    buttons = [
        Button(
            message(f"telegram.reason_{reason}", language),
            Action.REASON,
            {"question": question_id, "reason": reason},
        )
        for reason in REASONS
    ]
    return _in_rows(buttons, 2)


def page_buttons(page: Page, spans: Sequence[Span], language: Language) -> Rows:
    """Under a page: the text before and after it."""
    values = {"document": page.info.id, "spans": _spans(spans)}
    row: list[Button] = []
    if page.first > 0:
        label = message("telegram.button_earlier", language)
        row.append(Button(label, Action.PAGE, {**values, "before": page.first}))
    if page.stop < page.count:
        label = message("telegram.button_later", language)
        row.append(Button(label, Action.PAGE, {**values, "after": page.stop}))
    return [row]


def hit_buttons(hits: Sequence[Hit], passages: Sequence[str], at: int, language: Language) -> Rows:
    """Under a list of hits: each of them, and those before and after.

    Args:
        hits: those shown.
        passages: ids of all of them.
        at: where those shown begin.
        language: of the labels.
    """
    numbers = [passage_button(str(number), hit.passage) for number, hit in enumerate(hits, at + 1)]
    values = {"passages": list(passages)}
    turns: list[Button] = []
    if at > 0:
        label = message("telegram.button_previous", language)
        turns.append(Button(label, Action.HITS, {**values, "at": max(0, at - HITS_SHOWN)}))
    if at + HITS_SHOWN < len(passages):
        label = message("telegram.button_next", language)
        turns.append(Button(label, Action.HITS, {**values, "at": at + HITS_SHOWN}))
    return [numbers, turns]


def passage_button(label: str, passage: Passage) -> Button:
    """Open a passage in a message of its own."""
    values = {"document": passage.document_id, "spans": _spans(passage.spans), "new": True}
    return Button(label, Action.PAGE, values)


def spans_of(values: dict[str, Any]) -> tuple[Span, ...]:
    """The spans that a page's button carries."""
    return tuple(Span(start, end) for start, end in values.get("spans", ()))


def _verdicts(question_id: int) -> list[Button]:
    return [
        Button("👍", Action.UP, {"question": question_id}),
        Button("👎", Action.DOWN, {"question": question_id}),
    ]


def _spans(spans: Sequence[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _in_rows(buttons: Sequence[Button], width: int) -> list[list[Button]]:
    return [list(buttons[at : at + width]) for at in range(0, len(buttons), width)]
