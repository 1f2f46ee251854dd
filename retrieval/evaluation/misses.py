"""What went wrong with which question: the list that a person works through."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.evaluation.measures import Judged, best_rank, gold_ranks, missing_facts, quote_precision

DEPTH = 5
"""A right hit below this rank counts as not found."""


class MissKind(enum.StrEnum):
    """The worst that can be said of an answer; a key of the catalogue's area "eval" behind "miss_"."""

    NOT_FOUND = "not_found"
    DECLINED = "declined"
    INCOMPLETE = "incomplete"
    FALSE_ANSWER = "false_answer"


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that did not go well.

    Attributes:
        ranks: for each gold quote where it was found, see `gold_ranks`.
        facts: that are missing from the quotes.
    """

    kind: MissKind
    judged: Judged
    ranks: tuple[int, ...]
    facts: tuple[str, ...]


def find_misses(run: Iterable[Judged]) -> tuple[Miss, ...]:
    """The misses of a run: by kind, in the order of the questions."""
    found = [
        Miss(kind, judged, gold_ranks(judged), missing_facts(judged))
        for judged in run
        if (kind := _kind(judged)) is not None
    ]
    kinds = list(MissKind)
    return tuple(sorted(found, key=lambda miss: kinds.index(miss.kind)))


def _kind(judged: Judged) -> MissKind | None:
    evidence = judged.evidence
    if not judged.question.answerable:
        return MissKind.FALSE_ANSWER if evidence.answerable else None
    if best_rank(judged) > DEPTH:
        return MissKind.NOT_FOUND
    if not evidence.answerable or not evidence.quotes:
        return MissKind.DECLINED
    if missing_facts(judged) or quote_precision(judged) == 0:
        return MissKind.INCOMPLETE
    return None
