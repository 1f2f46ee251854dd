"""Headings as plain values: those that a reader tells, and those that a document has."""

from __future__ import annotations

from collections.abc import Iterable

from retrieval.documents.types import Section
from retrieval.readers.types import Reading


def headings(reading: Reading) -> list[tuple[str, int]]:
    """Each heading with its level."""
    return [(reading.text[one.span.start : one.span.end], one.level) for one in reading.headings]


def outline(sections: Iterable[Section]) -> list[tuple[int, str]]:
    """Each section's level and title, those inside others too, in the order of the text."""
    return [line for one in sections for line in ((one.level, one.title), *outline(one.children))]
