"""Names of places in a text that has no characters to count for people: pages, paragraphs, rows."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from retrieval.documents.types import Span, Unit

RECOGNISED = "（识别）"
"""Ends the name of a place whose text was recognised in a picture, and may be wrong."""


def located(units: Sequence[Unit], span: Span) -> str:
    """The name of the unit that holds a span, or of the first and last of several; "" when none does.

    Args:
        units: sorted, not overlapping.
        span: a place of the same text.
    """
    units = [unit for unit in units if unit.span.start < unit.span.end]
    first = bisect.bisect_right(units, span.start, key=lambda unit: unit.span.end)
    last = bisect.bisect_left(units, span.end, key=lambda unit: unit.span.start) - 1
    if first > last:
        return ""
    names = (units[first].name, units[last].name)
    if names[0] == names[1]:
        return names[0]
    if names[1].endswith(RECOGNISED):
        return names[0].removesuffix(RECOGNISED) + "至" + names[1]
    return "至".join(names)


def missing_places(units: Sequence[Unit]) -> list[str]:
    """Names of the places that could not be read: those without characters."""
    return [unit.name for unit in units if unit.span.start == unit.span.end]
