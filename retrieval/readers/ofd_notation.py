"""How an OFD writes numbers, transforms, steps and paths.

Lengths in the file are millimetres, counted from the upper left corner.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from lxml import etree

from retrieval.readers.package import name_of

POINTS = 72 / 25.4
"""Points of a millimetre."""

LARGEST = 1e6
"""Millimetres; what is beyond is no number of a page."""

_PATH = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)(?:[eE]-?\d+)?")

Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f: (x, y) goes to (ax + cy + e, bx + dy + f)."""
PLAIN: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
"""Leaves every point where it is."""


def children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Children of that name."""
    return (child for child in parent if name_of(child) == name)


def box_of(area: etree._Element | None) -> tuple[float, float, float, float] | None:
    """The box of a page area in millimetres (left, top, width, height), None where none is given."""
    if area is None:
        return None
    box = next(children(area, "PhysicalBox"), None)
    found = numbers(box.text) if box is not None else []
    return (found[0], found[1], found[2], found[3]) if len(found) == 4 and min(found[2:]) > 0 else None


def numbers(text: str | None) -> list[float]:
    """Numbers parted by blanks; what is none counts as 0."""
    return [number_of(word) for word in (text or "").split()]


def number_of(text: str | None, default: float = 0.0) -> float:
    """A number of the file; one that is none, or beyond any page, counts as 0."""
    if text is None:
        return default
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if abs(number) < LARGEST else 0.0


def matrix_of(element: etree._Element) -> Matrix:
    """From an object's coordinates to those around it: its matrix, then the corner of its box."""
    box = numbers(element.get("Boundary"))
    matrix = numbers(element.get("CTM"))
    a, b, c, d, e, f = matrix if len(matrix) == 6 else PLAIN
    left, top = (box[0], box[1]) if len(box) >= 2 else (0.0, 0.0)
    return a, b, c, d, e + left, f + top


def composed(outer: Matrix, inner: Matrix) -> Matrix:
    """First the inner matrix, then the outer one."""
    a, b, c, d, e, f = inner
    left, top = moved(outer, e, f)
    return (
        outer[0] * a + outer[2] * b, outer[1] * a + outer[3] * b,
        outer[0] * c + outer[2] * d, outer[1] * c + outer[3] * d, left, top,
    )  # fmt: skip


def moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """A point of the inner coordinates in the outer ones."""
    return matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5]


def steps_of(text: str | None, most: int) -> list[float] | None:
    """Steps from character to character; "g 3 5" is three steps of 5. None where the file has none.

    Args:
        text: the attribute.
        most: steps that matter.
    """
    if not text:
        return None
    steps: list[float] = []
    words = text.split()
    at = 0
    while at < len(words) and len(steps) < most:
        if words[at] == "g" and at + 2 < len(words):
            times = int(min(max(number_of(words[at + 1]), 0), most - len(steps)))
            steps += [number_of(words[at + 2])] * times
            at += 3
        else:
            steps.append(number_of(words[at]))
            at += 1
    return steps


def segments(path: str) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Straight lines of a path (M, L, C for its end); curves are passed over."""
    start = here = (0.0, 0.0)
    words = _PATH.findall(path)
    at = 0
    while at < len(words):
        letter = words[at]
        values = list(
            itertools.islice(itertools.takewhile(lambda w: not w.isalpha(), words[at + 1 : at + 8]), 7)
        )
        at += 1 + len(values)
        point = (number_of(values[-2]), number_of(values[-1])) if len(values) >= 2 else here
        if letter in "MS":
            start = point
        elif letter == "L":
            yield here, point
        elif letter == "C":
            yield here, start
            point = start
        here = point
