"""What the cross-encoder learns from, and how it is judged: pairs of questions and texts with a yes or no."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from training.cross_encoder import BATCH, Pair, draw_pairs, held_out_pairs, summary
from training.cross_encoder import _alike_in_length as batches
from training.examples import Example

EXAMPLES = tuple(
    Example(
        topic=f"题{number % 3}",
        title=f"{number}号会议",
        passage=f"第{number}条规定写在墙上。",
        queries=(f"{number}号问甲", f"{number}号问乙", f"{number}号问丙"),
        near_misses=(f"第{number}条修订过两次。",) if number % 2 else (),
        unanswered=(f"{number}号罚多少",),
    )
    for number in range(12)
)


@pytest.mark.parametrize("seed", range(20))
def test_only_a_passages_own_questions_are_answered_by_it(seed: int) -> None:
    vectors = np.eye(12, dtype=np.float32)
    pairs = draw_pairs(EXAMPLES, vectors, random.Random(seed))
    assert Counter(pair.kind for pair in pairs) == {"own": 24, "unanswered": 12, "near miss": 6, "mined": 12}
    for pair in pairs:
        number = int(pair.question.partition("号")[0])
        own = EXAMPLES[number]
        assert pair.answers == (pair.kind == "own")
        assert (pair.question in own.unanswered) == (pair.kind == "unanswered")
        # A mined text is of others; the passage that answers never stands in it, not even as a neighbour.
        assert (own.passage in pair.text) == (pair.kind in ("own", "unanswered"))
    assert draw_pairs(EXAMPLES, vectors, random.Random(seed)) == pairs


def test_held_out_examples_are_asked_in_full() -> None:
    pairs = held_out_pairs(EXAMPLES[1:2])
    passage, miss = EXAMPLES[1].passage, EXAMPLES[1].near_misses[0]
    asked = [(pair.question, pair.text, pair.answers) for pair in pairs]
    assert asked == [
        ("1号问甲", passage, True),
        ("1号问乙", passage, True),
        ("1号问丙", passage, True),
        ("1号罚多少", passage, False),
        ("1号问甲", miss, False),
        ("1号问乙", miss, False),
    ]


def test_each_kind_of_wrong_pairs_has_an_area_of_its_own() -> None:
    """Right pairs score 1 and 3: of the two comparisons with 2 one is won; 0 is below both."""
    kinds = [("own", True, 1.0), ("own", True, 3.0), ("near miss", False, 2.0), ("unanswered", False, 0.0)]
    pairs = [Pair("问", "文", answers, kind) for kind, answers, _ in kinds]
    scores = np.array([score for *_, score in kinds], np.float32)
    assert summary(pairs, scores) == {"near miss": 0.5, "unanswered": 1.0}


def test_batches_hold_every_pair_once_and_texts_of_like_length() -> None:
    pairs = [Pair("问", "文" * (number * 37 % 200), True, "own") for number in range(20 * BATCH)]
    made = batches(pairs)
    assert sorted(len(pair.text) for batch in made for pair in batch) == sorted(
        len(pair.text) for pair in pairs
    )
    assert {len(batch) for batch in made} == {BATCH}
    widest = max(max(len(p.text) for p in batch) - min(len(p.text) for p in batch) for batch in made)
    assert widest < 60  # of 200, as they come
