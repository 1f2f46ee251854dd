"""Rows of postings as bytes: a term's rows ascend, so each is kept as its distance from the one before.

A row stands as often as its passage has the term: a distance of 0 is the same passage again. The distances of
terms that stand in many passages fit into a byte, those of others into two; the highest number that fits says
that a distance goes on. So a posting takes little more than a byte, and numpy reads a term in one sum.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from embeddings.types import BoolArray, IntArray

Bytes = npt.NDArray[np.uint8]

_NARROW, _WIDE = np.iinfo(np.uint8).max, np.iinfo(np.uint16).max


def is_wide(frequency: IntArray | int, passages: int) -> BoolArray:
    """Whether a term takes two bytes a distance: if its rows lie more than a byte apart on average."""
    return np.asarray(np.multiply(frequency, _NARROW) < passages)


def pack(rows: IntArray, sizes: IntArray, passages: int) -> tuple[Bytes, IntArray, IntArray]:
    """The bytes of some terms.

    Args:
        rows: term by term, ascending, each as often as its passage has the term.
        sizes: how many rows belong to each term; above 0.
        passages: of the index.

    Returns:
        The bytes of all terms, how many belong to each, and in how many passages each stands.
    """
    firsts = np.cumsum(sizes) - sizes
    distances = np.diff(rows, prepend=-1)
    distances[firsts] = rows[firsts] + 1
    frequencies = np.add.reduceat(distances > 0, firsts, dtype=np.int64) if sizes.size else sizes
    wide = is_wide(frequencies, passages)
    goes_on = np.where(wide, _WIDE, _NARROW)
    steps, rest = np.divmod(distances, np.repeat(goes_on, sizes))
    steps += 1
    taken = np.add.reduceat(steps, firsts) if sizes.size else sizes
    numbers = np.repeat(goes_on, taken)
    numbers[np.cumsum(steps) - 1] = rest
    kept = np.ones((numbers.size, 2), dtype=np.bool_)
    kept[:, 1] = np.repeat(wide, taken)
    return numbers.astype("<u2").view(np.uint8)[kept.ravel()], taken * (1 + wide), frequencies


def unpack(data: Bytes, *, wide: bool) -> npt.NDArray[np.int32]:
    """The rows of one term, as they were given to `pack`."""
    numbers = data[: data.size - data.size % 2].view("<u2") if wide else data
    found = np.cumsum(numbers, dtype=np.int32)
    found -= 1
    return np.asarray(found[numbers != (_WIDE if wide else _NARROW)])


def unpack_all(data: Bytes, sizes: IntArray, *, wide: bool) -> tuple[IntArray, IntArray]:
    """The rows of some terms of the same width, and how many belong to each.

    Args:
        data: the bytes of all terms.
        sizes: how many bytes belong to each; above 0.
        wide: see `is_wide`.
    """
    numbers = data.view("<u2") if wide else data
    taken = sizes // 2 if wide else sizes
    firsts = np.cumsum(taken) - taken
    found = np.cumsum(numbers, dtype=np.int64)
    found -= np.repeat(found[firsts] - numbers[firsts], taken) + 1
    is_row = numbers != (_WIDE if wide else _NARROW)
    return found[is_row], np.add.reduceat(is_row, firsts, dtype=np.int64) if sizes.size else sizes
