"""Deep links: an address that opens a source paragraph in a private chat with the bot."""

from __future__ import annotations

import re

from telegram.helpers import create_deep_linked_url

from bot.telegram.rendering import Linker
from bot.telegram.services import Services

_PASSAGE = "p"
_PAYLOAD = re.compile(r"p([0-9a-f]{16})")


def linker(services: Services) -> Linker:
    """Makes links to passages of this bot's archive."""
    name = services.delivery.bot_name

    def link(passage_id: str) -> str | None:
        if _PAYLOAD.fullmatch(_PASSAGE + passage_id) is None:
            return None
        return create_deep_linked_url(name, _PASSAGE + passage_id)

    return link


def passage_in(payload: str) -> str | None:
    """The passage that the payload of a ``/start`` names; None when it names none."""
    found = _PAYLOAD.fullmatch(payload)
    return found[1] if found else None
