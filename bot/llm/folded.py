"""The words of a sentence as proving compares them: folded, in order, with what stands between them."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.documents.sentences import split_sentences
from retrieval.documents.views import search_text

_BREAKS = re.compile(r"((?:[，；：。！？!?;…\n]|(?<![0-9０-９])[,:.]|[,:.](?![0-9０-９]))+)")
_SMALL_BREAKS = re.compile(r"([、（）()]+)")
NUMERALS = "零一二三四五六七八九十百千万亿两"
_NUMBER = re.compile(f"[{NUMERALS[1:]}][{NUMERALS}〇○]+")
_WORD = re.compile(
    rf"(?:(?<![0-9a-z%)\-])[-\u2212])?[0-9]+(?:[.,:/~\-][0-9]+)*[%‰]?|[a-z]+|[{NUMERALS}]+|[^\W_]"
    r"|(?<=[a-z])-(?=[0-9])|[<>=≤≥≠≈±×÷*%‰°$¥€£+&~→↑↓○]"
)
_JOINS = "；;"
_OPEN, _CLOSE = "“「『", "”」』"
_LIST_MARK = re.compile(
    r"\s*(?:[（(]?(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})[)）、.．]|第?[一二三四五六七八九十]{1,3}[是要，、]|[-—·•●])"
)
_WRONG = (
    "错|不对|谣|误|不行|不允许|不准|要不得|不可取|不实|不再|违|假|荒唐|糊涂|侥幸|危险|胡说|才怪|废止|失效"
    "|取消|作废"
)
_JUDGES = re.compile(
    rf"\s*(?:(?:这|那|此|该|上述|以上|类似|如此|显然|完全|纯属|当然|绝对|现已|目前|已)[^。]*?(?:{_WRONG})|(?:{_WRONG})"
    "|但|不过|然而|可是|只是|例外|除外|其实|事实上|相反|我(?:们)?不"
    "|(?:有人|有的|有些|一些|个别)[^，。]*?(?:这[么样]|如此))"
)
"""A sentence that begins so says of the one before that it does not hold, or not for all, or who says it."""

TURNS = re.compile(
    "禁|不得|不准|不许|不能|不要|不可|切忌|防止|杜绝|避免|取消|停止|反对|克服|纠正|错|违|问题|不足|隐患|教训|表现|情形"
    "|行为|例外|除外|处罚|追究|假如|如果|有的|有人|个别|部分|一些|误|谎|谣|不实|说|称|认为|以为|觉得"
)
"""A head with one of these turns the items under it: 严禁下列行为：携带火种进山."""

_PLAIN_HEAD = re.compile(
    "(?:要|主要|重点|具体|突出|再)*(?:抓好|做好|做到|抓|讲|提|强调)?(?:以下|如下|这)?"
    rf"[{NUMERALS}]?(?:点|个方面|项|条|件事|个)?(?:重点|要点|工作|任务|措施|要求|意见|方面)*(?:是|有|为|如下|包括)?"
)
"""A head that says nothing of the items under it but that there are some. A closed list: any other
(下列企业可以免检, 没有做到以下三点) may be the half of what they say."""


class Break(enum.IntEnum):
    """What stands before a word.

    Nothing; the comma of a list; a bracket; the end of a clause; a colon; a semicolon or stop. Inside a
    quotation the last two are ends of clauses.
    """

    NONE = 0
    LIST = 1
    BRACKET = 2
    CLAUSE = 3
    HEAD = 4
    PART = 5


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
        for at, small in enumerate(_SMALL_BREAKS.split(piece)):
            if at % 2:
                level = max(level, Break.LIST if set(small) == {"、"} else Break.BRACKET)
                continue
            for word in _WORD.findall(_with_zeros(search_text(_apart(small)))):
                words.append(word)
                breaks.append(level)
                level = Break.NONE
        depth += _deeper(piece)
    asks = sentence.rstrip(" \u3000”’」』）)》\"'").endswith(("？", "?"))
    return Folded(tuple(words), (*breaks, Break.PART), asks)


def _with_zeros(text: str) -> str:
    """Other zeros as 零, but a circle only in a number: elsewhere (死亡○人) it is for what is left out."""
    return _NUMBER.sub(lambda run: run[0].replace("○", "零"), text).replace("〇", "零")


def _apart(text: str) -> str:
    """Digits that are no plain ones (10², ①) apart from those that folding would join them to."""
    return "".join(
        f"|{char}|" if char.isnumeric() and not char.isdecimal() and unicodedata.decomposition(char) else char
        for char in text
    )


def is_plain_head(head: str) -> bool:
    """Whether what stands under a head says the same without it. The words alone, or with a list's number."""
    return bool(_PLAIN_HEAD.fullmatch("".join(fold(_LIST_MARK.sub("", head)).words)))


def _level_of(signs: str, depth: int) -> Break:
    if set(signs) & set("；;。！？!?\n") and depth <= 0:
        return Break.PART
    return Break.HEAD if set(signs) & set("：:") and depth <= 0 else Break.CLAUSE


def _deeper(text: str) -> int:
    """How many quotations begin in a text and go on behind it."""
    return sum(char in _OPEN for char in text) - sum(char in _CLOSE for char in text)


def _is_quotation(sentence: str) -> bool:
    """Whether all of a sentence is one quotation."""
    text = sentence.strip()
    if not text.startswith(tuple(_OPEN)):
        return False
    end = next((at for at in range(1, len(text)) if _deeper(text[: at + 1]) <= 0), len(text))
    return not text[end + 1 :].strip("。！？!?；;…")


def provable(quote: str) -> Iterator[str]:
    """The sentences of a quote that mean what they say.

    Left out is what is another's words as a whole or goes on with them (the quotation begins in a
    sentence before), what stands under a head that turns it (存在的问题, 严禁下列行为：), and what the
    next sentence takes back. Where the items of a head end can't be seen: they last to the end of the quote.
    """
    listed = list(sentences(quote))
    depth, turned = 0, False
    for at, sentence in enumerate(listed):
        is_judged = at + 1 < len(listed) and bool(_JUDGES.match(listed[at + 1]))
        if depth <= 0 and not turned and not is_judged and not _is_quotation(sentence):
            yield sentence
        depth = max(0, depth + _deeper(sentence))
        if sentence.rstrip().endswith(("：", ":")):
            turned = turned or not is_plain_head(sentence)
        elif not sentence.rstrip().endswith(tuple("。！？!?；;…”’」』")):
            turned = turned or bool(TURNS.search(sentence))


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
