"""Whether two texts are the same speech, told by what differs between them.

Errors of reading are single characters, here and there, each another (再 for 冉, l for 1); a page adds lines
of its own; a broken copy lacks its end. People who use a speech again write other years and numbers, other
names wherever the old ones stood, other sentences. So what differs is sorted: `Differences.slips` look like
errors of reading, `Differences.edits` like somebody's work. Without slips no edit is forgiven; where a text
is full of slips some look like edits, and as many are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.copies.alignment import Gap, align
from retrieval.copies.comparing import Comparable

LEAST_SHARED = 0.9
"""Of the characters of each text that must stand in the other, too."""

SHORT = 200
"""Characters of a text below which nothing may differ: too few to tell an error from an edit."""

MANY_SLIPS = 10
"""Slips from which a text counts as badly read."""

LONGEST_LOSS = 40
"""Characters that a copy may have and the better file lack, at its ends; inside, that either may lack. A
sentence has 57 (median of the seeds), a line of a printed page 28 to 40."""

_REWRITTEN = 10  # characters of both sides in a row: a sentence written anew
_CLUSTER = 4  # characters that agree between two gaps of one rewritten stretch; fewer are coincidence
_NUMBER_CHANGED = 2  # edits; digits are misread less often than characters, and changed more often
_NUMERALS = "0123456789〇零一二三四五六七八九十百千万亿"
_NUMBER = re.compile(rf"[{_NUMERALS}.%]*")
_YEAR = re.compile(r"(?:19|20)\d{2}|[一二][〇零九][〇零一二三四五六七八九]{2}")
_COUNT = re.compile(rf"[第页{_NUMERALS}]{{1,4}}")  # of a page or an item
_MARK = re.compile(r"[^\w]|_")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_NAMED = re.compile(
    r".?(?:[省市县区州旗镇乡村]|街道|同志|书记|主任|[市县区镇乡局部厅省]长|总经理|董事长|公司)"
)
"""What follows the name of a place, a person or a firm."""


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs between a file's text and that of a likely copy of it.

    Attributes:
        shared: characters that both have.
        slips: single characters that look misread.
        edits: what looks like somebody's work; a year or a sentence counts as more than any text may have.
    """

    shared: int
    slips: int
    edits: int


_TOO_MANY = 1_000_000


def is_copy(best: Comparable, copy: Comparable) -> bool:
    """Whether ``copy`` is the same speech, and lacks nothing in ``best`` that is more than noise.

    Not symmetric: ``best`` may go on where ``copy`` breaks off, not the other way round.
    """
    one, other = best.text, copy.text
    if not one or not other or min(len(one), len(other)) < LEAST_SHARED * max(len(one), len(other)):
        return False
    found = compare(best, copy)
    if min(len(one), len(other)) < SHORT:
        return not found.slips and not found.edits and found.shared >= LEAST_SHARED * len(one)
    if found.shared < LEAST_SHARED * max(len(one), len(other)):
        return False
    return found.edits <= _forgiven(found, len(one))


def compare(best: Comparable, copy: Comparable) -> Differences:
    """Sort what differs between two texts."""
    one, other = best.text, copy.text
    # A mark at the end of a text that breaks off would be found somewhere in what it lacks.
    aligned = align(one[: _last_word(one)], other[: _last_word(other)])
    gaps = [gap for gap in aligned if not _is_marks(one, other, gap)]
    replaced = _replaced_throughout(one, other, gaps)
    single = [gap for gap in gaps if _pair(one, other, gap) not in replaced]
    slips = sum(_is_slip(one, other, gap) for gap in single)
    edits = len(replaced) + _rewritten(one, gaps)
    for gap in single:
        if edits > len(gaps):
            break  # more than any number of slips forgives
        edits += _edits(best, copy, gap)
    return Differences(len(one) - sum(gap.length for gap in gaps), slips, edits)


def _forgiven(found: Differences, length: int) -> int:
    """How many edits may be errors of reading: two in a row, in a name or number, or wherever a word stands.

    Chance puts an error beside another as often as there are errors, and blurred places half as often again.
    The rest was measured with rapidocr on blurred pages of 12 speeches: up to one in ten.
    """
    if found.slips < MANY_SLIPS:
        return 0
    return 1 + int(found.slips * (0.12 + 1.5 * found.slips / length))


def _is_marks(one: str, other: str, gap: Gap) -> bool:
    """Whether only punctuation differs."""
    return not _words(one[gap.start : gap.end]) and not _words(other[gap.its_start : gap.its_end])


def _words(text: str) -> str:
    return _MARK.sub("", text)


def _last_word(text: str) -> int:
    """Where the last word of a text ends, without the marks that follow it."""
    end = len(text)
    while end and _MARK.match(text[end - 1]):
        end -= 1
    return end


def _is_slip(one: str, other: str, gap: Gap) -> bool:
    """Whether a single character is misread, lost or invented."""
    mine, its = _words(one[gap.start : gap.end]), _words(other[gap.its_start : gap.its_end])
    return max(len(mine), len(its)) == 1


def _edits(best: Comparable, copy: Comparable, gap: Gap) -> int:
    """How much one gap by itself looks like somebody's work."""
    one, other = best.text, copy.text
    mine, its = _words(one[gap.start : gap.end]), _words(other[gap.its_start : gap.its_end])
    number = _other_number(one, other, gap)
    if number:
        return number
    if not mine or not its:
        return _one_sided(best, copy, gap)
    han = _HAN.search(mine) and _HAN.search(its)
    if max(len(mine), len(its)) == 1:
        return int(bool(han) and _is_other_name(one, other, gap))
    return 1 if han or min(len(mine), len(its)) > 2 else 0


def _is_other_name(one: str, other: str, gap: Gap) -> bool:
    """Whether a name has another character, which no other place has otherwise: 永安县 for 永平县."""
    found = _NAMED.match(one, gap.end)
    if not found:
        return False
    tail = one[gap.end : found.end()]
    mine, its = one[gap.start : gap.end] + tail, other[gap.its_start : gap.its_end] + tail
    return mine not in other and its not in one


def _other_number(one: str, other: str, gap: Gap) -> int:
    """What it counts that both have a number there, and another one; a year: more than any may have."""
    mine, its = one[gap.start : gap.end], other[gap.its_start : gap.its_end]
    if not all(character in _NUMERALS or not character.isalnum() for character in mine + its):
        return 0  # a letter for a digit is an error of reading
    number = _number_at(one, gap.start, gap.end)
    its_number = _number_at(other, gap.its_start, gap.its_end)
    if not number or not its_number or number == its_number:
        return 0
    return _TOO_MANY if _YEAR.search(number) and _YEAR.search(its_number) else _NUMBER_CHANGED


def _number_at(text: str, start: int, end: int) -> str:
    """The number that a stretch of a text belongs to; "" where there is none."""
    before = _NUMBER.match(text[max(0, start - 12) : start][::-1])
    after = _NUMBER.match(text, end, end + 12)
    inside = "".join(character for character in text[start:end] if character in _NUMERALS)
    return ((before[0][::-1] if before else "") + inside + (after[0] if after else "")).strip(".")


def _one_sided(best: Comparable, copy: Comparable, gap: Gap) -> int:
    """What a stretch counts that only one text has."""
    side, start, end = (best, gap.start, gap.end) if gap.length else (copy, gap.its_start, gap.its_end)
    words = _words(side.text[start:end])
    is_edge = gap.start == gap.its_start == 0 or (
        gap.end == _last_word(best.text) and gap.its_end == _last_word(copy.text)
    )
    if is_edge and side is best:
        return 0  # the copy begins later or breaks off; how much of it may be lacking is told elsewhere
    prose = side.prose(start, end)
    if is_edge:
        return 0 if prose <= LONGEST_LOSS else _TOO_MANY
    if prose > LONGEST_LOSS:
        return _TOO_MANY
    is_noise = len(words) < 2 or _COUNT.fullmatch(words) or _is_repeated(side.text, start, end)
    return int(prose > 0 and not is_noise)


def _is_repeated(text: str, start: int, end: int) -> bool:
    """Whether a stretch stands at other places, too, as running heads do."""
    stretch = re.sub(r"\d+", "", text[start:end])
    return len(stretch) >= 4 and re.sub(r"\d+", "", text).count(stretch) > 2


def _rewritten(one: str, gaps: Sequence[Gap]) -> int:
    """Stretches where both texts go on for a while, each in its own words."""
    return sum(
        _TOO_MANY
        for cluster in _clusters(gaps)
        if min(sum(g.length for g in cluster), sum(g.its_length for g in cluster)) >= _REWRITTEN
        and len(_words(one[cluster[0].start : cluster[-1].end])) <= 2 * sum(g.length for g in cluster)
    )


def _clusters(gaps: Sequence[Gap]) -> Iterator[list[Gap]]:
    """Gaps with nothing worth the name between them."""
    cluster: list[Gap] = []
    for gap in gaps:
        if cluster and gap.start - cluster[-1].end >= _CLUSTER:
            yield cluster
            cluster = []
        cluster.append(gap)
    if cluster:
        yield cluster


def _replaced_throughout(one: str, other: str, gaps: Sequence[Gap]) -> set[tuple[str, str]]:
    """Characters that are replaced in the same way wherever their word stands, as the parts of names are."""
    found: set[tuple[str, str]] = set()
    for first, last in ((0, 1), (1, 0)):
        words: Counter[tuple[str, str, tuple[str, str]]] = Counter()
        for gap in gaps:
            pair = _pair(one, other, gap)
            if pair is not None and _HAN.match(pair[0]):
                word = one[max(0, gap.start - first) : gap.end + last]
                its_word = other[max(0, gap.its_start - first) : gap.its_end + last]
                words[word, its_word, pair] += 1
        for (word, its_word, pair), count in words.items():
            if count > 1 and word not in other and its_word not in one:
                found.add(pair)
    return found


def _pair(one: str, other: str, gap: Gap) -> tuple[str, str] | None:
    """The character that is replaced and the one in its place, where it is one for one."""
    if gap.length == gap.its_length == 1:
        return one[gap.start], other[gap.its_start]
    return None
