"""Writing what an evaluation leaves behind: whole, or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from config.errors import UsageError


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A file to write in UTF-8 that takes the place of ``path`` at the end; what breaks off changes nothing.

    Raises:
        UsageError: the file can't be written.
    """
    refuse_unwritable(path)
    temporary = path.with_name(path.name + ".tmp")
    try:
        # A question file can spell half a character (a lone surrogate), which UTF-8 can not.
        with temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            yield file
        temporary.replace(path)
    except OSError as error:
        raise _failed(path, error.strerror or str(error)) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a whole file.

    Raises:
        UsageError: the file can't be written.
    """
    with replacing(path) as file:
        file.write(text)


def refuse_unwritable(path: Path) -> None:
    """Tell before any work is done that a file can't be written.

    Raises:
        UsageError: the path is a folder, or in none.
    """
    if path.is_dir():
        raise _failed(path, os.strerror(errno.EISDIR))
    if not path.parent.is_dir():
        raise _failed(path, os.strerror(errno.ENOENT))


def _failed(path: Path, reason: str) -> UsageError:
    return UsageError("eval.out_failed", path=path, reason=reason)
