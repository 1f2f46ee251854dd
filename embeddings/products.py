"""Whether this machine multiplies signed weights of 8 bits exactly.

Processors with VNNI do, twice as fast as unsigned ones. On others of the x86 kind ONNX Runtime adds pairs of
products in 16 bits, where the largest are cut off; unsigned weights it multiplies in another way there. What
it knows of that (``MlasPlatformU8S8Overflow``) it does not tell, so it is asked for a product that would be
cut off.
"""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from typing import Final

import numpy as np

PROBE_NAME: Final = "signed.probe"
"""Beside a graph with signed weights: what tells whether it can be trusted on the machine that opens it."""

_INPUTS: Final = 64
_OUTPUTS: Final = 16
_LARGEST: Final = 127
_ROWS: Final = 2  # one row alone would go through a kernel of its own


def write_probe(path: Path) -> None:
    """Writes a graph of one product whose terms are as large as they can be."""
    import onnx  # noqa: PLC0415
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415

    weight = np.full((_INPUTS, _OUTPUTS), _LARGEST, np.int8)
    graph = helper.make_graph(
        [
            helper.make_node(
                "DynamicQuantizeMatMul", ["ones", "weight", "scale"], ["sums"], domain="com.microsoft"
            )
        ],
        "probe",
        [helper.make_tensor_value_info("ones", TensorProto.FLOAT, [_ROWS, _INPUTS])],
        [helper.make_tensor_value_info("sums", TensorProto.FLOAT, [_ROWS, _OUTPUTS])],
        [
            numpy_helper.from_array(weight, "weight"),
            numpy_helper.from_array(np.array(1, np.float32), "scale"),
        ],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    onnx.save_model(helper.make_model(graph, opset_imports=opsets, ir_version=8), str(path))


def signed_products_are_exact() -> bool:
    """Whether graphs with signed weights can be written for this machine."""
    with tempfile.TemporaryDirectory() as folder:
        probe = Path(folder, PROBE_NAME)
        write_probe(probe)
        return multiplies_exactly(probe)


@functools.cache
def multiplies_exactly(probe: Path) -> bool:
    """Whether this machine gives what the probe should; milliseconds, once a process."""
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(probe), options, providers=["CPUExecutionProvider"])
    (sums,) = session.run(None, {"ones": np.ones((_ROWS, _INPUTS), np.float32)})
    return bool(np.allclose(sums, _INPUTS * _LARGEST))
