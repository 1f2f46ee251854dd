"""The process that parses: one file after another, from standard input to standard output.

A request is a line of JSON (kind, seconds, length of the file) and the file's bytes; the answer a line with
a length and that many bytes: a line of JSON, and behind it, of a container, the bytes of what it holds. What
a parser prints, imports or breaks stays in here.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from config.errors import DocumentError
from retrieval.readers.formats import CONTAINERS, FORMATS, MAX_CHARACTERS
from retrieval.readers.members import Cursor
from retrieval.readers.parent import leave_with_parent
from retrieval.readers.types import UNNAMED, Kind

_GRACE = 5  # seconds after the parent should have ended this process
_DENIED = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.truncate",
    "shutil.",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> None:
    """Serve until standard input ends."""
    source = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    leave_with_parent(lambda: os._exit(1))
    _limit(int(sys.argv[1]))
    sys.addaudithook(_deny)
    while line := source.readline():
        request = json.loads(line)
        data = source.read(request["length"])
        _end_after(request["seconds"])
        answer = _unpacked(request, data) if "cursor" in request else _answer(request["kind"], data)
        del data
        _send(answers, answer)
        _end_after(0)


def _limit(megabytes: int) -> None:
    """Bound the address space, and leave no core file."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    limits = ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, megabytes << 20))
    for name, most in limits:
        # Some systems refuse to bound the address space: the clock and the size of the text remain.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(name, (most, most))


def _end_after(seconds: float) -> None:
    """Let the system end this process, in case the parent can't any more; 0 takes that back."""
    if hasattr(signal, "alarm"):
        signal.alarm(int(seconds) + _GRACE if seconds else 0)


def _deny(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what no reader needs: network, other programs, changing files."""
    if event.startswith(_DENIED):
        raise PermissionError(event)
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
        raise PermissionError(f"{event} {arguments[0]}")


def _answer(kind: str, data: bytes) -> bytes:
    def read() -> tuple[dict[str, Any], list[bytes]]:
        reading = importlib.import_module(FORMATS[Kind(kind)].module).read(data)
        if len(reading.text) > MAX_CHARACTERS:
            raise DocumentError("documents.too_much_text", file=UNNAMED, limit=MAX_CHARACTERS)
        return {"reading": reading.as_json()}, []

    return _guarded(read, FORMATS[Kind(kind)].megabytes)


def _unpacked(request: dict[str, Any], data: bytes) -> bytes:
    from retrieval.readers.unpacking import unpack  # noqa: PLC0415 - most workers never see a container

    kind = Kind(request["kind"])

    def read() -> tuple[dict[str, Any], list[bytes]]:
        window = unpack(data, kind, Cursor.from_json(request["cursor"]), request["most"])
        return {"window": window.as_json()}, [member.data for member in window.members]

    return _guarded(read, CONTAINERS[kind].megabytes)


def _guarded(read: Callable[[], tuple[dict[str, Any], list[bytes]]], megabytes: int) -> bytes:
    """What a parser gives, or what stopped it, as one line of JSON and bytes behind it."""
    behind: list[bytes] = []
    try:
        answer, behind = read()
    except DocumentError as error:
        answer = {"key": error.key, "values": error.values}
    except MemoryError:
        answer = {"key": "documents.reader_memory", "values": {"megabytes": megabytes}}
    except RecursionError:
        answer = {"key": "documents.too_nested", "values": {}}
    except Exception as error:  # noqa: BLE001 - a parser's own fault must cost this file only
        answer = {"key": "documents.damaged", "values": {"detail": type(error).__name__}}
    return b"\n".join([json.dumps(answer).encode("ascii"), b"".join(behind)])


def _send(stream: BinaryIO, answer: bytes) -> None:
    stream.write(b"%d\n" % len(answer))
    stream.write(answer)
    stream.flush()


if __name__ == "__main__":
    main()
