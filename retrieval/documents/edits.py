"""A text made from another by edits, with every position traceable back.

Cleaning never loses where a character came from: the clean text is the source with a sorted list of
replacements applied, and any clean span maps back to the source span it was made from. A replacement that is
white space only parts its neighbours; any other one stands for what it replaces (” for ``&rdquo;``).
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
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
    _kept: tuple[tuple[int, int, int, int], ...] = field(repr=False)
    """Pieces in order, as (start in text, start in source, length in text, length in source).

    Verbatim runs, whose lengths are equal, and replacements that stand for what they replace.
    """

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The smallest source range that holds every kept character of ``text[start:end]``.

        Kept is what the source has, verbatim or replaced by something other than white space. A range that
        holds no kept character maps to an empty range at the nearest kept character before it.

        Raises:
            ValueError: the range does not lie in ``text``.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"[{start}, {end}) does not lie in a text of {len(self.text)}")
        first = bisect.bisect_right(self._kept, start, key=_text_start) - 1
        anchor = 0
        if first >= 0:
            at, source, length, source_length = self._kept[first]
            if start < min(end, at + length):
                return source + _inside(self._kept[first], start - at), self._source_end(end)
            anchor = source + source_length
        if first + 1 < len(self._kept) and self._kept[first + 1][0] < end:
            return self._kept[first + 1][1], self._source_end(end)
        return anchor, anchor

    def _source_end(self, end: int) -> int:
        """Where the last kept character before ``end`` ends in the source; there is one."""
        piece = self._kept[bisect.bisect_left(self._kept, end, key=_text_start) - 1]
        at, source, length, source_length = piece
        return source + (source_length if end - at >= length else _inside(piece, end - at, up=True))

    def from_source(self, position: int) -> int:
        """Where a source position lies in ``text``; a deleted one maps to the next kept character."""
        index = bisect.bisect_right(self._kept, position, key=_source_end)
        if index == len(self._kept):
            return len(self.text)
        at, source, length, source_length = self._kept[index]
        return at + (max(0, position - source) if length == source_length else 0)


def _text_start(piece: tuple[int, int, int, int]) -> int:
    return piece[0]


def _source_end(piece: tuple[int, int, int, int]) -> int:
    return piece[1] + piece[3]


def _inside(piece: tuple[int, int, int, int], offset: int, *, up: bool = False) -> int:
    """A place inside a piece as an offset in its source; a replacement of another length has only ends."""
    _, _, length, source_length = piece
    if length == source_length:
        return offset
    return source_length if up else 0


def apply_edits(source: str, edits: Iterable[Edit]) -> EditedText:
    """Apply sorted or unsorted edits to a text.

    Raises:
        ValueError: two edits overlap, or one lies outside the source.
    """
    ordered = tuple(sorted(edits))
    pieces: list[str] = []
    kept: list[tuple[int, int, int, int]] = []
    at = position = 0
    for edit in ordered:
        if edit.start < position or edit.end < edit.start or edit.end > len(source):
            raise ValueError(f"edit {edit} overlaps another or lies outside the text")
        if edit.start > position:
            kept.append((at, position, edit.start - position, edit.start - position))
            pieces.append(source[position : edit.start])
            at += edit.start - position
        pieces.append(edit.text)
        if edit.end > edit.start and edit.text.strip():
            kept.append((at, edit.start, len(edit.text), edit.end - edit.start))
        at += len(edit.text)
        position = edit.end
    if position < len(source):
        kept.append((at, position, len(source) - position, len(source) - position))
        pieces.append(source[position:])
    return EditedText(len(source), ordered, "".join(pieces), tuple(kept))


def compose(source: str, inner: EditedText, outer: EditedText) -> EditedText:
    """``inner``, made from ``source``, and ``outer``, made from what ``inner`` gives, as one.

    Args:
        source: what ``inner`` was made from.
        inner: the first edits.
        outer: the edits of ``inner.text``.

    Raises:
        ValueError: ``outer`` is not of a text as long as that of ``inner``.
    """
    if outer.source_length != len(inner.text):
        raise ValueError(f"made from {outer.source_length} characters, not from {len(inner.text)}")
    edits: list[Edit] = []
    position = 0
    waiting = ""
    for text, start, end in _sourced(inner, outer):
        if start == end:  # made from nothing that is left
            waiting += text
            continue
        if start < position:  # another character of the same replacement, or more that begins with it
            last = edits[-1]
            edits[-1] = Edit(last.start, max(last.end, end), last.text + waiting + text)
        else:
            edits += _gap(position, start, waiting)
            edits.append(Edit(start, end, text))
        position, waiting = max(position, end), ""
    edits += _gap(position, len(source), waiting)
    return apply_edits(source, [edit for edit in edits if source[edit.start : edit.end] != edit.text])


def _gap(start: int, end: int, text: str) -> list[Edit]:
    """Delete a range and put a text there that does not stand for it."""
    if text.strip() and end > start:
        return [Edit(start, start, text), Edit(start, end)]
    return [Edit(start, end, text)] if end > start or text else []


def _sourced(inner: EditedText, outer: EditedText) -> Iterator[tuple[str, int, int]]:
    """What ``outer`` gives, in pieces, each with the range of the first source; empty where it has none."""
    position = 0
    edits = (*outer.edits, Edit(outer.source_length, outer.source_length))
    for edit in edits:
        for at in range(position, edit.start):
            yield inner.text[at], *inner.to_source(at, at + 1)
        if edit.text.strip() and edit.end > edit.start:
            yield edit.text, *inner.to_source(edit.start, edit.end)
        elif edit.text:
            yield edit.text, 0, 0
        position = edit.end


def deletions(spans: Sequence[tuple[int, int]]) -> list[Edit]:
    """Edits that delete the given ranges, empty ones left out."""
    return [Edit(start, end) for start, end in spans if end > start]
