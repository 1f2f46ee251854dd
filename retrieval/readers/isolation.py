"""The parent's side of reading: workers that are kept, limited, and replaced when a file breaks them."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from config.errors import DocumentError
from retrieval.readers.formats import FORMATS, MAX_CHARACTERS, Format
from retrieval.readers.types import UNNAMED, Kind, Reading

_MOST_FILES = 200
"""Files that one worker reads before a fresh one takes over, so that what a parser leaks ends with it."""

_MAX_ANSWER = 40 * MAX_CHARACTERS
"""Bytes of an answer: JSON takes up to 12 a character, and places some more."""

_START_SECONDS = 60.0
"""For starting the process and importing the parser, on a busy machine."""

_CHUNK = 1 << 16


class Readers:
    """Workers, one for each limit of memory, and one file at a time. Closed ones start again when used.

    Attributes:
        detached: whether a worker gets a session of its own. Ctrl-C is for the parent, which then ends its
            workers; a parent without a terminal keeps them in its own, to be ended together with them.
    """

    def __init__(self) -> None:
        self.detached = True
        self._workers: dict[int, _Worker] = {}
        self._lock = threading.Lock()

    def read(self, data: bytes, kind: Kind) -> Reading:
        """Read one file in a worker.

        Raises:
            DocumentError: the file is damaged, encrypted, hostile, or broke a limit; without its name.
        """
        form = FORMATS[kind]
        with self._lock:
            worker = self._worker(form)
            fresh = worker.files == 0
            try:
                return self._ask(worker, form, data)
            except _WorkerLost:
                if fresh:
                    raise DocumentError("documents.reader_crashed", file=UNNAMED) from None
            # The files before may have left too little memory: this one gets a worker of its own.
            try:
                return self._ask(self._worker(form), form, data)
            except _WorkerLost:
                raise DocumentError("documents.reader_crashed", file=UNNAMED) from None

    def close(self) -> None:
        """End the workers."""
        with self._lock:
            for worker in self._workers.values():
                worker.end()
            self._workers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _worker(self, form: Format) -> _Worker:
        worker = self._workers.get(form.megabytes)
        if worker is None or worker.files >= _MOST_FILES or not worker.is_alive():
            if worker is not None:
                worker.end()
            worker = self._workers[form.megabytes] = _Worker(form.megabytes, self.detached)
        return worker

    def _ask(self, worker: _Worker, form: Format, data: bytes) -> Reading:
        used = worker.files > 0
        try:
            answer = worker.ask(form, data)
        except (_WorkerLost, DocumentError):
            worker.end()
            raise
        if "reading" in answer:
            # The table says which version reads, whatever a module calls itself.
            return replace(Reading.from_json(answer["reading"]), reader=form.reader)
        error = DocumentError(answer["key"], **answer["values"])
        if error.key == "documents.reader_memory":
            worker.end()
            if used:
                raise _WorkerLost
        raise error


@functools.cache
def shared_readers() -> Readers:
    """The workers of this process, ended with it."""
    readers = Readers()
    atexit.register(readers.close)
    return readers


class _WorkerLost(Exception):  # noqa: N818 - what happened, seen in this module only
    """The worker ended before it had answered."""


class _Worker:
    def __init__(self, megabytes: int, detached: bool) -> None:
        self.files = 0
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(  # noqa: S603 - this program itself, with a number
            # -P: a file of the archive's folder must not pass for a module.
            [sys.executable, "-P", "-m", "retrieval.readers.worker", str(megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=detached,
        )
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        assert self._process.stdout is not None  # noqa: S101
        self._input, self._output = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._input, False)
        os.set_blocking(self._output, False)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        if self.is_alive():
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def ask(self, form: Format, data: bytes) -> dict[str, Any]:
        seconds = form.seconds + (_START_SECONDS if self.files == 0 else 0)
        self.files += 1
        header = json.dumps({"kind": form.kind.value, "length": len(data), "seconds": seconds})
        try:
            answer = self._exchange(header.encode() + b"\n" + data, time.monotonic() + seconds)
        except TimeoutError:
            raise DocumentError(
                "documents.reader_slow", file=UNNAMED, seconds=f"{form.seconds:.0f}"
            ) from None
        except OSError as error:
            raise _WorkerLost from error
        found: dict[str, Any] = json.loads(answer)
        return found

    def _exchange(self, request: bytes, deadline: float) -> bytes:
        """Send a request and wait for its answer; both at once, so that no full pipe stops either side."""
        sent = memoryview(request)
        received = bytearray()
        expected = -1
        with selectors.DefaultSelector() as selector:
            selector.register(self._input, selectors.EVENT_WRITE)
            selector.register(self._output, selectors.EVENT_READ)
            while expected < 0 or len(received) < expected:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                for key, _ in selector.select(left):
                    if key.fd == self._input:
                        sent = sent[os.write(self._input, sent[:_CHUNK]) :]
                        if not sent:
                            selector.unregister(self._input)
                        continue
                    chunk = os.read(self._output, _CHUNK)
                    if not chunk:
                        raise BrokenPipeError
                    received += chunk
                if expected < 0 and b"\n" in received:
                    line, _, received = received.partition(b"\n")
                    expected = int(line)
                    if expected > _MAX_ANSWER:
                        raise DocumentError("documents.too_much_text", file=UNNAMED, limit=MAX_CHARACTERS)
        return bytes(received)
