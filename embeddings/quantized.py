"""Weight matrices in 8 bits, in the two forms that ONNX Runtime multiplies with.

In *blocks* (``MatMulNBits``) every 32 weights have a scale of their own, and so do every 32 activations. In
*columns* (``DynamicQuantizeMatMul``) every output has one scale and a whole layer's activations share one:
one that is far larger than the rest takes the precision from all others. So two things are done before.
Activations are divided by how large they may become and the weights multiplied by it (SmoothQuant, Xiao et
al., ICML 2023, with sizes told from the weights before instead of from texts), and the few inputs that become
by far the largest stay in float32 (LLM.int8(), Dettmers et al., NeurIPS 2022).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from embeddings.types import FloatArray, IntArray

Weights: TypeAlias = Mapping[str, npt.NDArray[np.floating]]
"""By the names of ``transformers.BertModel.state_dict()``, in any precision."""

BLOCK: Final = 32
"""Weights that share one scale in blocks; what such a matrix takes in must be a multiple of it."""

DEVIATIONS: Final = 3.5
"""How many standard deviations an activation is reckoned to reach: one value in two thousand goes further."""

AVERAGED: Final = 0.7
"""What is left of a value's deviation where attention averages over tokens."""

SMALLEST: Final = 0.2
"""What GELU gives at least: below 0 it never goes under -0.17."""

HOT: Final = 16
"""Inputs of a feed-forward layer's two matrices that stay in float32. Without them the default model's
vectors agree with the exact ones at cosine 0.90, with them at 0.998; more of them gain nothing."""


def quantize_blocks(weight: FloatArray) -> tuple[npt.NDArray[np.uint8], FloatArray]:
    """8-bit weights of a ``(outputs, inputs)`` matrix as ``MatMulNBits`` wants them.

    Returns:
        ``uint8 (outputs, blocks, 32)`` around a zero point of 128, and ``float32 (outputs, blocks)`` scales.
    """
    outputs, inputs = weight.shape
    if inputs % BLOCK:
        raise ValueError(f"{inputs} inputs do not divide into blocks of {BLOCK}")
    blocks = weight.reshape(outputs, inputs // BLOCK, BLOCK)
    scales = np.abs(blocks).max(axis=2) / np.float32(127)
    safe = np.where(scales == 0, np.float32(1), scales)
    quantized = np.rint(blocks / safe[:, :, None]) + 128
    return quantized.astype(np.uint8), scales.astype(np.float32)


def quantize_columns(weight: FloatArray) -> tuple[npt.NDArray[np.int8], FloatArray]:
    """8-bit weights of a ``(outputs, inputs)`` matrix as ``DynamicQuantizeMatMul`` wants them.

    Signed: that is what VNNI multiplies, twice as fast as unsigned ones. What processors without it make of
    them, see `embeddings.onnx.open_session`.

    Returns:
        ``int8 (inputs, outputs)``, at least -127, and ``float32 (outputs,)`` scales.
    """
    scales = np.abs(weight).max(axis=1) / np.float32(127)
    safe = np.where(scales == 0, np.float32(1), scales)
    quantized = np.rint(weight / safe[:, None])
    return np.ascontiguousarray(quantized.T.astype(np.int8)), safe.astype(np.float32)


def smoothing(reach: FloatArray, weight: FloatArray) -> FloatArray:
    """By what to divide each input, and multiply its weights: ``float32 (inputs,)``, above 0.

    The middle between even activations and even weights.

    Args:
        reach: how large each input may become.
        weight: ``(outputs, inputs)``.
    """
    largest = np.maximum(np.abs(weight).max(axis=0), 1e-6)
    factors = np.sqrt(np.maximum(reach, 1e-6) / largest)
    return np.asarray(factors / np.exp(np.log(factors).mean()), np.float32)


def hottest(reach: FloatArray, weight: FloatArray) -> IntArray:
    """The inputs that matter most to a matrix and fit least into one scale, ascending; at most ``HOT``."""
    worth = reach * np.sqrt(np.square(weight).mean(axis=0))
    return np.sort(np.argsort(-worth, kind="stable")[:HOT]).astype(np.int64)


def normed_reach(weights: Weights, norm: str) -> FloatArray:
    """How large each output of a layer normalisation may become."""
    gain, bias = _float(weights, norm + ".weight"), _float(weights, norm + ".bias")
    return np.asarray(np.abs(bias) + DEVIATIONS * np.abs(gain), np.float32)


def attended_reach(weights: Weights, norm: str, value: str) -> FloatArray:
    """The same of what attention gathers, from the projection of values and the normalisation before it."""
    middle, deviation = _projected(weights, norm, value)
    return np.asarray(np.abs(middle) + AVERAGED * DEVIATIONS * deviation, np.float32)


def grown_reach(weights: Weights, norm: str, dense: str) -> FloatArray:
    """The same after GELU, from the projection before it and the normalisation before that."""
    middle, deviation = _projected(weights, norm, dense)
    return np.asarray(np.maximum(SMALLEST, middle + DEVIATIONS * deviation), np.float32)


def _projected(weights: Weights, norm: str, dense: str) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of a projection of what a normalisation gives, its values independent."""
    weight = _float(weights, dense + ".weight")
    gain, bias = _float(weights, norm + ".weight"), _float(weights, norm + ".bias")
    middle = weight @ bias + _float(weights, dense + ".bias")
    return middle, np.sqrt(np.square(weight * gain).sum(axis=1))


def _float(weights: Weights, name: str) -> FloatArray:
    return weights[name].astype(np.float32)
