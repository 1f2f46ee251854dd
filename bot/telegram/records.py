"""What the bot's database holds, as values."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from config.messages import Language

LaneKey = tuple[int, int]
"""Chat and topic (0: none): what has one order of its own."""


class Status(enum.StrEnum):
    """What has become of a question."""

    OPEN = "open"
    ANSWERED = "answered"
    APOLOGISED = "apologised"
    FAILED = "failed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: a chat, and a topic of it."""

    chat_id: int
    topic_id: int | None = None

    @property
    def lane(self) -> LaneKey:
        """Where what is asked there waits its turn."""
        return (self.chat_id, self.topic_id or 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it arrives.

    Attributes:
        topic_id: the group's topic, None outside topics.
        is_edit: whether the message is an edited one.
        created: seconds since 1970.
    """

    chat_id: int
    message_id: int
    user_id: int
    text: str
    language: Language
    created: float
    topic_id: int | None = None
    is_private: bool = True
    is_edit: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question that was accepted.

    Attributes:
        id: the bot's own number, counted from 1.
        revision: 1, and one more for each edit that changed the text.
        placeholder_id: the message that is, or will become, the first part of the answer.
        parts: the messages after it that carry the rest, in order.
    """

    id: int
    chat_id: int
    topic_id: int | None
    message_id: int
    revision: int
    user_id: int
    text: str
    language: Language
    is_private: bool
    status: Status
    placeholder_id: int | None
    parts: tuple[int, ...]
    created: float

    @property
    def lane(self) -> LaneKey:
        """Where it waits its turn."""
        return self.address.lane

    @property
    def address(self) -> Address:
        """Where its answer goes."""
        return Address(self.chat_id, self.topic_id)


class Acceptance(enum.Enum):
    """What came of handing a question in."""

    NEW = "new"
    REVISED = "revised"
    DUPLICATE = "duplicate"
    FULL = "full"


class Spending(enum.Enum):
    """Whether a person may ask now."""

    ALLOWED = "allowed"
    TOO_FAST = "too_fast"
    USED_UP = "used_up"


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn of a conversation, small enough to keep: its evidence is looked up again by id.

    Attributes:
        quoted: passage ids of the quotes, in order; empty when there was no answer.
        hits: passage ids of the first hits, best first.
        documents: ids of the documents quoted, or of the best hit's.
    """

    question: str
    quoted: tuple[str, ...]
    hits: tuple[str, ...]
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thought of an answer; ``verdict`` is "up" or "down"."""

    question_id: int
    chat_id: int
    user_id: int
    question: str
    verdict: str
    reason: str
    at: float
