"""Whether one sentence says what another one says: its clauses, of which only modifiers are left out."""

from __future__ import annotations

import re

from bot.llm.folded import Break, Folded

SHORTEST = 4
"""Words that a sentence has at least, unless it is a whole one of the quote: fewer say nothing."""

_MODIFIERS = re.compile(
    r"(?:全面|严格|切实|认真|扎实|深入|进一步|坚决|充分|高度|积极|不断|牢牢|着力|大力|有力|细致|深刻|狠狠|精心|周密|地)+"
)
"""Words that may be left out, since speeches put them before any verb. A closed list: of other words one
can't tell by their form whether they turn the claim (举报 of 对举报违法企业的人予以奖励)."""

_NEGATION = re.compile("[不没未无非莫勿别禁免]")
"""Under one a modifier bears the claim: 没有全面停产 is not 没有停产."""

WEIGHTY = re.compile("[不没未无非莫勿别免只仅除须应]|禁止|严禁|不得|不准|可以|允许|必须|准许|取消|停止")
"""What tells that a sentence that failed has turned a claim."""

_OPENING = re.compile(
    r"(?:第?[零一二三四五六七八九十]+(?:是|要)?|[0-9]{1,2}|同时|另外|此外|首先|其次|再次|最后|因此|所以|同志们|各位)+"
)
"""What a clause may lose at its beginning: its number in a list, a word that joins it to the one before."""

_LEANS = re.compile(
    r"^(?:在|对|于|凡|经|如|若|除|未|不|当|因|为|只|仅|非|无|一旦|遇|假|即使|虽)|(?:的|时|后|前|内|外|下|中|间|说|讲|称|认为|觉得|以为|问|听|所谓)$"
)
_LIMITS = re.compile(r"^(?:但|除|不过|然而|可是|却|其中|例外|不包括|不含)|除外$|例外$")
_DANGLES = re.compile(r"^(?:对|凡|如|若|除|因|由于|为了?)|的$")
"""Clauses that say when, where, by whom or for whom the next holds, or limit the one before."""


def is_proved(said: Folded, source: Folded) -> bool:
    """Whether all that ``said`` says stands in ``source``, a sentence of a quote, and is meant there.

    The measure: ``said`` is made of whole clauses of the source that follow one another, word for word. Only
    listed modifiers may be left out of a clause, and the number in a list at its beginning. A clause goes
    with the one before it that says when, for whom or by whom it holds, and with the one after it that limits
    it. A share of common character pairs, as coverage is often measured, is not enough: two characters make
    an opposite of any sentence.
    """
    if not said.words or said.asks != source.asks:
        return False
    if len(said.words) < SHORTEST and len(said.words) != len(source.words):
        return False
    return any(_follows(said, source, first) for first in range(len(source.words)))


def _follows(said: Folded, source: Folded, first: int) -> bool:
    """Whether ``said`` is the source's words from ``first`` on, as far as whole clauses, less modifiers."""
    place = first
    for at, word in enumerate(said.words):
        if place < len(source.words) and word != source.words[place] and at:
            place = _after_modifiers(source, place)
        if place >= len(source.words) or word != source.words[place]:
            return False
        # A break where the source has none turns it: "不，可以" of "不可以".
        if at and said.breaks[at] > source.breaks[place]:
            return False
        place += 1
    return _is_whole(source, first, place - 1)


def _after_modifiers(source: Folded, place: int) -> int:
    """The place behind the modifiers that begin at ``place``, in a clause that denies nothing."""
    begin, end = place, place + 1
    while source.breaks[begin] < Break.CLAUSE:
        begin -= 1
    while source.breaks[end] < Break.CLAUSE:
        end += 1
    found = _MODIFIERS.match("".join(source.words[place:end]))
    # They are Chinese characters, each a word of its own.
    return place + found.end() if found and not _NEGATION.search("".join(source.words[begin:end])) else place


def _is_whole(source: Folded, first: int, last: int) -> bool:
    """Whether the words from ``first`` to ``last`` are whole clauses, with those that they lean on."""
    begin = first
    while source.breaks[begin] < Break.CLAUSE:
        begin -= 1
    lost = "".join(source.words[begin:first])
    if source.breaks[last + 1] < Break.CLAUSE or (lost and not _OPENING.fullmatch(lost)):
        return False
    if last + 1 < len(source.words) and _DANGLES.search(_clause_before(source, last + 1)):
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
