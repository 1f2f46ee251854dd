"""Printed pages as their lines: what a PDF's characters, or a recognised picture, give to be put together.

Lengths are points (1/72 inch). The origin is the top left corner of the page as it is read, upright; heights
count downwards.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A printed line, or the part of one between two wide gaps.

    Attributes:
        text: its characters, without blanks at the ends.
        left: edge of the first character.
        right: edge of the last one; a wide character takes its whole square.
        baseline: what the characters stand on.
        size: of the characters, from line to line when set solid.
        bold: characters from the first on that are bold.
        gothic: characters from the first on that are set in a gothic face (黑体), which is how typists make
            headings bold where the rest is not gothic.
        is_row: a row of a table, its cells parted by tabs; never joined with another.
        is_aside: not in the line of reading: set askew, such as a watermark.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: int = 0
    gothic: int = 0
    is_row: bool = False
    is_aside: bool = False

    @property
    def top(self) -> float:
        """Upper edge of the characters."""
        return self.baseline - 0.88 * self.size

    @property
    def bottom(self) -> float:
        """Lower edge of the characters."""
        return self.baseline + 0.12 * self.size


@dataclass(frozen=True, slots=True)
class Rule:
    """A drawn line, level or upright: ``left == right`` or ``top == bottom``, nearly."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def is_level(self) -> bool:
        """Whether it runs from left to right."""
        return self.right - self.left >= self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        number: as people count, from 1.
        width: of the page as it is read.
        height: of the page as it is read.
        pieces: in any order.
        rules: the lines drawn on it; any of them may frame a table.
    """

    number: int
    width: float
    height: float
    pieces: tuple[Piece, ...]
    rules: tuple[Rule, ...] = ()
