"""Examples that no run learns from: what settings are chosen by."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from training.dense import QuestionSet
from training.examples import Example

HELD_OUT: Final = 250
"""Examples held out, or a tenth of them where that is fewer."""

FIRST: Final = 6050
"""Those held out are among the first so many, whatever is written later: what has learned once must not meet
as held out what it has learned. Files of later examples have names that sort behind."""

_SEED: Final = 20


def split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Examples to learn from, the first in a fixed random order, and those held out."""
    shuffled = list(examples[:FIRST])
    random.Random(_SEED).shuffle(shuffled)
    held_out = min(HELD_OUT, len(shuffled) // 10)
    return [*shuffled[held_out:], *examples[FIRST:]], shuffled[:held_out]


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
