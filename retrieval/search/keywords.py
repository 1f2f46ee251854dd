"""Keywords instead of a question (国庆 值班): whoever types these wants the passage that says them all."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from retrieval.documents.views import search_text
from retrieval.search.found import Found
from retrieval.search.fusion import to_unit
from retrieval.search.missing import asks, share_said
from retrieval.search.quotable import COVERAGE_WEIGHT

MOST_CHARACTERS: Final = 12
"""Of what is longer not every word need be said."""

AMONG: Final = 10
"""So many of the best passages are looked through, whatever the number that is shown."""

LEAD: Final = COVERAGE_WEIGHT
"""How far the best passage that says all stands above the best that lacks a word, as a fused measure: no
sentence there is better for saying most of it."""


def are_keywords(question: str, topic: Sequence[str]) -> bool:
    """Whether only things are named, and nothing is asked of them.

    Args:
        question: as asked.
        topic: the question without the words that only ask (`Glossary.topic`).
    """
    return 0 < sum(map(len, topic)) <= MOST_CHARACTERS and not asks(question)


def saying_all_first(
    found: Sequence[Found], topic: Sequence[str], expand: Callable[[str], Collection[str]]
) -> list[Found]:
    """The best passage that says every keyword first, and with it the others that do, as far as it is lifted.

    Args:
        found: best first.
        topic: the keywords.
        expand: other words for a text: what is said in one of them is said.
    """
    best, others = found[:AMONG], found[AMONG:]
    known = functools.cache(expand)  # asked of every part of the topic for every passage
    telling = [_says_all(each, topic, known) for each in best]
    if all(telling) or not any(telling):
        return list(found)
    lacking, first = best[telling.index(False)], best[telling.index(True)]
    lift = max(0.0, lacking.fused + LEAD - first.fused)
    lifted = [_lifted(each, lift) if says else each for each, says in zip(best, telling, strict=True)]
    return [*sorted(lifted, key=lambda each: -each.fused), *others]


def _lifted(found: Found, lift: float) -> Found:
    fused = found.fused + lift
    score = float(to_unit(np.asarray(fused, np.float32)))
    return replace(found, fused=fused, hit=replace(found.hit, score=score))


def _says_all(found: Found, topic: Sequence[str], expand: Callable[[str], Collection[str]]) -> bool:
    passage = found.hit.passage
    return share_said(topic, expand, search_text(f"{passage.header}\n{passage.text}")) == 1.0
