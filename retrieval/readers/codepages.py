"""Code pages of Windows programs, by their number and by the character sets of fonts."""

from __future__ import annotations

import codecs
import functools

CHINESE, WESTERN = 936, 1252
DOUBLE = frozenset((932, 936, 949, 950))
"""Those whose characters beyond ASCII have two bytes."""
_CODECS = {
    936: "gb18030",
    54936: "gb18030",
    950: "cp950",
    10008: "gb18030",
    10000: "mac_roman",
    65001: "utf-8",
}
_BY_CHARSET = {
    0: 1252, 77: 10000, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258,
    177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 255: 437,
}  # fmt: skip
SYMBOLS = 2
"""The character set of fonts that hold signs instead of letters."""

_BY_LANGUAGE = {0x04: 936, 0x11: 932, 0x12: 949, 0x19: 1251}
_TRADITIONAL = frozenset((0x0404, 0x0C04, 0x1404))


def page_of_charset(charset: int, default: int) -> int:
    """The code page of a font's character set; the default's where it names none of its own."""
    return _BY_CHARSET.get(charset, default)


def page_of_language(language: int) -> int:
    """The code page of a Windows language."""
    return 950 if language in _TRADITIONAL else _BY_LANGUAGE.get(language & 0x3FF, WESTERN)


def decode_page(data: bytes, page: int) -> tuple[str, int]:
    """Bytes of a code page as text, and how many of them mean nothing in it."""
    text = data.decode(_codec(page), "replace")
    return text, text.count("\ufffd")


def decode_western(data: bytes, default: int) -> str:
    """Bytes under a Western font of a file whose code page is another.

    Chinese programs leave Chinese words under such fonts; then every high byte has a partner. Word puts lone
    signs there (a middle dot, a quotation mark), which have none.
    """
    if default in DOUBLE and _in_pairs(data):
        try:
            return data.decode(_codec(default))
        except UnicodeDecodeError:
            pass
    return data.decode("cp1252", "replace")


def _in_pairs(data: bytes) -> bool:
    at = 0
    while at < len(data):
        if data[at] < 0x80:
            at += 1
        elif at + 1 < len(data) and data[at] >= 0x81 and data[at + 1] >= 0xA1:
            at += 2
        else:
            return False
    return True


@functools.cache
def _codec(page: int) -> str:
    name = _CODECS.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
