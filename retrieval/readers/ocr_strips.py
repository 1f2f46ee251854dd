"""Long pictures, such as a web page photographed from a telephone's screen, cut between lines of text."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from retrieval.readers.ocr_engine import Picture

_LONG = 2.2
"""Heights in widths from which a picture is cut: finding lines reduces its longer side to one size."""

_STRIP = 1.5  # widths that a strip is high
_SEARCHED = 0.35  # share of a strip, at its end, in which the calmest row is looked for
_MOST_STRIPS = 60


def strips(picture: Picture) -> Iterator[tuple[Picture, int]]:
    """Parts of a picture from above, each with the row it begins at; the picture itself unless it is long."""
    height, width = picture.shape[:2]
    if height <= _LONG * width or height < 2 * width:
        yield picture, 0
        return
    strip = max(int(_STRIP * width), height // _MOST_STRIPS + 1)
    top = 0
    while top < height:
        bottom = min(height, top + strip)
        if bottom < height:
            first = bottom - int(_SEARCHED * strip)
            bottom = first + _calmest(picture[first:bottom])
        yield picture[top:bottom], top
        top = bottom


def _calmest(part: Picture) -> int:
    """The middle of the widest stretch of rows that hold nothing; at least 1."""
    grey = part.mean(2)
    ink = grey.max(1) - grey.min(1)
    is_calm = ink <= max(24.0, float(np.percentile(ink, 10)))
    best, length = (1, len(part) - 1), 0
    for row, calm in enumerate([*is_calm, False]):
        if calm:
            length += 1
            continue
        if length and length >= best[0]:
            best = (length, row - (length + 1) // 2)
        length = 0
    return max(1, best[1])
