"""Linear layers in 8 bits against the exact ones, where inputs or tokens differ much in size."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions

from embeddings.bert_graph import columns_here
from embeddings.graph_nodes import CONTRIB, Nodes
from embeddings.linear import Linear, LinearLayers, Matrices
from embeddings.quantized import Inputs, unmeasured
from embeddings.types import FloatArray

TOKENS = 12
WIDTH = 384
OUTPUTS = 64


def computed(layer: Linear, given: FloatArray, matrices: Matrices) -> FloatArray:
    """What the written layer gives; ``given`` is ``(tokens, inputs)``."""
    nodes = Nodes()
    output = LinearLayers(nodes, matrices).dense(layer, "given")
    graph = helper.make_graph(
        nodes.nodes,
        "layer",
        [helper.make_tensor_value_info("given", TensorProto.FLOAT, [1, *given.shape])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, len(given), len(layer.bias)])],
        nodes.tensors,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(CONTRIB, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    options = SessionOptions()
    options.graph_optimization_level = GraphOptimizationLevel.ORT_DISABLE_ALL
    session = InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"given": given[None]})[0][0])


def exact(layer: Linear, given: FloatArray) -> FloatArray:
    return given @ layer.weight.T + layer.bias


def error(layer: Linear, given: FloatArray, matrices: Matrices) -> float:
    """Size of the difference to the exact output, as a share of the output's."""
    right = exact(layer, given)
    return float(np.linalg.norm(computed(layer, given, matrices) - right) / np.linalg.norm(right))


def measured(given: FloatArray) -> Inputs:
    return Inputs(reach=np.abs(given).max(axis=0), mean=given.mean(axis=0))


def layer_for(inputs: Inputs, *, hot: bool = False, uneven: bool = False) -> Linear:
    random = np.random.default_rng(3)
    weight = random.normal(0, 0.05, (OUTPUTS, WIDTH)).astype(np.float32)
    bias = random.normal(0, 0.1, OUTPUTS).astype(np.float32)
    return Linear("layer", weight, bias, inputs, hot=hot, uneven=uneven)


@pytest.fixture
def even() -> FloatArray:
    return np.random.default_rng(4).normal(0, 1, (TOKENS, WIDTH)).astype(np.float32)


@pytest.mark.parametrize("matrices", [Matrices.BLOCKS, columns_here(), Matrices.UNSIGNED])
@pytest.mark.parametrize("uneven", [False, True])
def test_even_inputs_lose_a_hundredth_at_most(even: FloatArray, matrices: Matrices, uneven: bool) -> None:
    assert error(layer_for(measured(even), uneven=uneven), even, matrices) < 0.01


def test_an_input_far_larger_than_the_others_takes_nothing_from_them(even: FloatArray) -> None:
    given = even.copy()
    given[:, 5] *= 300
    # What it was found to be like, it is smoothed away; without that a scale of 300 is left for all others.
    hot = layer_for(measured(given), hot=True)
    others = np.arange(WIDTH) != 5
    share = np.linalg.norm(exact(hot, given)) / np.linalg.norm(given[:, others] @ hot.weight[:, others].T)
    assert error(hot, given, columns_here()) * share < 0.02
    assert error(layer_for(unmeasured(WIDTH)), given, columns_here()) * share > 0.2


def test_a_token_far_larger_than_the_others_takes_nothing_from_them(even: FloatArray) -> None:
    given = even.copy()
    given[2] *= 100
    inputs = unmeasured(WIDTH)
    small = np.arange(TOKENS) != 2

    def of_the_small(layer: Linear) -> float:
        right = exact(layer, given)[small]
        found = computed(layer, given, columns_here())[small]
        return float(np.linalg.norm(found - right) / np.linalg.norm(right))

    assert of_the_small(layer_for(inputs, uneven=True)) < 0.02
    assert of_the_small(layer_for(inputs)) > 0.1


@pytest.mark.parametrize("matrices", [Matrices.BLOCKS, columns_here()])
def test_the_bias_makes_up_for_weights_rounded_away(matrices: Matrices) -> None:
    # Beside a weight of 127, one of 0.4 is rounded to 0; its input is always 10.
    weight = np.zeros((1, WIDTH), np.float32)
    weight[0, :2] = [127, 0.4]
    given = np.zeros((1, WIDTH), np.float32)
    given[0, 1] = 10
    bias, alike = np.zeros(1, np.float32), np.ones(WIDTH, np.float32)
    for mean, expected in ((given[0], 4), (0 * given[0], 0)):
        layer = Linear("layer", weight, bias, Inputs(alike, mean), evened=True)
        assert computed(layer, given, matrices) == pytest.approx(expected, abs=0.05)


def test_layers_that_take_in_the_same_share_its_division(even: FloatArray) -> None:
    given = even.copy()
    given[:, 5] *= 300
    nodes = Nodes()
    layers = [layer_for(measured(given)), layer_for(measured(given))]
    _, evened = LinearLayers(nodes, columns_here()).evened(layers, "given")
    assert len(nodes.nodes) == 1
    for layer, changed in zip(layers, evened, strict=True):
        factors = changed.weight[0] / layer.weight[0]
        assert factors[5] == factors.max()
        np.testing.assert_allclose(exact(changed, given / factors), exact(layer, given), rtol=1e-3)
