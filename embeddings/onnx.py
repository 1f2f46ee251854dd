"""The serving encoder: ONNX Runtime, tokenizers and numpy, with no torch in the process."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from config.cores import usable_cores
from embeddings.bert_graph import INPUT_IDS, OUTPUT
from embeddings.manifest import Manifest
from embeddings.prepared_encoder import PreparedEncoder
from embeddings.products import PROBE_NAME, multiplies_exactly
from embeddings.types import FloatArray, IntArray, Progress

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


Item = TypeVar("Item")
Result = TypeVar("Result")


class OnnxEncoder(PreparedEncoder):
    """Encodes through the serving graph of a prepared model. Safe to share between threads.

    Texts go through it one by one: activations that share one scale would let texts change one another's
    vectors. Of many texts every thread takes some for itself, because threads that share the products of one
    wait for one another after each: on two cores that is twice as fast, and gives the same vectors.

    The tokenizer is loaded at first use, and so are the sessions of many calls. That of one call is opened in
    another thread from the beginning: it takes a tenth of a first answer, and needs no lock of Python's.

    Args:
        folder: a prepared model folder.
        manifest: its manifest, with ``onnx`` set.
        threads: threads that one call computes with; 0 for as many as there are cores.
        keep: whether sessions stay for the next call; without it 20 MB are free for what comes after.
    """

    def __init__(self, folder: Path, manifest: Manifest, threads: int, *, keep: bool = True) -> None:
        super().__init__(folder, manifest)
        self._threads = threads or usable_cores()
        self._keep = keep
        self._ahead: Future[InferenceSession] | None = None if keep else _in_thread(self._open)

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Unit vectors of queries, ``float32 (len(texts), dim)``."""
        return self._encode(self._as_queries(texts), None)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Unit vectors of passages, ``float32 (len(texts), dim)``."""
        return self._encode(self._as_passages(texts), progress)

    @property
    def is_fast(self) -> bool:
        """Whether many texts take less time in this form than in float32 through torch, on this machine.

        On two cores with VNNI 7,800 to 8,900 characters a second, through torch in float32 4,800 to 5,500.
        """
        probe = (self._folder / self._manifest.onnx).with_name(PROBE_NAME)
        return probe.is_file() and multiplies_exactly(probe)

    def close(self) -> None:
        """Wait for the session that is opened ahead, and let go of it.

        ONNX Runtime reads the environment while it opens one. Whoever changes a variable meanwhile can crash
        the process: C has no lock for that.
        """
        ahead, self._ahead = self._ahead, None
        if ahead:
            wait([ahead])

    def _encode(self, texts: list[str], progress: Progress | None) -> FloatArray:
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        if not texts:
            return vectors
        for index, vector in enumerate(self._computed(self._tokens.ids(texts))):
            vectors[index] = vector
            if progress is not None:
                progress(1)
        return vectors

    def _computed(self, rows: list[list[int]]) -> Iterator[FloatArray]:
        """The vector of each, in this order."""
        if not self._keep:
            return map(functools.partial(_vector, self._opened()), rows)
        if len(rows) == 1 or self._threads == 1:
            return map(functools.partial(_vector, self._session), rows)
        return _side_by_side(functools.partial(_vector, self._session_of_one), rows, self._threads)

    @functools.cached_property
    def _session(self) -> InferenceSession:
        return self._open()

    @functools.cached_property
    def _session_of_one(self) -> InferenceSession:
        """What each of several threads computes with by itself."""
        return open_session(self._folder / self._manifest.onnx, 1)

    def _opened(self) -> InferenceSession:
        """The session that was opened ahead; another one where that is used."""
        ahead, self._ahead = self._ahead, None
        return ahead.result() if ahead else self._open()

    def _open(self) -> InferenceSession:
        return open_session(self._folder / self._manifest.onnx, self._threads, keep=self._keep)


def _vector(session: InferenceSession, ids: Sequence[int]) -> FloatArray:
    outputs: list[Any] = session.run([OUTPUT], graph_inputs(ids))
    found: FloatArray = outputs[0][0]
    return found


def _side_by_side(work: Callable[[Item], Result], items: Iterable[Item], threads: int) -> Generator[Result]:
    """The results in order. What was not begun when the caller leaves off is not done."""
    executor = ThreadPoolExecutor(threads, thread_name_prefix="encoding")
    try:
        yield from executor.map(work, items)
    finally:
        executor.shutdown(cancel_futures=True)


def _in_thread(work: Callable[[], Result]) -> Future[Result]:
    """Begin some work in a thread of its own; its result waits, and so does an error that it raises."""
    executor = ThreadPoolExecutor(1, thread_name_prefix="session")
    future = executor.submit(work)
    executor.shutdown(wait=False)
    return future


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
    # Spinning threads would win a millisecond here and take it from everything else on the machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The graph is written in its final form.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    probe = graph.with_name(PROBE_NAME)
    if probe.is_file() and not multiplies_exactly(probe):
        # Written on another kind of machine: now ONNX Runtime makes them unsigned, for a tenth of a second.
        options.add_session_config_entry("session.x64quantprecision", "1")
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
