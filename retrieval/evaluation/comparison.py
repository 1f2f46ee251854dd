"""Two runs on the same questions: how every measure differs, question by question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from retrieval.evaluation.intervals import LEVEL, RESAMPLES, SEED, Array, Difference, differences
from retrieval.evaluation.measures import MEASURES, Judged, values_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """How one measure differs between two runs.

    Attributes:
        measure: its name.
        questions: on how many it could be measured in both runs.
        first: mean of the first run over these questions.
        second: of the second run.
        difference: second less first, with interval and p.
    """

    measure: str
    questions: int
    first: float
    second: float
    difference: Difference


def compare(first: Sequence[Judged], second: Sequence[Judged]) -> tuple[Change, ...]:
    """The differences of every measure, in the order of `MEASURES`.

    A measure is compared over the questions that it applies to in both runs: the quotes of a question, for
    one, where both runs gave some.

    Raises:
        ValueError: the two are not of the same questions in the same order.
    """
    if [one.question.id for one in first] != [other.question.id for other in second]:
        raise ValueError("not the same questions")
    ours, theirs = [values_of(one) for one in first], [values_of(other) for other in second]
    groups: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for name in MEASURES:
        rows = tuple(at for at in range(len(ours)) if name in ours[at] and name in theirs[at])
        if rows:
            groups[rows].append(name)
    found = [
        change
        for rows, names in groups.items()
        for change in _changes(names, _columns(ours, rows, names), _columns(theirs, rows, names))
    ]
    return tuple(sorted(found, key=lambda change: MEASURES.index(change.measure)))


def comparison_json(changes: Sequence[Change]) -> Json:
    """What ``eval compare --json`` prints."""
    return {
        "level": LEVEL,
        "resamples": RESAMPLES,
        "seed": SEED,
        "measures": {
            change.measure: {
                "questions": change.questions,
                "first": round(change.first, 4),
                "second": round(change.second, 4),
                "difference": round(change.difference.value, 4),
                "low": round(change.difference.low, 4),
                "high": round(change.difference.high, 4),
                "p": round(change.difference.p, 6),
                "exact": change.difference.exact,
            }
            for change in changes
        },
    }


def _changes(names: Sequence[str], first: Array, second: Array) -> list[Change]:
    found = differences(first, second)
    means = zip(first.mean(axis=0), second.mean(axis=0), strict=True)
    return [
        Change(name, len(first), float(one), float(other), difference)
        for name, (one, other), difference in zip(names, means, found, strict=True)
    ]


def _columns(values: Sequence[dict[str, float]], rows: Sequence[int], names: Sequence[str]) -> Array:
    return np.asarray([[values[at][name] for name in names] for at in rows], np.float64)
