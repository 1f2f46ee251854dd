"""The process that reads and cuts documents: one after another, from standard input to standard output.

A request is a pickled `Source`, an answer what `pack_outcome` gives, each behind its length. The files of
strangers are parsed in yet another process, as everywhere. When the parent is gone, in whatever way, or has
closed its end, so are this process and its parsers, in the middle of a file too.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from embeddings.limits import TokenLimit
from retrieval.index.outcome import outcome_of, pack_outcome
from retrieval.index.sources import Source
from retrieval.readers.isolation import shared_readers
from retrieval.readers.parent import leave_with_parent

LENGTH = 8
"""Bytes of a length, big-endian, in front of every message."""

READY = b"ready"


def main() -> None:
    """Serve until standard input ends."""
    archive, limit = Path(sys.argv[1]), _limit(sys.argv[2:])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    # Whoever ends this process's group ends its parsers too.
    shared_readers().detached = False
    leave_with_parent(_leave)
    _send(answers, READY)
    while (source := _receive(sys.stdin.buffer)) is not None:
        _send(answers, pack_outcome(outcome_of(archive, source, limit)))


def limit_words(limit: TokenLimit | None) -> list[str]:
    """A limit as the command line of such a process has it, behind the archive."""
    return [] if limit is None else [str(limit.folder), limit.prefix, str(limit.max_tokens)]


def _limit(words: Sequence[str]) -> TokenLimit | None:
    if not words:
        return None
    folder, prefix, max_tokens = words
    return TokenLimit(Path(folder), prefix, int(max_tokens))


def _leave() -> None:
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _receive(requests: BinaryIO) -> Source | None:
    length = requests.read(LENGTH)
    if len(length) < LENGTH:
        return None
    source: Source = pickle.loads(requests.read(int.from_bytes(length, "big")))  # noqa: S301 - our parent's
    return source


def _send(answers: BinaryIO, answer: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):  # the parent is gone: standard input says so, too
        answers.write(len(answer).to_bytes(LENGTH, "big"))
        answers.write(answer)
        answers.flush()


if __name__ == "__main__":
    main()
