"""A BERT encoder as an ONNX graph for serving: token ids in, unit sentence vectors out.

The graph is written node by node from the weights instead of being traced: it needs no torch, raises no
exporter's warnings, and comes out as ONNX Runtime computes it fastest, so that a session starts without
optimising. That is not always fused: its layer normalisation with the addition before it in one node
(``SkipLayerNormalization``) takes eight times as long as the two apart, GELU with a bias (``BiasGelu``) a
third longer than GELU after a matrix that adds it. Weight matrices are kept in 8 bits
(`embeddings.quantized`), word vectors in float16; activations are in float32 between the matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from embeddings.products import PROBE_NAME, signed_products_are_exact, write_probe
from embeddings.quantized import (
    BLOCK,
    Weights,
    attended_reach,
    grown_reach,
    hottest,
    normed_reach,
    quantize_blocks,
    quantize_columns,
    smoothing,
)
from embeddings.types import FloatArray

INPUT_IDS: Final = "input_ids"
OUTPUT: Final = "sentence_embedding"
LOGITS: Final = "logits"
GRAPH_NAME: Final = "onnx/model.onnx"
"""Where a model folder keeps the graph."""

_DATA_SUFFIX: Final = ".data"

_LARGE: Final = 1 << 16
"""Bytes from which weights lie in the data file. A session follows its path anew for each of them, twenty
look-ups a time: with the 270 small ones there as well opening took a fifth longer."""

CLASSIFIER: Final = "classifier.weight"
"""Of a cross-encoder: ``(1, 2 * hidden)``, for the first token's state and the mean of all."""

_WORDS: Final = "embeddings.word_embeddings.weight"
_OPSET: Final = 17
_CONTRIB: Final = "com.microsoft"
_IR_VERSION: Final = 8


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
class BertConfig:
    """What the graph needs to know beside the weights.

    Attributes:
        heads: attention heads of a layer.
        layers: transformer layers.
        epsilon: of the layer normalisations.
        first_position: row of the position table of the first token (XLM-R and RoBERTa start at 2).
        pooling: "mean" over the tokens, or "cls" for the first token; "classifier" for a cross-encoder, whose
            output is not a vector but ``LOGITS``, one number of the first token and the mean.
        matrices: their form.
    """

    heads: int
    layers: int
    epsilon: float
    first_position: int
    pooling: str
    matrices: Matrices = Matrices.BLOCKS


def columns_here() -> Matrices:
    """The form in columns for this machine; see `embeddings.products`."""
    return Matrices.SIGNED if signed_products_are_exact() else Matrices.UNSIGNED


def write_graph(path: Path, weights: Weights, config: BertConfig) -> None:
    """Writes the graph and, beside it, its weights in one data file that sessions map into memory.

    Beside signed weights there is a probe too, by which a session tells whether its machine can use them.

    Args:
        path: the .onnx file; the weights go to the same name with ``.data`` added.
        weights: all of the encoder; a pooler is not asked.
        config: sizes and conventions.
    """
    import onnx  # noqa: PLC0415  heavy, and only preparation needs it

    graph = _Graph(config, weights)
    model = onnx.helper.make_model(
        graph.build(),
        opset_imports=[onnx.helper.make_opsetid("", _OPSET), onnx.helper.make_opsetid(_CONTRIB, 1)],
        ir_version=_IR_VERSION,
        producer_name="anjiang",
    )
    onnx.save_model(
        model,
        str(path),
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location=path.name + _DATA_SUFFIX,
        size_threshold=_LARGE,
    )
    if config.matrices is Matrices.SIGNED:
        write_probe(path.with_name(PROBE_NAME))


class _Graph:
    """Collects nodes and initializers; each method adds one part of the network and names its output."""

    def __init__(self, config: BertConfig, weights: Weights) -> None:
        self._config = config
        self._weights = weights
        self._hidden = weights[_WORDS].shape[1]
        self._nodes: list[object] = []
        self._tensors: list[object] = []

    def build(self) -> object:
        from onnx import TensorProto, helper  # noqa: PLC0415

        hidden, norm = self._embed(), "embeddings.LayerNorm"
        for layer in range(self._config.layers):
            prefix = f"encoder.layer.{layer}."
            hidden = self._layer(prefix, hidden, norm)
            norm = prefix + "output.LayerNorm"
        return helper.make_graph(
            self._nodes,
            "sentence_encoder",
            [helper.make_tensor_value_info(INPUT_IDS, TensorProto.INT64, ["batch", "tokens"])],
            [self._output(hidden)],
            self._tensors,
        )

    def _embed(self) -> str:
        from onnx import TensorProto  # noqa: PLC0415

        words = self._constant("words", self._weights[_WORDS].astype(np.float16))
        gathered = self._node("Gather", [words, INPUT_IDS], "words.gathered")
        vectors = self._node("Cast", [gathered], "words.float", to=TensorProto.FLOAT)
        # Every token is of type 0, so that row can be added to all positions beforehand.
        first = self._config.first_position
        positions = self._weight("embeddings.position_embeddings.weight")[first:]
        positions = positions + self._weight("embeddings.token_type_embeddings.weight")[0]
        table = self._constant("positions", positions[None])
        shape = self._node("Shape", [INPUT_IDS], "tokens", start=1, end=2)
        zero, one = self._constant("zero", np.array([0])), self._constant("one", np.array([1]))
        sliced = self._node("Slice", [table, zero, shape, one], "positions.used")
        total = self._node("Add", [vectors, sliced], "embedded")
        gain, bias = self._norm("embeddings.LayerNorm")
        return self._node(
            "LayerNormalization", [total, gain, bias], "embedded.norm", epsilon=self._config.epsilon
        )

    def _layer(self, prefix: str, hidden: str, norm: str) -> str:
        """One transformer layer.

        Args:
            prefix: of its weights' names.
            hidden: what it takes in, the output of the layer normalisation ``norm``.
            norm: see ``hidden``.
        """
        reach = normed_reach(self._weights, norm)
        query, key, value = (prefix + f"attention.self.{part}" for part in ("query", "key", "value"))
        dense = prefix + "attention.output.dense"
        projected = [self._dense(name, hidden, reach) for name in (query, key)]
        after = self._factors(attended_reach(self._weights, norm, value), self._weight(dense + ".weight"))
        # What attention gathers is divided by its factors before: its sums are linear in the values.
        projected.append(self._dense(value, hidden, reach, np.float32(1) / after))
        attended = self._node(
            "MultiHeadAttention",
            projected,
            prefix + "attended",
            domain=_CONTRIB,
            num_heads=self._config.heads,
        )
        weight, bias = self._weight(dense + ".weight"), self._weight(dense + ".bias")
        middle = self._residual(
            self._multiply(dense + ".", attended, weight * after, bias), hidden, prefix + "attention.output."
        )
        name = prefix + "intermediate.dense"
        norm = prefix + "attention.output.LayerNorm"
        grown = self._dense(name, middle, normed_reach(self._weights, norm), hot=True)
        active = self._node("Gelu", [grown], name + ".gelu", domain=_CONTRIB)
        reach = grown_reach(self._weights, norm, name)
        return self._residual(
            self._dense(prefix + "output.dense", active, reach, hot=True), middle, prefix + "output."
        )

    def _residual(self, added: str, skipped: str, prefix: str) -> str:
        total = self._node("Add", [added, skipped], prefix + "total")
        gain, offset = self._norm(prefix + "LayerNorm")
        return self._node(
            "LayerNormalization", [total, gain, offset], prefix + "norm", epsilon=self._config.epsilon
        )

    def _output(self, hidden: str) -> object:
        from onnx import TensorProto, helper  # noqa: PLC0415

        if self._config.pooling == "classifier":
            both = self._node("Concat", [self._first(hidden), self._mean(hidden)], "both", axis=1)
            classifier = self._constant("classifier", self._weight(CLASSIFIER).T)
            return helper.make_tensor_value_info(
                self._node("MatMul", [both, classifier], LOGITS), TensorProto.FLOAT, ["batch", 1]
            )
        pooled = self._first(hidden) if self._config.pooling == "cls" else self._mean(hidden)
        return helper.make_tensor_value_info(
            self._node("LpNormalization", [pooled], OUTPUT, axis=1, p=2),
            TensorProto.FLOAT,
            ["batch", self._hidden],
        )

    def _first(self, hidden: str) -> str:
        return self._node("Gather", [hidden, self._constant("first", np.array(0))], "first.state", axis=1)

    def _mean(self, hidden: str) -> str:
        return self._node("ReduceMean", [hidden], "mean", axes=[1], keepdims=0)

    def _dense(
        self,
        name: str,
        inputs: str,
        reach: FloatArray,
        outward: FloatArray | None = None,
        *,
        hot: bool = False,
    ) -> str:
        """A linear layer: ``inputs`` times its ``(outputs, inputs)`` weights, and its bias.

        Args:
            name: of the layer; put before the names of what is made.
            inputs: the node that gives them.
            reach: how large each input may become.
            outward: by what to multiply each output; None for nothing.
            hot: whether a few of the inputs become far larger than the others.
        """
        weight, bias = self._weight(name + ".weight"), self._weight(name + ".bias")
        name += "."
        factors = self._factors(reach, weight)
        if outward is not None:
            weight, bias = weight * outward[:, None], bias * outward
        if self._config.matrices is Matrices.BLOCKS:
            return self._multiply(name, inputs, weight, bias)
        largest = hottest(reach, weight) if hot else np.empty(0, np.int64)
        if not 0 < largest.size < weight.shape[1]:
            return self._evened(name, inputs, weight, bias, factors)
        gathered = self._node(
            "Gather", [inputs, self._constant(name + "hot", largest)], name + "largest", axis=2
        )
        exact = self._constant(name + "exact", weight[:, largest].T)
        added = self._node("MatMul", [gathered, exact], name + "added")
        rest = weight.copy()
        rest[:, largest] = 0
        factors[largest] = np.inf
        others = self._evened(name + "rest.", inputs, rest, bias, factors)
        return self._node("Add", [others, added], name + "out")

    def _factors(self, reach: FloatArray, weight: FloatArray) -> FloatArray:
        """See `smoothing`; blocks need none."""
        if self._config.matrices is Matrices.BLOCKS:
            return np.ones(weight.shape[1], np.float32)
        return smoothing(reach, weight)

    def _evened(
        self, name: str, inputs: str, weight: FloatArray, bias: FloatArray, factors: FloatArray
    ) -> str:
        """Inputs are divided by the factors, weights multiplied; an infinite one leaves an input out."""
        evened = self._node("Mul", [inputs, self._constant(name + "even", 1 / factors)], name + "evened")
        finite = np.where(np.isinf(factors), np.float32(0), factors)
        return self._multiply(name, evened, weight * finite, bias)

    def _multiply(self, name: str, inputs: str, weight: FloatArray, bias: FloatArray) -> str:
        """One matrix of 8 bits, in the form of the configuration."""
        if self._config.matrices is Matrices.BLOCKS:
            return self._in_blocks(name, inputs, weight, bias)
        quantized: npt.NDArray[np.int8] | npt.NDArray[np.uint8]
        quantized, scales = quantize_columns(weight)
        zero = ""
        if self._config.matrices is Matrices.UNSIGNED:
            # The upper bit turned is 128 added; both are the same matrix.
            quantized = quantized.view(np.uint8) ^ np.uint8(128)
            zero = self._constant(name + "zero", np.array(128, np.uint8))
        names = [
            inputs,
            self._constant(name + "q8", quantized),
            self._constant(name + "scales", scales),
            zero,
            self._constant(name + "bias", bias),
        ]
        return self._node("DynamicQuantizeMatMul", names, name + "out", domain=_CONTRIB)

    def _in_blocks(self, name: str, inputs: str, weight: FloatArray, bias: FloatArray) -> str:
        quantized, scales = quantize_blocks(weight)
        names = [
            inputs,
            self._constant(name + "q8", quantized),
            self._constant(name + "scales", scales.reshape(-1)),
            "",
            "",
            self._constant(name + "bias", bias),
        ]
        return self._node(
            "MatMulNBits",
            names,
            name + "out",
            domain=_CONTRIB,
            K=weight.shape[1],
            N=weight.shape[0],
            bits=8,
            block_size=BLOCK,
            accuracy_level=4,
        )

    def _weight(self, name: str) -> FloatArray:
        return self._weights[name].astype(np.float32)

    def _norm(self, prefix: str) -> tuple[str, str]:
        gain = self._constant(prefix + ".weight", self._weight(prefix + ".weight"))
        return gain, self._constant(prefix + ".bias", self._weight(prefix + ".bias"))

    def _constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        from onnx import numpy_helper  # noqa: PLC0415

        self._tensors.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def _node(self, kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        from onnx import helper  # noqa: PLC0415

        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output
