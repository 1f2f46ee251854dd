"""Properties of characters and paragraphs of a binary Word document: [MS-DOC] 2.6 and 2.9.

They are stored as changes (sprm: a code and an operand) for ranges of the file, 512 bytes a page.
"""

from __future__ import annotations

import bisect
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.readers.doc_file import DocFile, Piece

_PAGE = 512
_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_TABLE_DEFINITION, _TABS = 0xD608, 0xC615
_HUGE = (0x6645, 0x6646)
_MOST_CHANGES = 5_000

# Word 6: codes of one byte, and the bytes of their operands; others have their length in front.
_OLD_SIZES = {
    **dict.fromkeys((2, *range(16, 20), 21, 22, *range(26, 29), *range(30, 37), *range(38, 44)), 2),
    **dict.fromkeys(range(45, 50), 2),
    **dict.fromkeys((4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 24, 25, 29, 37, 44, 50, 51), 1),
    20: 4,
    **dict.fromkeys((65, 66, 67, 71, 75, *range(85, 93), 94, 98, 117, 118), 1),
    **dict.fromkeys((69, 72, 80, 93, 96, 97, 99), 2),
    70: 4, 73: 3, 95: 3, 83: 0,
}  # fmt: skip
_OLD_VARIABLE = frozenset((3, 12, 15, 23, 52, 68, 74, 81, 82))
_OLD_CODES = {
    2: 0x4600, 24: 0x2416, 25: 0x2417, 65: 0x0800, 66: 0x0801, 67: 0x0802, 80: 0x4A30, 83: 0x2A33, 85: 0x0835,
    92: 0x083C,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """Properties of a range: the style's number (paragraphs only) and the changes to it."""

    style: int
    changes: bytes


_PLAIN = Run(0, b"")


class Runs:
    """Properties by offset in the text's stream."""

    def __init__(self, file: DocFile, index: int, *, paragraphs: bool) -> None:
        """Read all pages.

        Args:
            file: the document.
            index: of the table of pages in its head.
            paragraphs: whether they are paragraphs' properties.
        """
        self._is_old = file.is_old
        found: dict[int, tuple[int, Run]] = {}
        for page in dict.fromkeys(_pages(file, index)):
            for start, end, run in _read_page(file, page, paragraphs=paragraphs):
                found.setdefault(start, (end, run))
        self._starts = sorted(found)
        self._found = [found[start] for start in self._starts]

    def at(self, offset: int) -> tuple[Run, int]:
        """The properties at an offset, and the offset where they end."""
        number = bisect.bisect_right(self._starts, offset) - 1
        after = self._starts[number + 1] if number + 1 < len(self._starts) else 1 << 40
        if number < 0:
            return _PLAIN, after
        end, run = self._found[number]
        return (run, min(end, after)) if offset < end else (_PLAIN, after)


def runs_of(runs: Runs, start: int, end: int, piece: Piece) -> Iterator[tuple[int, int, Run]]:
    """The stretches of a piece with the same properties, as character positions."""
    while start < end:
        offset = piece.at + (start - piece.start) * piece.width
        run, until = runs.at(offset)
        stop = min(end, start + max(1, -(-(until - offset) // piece.width)))
        yield start, stop, run
        start = stop


def changes_of(changes: bytes, *, is_old: bool) -> Iterator[tuple[int, bytes]]:
    """Codes and operands in order; what can't be parsed ends them."""
    at = 0
    for _ in range(_MOST_CHANGES):
        if is_old:
            if at >= len(changes):
                return
            old = changes[at]
            size = _OLD_SIZES.get(old, -1)
            at += 1
            if old in _OLD_VARIABLE and at < len(changes):
                size = changes[at]
                at += 1
            if size < 0 or at + size > len(changes):
                return
            if old in _OLD_CODES:
                yield _OLD_CODES[old], changes[at : at + size]
            at += size
            continue
        if at + 3 > len(changes):
            return
        (code,) = struct.unpack_from("<H", changes, at)
        at += 2
        size, skip = _size(code, changes, at)
        at += skip
        if at + size > len(changes):
            return
        yield code, changes[at : at + size]
        at += size


def huge(file: DocFile, code: int, operand: bytes) -> bytes:
    """Changes that a paragraph keeps in the data stream, for they are too many for a page."""
    if code not in _HUGE or len(operand) < 4:
        return b""
    (at,) = struct.unpack("<I", operand[:4])
    if at + 2 > len(file.data):
        return b""
    (length,) = struct.unpack_from("<H", file.data, at)
    return file.data[at + 2 : at + 2 + length]


def _size(code: int, changes: bytes, at: int) -> tuple[int, int]:
    """Bytes of an operand, and bytes before it that give its length."""
    kind = code >> 13
    if kind != 6:
        return _SIZES[kind], 0
    if code == _TABLE_DEFINITION:
        if at + 2 > len(changes):
            return 1 << 20, 0
        return max(0, struct.unpack_from("<H", changes, at)[0] - 1), 2
    length = changes[at]
    if code == _TABS and length == 255:
        deleted = changes[at + 1] if at + 1 < len(changes) else 0
        added = changes[at + 2 + 4 * deleted] if at + 2 + 4 * deleted < len(changes) else 0
        return 2 + 4 * deleted + 3 * added, 1
    return length, 1


def _pages(file: DocFile, index: int) -> list[int]:
    part = file.part(index)
    width = 2 if file.is_old else 4
    count = max(0, (len(part) - 4) // (4 + width))
    if not count:
        return []
    numbers = struct.unpack_from(f"<{count}{'H' if file.is_old else 'I'}", part, 4 * (count + 1))
    return [number & 0x3FFFFF for number in numbers]


def _read_page(file: DocFile, page: int, *, paragraphs: bool) -> Iterator[tuple[int, int, Run]]:
    content = file.main[page * _PAGE : (page + 1) * _PAGE]
    if len(content) < _PAGE:
        return
    count = content[_PAGE - 1]
    width = (7 if file.is_old else 13) if paragraphs else 1
    if 4 * (count + 1) + width * count >= _PAGE:
        return
    offsets = struct.unpack_from(f"<{count + 1}I", content)
    for number in range(count):
        at = 2 * content[4 * (count + 1) + width * number]
        read = _paragraph if paragraphs else _character
        run = read(content, at, is_old=file.is_old) if at else _PLAIN
        if offsets[number] < offsets[number + 1]:
            yield offsets[number], offsets[number + 1], run


def _character(page: bytes, at: int, *, is_old: bool) -> Run:  # noqa: ARG001 - the same in both
    return Run(0, page[at + 1 : at + 1 + page[at]])


def _paragraph(page: bytes, at: int, *, is_old: bool) -> Run:
    length = 2 * page[at] - (0 if is_old else 1)
    at += 1
    if length < 0:
        length = 2 * page[at]
        at += 1
    content = page[at : at + length]
    if len(content) < 2:
        return _PLAIN
    return Run(struct.unpack_from("<H", content)[0], content[2:])
