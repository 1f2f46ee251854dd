"""What wording needs of a language model: messages in, pieces of text out, or one reason why not."""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from config.errors import AnjiangError


class Role(enum.StrEnum):
    """Who says a message, as the protocol of chat completions names it."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation with a model."""

    role: Role
    text: str


class Trouble(enum.StrEnum):
    """Why a model gave no text; a key of the catalogue's area "llm".

    REFUSED: key, model or request (4xx), or its own filter. FAILED: not reached, or an error or
    redirection of the server. MALFORMED: what came is not the protocol.
    CUT_OFF: the text has no end. TOO_LONG: it was stopped.
    """

    REFUSED = "refused"
    FAILED = "failed"
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    MALFORMED = "malformed"
    CUT_OFF = "cut_off"
    TOO_LONG = "too_long"
    BUDGET = "budget"


class ChatError(AnjiangError):
    """A model gave no text; it names why, and nothing that was sent or received."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(f"llm.{trouble.value}")
        self.trouble = trouble


class ChatModel(Protocol):
    """A language model behind a network."""

    def stream(self, messages: Sequence[Message]) -> AsyncIterator[str]:
        """The answer in pieces. It is whole only when the iteration ends by itself.

        Raises:
            ChatError: at any piece; what came before is worth nothing then.
        """
        ...
