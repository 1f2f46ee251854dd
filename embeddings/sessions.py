"""Sessions of ONNX Runtime on the CPU, and which of them computes a call."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from config.cores import usable_cores
from embeddings.bert_graph import INPUT_IDS
from embeddings.products import PROBE_NAME, multiplies_exactly
from embeddings.types import FloatArray, IntArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MOST_THREADS: Final = 2
"""Threads that the matrices of one question are worth."""

SPIN: Final = 50
"""Microseconds that a thread which shares a call's matrices looks for its share of the next one before it
sleeps: longer than most nodes between two of them take. Else it is woken for each, as late as its share would
be done; ONNX Runtime's own choice takes the cores from everything else on the machine."""

BACKING_OFF: Final = 8
"""How many pauses it makes at most from look to look: they spare power and the other core."""


class Sessions:
    """A graph that many threads ask. Sessions are opened at first use and stay.

    Who asks alone has all threads for one call. Who comes meanwhile computes with one: shared products would
    only let the calls wait for one another. The numbers are the same to the last bit.

    Args:
        graph: what `bert_graph.write_graph` wrote.
        threads: threads that a call computes with that comes alone.
        keep: see `open_session`.
    """

    def __init__(self, graph: Path, threads: int, *, keep: bool = True) -> None:
        self._graph = graph
        self._threads = threads
        self._keep = keep
        self._alone = threading.Lock()

    def row(self, output: str, ids: Sequence[int]) -> FloatArray:
        """The first row of an output for one text.

        Args:
            output: its name in the graph.
            ids: the text's tokens, at least one.
        """
        if not self._alone.acquire(blocking=False):
            return first_row(self.of_one_thread, output, ids)
        try:
            return first_row(self.of_all_threads, output, ids)
        finally:
            self._alone.release()

    @functools.cached_property
    def of_all_threads(self) -> InferenceSession:
        """What computes with all threads."""
        return open_session(self._graph, self._threads, keep=self._keep)

    @functools.cached_property
    def of_one_thread(self) -> InferenceSession:
        """What each of several threads computes with by itself."""
        if self._threads == 1:
            return self.of_all_threads
        return open_session(self._graph, 1, keep=self._keep)


def threads_of_one() -> int:
    """Threads to answer one question with on this machine."""
    return min(MOST_THREADS, usable_cores())


def first_row(session: InferenceSession, output: str, ids: Sequence[int]) -> FloatArray:
    """What `Sessions.row` gives, by a certain session."""
    outputs: list[Any] = session.run([output], graph_inputs(ids))
    found: FloatArray = outputs[0][0]
    return found


def graph_inputs(ids: Sequence[int]) -> dict[str, IntArray]:
    """One text's token ids, at least one, by the graph's name for them: ``int64 (1, tokens)``."""
    return {INPUT_IDS: np.asarray([ids], dtype=np.int64)}


def open_session(graph: Path, threads: int, *, keep: bool = True) -> InferenceSession:
    """A session on the CPU that leaves it alone between calls.

    Args:
        graph: what `bert_graph.write_graph` wrote.
        threads: threads that one call computes with.
        keep: whether many calls come. To plan which results take the place of which takes ONNX Runtime half
            the time of opening, and wins a twentieth of a call.
    """
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_reuse = keep
    options.add_session_config_entry("session.intra_op.allow_spinning", "1")
    options.add_session_config_entry("session.intra_op.spin_duration_us", str(SPIN))
    options.add_session_config_entry("session.intra_op.spin_backoff_max", str(BACKING_OFF))
    # The graph is written in its final form.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    probe = graph.with_name(PROBE_NAME)
    if probe.is_file() and not multiplies_exactly(probe):
        # Written on another kind of machine: now ONNX Runtime makes them unsigned, for a tenth of a second.
        options.add_session_config_entry("session.x64quantprecision", "1")
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
