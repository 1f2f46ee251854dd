"""Signed and unsigned weights are the same matrix, whatever the processor makes of signed ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from embeddings.bert_graph import GRAPH_NAME, OUTPUT, BertConfig, columns_here, write_graph
from embeddings.linear import Matrices
from embeddings.products import PROBE_NAME, multiplies_exactly, write_probe
from embeddings.quantized import Weights
from embeddings.sessions import graph_inputs, open_session
from embeddings.types import FloatArray

IDS = [2, 7, 1, 8, 2, 8, 0, 9]
HIDDEN = 64
GROWN = 128


@pytest.fixture(scope="module")
def weights() -> Weights:
    """One layer of random weights."""
    random = np.random.default_rng(11)
    layer = "encoder.layer.0."
    dense = {
        **{layer + f"attention.self.{part}": (HIDDEN, HIDDEN) for part in ("query", "key", "value")},
        layer + "attention.output.dense": (HIDDEN, HIDDEN),
        layer + "intermediate.dense": (GROWN, HIDDEN),
        layer + "output.dense": (HIDDEN, GROWN),
    }
    found: dict[str, FloatArray] = {}
    for name, shape in dense.items():
        found[name + ".weight"] = random.normal(0, 0.2, shape).astype(np.float32)
        found[name + ".bias"] = random.normal(0, 0.2, shape[0]).astype(np.float32)
    for name in ("embeddings.", layer + "attention.output.", layer + "output."):
        found[name + "LayerNorm.weight"] = random.normal(1, 0.1, HIDDEN).astype(np.float32)
        found[name + "LayerNorm.bias"] = random.normal(0, 0.1, HIDDEN).astype(np.float32)
    for name, rows in (("word", 10), ("position", 16), ("token_type", 1)):
        table = random.normal(0, 1, (rows, HIDDEN))
        found[f"embeddings.{name}_embeddings.weight"] = table.astype(np.float32)
    return found


def written(folder: Path, weights: Weights, matrices: Matrices) -> Path:
    graph = folder / matrices.value / GRAPH_NAME
    graph.parent.mkdir(parents=True)
    config = BertConfig(heads=4, layers=1, epsilon=1e-12, first_position=0, pooling="mean", matrices=matrices)
    write_graph(graph, weights, config)
    return graph


def vector(graph: Path) -> FloatArray:
    found = open_session(graph, threads=1).run([OUTPUT], graph_inputs(IDS))[0]
    return np.asarray(found)


def spoil(probe: Path) -> None:
    """Makes it give what it gives on a processor that cuts products off: less."""
    model = onnx.load(str(probe))
    (weight,) = (each for each in model.graph.initializer if each.name == "weight")
    weight.CopyFrom(numpy_helper.from_array(np.full_like(numpy_helper.to_array(weight), 64), "weight"))
    onnx.save(model, str(probe))


def test_signed_and_unsigned_weights_give_the_same_vectors(tmp_path: Path, weights: Weights) -> None:
    signed, unsigned = (
        vector(written(tmp_path, weights, form)) for form in (Matrices.SIGNED, Matrices.UNSIGNED)
    )
    np.testing.assert_allclose(signed, unsigned, atol=1e-6)


def test_columns_are_near_blocks(tmp_path: Path, weights: Weights) -> None:
    columns, blocks = (vector(written(tmp_path, weights, form)) for form in (columns_here(), Matrices.BLOCKS))
    assert (columns @ blocks.T).item() > 0.999


def test_signed_weights_are_right_where_signed_products_are_cut_off(tmp_path: Path, weights: Weights) -> None:
    graph = written(tmp_path, weights, Matrices.SIGNED)
    before = vector(graph)
    spoil(graph.with_name(PROBE_NAME))
    multiplies_exactly.cache_clear()
    assert not multiplies_exactly(graph.with_name(PROBE_NAME))
    np.testing.assert_allclose(vector(graph), before, atol=1e-6)


def test_the_form_for_this_machine_is_signed_where_the_probe_says_so(tmp_path: Path) -> None:
    probe = tmp_path / PROBE_NAME
    write_probe(probe)
    expected = Matrices.SIGNED if multiplies_exactly(probe) else Matrices.UNSIGNED
    assert columns_here() is expected
