"""Leases: who reads a generation holds its folder, and nobody removes a folder that is held.

A lease is a shared `flock` on the folder itself, which needs no file and no right to write. The kernel gives
it back however its process ends. Where a file system knows no such lock, readers hold nothing and removing
asks nobody.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from retrieval.index.files import remove_folder


class Lease:
    """Holds a generation's folder until it is closed or the process ends. Any number may hold the same.

    Args:
        folder: of the generation.

    Raises:
        FileNotFoundError: there is no such folder any more.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor: int | None = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if not _lock(self._descriptor, fcntl.LOCK_SH) or not _is_at(self._descriptor, folder):
                raise FileNotFoundError(folder)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the folder; more than once does no harm."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            # Said, not left to closing: a process that was forked meanwhile holds the descriptor too.
            _lock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)


def remove_unless_held(folder: Path) -> None:
    """Remove a generation's folder unless somebody holds it. What can't be removed stays and does no harm."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return  # another process was faster
    try:
        # Held until nothing is left: who wants a lease meanwhile is told that the folder is gone.
        if _lock(descriptor, fcntl.LOCK_EX) and _is_at(descriptor, folder):
            remove_folder(folder)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, kind: int) -> bool:
    """Whether nobody stands against a lock; none is had where the file system knows none."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _is_at(descriptor: int, folder: Path) -> bool:
    """Whether a folder that was opened by its path is what the path still names."""
    try:
        return os.path.samestat(os.fstat(descriptor), folder.stat())
    except FileNotFoundError:
        return False
