"""The nodes and constants of an ONNX graph, collected one by one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

CONTRIB = "com.microsoft"
"""The domain of what ONNX Runtime has beyond the standard."""


class Nodes:
    """Each method adds something and names its output.

    Attributes:
        nodes: in the order of computation.
        tensors: constants.
    """

    def __init__(self) -> None:
        self.nodes: list[object] = []
        self.tensors: list[object] = []

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        """Adds a constant."""
        from onnx import numpy_helper  # noqa: PLC0415

        self.tensors.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        """Adds a node with one output, which gives it its name."""
        from onnx import helper  # noqa: PLC0415

        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output
