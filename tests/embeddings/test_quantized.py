"""Weights in 8 bits, worked out by hand, and what the forms of the default model lose."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.quantized import (
    HOT,
    attended_reach,
    grown_reach,
    hottest,
    normed_reach,
    quantize_blocks,
    quantize_columns,
    smoothing,
)


def test_blocks_are_quantized_as_worked_out_by_hand() -> None:
    weight = np.zeros((2, 64), dtype=np.float32)
    weight[0, :4] = [127, -127, 63.6, 0.4]  # scale 1: 255, 1, 192, 128
    weight[1, 32:34] = [0.5, -0.25]  # scale 0.5 / 127: 255, and 128 - 63.5 rounded to even
    quantized, scales = quantize_blocks(weight)
    assert quantized.shape == (2, 2, 32)
    assert quantized[0, 0, :5].tolist() == [255, 1, 192, 128, 128]
    assert quantized[1, 1, :3].tolist() == [255, 64, 128]
    np.testing.assert_allclose(scales, np.array([[1, 0], [0, 0.5 / 127]]), rtol=1e-6)
    with pytest.raises(ValueError, match="blocks"):
        quantize_blocks(np.zeros((2, 33), dtype=np.float32))


def test_columns_are_quantized_as_worked_out_by_hand() -> None:
    weight = np.array([[127, -127, 63.6], [0.5, -0.25, 0], [0, 0, 0]], dtype=np.float32)
    quantized, scales = quantize_columns(weight)
    assert quantized.T.tolist() == [[127, -127, 64], [127, -64, 0], [0, 0, 0]]
    assert quantized.dtype == np.int8
    np.testing.assert_allclose(scales, [1, 0.5 / 127, 1], rtol=1e-6)
    assert quantized.flags.c_contiguous


def test_smoothing_evens_activations_and_weights_half_way() -> None:
    # Reach over the largest weight: 8 / 2 = 4 and 1 / 4; roots 2 and 1/2, whose geometric mean is 1.
    factors = smoothing(np.array([8, 1], np.float32), np.array([[2, -4], [1, 0]], np.float32))
    np.testing.assert_allclose(factors, [2, 0.5], rtol=1e-6)


def test_an_input_without_weights_or_reach_divides_by_no_zero() -> None:
    factors = smoothing(np.array([0, 1], np.float32), np.array([[1, 0]], np.float32))
    assert np.isfinite(factors).all()
    assert (factors > 0).all()


def test_the_hottest_inputs_reach_far_and_count_much() -> None:
    reach = np.ones(40, np.float32)
    weight = np.ones((2, 40), np.float32)
    reach[[3, 7]] = 100
    weight[:, 3] = 0  # whatever it reaches, nothing comes of it
    found = hottest(reach, weight).tolist()
    assert len(found) == HOT
    assert found == sorted(found)
    assert 7 in found
    assert 3 not in found


def test_reach_is_mean_and_deviations() -> None:
    weights = {
        "n.weight": np.array([2, -1], np.float16),
        "n.bias": np.array([-0.5, 1], np.float16),
        "d.weight": np.array([[3, 0], [0, -8]], np.float16),
        "d.bias": np.array([0.5, 0], np.float16),
    }
    # |-0.5| + 3.5 * 2 and 1 + 3.5 * 1
    assert normed_reach(weights, "n").tolist() == [7.5, 4.5]
    # Means 3 * -0.5 + 0.5 = -1 and -8; deviations 3 * 2 = 6 and 8.
    np.testing.assert_allclose(attended_reach(weights, "n", "d"), [1 + 2.45 * 6, 8 + 2.45 * 8], rtol=1e-6)
    assert grown_reach(weights, "n", "d").tolist() == [-1 + 3.5 * 6, -8 + 3.5 * 8]
    weights["d.bias"] = np.array([-50, 0], np.float16)
    assert grown_reach(weights, "n", "d")[0] == pytest.approx(0.2)  # GELU lets nothing through
