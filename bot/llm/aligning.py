"""Whether one sentence says what another one says: its whole, or whole parts of it, less modifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.llm.folded import NUMERALS, Break, Folded, is_number, is_plain_head

SHORTEST = 4
"""Words that a sentence has at least, unless it is a whole one of the quote: fewer say nothing."""

_MODIFIERS = re.compile(
    r"(?:(?:全面|严格|切实|认真|扎实|进一步|坚决|充分|积极|牢牢|着力|大力|细致|狠狠|精心|周密"
    r"|高度(?=重视|关注|警惕)|深入(?=开展|推进|实施|贯彻|学习|排查|整治))地?)+(?![的性点度者人]|$)"
)
"""Words that may be left out, since speeches put them before any verb. A closed list: of other words one
can't tell by their form whether they turn the claim (举报 of 对举报违法企业的人予以奖励)."""

_BEARS = re.compile("[不没未无非莫勿别禁免缺少难如若凡只仅的才方再前后停封关撤]")
"""Where one of these stands a modifier bears the claim: 没有全面停产 is not 没有停产, not all of
认真落实的单位 are 落实的单位, and 全面检查合格后复工 asks for more than 检查合格后复工."""

_BEFORE_MODIFIER = re.compile(rf"(?:^|[要须应将]|应当|[{NUMERALS}]是)$")
"""What a modifier stands behind: after any other word it may be what that word is about (反对大力招商,
暂缓全面推开)."""

WEIGHTY = re.compile("[不没未无非莫勿别免只仅除须应]|禁止|严禁|不得|不准|可以|允许|必须|准许|取消|停止")
"""What tells that a sentence that failed has turned a claim."""

_OPENING = re.compile(
    rf"(?:(?:第?[{NUMERALS}]{{1,3}}|[0-9]{{1,2}})\||第?[一二三四五六七八九](?:是|要)\|?"
    r"|(?:同时|另外|此外|首先|其次|再次|最后|因此|所以|同志们|各位)\|)+"
)
"""What a part may lose at its beginning, "|" for a break: its number in a list, a word that joins it to
the one before. A number without a break behind it counts something (十五日前)."""

_ITEM = re.compile(rf"(?:第?[{NUMERALS}]{{1,3}}|[0-9]{{1,2}})\||第?[一二三四五六七八九](?:是|要)")
_POINTS = re.compile(
    "这|那|其(?!他|它|余)|该|此|他|她|它|上述|以上|以下|前者|后者|前款|但|而|却|否则|反之|不然|则|才|或"
)
"""What begins so takes its subject or its condition from before, which the answer may not have."""

_LIMITS = re.compile(
    "但|除|不过|然而|可是|却|其中|例外|不包括|不含|只是|只限|仅|限于|直到|确|特殊|这|那|此|上述|以上|是|属|均|都"
)
"""A part that begins so limits or judges the one before."""


def is_proved(said: Folded, source: Folded) -> bool:
    """Whether all that ``said`` says stands in ``source``, a sentence of a quote, and is meant there.

    The measure: ``said`` is the source, or its beginning up to a semicolon, or items of its list that follow
    one another, word for word and with the same breaks. Only listed modifiers may be left out, and the number
    in a list at the beginning. Clauses are not left out: nothing in the form of 三次检查不合格，吊销许可证
    tells that either half alone would be false. Nor is the beginning before another part, for it may say
    when, where and of whom all of them hold (汛期实行值班制度；副县长带班), nor the head of a list, but for
    one that says nothing. What points back is not proved, nor what the next part limits. A share of common
    character pairs, as coverage is often measured, is not enough: two characters make an opposite of any
    sentence.
    """
    if not said.words or said.asks != source.asks:
        return False
    if len(said.words) < SHORTEST and len(said.words) != len(source.words):
        return False
    if _POINTS.match("".join(said.words)):
        return False
    return any(_follows(said, source, first) for start in _starts(source) for first in _begins(source, start))


def _starts(source: Folded) -> Iterator[int]:
    """Where a part begins that may stand without those before it: the sentence, or an item of its list."""
    yield 0
    head = next((at for at in range(1, len(source.words)) if source.breaks[at] == Break.HEAD), 0)
    first = _joined(source, 0, len(source.words))
    if not (_ITEM.match(first) or (head and is_plain_head("".join(source.words[:head])))):
        return
    for place in range(1, len(source.words)):
        is_part = source.breaks[place] == Break.PART or place == head
        if is_part and _ITEM.match(_joined(source, place, len(source.words))):
            yield place


def _begins(source: Folded, start: int) -> Iterator[int]:
    """The beginning of a part, and behind what it may lose there."""
    yield start
    for first in range(start + 1, min(start + 8, len(source.words))):
        # "2、5号井" may be two wells.
        if not is_number(source.words[first]) and _OPENING.fullmatch(_joined(source, start, first)):
            yield first


def _joined(source: Folded, begin: int, end: int) -> str:
    """The words with "|" for each break behind one."""
    return "".join(
        source.words[at] + ("|" if source.breaks[at + 1] > Break.NONE else "") for at in range(begin, end)
    )


def _follows(said: Folded, source: Folded, first: int) -> bool:
    """Whether ``said`` is the source's words from ``first`` to the end of a part, less modifiers."""
    place = first
    for at, word in enumerate(said.words):
        parted = source.breaks[place] if place < len(source.words) else Break.NONE
        if place < len(source.words) and word != source.words[place]:
            place = _after_modifiers(source, place)
        if place >= len(source.words) or word != source.words[place]:
            return False
        # A break that comes, goes or changes turns it: "不，可以" of "不可以", and the other way round.
        if at and said.breaks[at] != max(parted, source.breaks[place]):
            return False
        place += 1
    if source.breaks[place] < Break.PART:
        return False
    return not _LIMITS.match("".join(source.words[place : place + 4]))


def _after_modifiers(source: Folded, place: int) -> int:
    """The place behind the modifiers that begin at ``place``, in a clause that they do not bear."""
    begin, end = place, place + 1
    while begin and source.breaks[begin] < Break.CLAUSE:
        begin -= 1
    while source.breaks[end] < Break.CLAUSE:
        end += 1
    found = _MODIFIERS.match("".join(source.words[place:end]))
    if not found or _BEARS.search("".join(source.words[begin:end])):
        return place
    before = "".join(source.words[begin:place])
    # They are Chinese characters, each a word of its own.
    return place + found.end() if _BEFORE_MODIFIER.search(before) else place
