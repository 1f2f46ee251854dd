"""Batches: every example once an epoch, and nearest neighbours together where that is asked for."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.batches import batches
from training.dense import FloatArray
from training.examples import Example


def examples(count: int) -> list[Example]:
    return [Example("t", "", f"第{number}条", (f"问{number}",)) for number in range(count)]


def circle(degrees: list[float]) -> FloatArray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@given(st.integers(2, 40), st.integers(2, 9), st.sampled_from([0.0, 0.3, 0.5, 1.0]), st.integers(0, 99))
def test_every_example_comes_once_but_for_a_lone_last_one(
    count: int, size: int, alike: float, seed: int
) -> None:
    given_ = examples(count)
    vectors = circle([360 * row / count for row in range(count)])
    made = batches(given_, vectors, size, alike, random.Random(seed))
    seen = [example.passage for batch in made for example in batch]
    assert len(seen) == len(set(seen))
    assert len(seen) >= count - 2  # one left over of the alike share, one of the rest
    assert all(2 <= len(batch) <= size for batch in made)


def test_random_batches_are_full_but_for_the_last() -> None:
    made = batches(examples(11), circle([0.0] * 11), 4, 0.0, random.Random(3))
    assert sorted(len(batch) for batch in made) == [3, 4, 4]
    alone = batches(examples(9), circle([0.0] * 9), 4, 0.0, random.Random(3))
    assert sorted(len(batch) for batch in alone) == [4, 4]


@pytest.mark.parametrize("seed", range(20))
def test_alike_batches_hold_nearest_neighbours(seed: int) -> None:
    """Four pairs, 5 degrees apart in a pair and 85 or more between pairs; half a batch of 4 is a pair."""
    vectors = circle([0, 90, 180, 270, 5, 95, 185, 275])
    made = batches(examples(8), vectors, 4, 1.0, random.Random(seed))
    rows = [[int(example.passage[1:-1]) for example in batch] for batch in made]
    halves = [frozenset(half) for batch in rows for half in (batch[:2], batch[2:])]
    assert len(rows) == 2
    assert set(halves) == {frozenset({row, row + 4}) for row in range(4)}


def test_same_seed_gives_the_same_batches_and_another_seed_others() -> None:
    vectors = circle([float(row * 7) for row in range(40)])
    one, again, other = (batches(examples(40), vectors, 8, 0.5, random.Random(seed)) for seed in (1, 1, 2))
    assert one == again
    assert one != other
