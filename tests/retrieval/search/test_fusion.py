from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.candidates import Candidates
from retrieval.search.fusion import fuse, to_unit


def candidates(coverage: list[float], passage: list[float], sentence: list[float]) -> Candidates:
    count = len(coverage)
    return Candidates(
        np.arange(count),
        np.asarray(coverage, np.float32),
        np.asarray(passage, np.float32),
        np.asarray(sentence, np.float32),
        np.asarray(sentence, np.float32),
        np.arange(1, count + 1),
        np.arange(count),
        0.0,
        np.ones((count, 3), np.bool_),
    )


def test_fused_measure_worked_out_by_hand() -> None:
    fused = fuse(candidates([0.5, 0.0, 1.0], [2.0, 4.0, -1.0], [1.0, 3.0, -1.0]))
    # 8 * 0.5 + 0.2 * 2 + 0.5 * 1; 0.2 * 4 + 0.5 * 3; 8 - 0.2 - 0.5
    assert fused == pytest.approx([4.9, 2.3, 7.3])
    assert fused.dtype == np.float32


def test_nothing_fuses_to_nothing() -> None:
    assert fuse(candidates([], [], [])).shape == (0,)


def test_score_is_one_half_in_the_middle() -> None:
    scores = to_unit(np.asarray([4.0, 5.0], np.float32))
    assert scores[0] == 0.5
    assert scores[1] == pytest.approx(1 / (1 + 1 / np.e))


@given(st.floats(-200, 200), st.floats(0.01, 50))
def test_score_lies_in_the_unit_interval_and_never_falls(fused: float, more: float) -> None:
    less, greater = to_unit(np.asarray([fused, fused + more], np.float32)).tolist()
    assert 0 <= less <= greater <= 1
