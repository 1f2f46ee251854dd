"""Writing files so that a crash at any moment leaves either the old content or the new."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from config.errors import IndexDamagedError

_BLOCK = 1 << 20
TEMPORARY = ".tmp"
"""Ending of everything that is not finished yet; whatever carries it is swept by the next rebuild."""


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes, read in blocks.

    Raises:
        OSError: the file can't be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def read_head(path: Path, size: int, label: str) -> tuple[bytes, int]:
    """The first ``size`` bytes of a file, fewer where it is shorter, and how many it has in all.

    Raises:
        IndexDamagedError: it can't be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(size), os.fstat(file.fileno()).st_size
    except OSError as error:
        raise IndexDamagedError("index.file_content", file=label, detail=error.strerror) from error


def sync(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on the disk.

    Raises:
        OSError: they can't be written there.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_text(path: Path, text: str) -> None:
    """Give a file new content in one step: a reader sees the old text or the new, never a part.

    Raises:
        OSError: the text can't be written; the old content stays.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    temporary.write_text(text, "utf-8")
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)


def remove_folder(path: Path) -> None:
    """Delete a folder; a deletion cut short leaves a temporary name, never a folder that looks whole.

    What can't be deleted stays for the next sweep: a leftover does no harm.
    """
    doomed = path
    if not path.name.endswith(TEMPORARY):
        doomed = path.with_name(path.name + TEMPORARY)
        try:
            path.replace(doomed)
        except OSError:
            return
    shutil.rmtree(doomed, ignore_errors=True)
