"""Turning a page so that its lines run from left to right, heights counted downwards."""

from __future__ import annotations

from collections.abc import Callable

Box = tuple[float, float, float, float]
"""Left, bottom, right and top edge of a page as it is stored, heights counted upwards."""

Turn = Callable[[float, float], tuple[float, float]]

VERTICAL = -1
"""Lines run from the top to the bottom in upright characters, the first at the right."""


def turning(quarter: int, box: Box) -> Turn:
    """From a place on the page as stored to one on the page as read.

    Args:
        quarter: turns by 90 degrees counterclockwise in which the lines run as stored, or `VERTICAL`.
        box: of the page as stored.
    """
    left, bottom, right, top = box
    turns: dict[int, Turn] = {
        VERTICAL: lambda x, y: (top - y, right - x),
        0: lambda x, y: (x - left, top - y),
        1: lambda x, y: (y - bottom, x - left),
        2: lambda x, y: (right - x, y - bottom),
        3: lambda x, y: (top - y, right - x),
    }
    return turns[quarter]


def turned_size(quarter: int, box: Box) -> tuple[float, float]:
    """Width and height of the page as read."""
    left, bottom, right, top = box
    return (right - left, top - bottom) if quarter in (0, 2) else (top - bottom, right - left)
