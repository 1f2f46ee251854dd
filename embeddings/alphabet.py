"""Which characters the default model's vocabulary must serve, and which the plainest texts consist of.

Prepared folders are built on these ranges: a change needs a new ``manifest.FORMAT_VERSION``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from config.patterns import lazy_pattern

Ranges = tuple[tuple[int, int], ...]

QUERY_PREFIX: Final = "query: "
PASSAGE_PREFIX: Final = "passage: "

FULL: Final[Ranges] = (
    (0x0020, 0x00FF),  # ASCII, Latin-1
    (0x2000, 0x2BFF),  # punctuation, currency, letterlike, numbers, arrows, mathematics, boxes, shapes
    (0x2E80, 0x33FF),  # radicals, CJK punctuation, kana, bopomofo, enclosed, squared
    (0x3400, 0x9FFF),  # CJK ideographs and extension A
    (0xF900, 0xFAFF),  # compatibility ideographs
    (0xFE10, 0xFE6F),  # vertical, compatibility and small forms
    (0xFF00, 0xFFEF),  # full-width and half-width forms
    (0x1F000, 0x1FAFF),  # emoji, enclosed ideographs
    (0x20000, 0x3FFFF),  # CJK extensions B and on
)
"""Texts of these characters, once normalised, are tokenized exactly as with the whole vocabulary.

Some of them are normalised to letters beyond: half-width Hangul, the micro sign (a Greek letter), symbols
that are Hebrew letters. Such letters have pieces of their own, but repeated ones (ㅠㅠ) may be one piece of
the whole vocabulary.
"""

_PREFIX_LETTERS: Final[Ranges] = tuple(
    (ord(letter), ord(letter)) for letter in sorted(set(QUERY_PREFIX + PASSAGE_PREFIX)) if letter.isalpha()
)

PLAIN: Final[Ranges] = (
    (0x0020, 0x0040),  # ASCII but for letters
    (0x005B, 0x0060),
    (0x007B, 0x007E),
    *_PREFIX_LETTERS,
    (0x00B7, 0x00B7),  # the dot in names
    (0x2010, 0x2015),  # dashes
    (0x2018, 0x201F),  # quotation marks
    (0x2026, 0x2026),  # ellipsis
    (0x3001, 0x3029),  # CJK punctuation
    (0x4E00, 0x9FFF),  # CJK ideographs
    (0xFF5E, 0xFF5E),  # full-width tilde, which stays one
)
"""Characters of ordinary Chinese questions after normalisation; their pieces are the vocabulary's head."""

_PLAIN_RAW: Final[Ranges] = (
    *PLAIN,
    (0x000A, 0x000A),  # between a passage's header and its text; a space when normalised
    (0x3000, 0x3000),  # ideographic space
    (0xFF01, 0xFF20),  # full-width ASCII but for letters
    (0xFF3B, 0xFF40),
    (0xFF5B, 0xFF5D),
)


def holds(ranges: Ranges, text: Iterable[str]) -> bool:
    """Whether every character lies in one of the ranges."""
    return all(any(first <= ord(char) <= last for first, last in ranges) for char in text)


def _pattern(ranges: Ranges) -> re.Pattern[str]:
    spans = "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in ranges)
    return lazy_pattern(f"[{spans}]*")


PLAIN_TEXT: Final = _pattern(_PLAIN_RAW)
"""Matches whole texts that normalise to ``PLAIN`` characters only."""
