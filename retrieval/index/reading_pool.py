"""The parent's side of reading in processes: hands each a source, takes what comes of it, ends them all."""

from __future__ import annotations

import contextlib
import os
import pickle
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from config.errors import DocumentError
from embeddings.limits import TokenLimit
from retrieval.index.outcome import Outcome, unpack_outcome
from retrieval.index.reading_worker import LENGTH, READY, limit_words
from retrieval.index.sources import Source
from retrieval.readers.formats import FORMATS

_LIMIT = 300.0 + 2 * max(form.seconds for form in FORMATS.values())
"""Seconds for a source beside those for its size; a parser that breaks down is tried twice."""

_LIMIT_MEGABYTE = 20.0
"""Seconds for each megabyte: a text takes 2, and the machine may be busy."""

_START = 60.0
"""Seconds to start in, on a busy machine."""

_TICK = 1.0
"""Seconds between two words about how far reading is."""

_FAREWELL = 2.0
"""Seconds to end by itself in."""

_CHUNK = 1 << 18


class PoolUnusable(Exception):  # noqa: N818 - what happened, seen in this package only
    """No process can be started, or none gets as far as reading."""


class ReadingPool:
    """Processes that read documents; all are gone when the block ends, however it ends."""

    def __init__(
        self,
        archive: Path,
        size: int,
        limit: TokenLimit | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is started yet.

        Args:
            archive: the folder of speeches.
            size: processes at most.
            limit: for them to cut the documents by; None to have them only read.
            clock: tells the seconds by which a process is late.
        """
        self._archive = archive
        self._size = size
        self._limit = limit
        self._clock = clock
        self._readers: list[_Reader] = []

    def read(
        self, sources: Sequence[Source], *, begun: Callable[[Source], None], tick: Callable[[], None]
    ) -> Iterator[tuple[Source, Outcome]]:
        """What comes of each source, as it comes.

        A process that ends in the middle of a source costs that source, unless it had read others before:
        then these may have left it in a bad state, and the source gets a second try in a fresh one.

        Args:
            sources: what to read, the first ones first.
            begun: called with each source that is handed out; with one that is tried again, again.
            tick: called every second or oftener.

        Raises:
            PoolUnusable: processes can't be had; sources that gave nothing yet are unread.
        """
        waiting = deque(sources)
        with selectors.DefaultSelector() as selector:
            while waiting or any(reader.source for reader in self._readers):
                self._start(selector, len(waiting))
                for reader in self._readers:
                    if waiting and reader.is_idle:
                        begun(waiting[0])
                        reader.hand(waiting.popleft())
                for key, _ in selector.select(_TICK):
                    reader = key.data
                    if reader.receive():
                        if (done := reader.answered()) is not None:
                            yield done
                        continue
                    self._end(reader, selector)
                    if reader.source is not None and reader.files > 1:
                        waiting.appendleft(reader.source)
                    elif reader.source is not None:
                        yield _failed("documents.reader_crashed", reader.source)
                for reader in [one for one in self._readers if one.is_late]:
                    self._end(reader, selector)
                    if reader.source is not None:
                        seconds = f"{_limit(reader.source):.0f}"
                        yield _failed("documents.reader_slow", reader.source, seconds=seconds)
                tick()

    def _start(self, selector: selectors.BaseSelector, waiting: int) -> None:
        """Have as many processes as there is work for."""
        idle = sum(reader.source is None for reader in self._readers)
        for _ in range(min(self._size - len(self._readers), waiting - idle)):
            try:
                reader = _Reader(self._archive, self._limit, self._clock)
            except OSError as error:
                self._size = len(self._readers)
                if not self._readers:
                    raise PoolUnusable from error
                return
            self._readers.append(reader)
            selector.register(reader.output, selectors.EVENT_READ, reader)

    def _end(self, reader: _Reader, selector: selectors.BaseSelector) -> None:
        selector.unregister(reader.output)
        self._readers.remove(reader)
        reader.end()
        if not reader.is_ready:
            # It did not even start: no use to try again and again.
            self._size = len(self._readers)
            if not self._readers:
                raise PoolUnusable

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for reader in self._readers:
            reader.ask_to_end()
        for reader in self._readers:
            reader.end(_FAREWELL)
        self._readers.clear()


def _failed(key: str, source: Source, **values: object) -> tuple[Source, Outcome]:
    return source, DocumentError(key, file=source.path, **values)


def _limit(source: Source) -> float:
    return _LIMIT + _LIMIT_MEGABYTE * source.size / (1 << 20)


class _Reader:
    """One process.

    Attributes:
        source: what it reads.
        files: that it was handed.
        is_ready: whether it has said that it is there.
        output: the file descriptor that answers come from.
    """

    def __init__(self, archive: Path, limit: TokenLimit | None, clock: Callable[[], float]) -> None:
        self.source: Source | None = None
        self.files = 0
        self.is_ready = False
        self._received = bytearray()
        self._clock = clock
        self._deadline = clock() + _START
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(  # noqa: S603 - this program itself, with folders
            # -P: a file of the archive's folder must not pass for a module.
            [sys.executable, "-P", "-m", "retrieval.index.reading_worker", str(archive), *limit_words(limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Each core has a process that counts tokens: more threads would only wait for one another.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "TOKENIZERS_PARALLELISM": "false"},
            start_new_session=True,  # Ctrl-C is for the parent, which then ends this process and its parsers
        )
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        self.output = self._process.stdout.fileno()
        os.set_blocking(self.output, False)

    @property
    def is_idle(self) -> bool:
        return self.is_ready and self.source is None

    @property
    def is_late(self) -> bool:
        return (self.source is not None or not self.is_ready) and self._clock() > self._deadline

    def hand(self, source: Source) -> None:
        """Have it read a source."""
        self.source = source
        self.files += 1
        self._deadline = self._clock() + _limit(source)
        request = pickle.dumps(source)
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        # One that has ended meanwhile is found out by its output.
        with contextlib.suppress(OSError):
            self._process.stdin.write(len(request).to_bytes(LENGTH, "big") + request)
            self._process.stdin.flush()

    def receive(self) -> bool:
        """Take what it has written; False when it has ended."""
        try:
            chunk = os.read(self.output, _CHUNK)
        except BlockingIOError:
            return True
        self._received += chunk
        return bool(chunk)

    def answered(self) -> tuple[Source, Outcome] | None:
        """What came of its source; None while the answer is not whole."""
        end = LENGTH + int.from_bytes(self._received[:LENGTH], "big")
        if len(self._received) < max(end, LENGTH + 1):
            return None
        answer = bytes(self._received[LENGTH:end])
        del self._received[:end]
        if not self.is_ready:
            self.is_ready = answer == READY
            return None
        assert self.source is not None  # noqa: S101 - it answers what it was asked
        done = self.source, unpack_outcome(answer)
        self.source = None
        return done

    def ask_to_end(self) -> None:
        """Let it end its parsers and itself."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def end(self, patience: float = 0.0) -> None:
        """Make sure that it and its parsers are gone."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        # Its number is the group's for as long as a parser is left in it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
