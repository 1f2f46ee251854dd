"""A BERT encoder as an ONNX graph for serving: token ids in, unit sentence vectors out.

The graph is written node by node from the weights instead of being traced: it needs no torch, raises no
exporter's warnings, and comes out fused as ONNX Runtime would fuse it, so that a session starts without
optimising. Weight matrices are kept in 8 bits with a scale for each block of 32 weights (``MatMulNBits``),
word vectors in float16; activations stay in float32.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from embeddings.types import FloatArray

INPUT_IDS: Final = "input_ids"
ATTENTION_MASK: Final = "attention_mask"
OUTPUT: Final = "sentence_embedding"
LOGITS: Final = "logits"
GRAPH_NAME: Final = "onnx/model.onnx"
"""Where a model folder keeps the graph."""

BLOCK: Final = 32
"""Weights that share one scale; what a matrix takes in must be a multiple of it."""

_DATA_SUFFIX: Final = ".data"

Weights: TypeAlias = Mapping[str, npt.NDArray[np.floating]]
"""By the names of ``transformers.BertModel.state_dict()``, in any precision."""

CLASSIFIER: Final = "classifier.weight"
"""Of a cross-encoder: ``(1, 2 * hidden)``, for the first token's state and the mean of all."""

_WORDS: Final = "embeddings.word_embeddings.weight"
_OPSET: Final = 17
_CONTRIB: Final = "com.microsoft"
_IR_VERSION: Final = 8


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
    """

    heads: int
    layers: int
    epsilon: float
    first_position: int
    pooling: str


def write_graph(path: Path, weights: Weights, config: BertConfig) -> None:
    """Writes the graph and, beside it, its weights in one data file that sessions map into memory.

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
        size_threshold=1024,
    )


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

        hidden = self._embed()
        mask = self._node("Cast", [ATTENTION_MASK], "mask.int32", to=TensorProto.INT32)
        for layer in range(self._config.layers):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden, mask)
        return helper.make_graph(
            self._nodes,
            "sentence_encoder",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
                for name in (INPUT_IDS, ATTENTION_MASK)
            ],
            [self._output(hidden)],
            self._tensors,
        )

    def _embed(self) -> str:
        from onnx import TensorProto  # noqa: PLC0415

        words = self._constant("words", self._weights[_WORDS].astype(np.float16))
        gathered = self._node("Gather", [words, INPUT_IDS], "words.gathered")
        vectors = self._node("Cast", [gathered], "words.float", to=TensorProto.FLOAT)
        # Every token is of type 0, so that row can be added to all positions beforehand. Inputs are padded
        # on the right: positions count from the left whatever the mask says.
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

    def _layer(self, prefix: str, hidden: str, mask: str) -> str:
        parts = [prefix + f"attention.self.{part}." for part in ("query", "key", "value")]
        projected = [
            self._matmul(part, hidden, self._weight(part + "weight"), self._weight(part + "bias"))
            for part in parts
        ]
        attended = self._node(
            "MultiHeadAttention",
            [*projected, "", mask],
            prefix + "attended",
            domain=_CONTRIB,
            num_heads=self._config.heads,
        )
        middle = self._residual(prefix + "attention.output.", attended, hidden)
        name = prefix + "intermediate.dense."
        grown = self._matmul(name, middle, self._weight(name + "weight"), None)
        bias = self._constant(name + "bias", self._weight(name + "bias"))
        active = self._node("BiasGelu", [grown, bias], name + "gelu", domain=_CONTRIB)
        return self._residual(prefix + "output.", active, middle)

    def _residual(self, prefix: str, inputs: str, skip: str) -> str:
        name = prefix + "dense."
        dense = self._matmul(name, inputs, self._weight(name + "weight"), None)
        gain, offset = self._norm(prefix + "LayerNorm")
        bias = self._constant(name + "bias", self._weight(name + "bias"))
        return self._node(
            "SkipLayerNormalization",
            [dense, skip, gain, offset, bias],
            prefix + "norm",
            domain=_CONTRIB,
            epsilon=self._config.epsilon,
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
        from onnx import TensorProto  # noqa: PLC0415

        mask = self._node("Cast", [ATTENTION_MASK], "mask.float", to=TensorProto.FLOAT)
        column = self._node("Unsqueeze", [mask, self._constant("last", np.array([2]))], "mask.column")
        masked = self._node("Mul", [hidden, column], "masked")
        axis = self._constant("axis", np.array([1]))
        total = self._node("ReduceSum", [masked, axis], "total", keepdims=0)
        count = self._node("ReduceSum", [mask, axis], "count", keepdims=1)
        return self._node("Div", [total, count], "mean")

    def _matmul(self, name: str, inputs: str, weight: FloatArray, bias: FloatArray | None) -> str:
        quantized, scales = quantize_blocks(weight)
        names = [
            inputs,
            self._constant(name + "q8", quantized),
            self._constant(name + "scales", scales.reshape(-1)),
        ]
        if bias is not None:
            names += ["", "", self._constant(name + "bias", bias)]
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
