"""Weights in 8 bits, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.quantized import (
    HOT,
    hottest,
    quantize_blocks,
    quantize_columns,
    rounding,
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


def test_what_rounding_takes_on_average_is_told() -> None:
    # 0.4 too little of an input that is 10 on average, 0.25 too much of one that is 2.
    weight = np.array([[1.4, 0.75], [1, 1]], np.float32)
    lost = rounding(weight, np.ones((2, 2), np.float32), np.array([10, 2], np.float32))
    np.testing.assert_allclose(lost, [3.5, 0], atol=1e-6)


def test_smoothing_evens_activations_a_little_more_than_weights() -> None:
    # 32 ** 0.6 / 4 ** 0.4 = 2 ** 2.2 and 1; their geometric mean is 2 ** 1.1.
    factors = smoothing(np.array([32, 1], np.float32), np.array([[2, -1], [4, 0]], np.float32))
    np.testing.assert_allclose(factors, [2**1.1, 2**-1.1], rtol=1e-6)


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
