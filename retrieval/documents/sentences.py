"""Splitting clean Chinese text into sentences, and the quote and bracket pairs that hold them together."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence

from config.patterns import lazy_pattern

LONG_FOR_SEMICOLONS = 80
"""A sentence beyond this many characters is also split at its semicolons."""

LONG_FOR_PAIRS = 200
"""A sentence beyond this many characters is also split inside its quotes and brackets."""

_SHORTEST_CLAUSE = 10
"""A clause between semicolons shorter than this stays with its neighbour."""

CLOSERS = "”’」』）)》】〉］]\"'"
"""What closes a pair; it stays with the sentence whose end it follows."""

_PAIRS = {pair[0]: pair[1] for pair in ("“”", "‘’", "「」", "『』", "（）", "()", "《》", "【】", "〈〉")}
_OPENERS = {close: opener for opener, close in _PAIRS.items()}
_PAIRED = lazy_pattern(f'["{re.escape("".join((*_PAIRS, *_OPENERS)))}]')
HALF_WIDTH_STOP = r"(?<=[\u4e00-\u9fff”’）)》])\.(?=[\u4e00-\u9fff“‘（(《]|\Z)"
"""A full stop that stands for 。 in files typed with half-width punctuation, as a pattern."""

_ENDS = lazy_pattern(rf"(?:[。！？!?…]+|{HALF_WIDTH_STOP}|(?<!\.)\.++(?=\s|\Z))[{re.escape(CLOSERS)}]*")
_SEMICOLONS = lazy_pattern(r"[；;]+[" + re.escape(CLOSERS) + r"]*")
_ITEM_NUMBER = lazy_pattern(r"\s*\d{1,3}\.")
"""The number of a list item, "1. ", at the start of a line: it ends nothing."""

_LINES = 512
"""Lines remembered: those of a speech are asked about when headings are looked for, and when it is cut."""

_GOES_ON = "，,、；;：:的地得之等是和与及或而并"
"""After a closing quote, these continue the sentence that holds the quote."""


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Half-open offsets of the sentences of a clean text, in order, without surrounding white space.

    Every character that is not white space lies in exactly one sentence. A line break always ends a
    sentence; a mark inside a pair that closes on the same line does not, unless the sentence is very long.
    """
    sentences: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        trimmed = (_trim(line, a, b) for a, b in _split_line(line))
        sentences += [(start + a, start + b) for a, b in trimmed if a < b]
        start += len(line) + 1
    return sentences


def enclosed_ranges(line: str) -> list[tuple[int, int]]:
    """The outermost quote and bracket pairs of one line, marks included, sorted.

    A mark without a partner on the line opens nothing. Straight quotes pair up in order of appearance.
    """
    ranges: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    # Looking for a partner that is not there through all that is open would take for ever in a hostile line.
    waiting: Counter[str] = Counter()
    straight: int | None = None
    for mark in _PAIRED.finditer(line):
        char, at = mark[0], mark.start()
        if char == '"':
            if straight is None:
                straight = at
            else:
                ranges.append((straight, at + 1))
                straight = None
        elif char in _PAIRS:
            stack.append((char, at))
            waiting[char] += 1
        elif waiting[_OPENERS[char]]:
            opener = ""
            while opener != _OPENERS[char]:
                opener, began = stack.pop()
                waiting[opener] -= 1
            ranges.append((began, at + 1))
    return _outermost(ranges)


def is_enclosed(ranges: Sequence[tuple[int, int]], position: int) -> bool:
    """Whether a position lies strictly inside one of the pairs that ``enclosed_ranges`` gave."""
    before = bisect_left(ranges, (position, 0)) - 1
    return before >= 0 and position < ranges[before][1]


def _outermost(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(ranges, key=lambda pair: (pair[0], -pair[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


@functools.lru_cache(_LINES)
def _split_line(line: str) -> Sequence[tuple[int, int]]:
    pairs = enclosed_ranges(line)
    whole = _cut(line, 0, len(line), _ENDS, lambda end: _may_end(line, pairs, end))
    fine: list[tuple[int, int]] = []
    for start, end in whole:
        if end - start > LONG_FOR_PAIRS:
            fine += _cut(line, start, end, _ENDS, lambda at: _may_end(line, (), at))
        else:
            fine.append((start, end))
    parts: list[tuple[int, int]] = []
    for start, end in fine:
        if end - start > LONG_FOR_SEMICOLONS:
            clauses = _cut(line, start, end, _SEMICOLONS, lambda at: not is_enclosed(pairs, at))
            parts += _join_short(clauses)
        else:
            parts.append((start, end))
    return parts


def _cut(
    line: str, start: int, end: int, marks: re.Pattern[str], may_end: Callable[[int], bool]
) -> list[tuple[int, int]]:
    """Cut ``line[start:end]`` after every mark where a cut is allowed."""
    parts: list[tuple[int, int]] = []
    at = start
    for mark in marks.finditer(line, start, end):
        stop = mark.end()
        # A straight quote may open the next sentence as well as close this one: only a pair tells.
        while stop > mark.start() + 1 and line[stop - 1] in "\"'" and not may_end(stop) and may_end(stop - 1):
            stop -= 1
        if at < stop < end and may_end(stop):
            parts.append((at, stop))
            at = stop
    parts.append((at, end))
    return parts


def _may_end(line: str, pairs: Sequence[tuple[int, int]], end: int) -> bool:
    if is_enclosed(pairs, end):
        return False
    if _ITEM_NUMBER.fullmatch(line, 0, end):
        return False
    closed = line[end - 1] in CLOSERS
    return not (closed and line[end : end + 1] and line[end] in _GOES_ON)


def _join_short(clauses: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in clauses:
        if joined and min(end - start, joined[-1][1] - joined[-1][0]) < _SHORTEST_CLAUSE:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
