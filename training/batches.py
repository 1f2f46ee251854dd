"""Batches of examples: a share of them random, a share of passages that are hard to tell apart."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from training.dense import FloatArray
from training.examples import Example


def batches(
    examples: Sequence[Example],
    vectors: FloatArray,
    size: int,
    alike: float,
    chance: random.Random,
) -> list[list[Example]]:
    """One epoch: every example once, but for a last one that would be alone: it has no wrong answers.

    Args:
        examples: what is to be learned.
        vectors: the plain model's unit vectors of their passages, ``float32 (n, dim)``; hard negatives are
            mined by them.
        size: examples a batch.
        alike: share of the examples, 0 to 1, that are batched with their nearest neighbours.
        chance: the source of randomness.
    """
    order = list(range(len(examples)))
    chance.shuffle(order)
    cut = round(alike * len(order))
    rows = _by_nearness(order[:cut], vectors, size, chance)
    rest = order[cut:]
    rows += [rest[start : start + size] for start in range(0, len(rest), size)]
    chance.shuffle(rows)
    return [[examples[row] for row in batch] for batch in rows if len(batch) > 1]


def _by_nearness(rows: list[int], vectors: FloatArray, size: int, chance: random.Random) -> list[list[int]]:
    """Half a batch of nearest neighbours of a random passage, another half of another one's."""
    left = np.asarray(rows, np.int64)
    groups: list[list[int]] = []
    while left.size:
        nearness = vectors[left] @ vectors[chance.choice(left.tolist())]
        nearest = np.argsort(-nearness, kind="stable")[: max(1, size // 2)]
        groups.append(left[nearest].tolist())
        left = np.delete(left, nearest)
    chance.shuffle(groups)
    return [
        [row for group in groups[start : start + 2] for row in group] for start in range(0, len(groups), 2)
    ]
