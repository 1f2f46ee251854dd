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
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from config.closing import Closing
from config.errors import DocumentError
from retrieval.readers.formats import CONTAINERS, FORMATS, MAX_CHARACTERS, Format
from retrieval.readers.members import Cursor, Window
from retrieval.readers.types import UNNAMED, Kind, Reading

_MOST_FILES = 200
"""Files that one worker reads before a fresh one takes over, so that what a parser leaks ends with it."""

_MAX_ANSWER = 40 * MAX_CHARACTERS
"""Bytes of an answer: JSON takes up to 12 a character, and places some more."""

_START_SECONDS = 60.0
"""For starting the process and importing the parser, on a busy machine."""

_CHUNK = 1 << 16


class Readers(Closing):
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
        answer, _ = self._answer(form, data, {})
        # The table says which version reads, whatever a module calls itself.
        return replace(Reading.from_json(answer["reading"]), reader=form.reader)

    def unpack(self, data: bytes, kind: Kind, cursor: Cursor, most: int) -> Window:
        """Unpack the next members of a container in a worker.

        Args:
            data: the container.
            kind: of the container.
            cursor: where to begin.
            most: bytes after which the window ends; it holds one member at least.

        Raises:
            DocumentError: the container is damaged, encrypted, hostile, or broke a limit; without its name.
        """
        header = {"cursor": cursor.as_json(), "most": most}
        answer, members = self._answer(CONTAINERS[kind], data, header)
        return Window.from_json(answer["window"], members)

    def close(self) -> None:
        """End the workers."""
        with self._lock:
            for worker in self._workers.values():
                worker.end()
            self._workers.clear()

    def _answer(
        self, form: Format, data: bytes, header: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], bytes]:
        with self._lock:
            worker = self._worker(form)
            fresh = worker.files == 0
            try:
                return self._ask(worker, form, data, header)
            except _WorkerLost:
                if fresh:
                    raise DocumentError("documents.reader_crashed", file=UNNAMED) from None
            # The files before may have left too little memory: this one gets a worker of its own.
            try:
                return self._ask(self._worker(form), form, data, header)
            except _WorkerLost:
                raise DocumentError("documents.reader_crashed", file=UNNAMED) from None

    def _worker(self, form: Format) -> _Worker:
        worker = self._workers.get(form.megabytes)
        if worker is None or worker.files >= _MOST_FILES or not worker.is_alive():
            if worker is not None:
                worker.end()
            worker = self._workers[form.megabytes] = _Worker(form.megabytes, self.detached)
        return worker

    def _ask(
        self, worker: _Worker, form: Format, data: bytes, header: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], bytes]:
        used = worker.files > 0
        try:
            answer, behind = worker.ask(form, data, header)
        except (_WorkerLost, DocumentError):
            worker.end()
            raise
        if "key" not in answer:
            return answer, behind
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

    def ask(self, form: Format, data: bytes, header: Mapping[str, Any]) -> tuple[Mapping[str, Any], bytes]:
        """The answer to a file, and the bytes behind it."""
        seconds = form.seconds + (_START_SECONDS if self.files == 0 else 0)
        self.files += 1
        asked = {**header, "kind": form.kind.value, "length": len(data), "seconds": seconds}
        line = json.dumps(asked).encode("ascii") + b"\n"
        try:
            answer = self._exchange((line, data), time.monotonic() + seconds)
        except TimeoutError:
            raise DocumentError(
                "documents.reader_slow", file=UNNAMED, seconds=f"{form.seconds:.0f}"
            ) from None
        except OSError as error:
            raise _WorkerLost from error
        line, _, behind = answer.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found, behind

    def _exchange(self, request: Sequence[bytes], deadline: float) -> bytes:
        """Send a request and wait for its answer; both at once, so that no full pipe stops either side."""
        parts = [memoryview(part) for part in request if part]
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
                        parts[0] = parts[0][os.write(self._input, parts[0][:_CHUNK]) :]
                        if not parts[0]:
                            parts.pop(0)
                        if not parts:
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
