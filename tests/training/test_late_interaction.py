"""The late-interaction experiment's arithmetic, on vectors small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from retrieval.evaluation.intervals import area_under_curve
from training.late_interaction import Reranked, ShortVectors, TokenVectors


def _tokens(*texts: list[list[float]]) -> TokenVectors:
    states = [torch.tensor(text) for text in texts]
    masks = [torch.ones(len(text), dtype=torch.bool) for text in states]
    return TokenVectors(
        torch.nn.utils.rnn.pad_sequence(states, batch_first=True),
        torch.nn.utils.rnn.pad_sequence(masks, batch_first=True),
    )


def _short(weight_of_second: float = 0.0) -> ShortVectors:
    """The map keeps both coordinates; a token counts the more the larger its second one is."""
    short = ShortVectors(2)
    with torch.no_grad():
        short.map.weight.zero_()
        short.map.weight[0, 0] = short.map.weight[1, 1] = 1.0
        short.weight.weight.copy_(torch.tensor([[0.0, weight_of_second]]))
        short.weight.bias.zero_()
    return short


def test_score_is_the_mean_of_each_tokens_nearest() -> None:
    question = _tokens([[1.0, 0.0], [0.0, 1.0]])
    passages = _tokens([[2.0, 0.0]], [[1.0, 0.0], [0.0, 3.0], [-1.0, 0.0]])
    # The first passage has only the first token's direction: (1 + 0) / 2; the second has both.
    scores = _short()(question, passages)
    assert scores.tolist() == [pytest.approx([0.5, 1.0])]


def test_padding_of_question_and_passage_counts_for_nothing() -> None:
    questions = _tokens([[1.0, 0.0]], [[-1.0, 0.0], [0.0, 1.0]])
    passages = _tokens([[-1.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]])
    scores = _short()(questions, passages)
    # A padded row would have cosine 0 with everything, above the -1 that stands there.
    assert scores.tolist() == [pytest.approx([-1.0, 1.0]), pytest.approx([0.5, 0.5])]


def test_tokens_count_by_their_learned_weight() -> None:
    question = _tokens([[1.0, 0.0], [0.0, 1.0]])
    passage = _tokens([[1.0, 0.0]])
    # softplus(0) = 0.6931, softplus(2) = 2.1269: the first token's 1 counts 0.6931 / 2.8200.
    assert _short(2.0)(question, passage).item() == pytest.approx(0.2458, abs=1e-4)


def test_weight_decides_between_vectors_and_late_interaction() -> None:
    reranked = Reranked(
        best=np.array([[7, 3, 5]]),
        dense=np.array([[3.0, 2.0, 1.0]], np.float32),
        late=np.array([[0.1, 0.2, 0.9]], np.float32),
        right=((5,),),
        seconds=0.0,
    )
    assert reranked.ranks(0.0) == [3]
    assert reranked.ranks(4.0) == [1]


def test_right_passage_beyond_the_reordered_ones_is_not_found() -> None:
    reranked = Reranked(
        np.array([[7, 3]]),
        np.array([[2.0, 1.0]], np.float32),
        np.array([[0.0, 1.0]], np.float32),
        ((9,),),
        0.0,
    )
    assert reranked.ranks(1.0) == [10**6]


def test_area_is_the_share_of_pairs_in_order() -> None:
    values = np.array([0.9, 0.4, 0.4, 0.1], np.float32)
    right = np.array([True, True, False, False])
    # Pairs: 0.9 above both; 0.4 level with one (half) and above the other: 3.5 of 4.
    assert area_under_curve(values, right) == 0.875
