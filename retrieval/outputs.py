"""Files that a person names for a result: written whole, or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Literal

from config.errors import UsageError


@contextmanager
def replacing(path: Path) -> Iterator[TextIOWrapper]:
    """A file to write in UTF-8 that takes the place of ``path`` at the end; what breaks off changes nothing.

    A link stays a link: what it leads to is replaced. A device or a pipe (``/dev/stdout``) is written to as
    it is, for putting a file in its place would break it for everybody.

    Raises:
        UsageError: the file can't be written.
    """
    refuse_unwritable(path)
    target, is_special = _target(path), _is_special(path)
    # A name that nobody can have guessed: what stands under it is ours to write and to remove.
    written = path if is_special else target.with_name(f".anjiang-{secrets.token_hex(8)}.tmp")
    try:
        # A question file can spell half a character (a lone surrogate), which UTF-8 can not.
        mode: Literal["w", "x"] = "w" if is_special else "x"
        with written.open(mode, encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            yield file
        if not is_special:
            written.replace(target)
    except OSError as error:
        raise _failed(path, error.strerror or str(error)) from error
    finally:
        if not is_special:
            written.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a whole file, see `replacing`.

    Raises:
        UsageError: the file can't be written.
    """
    with replacing(path) as file:
        file.write(text)


def write_bytes(path: Path, data: bytes) -> None:
    """The same for a file that is no text.

    Raises:
        UsageError: the file can't be written.
    """
    with replacing(path) as file:
        file.buffer.write(data)


def refuse_unwritable(path: Path) -> None:
    """Tell before any work is done that a file can't be written.

    Raises:
        UsageError: the path is a folder, or in none.
    """
    if path.is_dir():
        raise _failed(path, os.strerror(errno.EISDIR))
    if not path.parent.is_dir():
        raise _failed(path, os.strerror(errno.ENOENT))


def refuse_same(read: Path, written: Iterable[Path]) -> None:
    """Tell before any work is done that one file would be read and written, or written twice.

    Raises:
        UsageError: it would.
    """
    taken = {_target(read)}
    for path in written:
        if _target(path) in taken and not _is_special(path):
            raise UsageError("cli.same_file", path=path)
        taken.add(_target(path))


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _target(path: Path) -> Path:
    """What links lead to; unlike `Path.resolve` this has a result for links in a ring, too."""
    return Path(os.path.realpath(path))


def _failed(path: Path, reason: str) -> UsageError:
    return UsageError("cli.unwritable", path=path, reason=reason)
