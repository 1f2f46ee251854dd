"""Leaving with the process that one works for."""

from __future__ import annotations

import select
import threading
from collections.abc import Callable


def leave_with_parent(leave: Callable[[], object]) -> None:
    """Have ``leave`` called once nobody can write to standard input any more, in the middle of work too.

    A parent that is killed can't end its children; but its end of the pipe closes with it. What a parser does
    without letting go of Python's lock is waited for.
    """
    if not hasattr(select, "poll"):
        return
    watch = select.poll()
    watch.register(0, 0)  # the hang-up itself is always told

    def wait() -> None:
        watch.poll()
        leave()

    threading.Thread(target=wait, daemon=True).start()
