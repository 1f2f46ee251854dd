"""Answers to people: composing them, conversations, the terminal. Entry: ``bot.answer.answer``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.answer import Answer, Mode
    from bot.conversation import Conversation

__all__ = ["Answer", "Conversation", "Mode"]


def __getattr__(name: str) -> object:
    """Names on first use: ``anjiang --help`` needs none of them and must not wait for retrieval."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bot import answer, conversation  # noqa: PLC0415 - see above

    return getattr(conversation if name == "Conversation" else answer, name)
