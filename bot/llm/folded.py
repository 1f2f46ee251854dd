"""The words of a sentence as proving compares them: folded, in order, with what stands between them."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.documents.sentences import split_sentences
from retrieval.documents.views import search_text

_BREAKS = re.compile(r"(?:[，；：。！？!?;…\n]|(?<![0-9０-９])[,:.]|[,:.](?![0-9０-９]))+")
_SMALL_BREAKS = re.compile(r"[、（）()]+")
_ZEROS = str.maketrans("〇○", "零零")
NUMERALS = "零一二三四五六七八九十百千万亿两"
_WORD = re.compile(rf"[0-9]+(?:[.,:/~\-][0-9]+)*[%‰]?|[a-z]+|[{NUMERALS}]+|[^\W_]")
_JOINS = "；;"


class Break(enum.IntEnum):
    """What stands before a word: nothing, the comma of a list or a bracket, the end of a clause."""

    NONE = 0
    SMALL = 1
    CLAUSE = 2


@dataclass(frozen=True, slots=True)
class Folded:
    """A sentence's words. ``breaks[i]`` stands before ``words[i]``; the last one stands behind them all.

    A number is one word, in Arabic digits (with decimals, ranges and %) or in Chinese numerals; so is a
    word in Latin letters. Any other character is a word of its own, and punctuation is none.
    """

    words: tuple[str, ...]
    breaks: tuple[Break, ...]
    asks: bool


def fold(sentence: str) -> Folded:
    """Full-width, traditional and capital characters evened out, and 〇, ○ and 零 taken as one."""
    words: list[str] = []
    breaks: list[Break] = []
    for clause in _BREAKS.split(sentence):
        level = Break.CLAUSE
        for piece in _SMALL_BREAKS.split(clause):
            for word in _WORD.findall(search_text(piece).translate(_ZEROS)):
                words.append(word)
                breaks.append(level)
                level = Break.NONE
            level = max(level, Break.SMALL)
    asks = sentence.rstrip(" \u3000”’」』）)》\"'").endswith(("？", "?"))
    return Folded(tuple(words), (*breaks, Break.CLAUSE), asks)


def flat(text: str) -> str:
    """The words of a text in one piece, for phrases that must stand there as they are."""
    return "".join(fold(text).words)


def is_number(word: str) -> bool:
    """Whether a word is a number, in digits or numerals."""
    return word[0] in "0123456789" or word[0] in NUMERALS


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, long ones whole: `split_sentences` also cuts those at semicolons."""
    held = ""
    for start, end in split_sentences(text):
        held += text[start:end]
        if not held.endswith(tuple(_JOINS)) or "\n" in text[end : end + 1]:
            yield held
            held = ""
    if held:
        yield held
