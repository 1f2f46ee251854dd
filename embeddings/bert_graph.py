"""A BERT encoder as an ONNX graph for serving: token ids in, unit sentence vectors out.

The graph is written node by node from the weights instead of being traced: it needs no torch, raises no
exporter's warnings, and comes out as ONNX Runtime computes it fastest, so that a session starts without
optimising. That is not always fused: its layer normalisation with the addition before it in one node
(``SkipLayerNormalization``) takes eight times as long as the two apart, GELU with a bias (``BiasGelu``) a
third longer than GELU after a matrix that adds it. Weight matrices are kept in 8 bits
(`embeddings.quantized`), word vectors in float16; activations are in float32 between the matrices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from embeddings.graph_nodes import CONTRIB, Nodes
from embeddings.linear import Linear, LinearLayers, Matrices
from embeddings.products import PROBE_NAME, signed_products_are_exact, write_probe
from embeddings.quantized import Inputs, Weights, unmeasured
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


def write_graph(
    path: Path, weights: Weights, config: BertConfig, inputs: Mapping[str, Inputs] | None = None
) -> None:
    """Writes the graph and, beside it, its weights in one data file that sessions map into memory.

    Beside signed weights there is a probe too, by which a session tells whether its machine can use them.

    Args:
        path: the .onnx file; the weights go to the same name with ``.data`` added.
        weights: all of the encoder; a pooler is not asked.
        config: sizes and conventions.
        inputs: what each linear layer takes in, see `activations.measure_inputs`. Only columns ask for it;
            without it all inputs of a layer pass for alike.
    """
    import onnx  # noqa: PLC0415  heavy, and only preparation needs it

    graph = _Graph(config, weights, inputs or {})
    model = onnx.helper.make_model(
        graph.build(),
        opset_imports=[onnx.helper.make_opsetid("", _OPSET), onnx.helper.make_opsetid(CONTRIB, 1)],
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
    """Writes the network; each method adds one part and names its output."""

    def __init__(self, config: BertConfig, weights: Weights, inputs: Mapping[str, Inputs]) -> None:
        self._config = config
        self._weights = weights
        self._inputs = inputs
        self._hidden = weights[_WORDS].shape[1]
        self._nodes = Nodes()
        self._linear = LinearLayers(self._nodes, config.matrices)
        self._node = self._nodes.node
        self._constant = self._nodes.constant

    def build(self) -> object:
        from onnx import TensorProto, helper  # noqa: PLC0415

        hidden = self._embed()
        for layer in range(self._config.layers):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden)
        return helper.make_graph(
            self._nodes.nodes,
            "sentence_encoder",
            [helper.make_tensor_value_info(INPUT_IDS, TensorProto.INT64, ["batch", "tokens"])],
            [self._output(hidden)],
            self._nodes.tensors,
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

    def _layer(self, prefix: str, hidden: str) -> str:
        middle = self._residual(self._attention(prefix, hidden), hidden, prefix + "attention.output.")
        grown = self._linear.dense(self._dense(prefix + "intermediate.dense", hot=True), middle)
        active = self._node("Gelu", [grown], prefix + "gelu", domain=CONTRIB)
        added = self._linear.dense(self._dense(prefix + "output.dense", hot=True, uneven=True), active)
        return self._residual(added, middle, prefix + "output.")

    def _attention(self, prefix: str, hidden: str) -> str:
        attention = prefix + "attention.self."
        evened, (query, key) = self._linear.evened(
            [self._dense(attention + "query"), self._dense(attention + "key")], hidden
        )
        value = self._dense(attention + "value", uneven=True)
        output = self._dense(prefix + "attention.output.dense")
        # What attention gathers is divided by its factors before: its sums are linear in the values.
        factors = self._linear.factors(output.inputs, output.weight)
        value = replace(value, weight=value.weight / factors[:, None], bias=value.bias / factors)
        attended = self._node(
            "MultiHeadAttention",
            [
                self._linear.dense(query, evened),
                self._linear.dense(key, evened),
                self._linear.dense(value, hidden),
            ],
            prefix + "attended",
            domain=CONTRIB,
            num_heads=self._config.heads,
        )
        return self._linear.dense(output.divided(factors), attended)

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

    def _dense(self, name: str, *, hot: bool = False, uneven: bool = False) -> Linear:
        weight, bias = self._weight(name + ".weight"), self._weight(name + ".bias")
        inputs = self._inputs.get(name) or unmeasured(weight.shape[1])
        return Linear(name, weight, bias, inputs, hot=hot, uneven=uneven)

    def _weight(self, name: str) -> FloatArray:
        return self._weights[name].astype(np.float32)

    def _norm(self, prefix: str) -> tuple[str, str]:
        gain = self._constant(prefix + ".weight", self._weight(prefix + ".weight"))
        return gain, self._constant(prefix + ".bias", self._weight(prefix + ".bias"))
