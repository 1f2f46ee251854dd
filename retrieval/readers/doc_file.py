"""The head of a binary Word document and its text: [MS-DOC] 2.5 (FIB) and 2.8.35 (piece table).

Word 97 to 2003 and WPS keep tables in a stream beside the text; Word 6 and 95 keep everything in one, and
their characters in the code page of the language.
"""

from __future__ import annotations

import bisect
import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from config.errors import DocumentError
from retrieval.readers.codepages import (
    CHINESE,
    WESTERN,
    decode_page,
    decode_western,
    page_of_language,
)
from retrieval.readers.ole import Container
from retrieval.readers.package import damaged
from retrieval.readers.types import UNNAMED

_WORD_97 = 0x00C1
_WORD_6 = 0x0065
_IDENTITIES = (0xA5EC, 0xA5DC)
_COMPLEX, _ENCRYPTED, _OTHER_TABLE, _WIDE = 0x0004, 0x0100, 0x0200, 0x1000
_COMPRESSED = 0x4000_0000
_MOST_PIECES = 500_000

# Places of tables, as their index in the FIB's list of pairs (offset, length).
STYLES, NOTE_REFERENCES, NOTE_TEXTS, SECTIONS = 1, 2, 3, 6
CHARACTER_RUNS, PARAGRAPH_RUNS = 12, 13
_CLX = 33
SHAPES, END_REFERENCES, END_TEXTS, BOX_TEXTS = 40, 46, 47, 56
LISTS, LIST_OVERRIDES = 73, 74
_PAIRS_6 = 34  # of which both generations have the same


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters that lie together in the file.

    Attributes:
        start, end: half-open, characters (UTF-16 units, or bytes of Word 6) of the document.
        at: offset of the first in the stream.
        width: bytes of a character.
        changes: property changes of all of it, made by a fast save.
    """

    start: int
    end: int
    at: int
    width: int
    changes: bytes


class DocFile:
    """A document's streams and its text by character position.

    Attributes:
        main: the stream of text.
        table: the stream of tables.
        data: the stream of large properties.
        is_old: Word 6 or 95.
        lengths: characters of the body, notes, headers, macros, comments, endnotes, boxes, boxes of headers.
        pieces: in order, without gaps.
        lost: characters that mean nothing in their code page.
    """

    def __init__(self, container: Container) -> None:
        """Read the head.

        Raises:
            DocumentError: it is encrypted, damaged, or older than Word 6.
        """
        self.main = container.stream("WordDocument")
        if len(self.main) < 0x200:
            raise damaged("WordDocument")
        identity, version, language = struct.unpack_from("<HH2xH", self.main)
        flags = self._word(0x0A)
        if flags & _ENCRYPTED:
            raise DocumentError("documents.encrypted", file=UNNAMED)
        if identity not in _IDENTITIES:
            raise damaged("WordDocument")
        if version < _WORD_6:
            raise DocumentError("documents.unsupported", file=UNNAMED, kind="Word 2")
        self.is_old = version < _WORD_97
        self.table = self.main
        if not self.is_old:
            names = ("1Table", "0Table") if flags & _OTHER_TABLE else ("0Table", "1Table")
            self.table = container.stream(names[0]) or container.stream(names[1])
        self.data = b"" if self.is_old else container.stream("Data")
        self._pairs = 0x58 if self.is_old else 0x9A
        self.lengths = struct.unpack_from("<8I", self.main, 0x34 if self.is_old else 0x4C)
        self._wide = bool(flags & _WIDE)
        self._page = page_of_language(language)
        self.lost = 0
        self.pieces = self._read_pieces()
        self._starts = [piece.start for piece in self.pieces]
        self.text = "".join(map(self._characters, self.pieces))

    def part(self, index: int) -> bytes:
        """A table by its index in the head; b"" where there is none."""
        if self.is_old and index >= _PAIRS_6:
            return b""
        at, length = struct.unpack_from("<II", self.main.ljust(0x400, b"\0"), self._pairs + 8 * index)
        return self.table[at : at + length]

    def part_to_end(self, index: int) -> bytes:
        """A table and what follows it in its stream."""
        at, length = struct.unpack_from("<II", self.main.ljust(0x400, b"\0"), self._pairs + 8 * index)
        return self.table[at:] if length else b""

    def piece_at(self, position: int) -> Piece:
        """The piece that holds a character."""
        return self.pieces[bisect.bisect_right(self._starts, position) - 1]

    def decoded(self, characters: str) -> str:
        """Characters of ``text`` as Unicode: halves of large ones joined, bytes of a code page decoded."""
        if self.is_old and not self._wide:
            data = characters.encode("latin-1")
            if self._page == WESTERN:  # an English Word, to which another program had lent Chinese
                return decode_western(data, CHINESE)
            found, lost = decode_page(data, self._page)
            self.lost += lost
            return found
        if any("\ud800" <= sign <= "\udfff" for sign in characters):
            characters = characters.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        self.lost += characters.count("\ufffd")
        return characters

    def _characters(self, piece: Piece) -> str:
        data = self.main[piece.at : piece.at + (piece.end - piece.start) * piece.width]
        if piece.width == 2:
            units = struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])
            return "".join(map(chr, units))
        if self.is_old:
            return data.decode("latin-1")
        return "".join(map(_western, data))

    def _read_pieces(self) -> list[Piece]:
        first, last = struct.unpack_from("<II", self.main, 0x18)
        changes, table = _split(self.part(_CLX))
        if not table:
            if not self.is_old:
                raise damaged("CLX")
            width = 2 if self._wide else 1
            count = min(sum(self.lengths), max(0, (len(self.main) - first) // width), last)
            return [Piece(0, count, first, width, b"")]
        count = (len(table) - 4) // 12
        ends = struct.unpack_from(f"<{count + 1}I", table)
        room = 4 * len(self.main)  # a text longer than that uses bytes again and again
        pieces: list[Piece] = []
        position = 0
        for number, (start, end) in enumerate(itertools.pairwise(ends[: _MOST_PIECES + 1])):
            at, change = struct.unpack_from("<IH", table, 4 * (count + 1) + 8 * number + 2)
            width = 1 if self.is_old and not self._wide else 2
            if not self.is_old and at & _COMPRESSED:
                at, width = (at & ~_COMPRESSED) // 2, 1
            length = min(end - start, max(0, len(self.main) - at) // width)
            if end < start or position + length > room:
                raise damaged("CLX")
            if length:
                pieces.append(Piece(position, position + length, at, width, _change(change, changes)))
            position += length
        if not pieces:
            raise damaged("CLX")
        return pieces

    def _word(self, at: int) -> int:
        found: int = struct.unpack_from("<H", self.main, at)[0]
        return found


def plc(part: bytes, size: int) -> tuple[tuple[int, ...], tuple[bytes, ...]]:
    """A table of n + 1 positions and n records (PLC).

    Args:
        part: the table.
        size: bytes of a record; the table may be cut off.
    """
    count = max(0, (len(part) - 4) // (4 + size))
    if not count:
        return (), ()
    positions = struct.unpack_from(f"<{count + 1}I", part)
    at = 4 * (count + 1)
    return positions, tuple(part[at + size * i : at + size * (i + 1)] for i in range(count))


def _western(byte: int) -> str:
    return _WESTERN[byte]


_WESTERN = tuple(
    bytes((byte,)).decode("cp1252", "ignore") or chr(byte) if 0x82 <= byte <= 0x9F else chr(byte)
    for byte in range(256)
)


def _split(clx: bytes) -> tuple[list[bytes], bytes]:
    """The property changes and the piece table of a CLX."""
    changes: list[bytes] = []
    at = 0
    while at + 5 <= len(clx):
        if clx[at] == 1:
            (length,) = struct.unpack_from("<H", clx, at + 1)
            changes.append(clx[at + 3 : at + 3 + length])
            at += 3 + length
        elif clx[at] == 2:
            (length,) = struct.unpack_from("<I", clx, at + 1)
            return changes, clx[at + 5 : at + 5 + length]
        else:
            break
    return changes, b""


_SHORT = {
    0x18: 0x2416, 0x19: 0x2417, 0x41: 0x0800, 0x42: 0x0801, 0x43: 0x0802, 0x55: 0x0835, 0x5C: 0x083C,
}  # fmt: skip
"""Changes of one property that fit into a piece (Prm0): of those that matter here, the property's code."""


def _change(change: int, changes: list[bytes]) -> bytes:
    if change & 1:
        number = change >> 1
        return changes[number] if number < len(changes) else b""
    code = _SHORT.get(change >> 1 & 0x7F)
    return struct.pack("<HB", code, change >> 8) if code else b""


def spans(file: DocFile, start: int, end: int) -> Iterator[tuple[int, int, Piece]]:
    """The parts of a range of characters that lie in one piece each."""
    while start < end:
        piece = file.piece_at(start)
        stop = min(end, piece.end)
        if stop <= start:
            return
        yield start, stop, piece
        start = stop
