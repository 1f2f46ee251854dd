"""Names of places in a text that has no characters to count for people: pages, paragraphs, rows."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from retrieval.types import Span, Unit


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
    return names[0] if names[0] == names[1] else "至".join(names)


def missing_places(units: Sequence[Unit]) -> list[str]:
    """Names of the places that could not be read: those without characters."""
    return [unit.name for unit in units if unit.span.start == unit.span.end]
