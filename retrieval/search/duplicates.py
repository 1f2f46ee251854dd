"""The same words in ten speeches are one hit with ten places.

Speeches repeat each other. Two hits say the same when the sentences that the question found in them are
near-duplicates: the best hit stands for all, the others become its places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text
from retrieval.search.found import Found
from retrieval.types import Place, Sentence

ALIKE = 0.8
"""Jaccard similarity of character pairs from which two sentences say the same: one word in ten differs."""

SHORTEST = 10
"""Sentences of fewer characters are headings and calls; their being alike says nothing."""

_ENDS_SENTENCE = '。！？!?.；;”"）)'
_CLOSING = lazy_pattern(r"[\s，,、。：:；;！!？?.]+$")

Shingles = frozenset[tuple[str, str]]


def fold_duplicates(found: Sequence[Found], limit: int, apart: Sequence[frozenset[str]] = ()) -> list[Found]:
    """The best ``limit`` hits, near-duplicates of another document folded into the better one's places.

    Args:
        found: best first.
        limit: most hits that are returned.
        apart: ids of documents that are compared; what different sides say alike is not folded.
    """
    kept: list[tuple[Found, Shingles, list[Place]]] = []
    for each in found:
        said = _said(each)
        shingles = _shingles(said.text)
        same = next(
            (
                entry
                for entry in kept
                if _says_the_same(each, shingles, entry[0], entry[1])
                and not _are_apart(each, entry[0], apart)
            ),
            None,
        )
        if same is not None:
            same[2].append(Place(each.hit.document, each.hit.passage.id, said.span))
        elif len(kept) < limit:
            kept.append((each, shingles, []))
    return [replace(each, hit=replace(each.hit, places=tuple(places))) for each, _, places in kept]


def _are_apart(one: Found, other: Found, apart: Sequence[frozenset[str]]) -> bool:
    ids = {one.hit.document.id, other.hit.document.id}
    return sum(not ids.isdisjoint(side) for side in apart) > 1


def _says_the_same(one: Found, shingles: Shingles, other: Found, others: Shingles) -> bool:
    fewer, more = sorted((len(shingles), len(others)))
    if fewer < SHORTEST - 1 or fewer < ALIKE * more or one.hit.document.id == other.hit.document.id:
        return False
    common = len(shingles & others)
    return common >= ALIKE * (fewer + more - common)


def _shingles(text: str) -> Shingles:
    return frozenset(pairwise(search_text(text)))


def _said(found: Found) -> Sentence:
    """The sentence that the question found in a hit: the nearest, of headings only where all are headings.

    Speeches share their headings, long ones too, and say different things under them.
    """
    headings = {_bare(title) for title in found.hit.passage.section_path}
    nearest_first = np.argsort(-found.nearness, kind="stable")
    ordered = [found.hit.passage.sentences[int(at)] for at in nearest_first]
    return next((each for each in ordered if not _is_heading(each.text, headings)), ordered[0])


def _is_heading(text: str, headings: set[str]) -> bool:
    return text.rstrip()[-1:] not in _ENDS_SENTENCE or _bare(text) in headings


def _bare(text: str) -> str:
    return _CLOSING.sub("", search_text(text))
