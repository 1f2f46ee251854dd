"""Rebuilds in processes of their own that start within milliseconds: they are forked from a warm one.

``python -m retrieval.rebuild`` takes seconds of imports before it touches the index, and a kill there
proves nothing. The nursery has imported everything and loaded the encoder; a child is the same program from
there on.
It reads one order a line on standard input, as JSON, and answers with the child's process id; the next line
asks for its end and is answered with the status that `os.waitpid` gives.
"""

from __future__ import annotations

import functools
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import embeddings
from embeddings import sentence_transformer
from embeddings.cache import Kind, text_key
from embeddings.sentence_transformer import SentenceTransformerEncoder
from retrieval.rebuild import main

_FOLDER_EVENTS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "sqlite3.connect")


@dataclass(frozen=True, slots=True)
class Order:
    """One rebuild.

    Attributes:
        arguments: of ``python -m retrieval.rebuild``.
        output: the file that takes what it prints.
        encoded: the file that takes the keys of the texts it encodes, one a line.
        kill_at: the child kills itself before its n-th operation on a file below ``watched``; 0 for never.
        watched: folders.
        file_size: bytes that a file may have; 0 for no limit.
    """

    arguments: tuple[str, ...]
    output: str
    encoded: str
    kill_at: int = 0
    watched: tuple[str, ...] = ()
    file_size: int = 0


class Nursery:
    """The warm process, seen from outside. Rebuilds are run one after the other."""

    def __init__(self, environ: dict[str, str], warm: Order) -> None:
        """Start it and run one rebuild in it, which imports all that rebuilds need."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.crash_nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environ,
            cwd=Path(__file__).parents[1],
        )
        self._ask(asdict(warm))

    def start(self, order: Order) -> int:
        """Start a rebuild; its process id, which stays its own until `wait`."""
        return int(self._ask(asdict(order)))

    def wait(self) -> int:
        """Wait for its end: the exit code, or minus the number of the signal that ended it."""
        return os.waitstatus_to_exitcode(int(self._ask({})))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def _ask(self, order: dict[str, Any]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


def kill_before(operation: int, watched: Sequence[str]) -> None:
    """Have this process kill itself before its n-th operation on files below some folders; syncing counts."""
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        if done == operation:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        paths = [os.fspath(one) for one in arguments if isinstance(one, str | os.PathLike)]
        if event in _FOLDER_EVENTS and any(str(path).startswith(tuple(watched)) for path in paths):
            count()

    def fsync(descriptor: Any, sync: Callable[[Any], None] = os.fsync) -> None:
        count()
        sync(descriptor)

    sys.addaudithook(watch)
    os.fsync = fsync


def _main() -> None:

    # Torch would take longer to load than all that a rebuild has to encode here.
    sentence_transformer.SMALL_JOB = sys.maxsize
    # Loaded once and inherited: a session without threads of its own survives being forked.
    embeddings.load_encoder = functools.cache(embeddings.load_encoder)
    encode, log = SentenceTransformerEncoder.encode_passages, Path(os.devnull)

    def encode_passages(self: Any, texts: Sequence[str], *more: Any) -> Any:
        vectors = encode(self, texts, *more)
        with log.open("a") as file:
            file.writelines(f"{text_key(Kind.PASSAGE, text).hex()}\n" for text in texts)
        return vectors

    SentenceTransformerEncoder.encode_passages = encode_passages  # type: ignore[method-assign]

    def carry_out(order: Order) -> int:
        nonlocal log
        log = Path(order.encoded)
        with Path(order.output).open("w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        if order.file_size:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (order.file_size, resource.RLIM_INFINITY))
        if order.kill_at:
            kill_before(order.kill_at, order.watched)
        code = main(order.arguments)
        sys.stdout.flush()
        return code

    _serve(carry_out)


def _serve(carry_out: Callable[[Order], int]) -> None:
    """Carry out the first order here, and each further one in a child; say how each ended."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    print(carry_out(_order(sys.stdin.readline())), file=answers)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                code = carry_out(_order(line))
            finally:
                os._exit(code)
        print(child, file=answers)
        sys.stdin.readline()
        print(os.waitpid(child, 0)[1], file=answers)


def _order(line: str) -> Order:
    fields = json.loads(line)
    fields["arguments"], fields["watched"] = tuple(fields["arguments"]), tuple(fields["watched"])
    return Order(**fields)


if __name__ == "__main__":
    _main()
