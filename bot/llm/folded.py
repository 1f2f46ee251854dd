"""The words of a sentence as proving compares them: folded, in order, with what stands between them."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.documents.sentences import split_sentences
from retrieval.documents.views import search_text

_BREAKS = re.compile(r"((?:[，；：。！？!?;…\n]|(?<![0-9０-９])[,:.]|[,:.](?![0-9０-９]))+)")
_SMALL_BREAKS = re.compile(r"[、（）()]+")
_ZEROS = str.maketrans("〇○", "零零")
NUMERALS = "零一二三四五六七八九十百千万亿两"
_WORD = re.compile(
    rf"(?:(?<![0-9a-z%)\-])[-\u2212])?[0-9]+(?:[.,:/~\-][0-9]+)*[%‰]?|[a-z]+|[{NUMERALS}]+|[^\W_]"
    r"|[<>=≤≥≠≈±×÷*%‰°$¥€£+&~→↑↓]"
)
_JOINS = "；;"
_OPEN, _CLOSE = "“「『", "”」』"
_LIST_MARK = re.compile(
    r"\s*(?:[（(]?(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})[)）、.．]|第?[一二三四五六七八九十]{1,3}[是要，、]|[-—·•●])"
)
_JUDGES = re.compile(
    r"\s*(?:这|那|此|上述|以上|类似|如此)[^。]*?(?:错|不对|谣|误|不行|不允许|要不得|不可取|不实|违|荒唐|糊涂|侥幸|危险)"
)
"""A sentence that begins so says of the one before that it does not hold."""

TURNS = re.compile(
    "禁|不得|不准|不许|不能|不要|不可|切忌|防止|杜绝|避免|取消|停止|反对|克服|纠正|错|违|问题|不足|隐患|教训|表现|情形"
    "|行为|例外|除外|处罚|追究|假如|如果|有的|有人|个别|部分|一些|误|谎|谣|不实|说|称|认为|以为|觉得"
)
"""A head with one of these turns the items under it: 严禁下列行为：携带火种进山."""


class Break(enum.IntEnum):
    """What stands before a word.

    Nothing; the comma of a list or a bracket; the end of a clause; a colon; a semicolon or stop. Inside a
    quotation the last two are ends of clauses.
    """

    NONE = 0
    SMALL = 1
    CLAUSE = 2
    HEAD = 3
    PART = 4


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
    level, depth = Break.CLAUSE, 0
    for number, piece in enumerate(_BREAKS.split(sentence)):
        if number % 2:  # what stands between two clauses
            level = max(level, _level_of(piece, depth))
            continue
        for small in _SMALL_BREAKS.split(piece):
            for word in _WORD.findall(search_text(small).translate(_ZEROS)):
                words.append(word)
                breaks.append(level)
                level = Break.NONE
            level = max(level, Break.SMALL)
        if level is Break.SMALL and not piece.endswith(tuple("、（）()")):
            level = Break.NONE
        depth += _deeper(piece)
    asks = sentence.rstrip(" \u3000”’」』）)》\"'").endswith(("？", "?"))
    return Folded(tuple(words), (*breaks, Break.PART), asks)


def _level_of(signs: str, depth: int) -> Break:
    if set(signs) & set("；;。！？!?\n") and depth <= 0:
        return Break.PART
    return Break.HEAD if set(signs) & set("：:") and depth <= 0 else Break.CLAUSE


def _deeper(text: str) -> int:
    """How many quotations begin in a text and go on behind it."""
    return sum(char in _OPEN for char in text) - sum(char in _CLOSE for char in text)


def provable(quote: str) -> Iterator[str]:
    """The sentences of a quote that mean what they say.

    Left out is what goes on with another's words (the quotation begins in a sentence before), what stands
    under a head that turns it (存在的问题, 严禁下列行为：), and what the next sentence says is wrong.
    """
    listed = list(sentences(quote))
    depth, turned, before = 0, False, ""
    for at, sentence in enumerate(listed):
        turned = turned and (
            bool(_LIST_MARK.match(sentence)) or before.endswith(("；", ";", "，", "：", ":"))
        )
        is_judged = at + 1 < len(listed) and bool(_JUDGES.match(listed[at + 1]))
        if depth <= 0 and not turned and not is_judged:
            yield sentence
        depth = max(0, depth + _deeper(sentence))
        before = sentence.rstrip()
        if not before.endswith(tuple("。！？!?；;…”’」』")):
            turned = turned or bool(TURNS.search(before))


def flat(text: str) -> str:
    """The words of a text in one piece, for phrases that must stand there as they are."""
    return "".join(fold(text).words)


def is_number(word: str) -> bool:
    """Whether a word is a number, in digits or numerals."""
    return word.lstrip("-\u2212")[:1].isdecimal() or word[0] in NUMERALS


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
