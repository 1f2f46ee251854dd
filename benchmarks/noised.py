"""A noisy text that knows which character of the clean one each of its own stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from retrieval.documents.types import Span

ADDED: Final = -1
"""The origin of a character that the clean text does not have."""


@dataclass(frozen=True, slots=True)
class Noised:
    """A noisy text.

    Attributes:
        text: what stands in the file.
        origins: for each code point of it the position in the clean text that it stands for, never falling;
            `ADDED` for what is noise.
    """

    text: str
    origins: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.text) != len(self.origins):
            raise ValueError(f"{len(self.text)} characters, {len(self.origins)} origins")

    def original(self, span: Span) -> Span | None:
        """The clean range that a noisy range stands for; None when it is nothing but noise."""
        known = [origin for origin in self.origins[span.start : span.end] if origin != ADDED]
        return Span(known[0], known[-1] + 1) if known else None

    def added(self, span: Span) -> str:
        """What of a noisy range is noise."""
        return "".join(self.text[at] for at in range(span.start, span.end) if self.origins[at] == ADDED)
