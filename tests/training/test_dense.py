"""Ranks by vectors alone, worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from training.dense import FloatArray, QuestionSet, ranks, read_sets, summary
from training.errors import TrainingError

VECTORS = {
    "q": (1.0, 0.0),
    "near": (1.0, 0.0),
    "middle": (0.8, 0.6),
    "far": (0.0, 1.0),
    "exact": (1.0, 0.0),
    "off": (0.0, 1.0),
}


def encode(texts: Sequence[str]) -> FloatArray:
    return np.array([VECTORS[text] for text in texts], np.float32)


def asked(
    right: tuple[int, ...], sentences: tuple[str, ...] = (), owners: tuple[int, ...] = ()
) -> QuestionSet:
    return QuestionSet("s", ("near", "middle", "far"), sentences, owners, ("q",), (right,))


@pytest.mark.parametrize(("right", "rank"), [((0,), 1), ((1,), 2), ((2,), 3), ((2, 1), 2), ((), 10**6)])
def test_rank_is_that_of_the_first_right_passage(right: tuple[int, ...], rank: int) -> None:
    assert ranks(asked(right), encode, encode) == [rank]


def test_the_best_sentence_counts_as_much_as_the_passage() -> None:
    """Cosines of passages 1, 0.8, 0: mean 0.6, deviation sqrt(0.56 / 3) = 0.432, so 0.926, 0.463, -1.389.

    Cosines of sentences 0, 0, 1, 0: mean 0.25, deviation 0.433, so 1.732 for the exact one, -0.577 for the
    others. Sums: near 0.349, middle 2.195 (its best of two), far -1.966.
    """
    sentences = ("off", "off", "exact", "off")
    owners = (0, 1, 1, 2)
    assert ranks(asked((1,), sentences, owners), encode, encode) == [1]
    assert ranks(asked((0,), sentences, owners), encode, encode) == [2]
    assert ranks(asked((2,), sentences, owners), encode, encode) == [3]


def test_a_passage_without_sentences_is_last() -> None:
    assert ranks(asked((0,), ("exact", "off"), (1, 2)), encode, encode) == [3]


def test_summary_by_hand() -> None:
    """1/1 + 1/2 + 1/10 + 0 + 0 over 5 questions."""
    assert summary([1, 2, 10, 11, 10**6]) == {"success@1": 0.2, "success@5": 0.4, "mrr@10": 0.32}


def test_sets_are_read_as_written_and_others_refused(tmp_path: Path) -> None:
    path = tmp_path / "sets.json"
    row = {
        "name": "s",
        "passages": ["near"],
        "sentences": [],
        "owners": [],
        "questions": ["q"],
        "right": [[0]],
    }
    path.write_text(json.dumps([row]), "utf-8")
    assert read_sets(path) == [QuestionSet("s", ("near",), (), (), ("q",), ((0,),))]
    for broken in ("{", '{"a": 1}', json.dumps([{"name": "s"}])):
        path.write_text(broken, "utf-8")
        with pytest.raises(TrainingError, match=r"sets\.json: no question sets"):
            read_sets(path)
    with pytest.raises(TrainingError, match="absent"):
        read_sets(tmp_path / "absent.json")
