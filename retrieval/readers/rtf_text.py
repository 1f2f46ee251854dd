"""Bytes of an RTF file to characters: by the font's character set, or the file's code page."""

from __future__ import annotations

from dataclasses import dataclass, field

from retrieval.readers.codepages import CHINESE, DOUBLE, SYMBOLS, decode_page, decode_western, page_of_charset

_UTF16 = 0x10000
_SYMBOL_BASE = 0xF000


@dataclass(slots=True)
class Fonts:
    """Character sets of fonts.

    Attributes:
        page: of the file; a Chinese one where it says nothing.
        first: the font of text that names none.
    """

    page: int = CHINESE
    first: int = 0
    _charsets: dict[int, int] = field(default_factory=dict)
    _pages: dict[int, int] = field(default_factory=dict)
    _open: int = 0

    def begin(self, number: int) -> None:
        """The definition that is read is of this font."""
        self._open = number

    def describe(self, word: bytes, number: int) -> None:
        """It has this character set, or this code page."""
        known = {b"fcharset": self._charsets, b"cpg": self._pages}.get(word)
        if known is not None:
            known.setdefault(self._open, number)

    def kind(self, font: int) -> tuple[int, int]:
        """The character set (1 for none of its own) and code page of a font."""
        charset = self._charsets.get(font, 1)
        page = self._pages.get(font) or page_of_charset(charset, self.page)
        return charset, page


@dataclass(slots=True)
class Decoder:
    """Bytes that wait to become text.

    Attributes:
        fonts: of the file.
        lost: characters that mean nothing in their code page.
    """

    fonts: Fonts = field(default_factory=Fonts)
    lost: int = 0
    _bytes: bytearray = field(default_factory=bytearray)
    _font: int = 0
    _units: list[int] = field(default_factory=list)

    def add(self, content: bytes, font: int) -> str:
        """Take bytes; what must come before them is given back as text."""
        before = ""
        if self._bytes and self.fonts.kind(font) != self.fonts.kind(self._font):
            before = self.take(whole=True)
        elif self._units:
            before = self._spelled()
        self._font = font
        self._bytes += content
        return before

    def add_unit(self, unit: int) -> str:
        """Take a UTF-16 unit; what must come before it is given back as text."""
        before = self.take(whole=True) if self._bytes else ""
        self._units.append(unit % _UTF16)
        return before

    @property
    def waits(self) -> bool:
        """Whether there is anything to take."""
        return bool(self._bytes or self._units)

    def take(self, *, whole: bool = False) -> str:
        """The text so far.

        Args:
            whole: False keeps the first half of a character that the next bytes may complete.
        """
        if self._units:
            if not whole and 0xD800 <= self._units[-1] < 0xDC00:
                return ""
            return self._spelled()
        data = bytes(self._bytes)
        self._bytes.clear()
        charset, page = self.fonts.kind(self._font)
        if charset == SYMBOLS:
            return "".join(chr(_SYMBOL_BASE + byte) if byte > 0x20 else " " for byte in data)
        if charset == 0 and page not in DOUBLE:
            return decode_western(data, self.fonts.page)
        if not whole and page in DOUBLE and _ends_in_lead(data, page):
            self._bytes += data[-1:]
            data = data[:-1]
        text, lost = decode_page(data, page)
        self.lost += lost
        return text

    def _spelled(self) -> str:
        data = b"".join(unit.to_bytes(2, "little") for unit in self._units)
        self._units.clear()
        text = data.decode("utf-16-le", "replace")
        self.lost += text.count("\ufffd")
        return text


def _ends_in_lead(data: bytes, page: int) -> bool:
    """Whether the last byte begins a character."""
    if not data or data[-1] < 0x81:
        return False
    return decode_page(data, page)[0].endswith("\ufffd") and not decode_page(data[:-1], page)[0].endswith(
        "\ufffd"
    )
