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
        first = bisect.bisect_right(self._kept, start, key=_text_start) - 1
        anchor = 0
        if first >= 0:
            at, source, length = self._kept[first]
            anchor = source + min(length, start - at)
            if start < min(end, at + length):
                return anchor, self._source_end(end)
        if first + 1 < len(self._kept) and self._kept[first + 1][0] < end:
            return self._kept[first + 1][1], self._source_end(end)
        return anchor, anchor

    def _source_end(self, end: int) -> int:
        """Where the last kept character before ``end`` ends in the source; there is one."""
        at, source, length = self._kept[bisect.bisect_left(self._kept, end, key=_text_start) - 1]
        return source + min(length, end - at)

    def from_source(self, position: int) -> int:
        """Where a source position lies in ``text``; a deleted one maps to the next kept character."""
        index = bisect.bisect_right(self._kept, position, key=_source_end)
        if index == len(self._kept):
            return len(self.text)
        at, source, _ = self._kept[index]
        return at + max(0, position - source)


def _text_start(piece: tuple[int, int, int]) -> int:
    return piece[0]


def _source_end(piece: tuple[int, int, int]) -> int:
    return piece[1] + piece[2]


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
