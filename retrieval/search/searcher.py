"""Ask an opened index: question in, hits or evidence out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.types import Evidence, Hit


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may answer; None means any.

    Attributes:
        document: id, path, or a part of the path or title.
        speaker: whose words, or a part of the name.
        year: of the speech, as a number.
    """

    document: str | None = None
    speaker: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A question asked before in the same conversation, with what it found."""

    question: str
    evidence: Evidence


class Searcher:
    """One opened generation with its encoder and glossary; safe to use from several threads."""

    def search(self, question: str, *, filters: Filters = Filters(), limit: int = 10) -> tuple[Hit, ...]:
        """The best passages, best first, near-duplicates folded; () when nothing matches at all."""
        raise NotImplementedError

    def ask(
        self,
        question: str,
        *,
        past: Sequence[PastTurn] = (),
        filters: Filters = Filters(),
        limit: int = 10,
    ) -> Evidence:
        """What the archive says, understood in the context of the turns before."""
        raise NotImplementedError
