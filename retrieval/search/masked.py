"""Masked values (下降*%, X县长): a question for one is declined, never answered as if it were known."""

from __future__ import annotations

import re

from retrieval.documents.views import search_text
from retrieval.index.tokens import tokenize
from retrieval.search.evidence import Run, Unit
from retrieval.search.query import Query
from retrieval.types import Document, Span

NEAR = 8
"""Characters on either side of a mask that say what was masked."""

_VALUE = re.compile(
    r"\d|[零〇一二三四五六七八九十百千万亿两]+(?=[个名人起家条件支次天年月日时分%度米公里吨元])"
)


def asks_for_masked(query: Query, run: Run, document: Document) -> bool:
    """Whether the question asks for a value (how many, who, when) and the best words have it masked.

    The value is taken for masked when the sentence holds no other value of that kind, or when what stands
    beside a mask is what the question names.
    """
    shape = query.shape
    if not (shape.wants_number or shape.wants_who or shape.wants_when):
        return False
    best = run.best
    masks = [mask for mask in document.masks if _overlap(mask, best.sentence.span)]
    if not masks:
        return False
    return not _VALUE.search(_unmasked(best, masks, document)) or _named_beside(query, masks, document)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _unmasked(unit: Unit, masks: list[Span], document: Document) -> str:
    span = unit.sentence.span
    text = list(document.raw[span.start : span.end])
    for mask in masks:
        for at in range(max(mask.start, span.start), min(mask.end, span.end)):
            text[at - span.start] = " "
    return "".join(text)


def _named_beside(query: Query, masks: list[Span], document: Document) -> bool:
    asked = {term for term in query.own_terms if len(term) > 1}
    for mask in masks:
        after = re.split(r"[，。；,;！!？?]", document.raw[mask.end : mask.end + NEAR])[0]
        if asked & set(tokenize(search_text(after))):
            return True
    return False
