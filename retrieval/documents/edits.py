"""A text made from another by edits, with every position traceable back.

Cleaning never loses where a character came from: the clean text is the source with a sorted list of
replacements applied, and any clean span maps back to the source span it was made from.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace ``source[start:end]`` by ``text``; an empty ``text`` deletes."""

    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class EditedText:
    """``source`` with ``edits`` applied (sorted, not overlapping).

    Attributes:
        source_length: code points of the source text.
        edits: sorted by start, not overlapping.
        text: the result.
    """

    source_length: int
    edits: tuple[Edit, ...]
    text: str
    _kept: tuple[tuple[int, int, int], ...] = field(repr=False)
    """Pieces in order, as (start in text, start in source, length): verbatim runs."""

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The smallest source range that holds every kept character of ``text[start:end]``.

        A range that holds no kept character (it lies inside a replacement) maps to an empty range at the
        nearest kept character before it.

        Raises:
            ValueError: the range does not lie in ``text``.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"[{start}, {end}) does not lie in a text of {len(self.text)}")
        starts = [piece[0] for piece in self._kept]
        first = max(0, bisect.bisect_right(starts, start) - 1)
        low: int | None = None
        high = 0
        for at, source, length in self._kept[first:]:
            if at >= end:
                break
            a, b = max(start, at), min(end, at + length)
            if a >= b:
                continue
            if low is None:
                low = source + a - at
            high = source + b - at
        if low is None:
            before = [piece for piece in self._kept if piece[0] <= start]
            anchor = before[-1][1] + min(before[-1][2], start - before[-1][0]) if before else 0
            return anchor, anchor
        return low, high

    def from_source(self, position: int) -> int:
        """Where a source position lies in ``text``; a deleted one maps to the next kept character."""
        for at, source, length in self._kept:
            if position < source + length:
                return at + max(0, position - source)
        return len(self.text)


def apply_edits(source: str, edits: Iterable[Edit]) -> EditedText:
    """Apply sorted or unsorted edits to a text.

    Raises:
        ValueError: two edits overlap, or one lies outside the source.
    """
    ordered = tuple(sorted(edits))
    pieces: list[str] = []
    kept: list[tuple[int, int, int]] = []
    at = position = 0
    for edit in ordered:
        if edit.start < position or edit.end < edit.start or edit.end > len(source):
            raise ValueError(f"edit {edit} overlaps another or lies outside the text")
        if edit.start > position:
            kept.append((at, position, edit.start - position))
            pieces.append(source[position : edit.start])
            at += edit.start - position
        pieces.append(edit.text)
        at += len(edit.text)
        position = edit.end
    if position < len(source):
        kept.append((at, position, len(source) - position))
        pieces.append(source[position:])
    return EditedText(len(source), ordered, "".join(pieces), tuple(kept))


def deletions(spans: Sequence[tuple[int, int]]) -> list[Edit]:
    """Edits that delete the given ranges, empty ones left out."""
    return [Edit(start, end) for start, end in spans if end > start]
