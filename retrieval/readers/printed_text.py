"""How printed lines are joined, and how much room their first word takes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.readers.pdf_signs import is_wide

CLOSING = frozenset("，。、；：！？）》」』】〕〉”’…,.;:!?)]}%％·")
_OPENING = frozenset("（《「『【〔〈“‘([{")
_WORD = re.compile(r"[0-9A-Za-z.,/%+\-@:_?=&#~]+")
_CONTENTS = re.compile(r"^.{2,80}?\s*(?:[.…·．。]\s?){4,}\s*\d{1,4}$")
_HYPHENATED = re.compile(r"[a-z]{2}-$")


def joint(before: str, after: str) -> str:
    """What stands between two lines that are one text: a blank between words of letters, else nothing."""
    if not before or not after:
        return ""
    return " " if not is_wide(before[-1]) and not is_wide(after[0]) and before[-1] != "-" else ""


def joined(lines: Sequence[str]) -> str:
    """Lines of one text as one line; words that were parted at the end of a line are whole again."""
    text = ""
    for line in lines:
        if _HYPHENATED.search(text) and line[:1].islower():
            text = text[:-1] + line
        else:
            text += joint(text, line) + line
    return text


def is_contents(text: str) -> bool:
    """Whether a line is an entry of a table of contents: words, leaders, a page."""
    return bool(_CONTENTS.match(text))


def first_word(text: str) -> float:
    """Ems of what can't be parted from the beginning of a line: no line begins with a closing mark."""
    width = 0.0
    at = 0
    while at < len(text) and text[at] in _OPENING:
        width += 1.0
        at += 1
    word = _WORD.match(text, at)
    if word:
        width += 0.5 * len(word[0])
        at = word.end()
    elif at < len(text):
        width += 1.0
        at += 1
    while at < len(text) and text[at] in CLOSING:
        width += 1.0 if is_wide(text[at]) else 0.5
        at += 1
    return width
