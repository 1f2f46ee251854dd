"""Measures of ranks against values worked out by hand."""

from __future__ import annotations

import pytest

from training.rank_measures import measured

MISSING = 10**6


def test_measures_of_single_ranks() -> None:
    found = measured([1, 2, 5, 6, 10, 11, MISSING])
    assert found[:, 0].tolist() == [1, 0, 0, 0, 0, 0, 0]
    assert found[:, 1].tolist() == [1, 1, 1, 0, 0, 0, 0]
    assert found[:, 2].tolist() == pytest.approx([1, 1 / 2, 1 / 5, 1 / 6, 1 / 10, 0, 0])


@pytest.mark.parametrize("ranks", [[], [0, 1], [-3]])
def test_what_is_no_rank_is_refused(ranks: list[int]) -> None:
    with pytest.raises(ValueError, match=r"no questions|no rank"):
        measured(ranks)
