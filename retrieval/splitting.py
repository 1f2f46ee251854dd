"""Sizing: splitting long runs of sentences evenly and grouping short neighbours, by least cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_SHORTEST_GOOD = 200
"""Runs below this many characters cost extra: too little for a vector of its own."""

_WEAK_END = 0.15
"""Cost of ending a run at a semicolon rather than a full stop, in squared shares of the even length."""

_INSIDE_PARAGRAPH = 0.1
"""Cost of ending a run where no paragraph ends: the author's own breaks are the better ones."""

_OVER_TARGET = 0.05
"""Cost of a run above the target length but still below the longest."""

_STRONG_ENDS = "。！？!?.…"
_CLOSERS = "”’」』）)》】\"'"


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of one beyond the encoder's limit, in clean offsets.

    Attributes:
        is_heading: it is nothing but a heading, or part of one.
        ends_line: its paragraph ends with it.
    """

    start: int
    end: int
    text: str
    is_heading: bool = False
    ends_line: bool = False

    @property
    def ends_strongly(self) -> bool:
        """Whether a full stop, or a line of its own, closes it."""
        return self.is_heading or self.ends_line or self.text.rstrip(_CLOSERS)[-1:] in _STRONG_ENDS


def length_of(pieces: Sequence[Piece]) -> int:
    """Characters from the start of the first piece to the end of the last."""
    return pieces[-1].end - pieces[0].start


def split_evenly(pieces: Sequence[Piece], longest: int, target: int) -> list[tuple[Piece, ...]]:
    """Runs of about equal length, none above ``longest`` unless one sentence is; headings never come last.

    Args:
        pieces: in order, at least one.
        longest: up to this many characters nothing is split.
        target: characters that a run should have at most.
    """
    total = length_of(pieces)
    if total <= longest:
        return [tuple(pieces)]
    blocks = _blocks(pieces)
    even = total / math.ceil(total / target)
    costs = [0.0, *[math.inf] * len(blocks)]
    starts = [0] * (len(blocks) + 1)
    for end in range(1, len(blocks) + 1):
        for start in range(end - 1, -1, -1):
            length = blocks[end - 1][-1].end - blocks[start][0].start
            if length > longest and end - start > 1:
                break
            cost = costs[start] + _run_cost(length, even, target)
            cost += 0.0 if end == len(blocks) else _cut_cost(blocks[end - 1][-1])
            if cost < costs[end]:
                costs[end], starts[end] = cost, start
    runs: list[tuple[Piece, ...]] = []
    end = len(blocks)
    while end:
        runs.insert(0, tuple(piece for block in blocks[starts[end] : end] for piece in block))
        end = starts[end]
    return runs


def halve(pieces: Sequence[Piece]) -> list[tuple[Piece, ...]]:
    """Two runs of about equal length, for what is beyond the encoder's limit; one character stays one run.

    A single sentence is cut after the clause mark nearest its middle (；before ，before any character).
    """
    blocks = _blocks(pieces)
    if len(blocks) > 1:
        middle = (pieces[0].start + pieces[-1].end) / 2
        cut = min(range(1, len(blocks)), key=lambda i: abs(blocks[i][0].start - middle))
        return [
            tuple(piece for block in blocks[:cut] for piece in block),
            tuple(piece for block in blocks[cut:] for piece in block),
        ]
    at = max(range(len(pieces)), key=lambda i: len(pieces[i].text))
    halves = _halve_piece(pieces[at])
    if len(halves) == 2:
        return [(*pieces[:at], halves[0]), (halves[1], *pieces[at + 1 :])]
    return [tuple(pieces[:1]), tuple(pieces[1:])] if len(pieces) > 1 else [tuple(pieces)]


def _blocks(pieces: Sequence[Piece]) -> list[tuple[Piece, ...]]:
    """Sentences, each with the headings right above it; headings at the very end stay with the last."""
    blocks: list[tuple[Piece, ...]] = []
    headings: tuple[Piece, ...] = ()
    for piece in pieces:
        headings = (*headings, piece)
        if not piece.is_heading:
            blocks.append(headings)
            headings = ()
    if headings and blocks:
        blocks[-1] = (*blocks[-1], *headings)
    return blocks or [headings]


def _run_cost(length: int, even: float, target: int) -> float:
    cost = ((length - even) / even) ** 2
    if length < _SHORTEST_GOOD:
        cost += 1.0
    return cost + (_OVER_TARGET if length > target else 0.0)


def _cut_cost(last: Piece) -> float:
    return (0.0 if last.ends_line else _INSIDE_PARAGRAPH) + (0.0 if last.ends_strongly else _WEAK_END)


def _halve_piece(piece: Piece) -> list[Piece]:
    text = piece.text
    middle = len(text) // 2
    cut = middle
    for marks in ("；;", "，,、：:"):
        places = [i + 1 for i, char in enumerate(text[:-1]) if char in marks]
        near = [place for place in places if len(text) // 4 <= place <= len(text) - len(text) // 4]
        if near:
            cut = min(near, key=lambda place: abs(place - middle))
            break
    head, tail = text[:cut].rstrip(), text[cut:].lstrip()
    if not head or not tail:
        return [piece]
    return [
        Piece(piece.start, piece.start + len(head), head, piece.is_heading),
        Piece(piece.end - len(tail), piece.end, tail, piece.is_heading, piece.ends_line),
    ]


def group_short(lengths: Sequence[int], short: int, target: int) -> list[tuple[int, int]]:
    """Half-open ranges of siblings to join: as few short ones left, and as few long ones mixed, as can be.

    Args:
        lengths: characters of each sibling, in document order.
        short: siblings below this should join others.
        target: characters that a joined group has at most.
    """
    costs = [0.0, *[math.inf] * len(lengths)]
    starts = [0] * (len(lengths) + 1)
    for end in range(1, len(lengths) + 1):
        for start in range(end - 1, -1, -1):
            members = lengths[start:end]
            if len(members) > 1 and (sum(members) > target or min(members) >= short):
                if sum(members) > target:
                    break
                continue
            cost = costs[start] + _group_cost(members, short)
            if cost < costs[end]:
                costs[end], starts[end] = cost, start
    groups: list[tuple[int, int]] = []
    end = len(lengths)
    while end:
        groups.insert(0, (starts[end], end))
        end = starts[end]
    return groups


def _group_cost(members: Sequence[int], short: int) -> float:
    total = sum(members)
    cost = 10.0 if total < short else 0.0
    if len(members) > 1:
        # A sibling long enough for itself loses its own section path in a group.
        cost += sum(1.0 if length >= short else 0.1 for length in members)
    return cost + (0.3 if total < _SHORTEST_GOOD else 0.0)
