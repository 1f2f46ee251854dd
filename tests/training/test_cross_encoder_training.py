"""The cross-encoder learns for real, goes on from what was learned before, and goes part of the way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from embeddings.prepare import prepare_model
from training.adapter import Factors, read_adapter, write_adapter
from training.cross_encoder import CLASSIFIER, STRENGTH, CrossEncoder, learn, loss
from training.pairs import Pair

LAYER = "encoder.layer.11.output.dense"
PAIRS = [
    Pair("罐区几点换岗", "罐区每日早晚八点换岗。", True, "own"),
    Pair("罐区换岗罚多少", "罐区每日早晚八点换岗。", False, "unanswered"),
    Pair("仓库多久清点", "仓库每周清点一次。", True, "own"),
    Pair("仓库多久清点", "食堂周日休息。", False, "mined"),
]


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """An earlier cross-encoder: a change of rank 2 to one layer, and a classifier."""
    random = np.random.default_rng(3)
    path = tmp_path / "earlier.safetensors"
    factors = [(2, 1536, 384, 0.02), (1, 768, 1, 0.05)]
    made = [
        Factors(
            np.asarray(random.normal(0, size, (rank, inputs)), np.float16).astype(np.float32),
            np.ones((outputs, rank), np.float32),
        )
        for rank, inputs, outputs, size in factors
    ]
    write_adapter(path, dict(zip((LAYER, CLASSIFIER), made, strict=True)), {})
    return path


@pytest.fixture
def model(started: Path) -> CrossEncoder:
    torch.manual_seed(1)
    return CrossEncoder(prepare_model("default", adapter="none").folder, started)


def test_it_goes_on_from_an_earlier_one_and_part_of_the_way(model: CrossEncoder, started: Path) -> None:
    earlier = read_adapter(started)[0]
    for name, factors in earlier.items():
        np.testing.assert_allclose(model.adapter()[name].change(), factors.change(), atol=1e-6)
    assert list(learn(model, PAIRS, minutes=1e-9)) == []  # no time
    (before,) = learn(model, PAIRS)
    assert float(loss(model, PAIRS).detach()) < before
    learned = model.encoder.adapter()[LAYER].change()
    assert np.abs(learned).max() > 1e-4
    gone = model.adapter()[LAYER].change() - earlier[LAYER].change()
    np.testing.assert_allclose(gone, STRENGTH * learned, atol=1e-5)
    whole = model.adapter(strength=1)[LAYER].change() - earlier[LAYER].change()
    np.testing.assert_allclose(whole, learned, atol=1e-5)


def test_a_text_that_only_a_rule_calls_wrong_is_left_out_where_it_surely_answers(model: CrossEncoder) -> None:
    mined = [pair for pair in PAIRS if pair.kind == "mined"]
    left_open = [pair for pair in PAIRS if pair.kind == "unanswered"]
    assert float(loss(model, mined).detach()) > 0
    with torch.no_grad():
        model.head.bias.fill_(20.0)
    assert float(loss(model, mined).detach()) == 0
    assert float(loss(model, left_open).detach()) > 10
