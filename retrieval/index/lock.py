"""One writer at a time: a lock that is let go of when its process ends, however that ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from config.errors import IndexBusyError
from retrieval.index.writing import write_error


@contextmanager
def locked(index: Path, name: str, busy: str) -> Iterator[None]:
    """Hold a lock of an index; its folder is made where there is none.

    Args:
        index: the index folder.
        name: the file that is locked in it.
        busy: key of the message that somebody else holds it.

    Raises:
        IndexBusyError: somebody else holds it.
        IndexWriteError: the folder can't be written.
    """
    lock = FileLock(index / name)
    try:
        index.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout as error:
        raise IndexBusyError(busy, index=index) from error
    except OSError as error:
        raise write_error(index, error) from error
    try:
        yield
    finally:
        lock.release()
