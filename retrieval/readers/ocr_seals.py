"""Red seals over words: their ink is bleached, so that what is printed under them can be recognised.

Only round stamps go. Red lines of text, such as the name of an office at the head of a circular, stay.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from retrieval.readers.ocr_engine import Picture

_REDDER = 45
"""Steps of 255 by which red must outdo green and blue."""

_WIDTHS = (0.1, 0.4)
"""Widths of a stamp in widths of the page: 42 mm on A4 is 0.2."""

_ASPECT = 1.35
_INK = (0.06, 0.65)
"""Share of a stamp's square that has ink."""

_CELL = 8  # pixels; ink is looked for in cells, which closes the gaps between strokes
_CELL_SHARE = 0.04


def without_seals(picture: Picture) -> Picture:
    """The picture with the red of round stamps as light as paper; itself where there is none."""
    blue, green, red = (picture[:, :, at].astype(np.int16) for at in range(3))
    is_red = (red - np.maximum(blue, green)) > _REDDER
    if is_red.mean() < 0.0005:
        return picture
    stamps = list(_stamps(is_red))
    if not stamps:
        return picture
    bleached = picture.copy()
    for top, bottom, left, right in stamps:
        part = bleached[top:bottom, left:right]
        # In red light red ink is nearly white, black ink black; brightened until the red is gone.
        light = part[:, :, 2:3].astype(np.float64)
        ink = float(np.percentile(light[is_red[top:bottom, left:right]], 25))
        part[:] = np.minimum(255.0, light * (255.0 / max(ink, 128.0)))
    return bleached


def _stamps(is_red: NDArray[np.bool_]) -> Iterator[tuple[int, int, int, int]]:
    height, width = is_red.shape
    rows, columns = height // _CELL, width // _CELL
    shares = is_red[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL).mean((1, 3))
    for cells in _connected(shares > _CELL_SHARE):
        top, left = cells.min(0) * _CELL
        bottom, right = (cells.max(0) + 1) * _CELL
        across, down = right - left, bottom - top
        if not _WIDTHS[0] * width <= across <= _WIDTHS[1] * width:
            continue
        if max(across, down) > _ASPECT * min(across, down):
            continue
        if _INK[0] <= is_red[top:bottom, left:right].mean() <= _INK[1]:
            yield int(top), int(bottom), int(left), int(right)


def _connected(marked: NDArray[np.bool_]) -> Iterator[NDArray[np.int64]]:
    """Cells that touch, also by a corner or over one empty cell; each group of shape (n, 2)."""
    left = {(int(row), int(column)) for row, column in np.argwhere(marked)}
    while left:
        first = left.pop()
        group, open_ends = [first], [first]
        while open_ends:
            row, column = open_ends.pop()
            for down in range(-2, 3):
                for across in range(-2, 3):
                    near = (row + down, column + across)
                    if near in left:
                        left.remove(near)
                        group.append(near)
                        open_ends.append(near)
        yield np.array(group)
