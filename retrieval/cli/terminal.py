"""Text on its way to a terminal: made harmless, measured in columns, broken into lines.

Standard library only, because ``--help`` needs it too and must not wait for rich.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from config.patterns import lazy_pattern

_SPACES = lazy_pattern(r"[\t\v\f\u0085\u2028\u2029]")
_NO_LINE_START = "。，、；：！？）》」』】〕〉”’…—·～,.;:!?)]}%％›"
_NO_LINE_END = "（《「『【〔〈“‘([{"
_MAX_BACK = 24  # characters a line may end early so that a word, a number or a mark stays whole
_REPLACEMENT = "\ufffd"


def visible(text: str) -> str:
    """The text with everything that could steer a terminal made visible or dropped; line feeds stay.

    Control characters (and so every escape sequence) become their pictures or U+FFFD, zero-width and
    bidirectional characters go, and lone surrogates, which no terminal encoding has, become U+FFFD.
    """
    text = _SPACES.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def one_line(text: str) -> str:
    """Visible text without line breaks, for names, paths and titles."""
    return " ".join(visible(text).split())


def columns(text: str) -> int:
    """Columns that visible text takes: two for wide characters, none for combining marks."""
    return sum(_width(character) for character in text)


def line_spans(text: str, width: int | None) -> list[tuple[int, int]]:
    """Where to break visible text into lines of at most ``width`` columns, as half-open ranges.

    Chinese may break anywhere except before closing and after opening punctuation; words and numbers of
    other scripts stay whole while they fit. Line feeds always break. Without a width only they do.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for paragraph in text.split("\n"):
        end = start + len(paragraph)
        spans.extend(_broken(text, start, end, width) if width else [(start, end)])
        start = end + 1
    return spans


def wrapped(text: str, width: int | None) -> list[str]:
    """The lines of :func:`line_spans` as text."""
    return [text[start:end] for start, end in line_spans(text, width)]


def padded(text: str, width: int) -> str:
    """Text filled with spaces up to ``width`` columns."""
    return text + " " * max(0, width - columns(text))


def _visible(character: str) -> str:
    if character == "\n" or character.isprintable():
        return character
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category == "Zs":
        return character if character == "\u3000" else " "
    if character < " ":
        return chr(0x2400 + ord(character))
    return "\u2421" if character == "\x7f" else _REPLACEMENT


def _width(character: str) -> int:
    if character < "\u0300":
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _broken(text: str, start: int, end: int, width: int) -> Iterator[tuple[int, int]]:
    while True:
        stop = _fitting(text, start, end, width)
        if stop == end:
            yield start, end
            return
        stop = _good_break(text, start, stop)
        yield start, start + len(text[start:stop].rstrip(" "))
        start = stop
        while start < end and text[start] == " ":
            start += 1


def _fitting(text: str, start: int, end: int, width: int) -> int:
    used = 0
    for at in range(start, end):
        used += _width(text[at])
        if used > width:
            return max(at, start + 1)
    return end


def _good_break(text: str, start: int, stop: int) -> int:
    """The last acceptable break at or before ``stop``; ``stop`` itself when none is near."""
    for at in range(stop, max(start, stop - _MAX_BACK), -1):
        before, after = text[at - 1], text[at]
        inside_word = _in_word(before) and _in_word(after)
        if not inside_word and after not in _NO_LINE_START and before not in _NO_LINE_END:
            return at
    return stop


def _in_word(character: str) -> bool:
    return character in "-_/.:@#" or (character.isalnum() and _width(character) == 1)
