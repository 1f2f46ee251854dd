"""Reading arrays of numbers that a rebuild has written, so that a damaged file is told as one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from config.errors import IndexDamagedError

_PAGE = 4096
"""Bytes below which nothing is won by mapping a file. An empty array can't be mapped at all."""


def read_array(
    path: Path, label: str, kind: type[np.generic], *, is_mapped: bool = False
) -> npt.NDArray[Any]:
    """An array of one dimension.

    Args:
        path: what `numpy.save` has written.
        label: the file's name in an error.
        kind: of its numbers.
        is_mapped: read what is looked at, when it is looked at; the file must not change meanwhile.

    Raises:
        IndexDamagedError: the file can't be read, or holds something else.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            array: npt.NDArray[Any]
            if is_mapped and size >= _PAGE:
                array = np.load(path, mmap_mode="r")
                end = int(array.offset) + array.nbytes  # type: ignore[attr-defined]
            else:
                array = np.load(file)
                end = file.tell()
    except Exception as error:
        # numpy takes a head that it can't read to Python's tokenizer; with one byte changed, one in twenty
        # ends in a TokenError, and a few in a SyntaxError or a TypeError.
        raise IndexDamagedError("index.file_content", file=label, detail=str(error)) from error
    # A head that tells another length or shape, and is a head all the same, leaves bytes over.
    if array.ndim != 1 or array.dtype != kind or end != size:
        raise IndexDamagedError("index.file_content", file=label, detail=f"{array.dtype} {array.shape}")
    return np.asarray(array)
