"""Whether one sentence says what another one says: its clauses, of which only modifiers are left out."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import pairwise

from bot.llm.folded import Break, Folded, is_number
from retrieval.documents.named_people import COMMON_SURNAMES

SHORTEST = 4
"""Words that a sentence has at least, unless it is a whole one of the quote: fewer say nothing."""

LONGEST_GAP = 10
"""Words left out at one place: a modifier, no more."""

INSERTED = frozenset("的了并也还")
"""Words that may be added: they say nothing by themselves, and none of them turns or limits a claim."""

WEIGHTY = re.compile(
    r"[不没未无勿莫非别禁免否仅只除但才]|严禁|杜绝|反对|拒|避|防止|取消|停|废止|切忌|难|缺|可|允许|准|许|能|会|"
    r"必|应|须|得|要|吗|呢|难道|如|若|凡|经|至少|至多|最|约|近|超|左右|以[上下内外前后]|之[前后内外]|部分|少|多|"
    r"个别|基本|原则|拟|计划|争取|力争|试|暂|曾|已|将|据说|传|所谓|假|原|前|后|被|对|向|由|为|给|让|使|把|比|从|到"
)
"""Words that may not be left out of a clause: negation, duty, permission, condition, degree, time, and what
tells who does and to whom."""

_JOINING = frozenset("和与及或跟同")
_ENDINGS = frozenset("局委办厅部院队站所会省市县区镇乡村长记任席理员政司团心街路")
"""Last characters of bodies, places and offices: what stands right before one belongs to the name."""

_OPENING = re.compile(
    r"(?:第?[零一二三四五六七八九十]+(?:是|要)?|[0-9]{1,2}|同时|另外|此外|首先|其次|再次|最后|因此|所以|同志们|各位)+"
)
"""What a clause may lose at its beginning: its number in a list, a word that joins it to the one before."""

_LEANS = re.compile(
    r"^(?:在|对|于|凡|经|如|若|除|未|不|当|因|为|只|仅|非|无|一旦|遇|假|即使|虽)|(?:的|时|后|前|内|外|下|中|间)$"
)
_LIMITS = re.compile(r"^(?:但|除|不过|然而|可是|却|其中|例外|不包括|不含)|除外$|例外$")
"""Clauses that say when, where or for whom the next holds, or limit the one before."""


def is_proved(said: Folded, source: Folded) -> bool:
    """Whether all that ``said`` says stands in ``source``, a sentence of a quote, and is meant there.

    The measure: all words but those of `INSERTED` stand in the source in the same order. They make up whole
    clauses of it that follow one another; of each clause words may be left out in its middle, two to
    `LONGEST_GAP` of them, when there is no number, name, conjunction or word of `WEIGHTY` among them. A
    clause goes with the one before it that says when or for whom it holds, and with the one after it that
    limits it. A share of common character pairs, as coverage is often measured, is not enough: two characters
    make an opposite of any sentence.
    """
    if not said.words or said.asks != source.asks:
        return False
    pairs = _matched(said, source)
    places = [place for _, place in pairs]
    if len(said.words) < SHORTEST and len(places) != len(source.words):
        return False
    covered = {at for at, _ in pairs}
    if not pairs or any(word not in INSERTED for at, word in enumerate(said.words) if at not in covered):
        return False
    steps = list(pairwise(pairs))
    return (
        all(_is_kept_together(said, source, step) for step in steps)
        and all(_may_be_left_out(source, left[1], right[1]) for left, right in steps)
        and _is_whole(source, places[0], places[-1])
    )


def _matched(said: Folded, source: Folded) -> list[tuple[int, int]]:
    """Places of equal words, in order in both; the longest stretch first."""
    blocks = SequenceMatcher(None, said.words, source.words, autojunk=False).get_matching_blocks()
    return [(block.a + at, block.b + at) for block in blocks for at in range(block.size)]


def _is_kept_together(said: Folded, source: Folded, step: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    """No break is put where the source has none ("不，可以" of "不可以"), and no number loses its unit."""
    (at, place), (next_at, next_place) = step
    follows = next_place == place + 1
    if follows and max(said.breaks[at + 1 : next_at + 1]) > source.breaks[next_place]:
        return False
    touches_number = is_number(said.words[at]) or is_number(said.words[next_at])
    return not touches_number or (follows and next_at == at + 1) or said.words[at] == "一"


def _may_be_left_out(source: Folded, before: int, after: int) -> bool:
    gap = source.words[before + 1 : after]
    if not gap:
        return True
    if not 2 <= len(gap) <= LONGEST_GAP or any(source.breaks[before + 1 : after + 1]):
        return False
    has_fact = any(is_number(word) or word in _JOINING or word.isascii() for word in gap)
    near_name = bool(COMMON_SURNAMES & {*source.words[max(0, before - 1) : before + 1], *gap})
    near_ending = bool(_ENDINGS & {*source.words[after : after + 2]})
    return not (has_fact or near_name or near_ending or WEIGHTY.search("".join(gap)))


def _is_whole(source: Folded, first: int, last: int) -> bool:
    """Whether the words from ``first`` to ``last`` are whole clauses, with those that they lean on."""
    begin = first
    while source.breaks[begin] < Break.CLAUSE:
        begin -= 1
    lost = "".join(source.words[begin:first])
    if source.breaks[last + 1] < Break.CLAUSE or (lost and not _OPENING.fullmatch(lost)):
        return False
    return not (
        _LEANS.search(_clause_before(source, begin)) or _LIMITS.search(_clause_after(source, last + 1))
    )


def _clause_before(source: Folded, end: int) -> str:
    begin = end - 1
    while begin > 0 and source.breaks[begin] < Break.CLAUSE:
        begin -= 1
    return "".join(source.words[max(begin, 0) : end])


def _clause_after(source: Folded, begin: int) -> str:
    end = begin + 1
    while end < len(source.words) and source.breaks[end] < Break.CLAUSE:
        end += 1
    return "".join(source.words[begin:end])
