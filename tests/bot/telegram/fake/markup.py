"""Keyboards under messages: what Telegram accepts as ``reply_markup``."""

from __future__ import annotations

from typing import Any

from tests.bot.telegram.fake.wire import Json, Params, bad_request

MAX_DATA_BYTES = 64
MAX_COPY = 256
MAX_IN_ROW = 8
MAX_BUTTONS = 100
_ACTIONS = (
    "url",
    "callback_data",
    "copy_text",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
    "pay",
)


def read_markup(params: Params) -> Json | None:
    """The checked markup; None where there is none."""
    markup: Json | None = params.json("reply_markup", dict)
    if not markup:
        return None
    if "inline_keyboard" in markup:
        return {"inline_keyboard": _rows(markup["inline_keyboard"])} if markup["inline_keyboard"] else None
    if not {"keyboard", "remove_keyboard", "force_reply"} & markup.keys():
        raise bad_request("object expected as reply markup")
    return markup


def inline_only(markup: Json | None) -> Json | None:
    """For edits: nothing but inline keyboards can be attached to a message that exists."""
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return markup


def _rows(rows: Any) -> list[list[Json]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be an Array of Arrays')
    kept = [[_button(button) for button in row] for row in rows if row]
    if any(len(row) > MAX_IN_ROW for row in kept) or sum(map(len, kept)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return kept


def _button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("can't parse inline keyboard button: text buttons can't be empty")
    actions = [name for name in _ACTIONS if name in button]
    if len(actions) != 1:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= MAX_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not str(button["url"]).startswith(("http://", "https://", "tg://")):
        raise bad_request("BUTTON_URL_INVALID")
    if "copy_text" in button:
        copied = button["copy_text"].get("text") if isinstance(button["copy_text"], dict) else None
        if not isinstance(copied, str) or not 1 <= len(copied) <= MAX_COPY:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return button
