"""A body cut into parts: sentences under one section path, of one speaker."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from retrieval.documents.sentences import split_sentences
from retrieval.documents.types import Document, Section, Span, ZoneKind
from retrieval.splitting import Piece, group_short, length_of

SHORT = 120
"""A stretch of fewer characters joins its siblings."""

JOINED = 420
"""Characters that joined siblings have at most."""


_LINE_END = re.compile(r"[^\S\n]*(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive sentences of one section.

    Attributes:
        path: positions among siblings, from the outermost section to the one they stand in.
    """

    pieces: tuple[Piece, ...]
    path: tuple[int, ...]
    speaker: str


class Outline:
    """Sections in clean offsets: which one a position is in, and what its path reads."""

    def __init__(self, document: Document) -> None:
        self._titles: dict[tuple[int, ...], str] = {}
        self._ranges: dict[tuple[int, ...], tuple[int, int]] = {}
        self._headings: list[tuple[int, int]] = []
        self._add(document, document.sections, ())
        self._paths = list(self._ranges)
        self._starts = [start for start, _ in self._ranges.values()]

    def _add(self, document: Document, sections: Sequence[Section], above: tuple[int, ...]) -> None:
        for number, section in enumerate(sections):
            path = (*above, number)
            self._titles[path] = section.title
            self._ranges[path] = _in_clean(document, section.span)
            self._headings.append(_in_clean(document, section.heading))
            self._add(document, section.children, path)

    def edges(self) -> Iterator[int]:
        """Where sections begin and end."""
        for edges in self._ranges.values():
            yield from edges

    def path_at(self, position: int) -> tuple[int, ...]:
        """The innermost section: the last one begun, or the first above it that has not ended."""
        index = bisect_right(self._starts, position) - 1
        path = self._paths[index] if index >= 0 else ()
        while path and position >= self._ranges[path][1]:
            path = path[:-1]
        return path

    def is_heading(self, start: int, end: int) -> bool:
        """Whether a range lies inside a heading."""
        index = bisect_right(self._starts, start) - 1
        return index >= 0 and end <= self._headings[index][1]

    def names(self, path: tuple[int, ...]) -> tuple[str, ...]:
        """Titles from the outermost section to the leaf."""
        return tuple(self._titles[path[: depth + 1]] for depth in range(len(path)))


def cut_parts(document: Document, outline: Outline) -> list[Part]:
    """The parts of a body in order: no heading stands alone, short siblings are joined."""
    return _merge_short(_attach_headings(_parts(document, outline)))


def _in_clean(document: Document, span: Span) -> tuple[int, int]:
    start = document.clean.from_source(span.start)
    return start, max(start, document.clean.from_source(span.end - 1) + 1) if span.end > span.start else start


def _parts(document: Document, outline: Outline) -> list[Part]:
    """The body cut at every heading, change of speaker and gap, each stretch as its sentences."""
    text = document.clean.text
    gaps = _noise_gaps(document)
    turns = [(*_in_clean(document, turn.span), turn.speaker) for turn in document.turns]
    turn_starts = [turn[0] for turn in turns]
    edges = {0, len(text), *gaps, *outline.edges(), *(edge for turn in turns for edge in turn[:2])}
    parts: list[Part] = []
    for start, end in pairwise(sorted(edges)):
        pieces = tuple(
            _piece(text, start + a, start + b, outline) for a, b in split_sentences(text[start:end])
        )
        if pieces:
            at = pieces[0].start
            turn = bisect_right(turn_starts, at) - 1
            speaker = turns[turn][2] if turn >= 0 and at < turns[turn][1] else ""
            parts.append(Part(pieces, outline.path_at(at), speaker))
    return _join_same(parts)


def _piece(text: str, start: int, end: int, outline: Outline) -> Piece:
    ends_line = _LINE_END.match(text, end) is not None
    return Piece(start, end, text[start:end], outline.is_heading(start, end), ends_line)


def _noise_gaps(document: Document) -> list[int]:
    """Clean positions where noise interrupts the body between two sentences: none runs on behind it.

    Noise inside a sentence (a page mark) tears it only on paper: the sentence stays whole.
    """
    text = document.clean.text
    gaps: list[int] = []
    for zone in document.zones:
        if zone.kind is ZoneKind.BODY or not document.raw[zone.span.start : zone.span.end].strip():
            continue
        at = document.clean.from_source(zone.span.start)
        # Around a page mark the clean text may keep blanks; what counts is the last mark before it.
        before = text[max(0, at - 8) : at].rstrip(" \u3000")
        if before and before[-1] in "\n。！？!?；;：:…”’』」）)":
            gaps.append(at)
    return sorted(set(gaps))


def _join_same(parts: Sequence[Part]) -> list[Part]:
    """Neighbours of one section and speaker are one part, with noise between them too.

    An advert divides no subject. It is only that no quote runs over it.
    """
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last and (last.path, last.speaker) == (part.path, part.speaker):
            joined[-1] = replace(last, pieces=last.pieces + part.pieces)
        else:
            joined.append(part)
    return joined


def _attach_headings(parts: Sequence[Part]) -> list[Part]:
    """Headings with nothing of their own go with what stands under them, or else with what is before."""
    attached: list[Part] = []
    waiting: list[Part] = []
    for part in parts:
        if waiting and waiting[-1].path != part.path[: len(waiting[-1].path)]:
            is_under = waiting[0].path == part.path[: len(waiting[0].path)]
            if _is_sentence(waiting[-1]) or not is_under:
                _settle(attached, waiting)
                waiting = []
        if all(piece.is_heading for piece in part.pieces):
            waiting.append(part)
            continue
        pieces = tuple(piece for one in waiting for piece in one.pieces) + part.pieces
        attached.append(replace(part, pieces=pieces))
        waiting = []
    if waiting:
        _settle(attached, waiting)
    return attached


def _is_sentence(part: Part) -> bool:
    return part.pieces[-1].text[-1] in "。！？!?；;."


def _settle(parts: list[Part], headings: Sequence[Part]) -> None:
    """Headings with nothing under them: a full sentence is text, a mere title joins what is before it."""
    *titles, leaf = headings
    last = parts[-1] if parts else None
    if last and not _is_sentence(leaf) and last.speaker == leaf.speaker:
        pieces = tuple(piece for one in headings for piece in one.pieces)
        parts[-1] = replace(last, pieces=last.pieces + pieces)
    else:
        pieces = tuple(piece for one in titles for piece in one.pieces)
        parts.append(replace(leaf, pieces=pieces + leaf.pieces))


def _merge_short(parts: Sequence[Part]) -> list[Part]:
    """Short parts join siblings under the same parent; text outside all sections joins nothing."""
    merged: list[Part] = []
    parents = {part.path[:depth] for part in parts for depth in range(1, len(part.path))}
    for (parent, _), run in groupby(parts, key=lambda part: (_family(part, parents), part.speaker)):
        siblings = list(run)
        lengths = [length_of(part.pieces) for part in siblings]
        groups = (
            group_short(lengths, SHORT, JOINED)
            if parent is not None
            else [(i, i + 1) for i in range(len(lengths))]
        )
        for start, end in groups:
            pieces = tuple(piece for part in siblings[start:end] for piece in part.pieces)
            path = siblings[start].path if end - start == 1 else parent or ()
            merged.append(replace(siblings[start], pieces=pieces, path=path))
    return merged


def _family(part: Part, parents: Set[tuple[int, ...]]) -> tuple[int, ...] | None:
    """The section whose short contents may join: for a lead its own, for a leaf the one above it."""
    if not part.path:
        return None
    return part.path if part.path in parents else part.path[:-1]
