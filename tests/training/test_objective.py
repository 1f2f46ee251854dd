"""The losses on similarities small enough to work out by hand, and what is drawn for a step."""

from __future__ import annotations

import math
import random

import pytest
import torch

from training.examples import Example
from training.forms import Forms
from training.objective import QUERIES, draw, passages_loss, queries_loss
from training.runs import Run
from training.train import rate_factor

LN2, LN3 = math.log(2), math.log(3)


def test_queries_loss_counts_near_misses_as_wrong() -> None:
    """A passage and a near miss as similar: ln 2. A near miss of double weight, 1 of 1 + 1 + 2: ln 4."""
    assert queries_loss(torch.tensor([[0.0, 0.0]]), torch.tensor([0])).item() == pytest.approx(LN2)
    similarity = torch.tensor([[0.0, 0.0, LN2], [0.0, 0.0, LN2]])
    assert queries_loss(similarity, torch.tensor([0, 1])).item() == pytest.approx(math.log(4))


def test_passages_loss_leaves_out_the_passages_other_queries() -> None:
    """Two queries of passage 0, one of passage 1, all as similar.

    From passage 0 to either of its queries there is one rival, the query of passage 1: ln 2. From passage 1
    to its query there are two rivals: ln 3.
    """
    loss = passages_loss(torch.zeros(3, 2), torch.tensor([0, 0, 1]))
    assert loss.item() == pytest.approx((2 * LN2 + LN3) / 3)


def test_however_similar_another_query_of_the_same_passage_is_it_costs_nothing() -> None:
    similarity = torch.zeros(3, 2)
    similarity[1, 0] = 50.0
    expected = (LN2 + 0.0 + LN3) / 3  # the second query itself is found for certain
    assert passages_loss(similarity, torch.tensor([0, 0, 1])).item() == pytest.approx(expected, abs=1e-6)


def test_passages_loss_counts_unanswered_questions_as_wrong() -> None:
    """Two queries, each of its own passage, and one that both leave open: two rivals each."""
    assert passages_loss(torch.zeros(3, 2), torch.tensor([0, 1])).item() == pytest.approx(LN3)


def test_lone_passage_with_its_own_queries_only_has_nothing_to_learn() -> None:
    assert passages_loss(torch.zeros(2, 1), torch.tensor([0, 0])).item() == pytest.approx(0.0)


ONE = Example("t", "会（甲）", "第一段。", ("问一", "问二", "问三", "问四"), ("近一", "近二"), ("缺一",))
TWO = Example("t", "会（乙）", "第二段。", ("问五",), (), ())


def test_draw_takes_three_queries_and_knows_whose_they_are() -> None:
    forms = Forms.of((ONE, TWO))
    shown = draw(Run("r"), (ONE, TWO), forms, random.Random(1))
    assert shown.owners == (0,) * QUERIES + (1,)
    assert len(set(shown.queries[:QUERIES])) == QUERIES
    assert set(shown.queries[:QUERIES]) < set(ONE.queries)
    assert shown.queries[QUERIES:] == TWO.queries
    assert shown.wrong_passages[0] in ONE.near_misses
    assert len(shown.wrong_passages) == 1
    assert shown.wrong_queries == ("缺一",)


def test_a_run_may_always_show_everyday_queries() -> None:
    """Two of five: both are always shown, and of the three others one."""
    example = Example(
        "t", "", "第一段。", ("问一", "问二", "问三", "俗一", "俗二"), everyday=("俗一", "俗二")
    )
    forms = Forms.of((example,))
    drawn = [
        draw(Run("r", everyday=True), (example,), forms, random.Random(seed)).queries for seed in range(30)
    ]
    assert {queries[:2] for queries in drawn} == {("俗一", "俗二")}
    assert {queries[2] for queries in drawn} == {"问一", "问二", "问三"}
    assert {len(queries) for queries in drawn} == {QUERIES}
    assert draw(Run("r", everyday=True), (TWO,), forms, random.Random(1)).queries == TWO.queries


def test_settings_leave_out_near_misses_and_headers() -> None:
    forms = Forms.of((ONE, TWO))
    for seed in range(30):
        shown = draw(Run("r", near_misses=False, headers=False), (ONE, TWO), forms, random.Random(seed))
        assert shown.wrong_passages == shown.wrong_queries == ()
        assert shown.passages == (ONE.passage, TWO.passage)


def test_rate_warms_up_over_a_tenth_and_falls_to_nothing() -> None:
    assert [rate_factor(step, 20) for step in (0, 1, 2)] == [0.5, 1.0, 1.0]
    assert rate_factor(11, 20) == pytest.approx(0.5)
    assert rate_factor(19, 20) == pytest.approx(0.5 * (1 + math.cos(math.pi * 17 / 18)))
    assert rate_factor(0, 1) == 1.0
