"""The same words in ten speeches are one hit with ten places.

Speeches repeat each other. Two hits say the same when the sentences that the question found in them are
near-duplicates: the best hit stands for all, the others become its places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from retrieval.documents.views import search_text
from retrieval.search.found import Found
from retrieval.types import Place

ALIKE = 0.8
"""Jaccard similarity of character pairs from which two sentences say the same: one word in ten differs."""

SHORTEST = 10
"""Sentences of fewer characters are headings and calls; their being alike says nothing."""

Shingles = frozenset[tuple[str, str]]


def fold_duplicates(found: Sequence[Found], limit: int) -> list[Found]:
    """The best ``limit`` hits, near-duplicates of another document folded into the better one's places."""
    kept: list[tuple[Found, Shingles, list[Place]]] = []
    for each in found:
        shingles = _shingles(each.nearest_sentence.text)
        same = next((entry for entry in kept if _says_the_same(each, shingles, entry[0], entry[1])), None)
        if same is not None:
            same[2].append(_place(each))
        elif len(kept) < limit:
            kept.append((each, shingles, []))
    return [replace(each, hit=replace(each.hit, places=tuple(places))) for each, _, places in kept]


def _says_the_same(one: Found, shingles: Shingles, other: Found, others: Shingles) -> bool:
    if one.hit.document.id == other.hit.document.id or min(len(shingles), len(others)) < SHORTEST - 1:
        return False
    return len(shingles & others) >= ALIKE * len(shingles | others)


def _shingles(text: str) -> Shingles:
    return frozenset(pairwise(search_text(text)))


def _place(found: Found) -> Place:
    return Place(found.hit.document, found.hit.passage.id, found.nearest_sentence.span)
