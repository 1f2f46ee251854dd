"""Examples that no run learns from: what settings are chosen by."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from training.dense import QuestionSet
from training.examples import Example

HELD_OUT: Final = 250
"""Of the first examples, or a tenth of them where that is fewer."""

FIRST: Final = 6050
"""The first examples: so many, whatever is written later. What has learned once must not meet as held out
what it has learned, so files of later examples have names that sort behind."""

LATER_STEP: Final = 5
"""Of later examples every fifth is held out."""

DISTRACTORS: Final = 2000
"""Passages of the first examples that later ones held out are searched among, beside all later ones."""

_SEED: Final = 20


@dataclass(frozen=True, slots=True)
class Split:
    """All examples, each in one of four places.

    Attributes:
        first: the first ones that may be learned, in a fixed random order.
        held_out: the first ones held out.
        later: later ones that may be learned, in their order; most are asked in everyday words.
        later_held_out: later ones held out.
    """

    first: tuple[Example, ...]
    held_out: tuple[Example, ...]
    later: tuple[Example, ...]
    later_held_out: tuple[Example, ...]

    @property
    def learned(self) -> list[Example]:
        """All that may be learned, the first ones before the later ones."""
        return [*self.first, *self.later]


def split(examples: Sequence[Example]) -> Split:
    """What may be learned and what is held out."""
    shuffled = list(examples[:FIRST])
    random.Random(_SEED).shuffle(shuffled)
    held_out = min(HELD_OUT, len(shuffled) // 10)
    later = examples[FIRST:]
    return Split(
        first=tuple(shuffled[held_out:]),
        held_out=tuple(shuffled[:held_out]),
        later=tuple(each for row, each in enumerate(later) if row % LATER_STEP),
        later_held_out=tuple(later[::LATER_STEP]),
    )


def held_out_set(examples: Sequence[Example]) -> QuestionSet:
    """Every query of the held-out examples against their passages and near misses."""
    passages = [example.passage for example in examples]
    passages += [miss for example in examples for miss in example.near_misses]
    asked = [(query, row) for row, example in enumerate(examples) for query in example.queries]
    return QuestionSet(
        name="held_out",
        passages=tuple(passages),
        sentences=(),
        owners=(),
        questions=tuple(query for query, _ in asked),
        right=tuple((row,) for _, row in asked),
    )


def later_set(parts: Split) -> QuestionSet:
    """Every query of the later examples held out, against all later passages and some of the first."""
    alone = held_out_set(parts.later_held_out)
    chosen = min(DISTRACTORS, len(parts.first))
    others = [*parts.later, *random.Random(_SEED).sample(parts.first, chosen)]
    return replace(alone, name="later", passages=(*alone.passages, *(each.passage for each in others)))
