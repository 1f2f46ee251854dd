"""The serving encoder: ONNX Runtime, tokenizers and numpy, with no torch in the process."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from config.cores import usable_cores
from embeddings.bert_graph import OUTPUT
from embeddings.manifest import Manifest
from embeddings.prepared_encoder import PreparedEncoder
from embeddings.products import PROBE_NAME, multiplies_exactly
from embeddings.sessions import Sessions, first_row, open_session
from embeddings.types import FloatArray, Progress

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


FEW: Final = 4
"""Texts up to which each has all threads, one after the other: threads and a session of their own would first
have to be made. A question has one or two."""

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
        threads: threads that a call computes with that comes alone; 0 for as many as there are cores.
        keep: whether sessions stay for the next call; without it 20 MB are free for what comes after.
    """

    def __init__(self, folder: Path, manifest: Manifest, threads: int, *, keep: bool = True) -> None:
        super().__init__(folder, manifest)
        self._graph = folder / manifest.onnx
        self._threads = threads or usable_cores()
        self._keep = keep
        self._sessions = Sessions(self._graph, self._threads)
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
        probe = self._graph.with_name(PROBE_NAME)
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
            return map(functools.partial(first_row, self._opened(), OUTPUT), rows)
        if len(rows) <= FEW or self._threads == 1:
            return map(functools.partial(self._sessions.row, OUTPUT), rows)
        work = functools.partial(first_row, self._sessions.of_one_thread, OUTPUT)
        return _side_by_side(work, rows, self._threads)

    def _opened(self) -> InferenceSession:
        """The session that was opened ahead; another one where that is used."""
        ahead, self._ahead = self._ahead, None
        return ahead.result() if ahead else self._open()

    def _open(self) -> InferenceSession:
        return open_session(self._graph, self._threads, keep=self._keep)


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
