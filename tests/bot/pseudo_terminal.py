"""A program with a pseudo-terminal as its own, and a mark where its last words end.

Linux may tell who reads from a pseudo-terminal that the other side is closed (EIO) before it hands over what
was written just before: where a read finds nothing, and the program writes and closes right then, the last
lines are lost (3 of 80,000 times on busy cores). So the other side is held open until the mark has been read.
"""

from __future__ import annotations

import os
import pty
import threading
from collections.abc import Iterator
from contextlib import contextmanager

END = b"\x1b[?9999l"
"""A sequence that no terminal knows and no program writes."""


@contextmanager
def program_on_a_terminal(command: list[str], environ: dict[str, str]) -> Iterator[tuple[int, list[int]]]:
    """Run a program; gives the terminal to read from until ``END``, and its exit code once this is left.

    Leaving closes the terminal, which hangs up a program that still runs.
    """
    terminal, inner = pty.openpty()
    pid = os.fork()
    if pid == 0:
        os.login_tty(inner)
        os.execve(command[0], command, environ)
    codes: list[int] = []

    def wait() -> None:
        _, status = os.waitpid(pid, 0)
        codes.append(os.waitstatus_to_exitcode(status))
        os.write(inner, END)

    waiting = threading.Thread(target=wait)
    waiting.start()
    try:
        yield terminal, codes
    finally:
        os.close(terminal)
        waiting.join()
        os.close(inner)
