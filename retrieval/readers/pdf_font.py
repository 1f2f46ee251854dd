"""One font for every PDF whose own fonts are not in the file, made here: each sign is a square.

PDFium passes over text whose glyphs it has no outline of where that text is turned, and takes lines of the
same words for copies of each other. A file with a font of the system's (many name 宋体 and carry none) would
so be read otherwise on the next machine. What signs look like is not asked by a reader, so all machines get
the same font. Its tables follow the OpenType specification, 1.9.
"""

from __future__ import annotations

import ctypes
import functools
import struct
from collections.abc import Callable
from typing import Any, Final

from pypdfium2 import raw as pdf

_EM: Final = 1000
_LOW, _HIGH = -120, 880
"""Where the square stands: as high as the font, its baseline where Chinese fonts have theirs."""

_HANDLE: Final = 1
_DEFAULT_CHARSET: Final = 1
_NAME: Final = b"Square\0"


@functools.cache
def use_square_font() -> None:
    """Have PDFium take the square for every font that a file does not carry; once for a process."""
    pdf.FPDF_SetSystemFontInfo(_font_source())


def square_font() -> bytes:
    """A TrueType font whose two glyphs are squares; every code point has the second."""
    glyph = _square()
    tables = {
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12)  # one table, for Windows, of all planes
        + struct.pack(">HHIII", 13, 0, 28, 0, 1)  # format 13: many code points, one glyph
        + struct.pack(">III", 0x20, 0x10FFFF, 1),
        b"glyf": glyph * 2,
        b"head": struct.pack(
            ">HHIIIHHqqhhhhHHhhh",
            *(1, 0, _EM << 6, 0, 0x5F0F3CF5, 0, _EM, 0, 0, 0, _LOW, _EM, _HIGH, 0, 8, 2, 1, 0),
        ),
        b"hhea": struct.pack(
            ">HHhhhHhhhhhhhhhhhH", 1, 0, _HIGH, _LOW, 0, _EM, 0, 0, _EM, 1, 0, 0, 0, 0, 0, 0, 0, 1
        ),
        b"hmtx": struct.pack(">Hhh", _EM, 0, 0),
        b"loca": struct.pack(">III", 0, len(glyph), 2 * len(glyph)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": struct.pack(">HHH", 0, 0, 6),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    return _file(tables)


def _square() -> bytes:
    corners = ((0, _LOW), (_EM, 0), (0, _HIGH - _LOW), (-_EM, 0))  # each from the one before
    outline = struct.pack(">hhhhhHH", 1, 0, _LOW, _EM, _HIGH, 3, 0) + b"\1" * 4
    outline += b"".join(struct.pack(">h", across) for across, _ in corners)
    outline += b"".join(struct.pack(">h", up) for _, up in corners)
    return outline + b"\0" * (len(outline) % 2)


def _file(tables: dict[bytes, bytes]) -> bytes:
    head = struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, 16 * len(tables) - 128)
    start, body = len(head) + 16 * len(tables), b""
    for name, table in sorted(tables.items()):
        head += name + struct.pack(">III", 0, start + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    return head + body


@functools.cache
def _font_source() -> pdf.FPDF_SYSFONTINFO:
    """What PDFium asks for fonts; kept, for it is asked as long as the process lives."""
    font = square_font()
    tables = {
        int.from_bytes(entry[:4], "big"): font[offset : offset + length]
        for entry in (font[at : at + 16] for at in range(12, 12 + 16 * int.from_bytes(font[4:6], "big"), 16))
        for offset, length in (struct.unpack(">II", entry[8:]),)
    }

    def give(_: object, __: object, table: int, buffer: int | None, size: int) -> int:
        return _put(tables.get(table, b"") if table else font, buffer, size)

    answers: dict[str, Callable[..., Any]] = {
        "Release": lambda *_: None,
        "EnumFonts": lambda *_: None,
        "MapFont": lambda *_: _HANDLE,
        "GetFont": lambda *_: _HANDLE,
        "GetFontData": give,
        "GetFaceName": lambda _, __, buffer, size: _put(_NAME, buffer, size),
        "GetFontCharset": lambda *_: _DEFAULT_CHARSET,
        "DeleteFont": lambda *_: None,
    }
    kinds: dict[str, Any] = dict(pdf.FPDF_SYSFONTINFO._fields_)
    return pdf.FPDF_SYSFONTINFO(version=1, **{name: kinds[name](answer) for name, answer in answers.items()})


def _put(data: bytes, buffer: int | None, size: int) -> int:
    """Fill a buffer that is large enough; the length that is needed."""
    if buffer and size >= len(data):
        ctypes.memmove(buffer, data, len(data))
    return len(data)
