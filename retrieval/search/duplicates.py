"""The same words in ten speeches are one hit with ten places.

Speeches repeat each other. Two hits say the same when the sentences that the question found in them are
near-duplicates: the best hit stands for all, the others become its places.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from retrieval.documents.views import search_text
from retrieval.search.found import Found
from retrieval.types import Place, Sentence

ALIKE = 0.8
"""Jaccard similarity of character pairs from which two sentences say the same: one word in ten differs."""

LEAST = 9
"""Pairs of characters. Sentences of fewer are headings and calls; their being alike says nothing."""

_ENDS_SENTENCE = '。！？!?.；;”"）)'
_CLOSING = ",:;!?."  # folded, as the texts that they are taken off

_MARKS = 1024
"""Bits that tell most pairs of a sentence apart: to compare these takes a tenth of comparing the pairs."""

Shingles = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Folded:
    """A sentence as it is compared.

    Attributes:
        text: without the marks at its end.
        is_closed: whether it ends as sentences do.
        shingles: its pairs of characters.
        size: how many they are.
        marks: a bit of `_MARKS` for each; where another sentence has it not, that lacks the pair.
    """

    text: str
    is_closed: bool
    shingles: Shingles
    size: int
    marks: int


@dataclass(frozen=True, slots=True)
class _Kept:
    """A hit that is returned, with what folded into it so far."""

    found: Found
    folded: _Folded
    places: list[Place]


def fold_duplicates(found: Sequence[Found], limit: int, apart: Sequence[frozenset[str]] = ()) -> list[Found]:
    """The best ``limit`` hits, near-duplicates of another document folded into the better one's places.

    Args:
        found: best first.
        limit: most hits that are returned.
        apart: ids of documents that are compared; what different sides say alike is not folded.
    """
    kept: list[_Kept] = []
    for each in found:
        said = _said(each)
        folded = _folded(said.text)
        same = _same(each, folded, kept, apart)
        if same is not None:
            same.places.append(Place(each.hit.document, each.hit.passage.id, said.span))
        elif len(kept) < limit:
            kept.append(_Kept(each, folded, []))
    return [
        replace(each.found, hit=replace(each.found.hit, places=tuple(each.places)))
        if each.places
        else each.found
        for each in kept
    ]


def _same(
    found: Found, folded: _Folded, kept: Sequence[_Kept], apart: Sequence[frozenset[str]]
) -> _Kept | None:
    """The first of the kept hits that says the same in another document."""
    size, document = folded.size, found.hit.document.id
    if size < LEAST:
        return None
    # Most pairs differ so much in size that they can't be alike: that is looked at before anything else.
    least = max(LEAST, ALIKE * size)
    for each in [each for each in kept if least <= each.folded.size and ALIKE * each.folded.size <= size]:
        others = each.folded
        if each.found.hit.document.id == document:
            continue
        most = size - (folded.marks & ~others.marks).bit_count()
        if most < ALIKE * (size + others.size - most):
            continue
        common = len(folded.shingles & others.shingles)
        if common >= ALIKE * (size + others.size - common) and not _are_apart(found, each.found, apart):
            return each
    return None


def _are_apart(one: Found, other: Found, apart: Sequence[frozenset[str]]) -> bool:
    ids = {one.hit.document.id, other.hit.document.id}
    return sum(not ids.isdisjoint(side) for side in apart) > 1


@functools.lru_cache(512)
def _folded(text: str) -> _Folded:
    """Of a sentence; forty are looked at for each question, often the same; each takes ten kilobytes."""
    folded = search_text(text)
    shingles = frozenset(pairwise(folded))
    is_closed = text.rstrip()[-1:] in _ENDS_SENTENCE
    marks = functools.reduce(operator.or_, (1 << hash(pair) % _MARKS for pair in shingles), 0)
    return _Folded(folded.rstrip(_CLOSING), is_closed, shingles, len(shingles), marks)


def _said(found: Found) -> Sentence:
    """The sentence that the question found in a hit: the nearest, of headings only where all are headings.

    Speeches share their headings, long ones too, and say different things under them.
    """
    headings = _headings(found.hit.passage.section_path)
    sentences = found.hit.passage.sentences
    nearness: list[float] = found.nearness.tolist()  # numpy would take longer to sort five numbers
    nearest = sentences[nearness.index(max(nearness))]
    if not _is_heading(nearest.text, headings):
        return nearest
    nearest_first = (sentences[at] for at in sorted(range(len(nearness)), key=lambda at: -nearness[at]))
    return next((each for each in nearest_first if not _is_heading(each.text, headings)), nearest)


@functools.lru_cache(512)
def _headings(titles: tuple[str, ...]) -> frozenset[str]:
    return frozenset(search_text(title).rstrip(_CLOSING) for title in titles)


def _is_heading(text: str, headings: frozenset[str]) -> bool:
    folded = _folded(text)
    return not folded.is_closed or folded.text in headings
