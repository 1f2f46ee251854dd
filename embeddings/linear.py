"""Linear layers of a graph, their weights in 8 bits; see `embeddings.quantized`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
import numpy.typing as npt

from embeddings.graph_nodes import CONTRIB, Nodes
from embeddings.quantized import (
    BLOCK,
    Inputs,
    hottest,
    quantize_blocks,
    quantize_columns,
    rounding,
    smoothing,
)
from embeddings.types import FloatArray, IntArray


class Matrices(Enum):
    """How weight matrices are multiplied; see `embeddings.quantized`."""

    BLOCKS = "blocks"
    """Nearer to the exact vectors, whatever the weights."""
    SIGNED = "signed"
    """In columns: three times as fast, on processors that multiply signed weights exactly. The vectors were
    compared for the default model's weights only."""
    UNSIGNED = "unsigned"
    """The same numbers for all other processors, at half that speed."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear layer. What is said of its inputs makes a difference in columns only.

    Attributes:
        name: put before the names of what is made.
        weight: ``(outputs, inputs)``.
        bias: ``(outputs,)``.
        inputs: what it takes in.
        hot: whether a few of the inputs become far larger than the others.
        uneven: whether tokens differ so much in how large their inputs become that one scale is too little
            even so: then each has its own.
        evened: whether its inputs need no smoothing any more.
    """

    name: str
    weight: FloatArray
    bias: FloatArray
    inputs: Inputs
    hot: bool = False
    uneven: bool = False
    evened: bool = False

    def divided(self, factors: FloatArray) -> Linear:
        """The layer with the same output for inputs that are divided by some factors."""
        inputs = Inputs(reach=self.inputs.reach / factors, mean=self.inputs.mean / factors)
        return replace(self, weight=self.weight * factors, inputs=inputs, evened=True)


class LinearLayers:
    """Writes linear layers in one form.

    Args:
        nodes: where to.
        matrices: the form.
    """

    def __init__(self, nodes: Nodes, matrices: Matrices) -> None:
        self._nodes = nodes
        self._matrices = matrices

    def factors(self, inputs: Inputs, weight: FloatArray) -> FloatArray:
        """By what to divide inputs; see `smoothing`. Blocks by themselves need none."""
        if self._matrices is Matrices.BLOCKS:
            return np.ones(weight.shape[1], np.float32)
        return smoothing(inputs.reach, weight)

    def evened(self, layers: Sequence[Linear], given: str) -> tuple[str, list[Linear]]:
        """What several layers take in, divided once for all of them, and the layers for it."""
        if self._matrices is Matrices.BLOCKS:
            return given, list(layers)
        factors = smoothing(layers[0].inputs.reach, np.concatenate([layer.weight for layer in layers]))
        divided = self._multiplied(layers[0].name, given, 1 / factors)
        return divided, [layer.divided(factors) for layer in layers]

    def dense(self, layer: Linear, given: str) -> str:
        """The layer's output for what a node gives."""
        if self._matrices is Matrices.BLOCKS:
            return self._in_blocks(layer, given)
        if layer.evened:
            return self._in_columns(layer, given)
        factors = smoothing(layer.inputs.reach, layer.weight)
        rest, shares = layer.divided(factors), 1 / factors
        hot = hottest(layer.inputs.reach, layer.weight) if layer.hot else np.empty(0, np.int64)
        rest.weight[:, hot] = shares[hot] = 0
        multiply = self._by_token if layer.uneven else self._in_columns
        product = multiply(rest, self._multiplied(layer.name, given, shares))
        return self._with_hot(layer, hot, given, product) if layer.hot else product

    def _by_token(self, layer: Linear, given: str) -> str:
        """In columns, each token divided by its largest input before and multiplied by it afterwards."""
        name, node = layer.name, self._nodes.node
        sizes = node("Abs", [given], name + ".sizes")
        largest = node("ReduceMax", [sizes], name + ".largest", axes=[2], keepdims=1)
        # A row of zeros would have no vector; neither a layer normalisation nor GELU gives one.
        alike = node("Div", [given, largest], name + ".alike")
        quantized, bias = self._columns(layer)
        product = node("DynamicQuantizeMatMul", [alike, *quantized], name + ".out", domain=CONTRIB)
        product = node("Mul", [product, largest], name + ".product")
        return node("Add", [product, bias], name + ".biased")

    def _multiplied(self, name: str, given: str, shares: npt.NDArray[np.floating]) -> str:
        constant = self._nodes.constant(name + ".even", shares.astype(np.float32))
        return self._nodes.node("Mul", [given, constant], name + ".evened")

    def _with_hot(self, layer: Linear, hot: IntArray, given: str, product: str) -> str:
        """And what is multiplied in float32."""
        name, nodes = layer.name, self._nodes
        gathered = nodes.node("Gather", [given, nodes.constant(name + ".hot", hot)], name + ".few", axis=2)
        exact = nodes.constant(name + ".exact", layer.weight[:, hot].T)
        added = nodes.node("MatMul", [gathered, exact], name + ".added")
        return nodes.node("Add", [product, added], name + ".sum")

    def _in_columns(self, layer: Linear, given: str) -> str:
        quantized, bias = self._columns(layer)
        return self._nodes.node(
            "DynamicQuantizeMatMul", [given, *quantized, bias], layer.name + ".out", domain=CONTRIB
        )

    def _columns(self, layer: Linear) -> tuple[list[str], str]:
        """Names of the matrix, its scales and its zero point, and of the bias."""
        constant = self._nodes.constant
        signed, scales = quantize_columns(layer.weight)
        bias = layer.bias + rounding(layer.weight, signed.T * scales[:, None], layer.inputs.mean)
        quantized: npt.NDArray[np.int8] | npt.NDArray[np.uint8] = signed
        zero = ""
        if self._matrices is Matrices.UNSIGNED:
            # The upper bit turned is 128 added; both are the same matrix.
            quantized = signed.view(np.uint8) ^ np.uint8(128)
            zero = constant(layer.name + ".zero", np.array(128, np.uint8))
        return [
            constant(layer.name + ".q8", quantized),
            constant(layer.name + ".scales", scales),
            zero,
        ], constant(layer.name + ".bias", bias)

    def _in_blocks(self, layer: Linear, given: str) -> str:
        constant = self._nodes.constant
        outputs, inputs = layer.weight.shape
        quantized, scales = quantize_blocks(layer.weight)
        rounded = (quantized.astype(np.float32) - 128) * scales[:, :, None]
        lost = rounding(layer.weight, rounded.reshape(outputs, inputs), layer.inputs.mean)
        names = [
            given,
            constant(layer.name + ".q8", quantized),
            constant(layer.name + ".scales", scales.reshape(-1)),
            "",
            "",
            constant(layer.name + ".bias", layer.bias + lost),
        ]
        return self._nodes.node(
            "MatMulNBits",
            names,
            layer.name + ".out",
            domain=CONTRIB,
            K=inputs,
            N=outputs,
            bits=8,
            block_size=BLOCK,
            accuracy_level=4,
        )
