"""Measures of a run against gold questions.

A hit is right when its spans cover at least 60% of a gold span; a quote is on gold when it covers more
than 30% of one. Ranks are those of the hits, best first. Success@k: a right hit among the first k. MRR@10:
mean of 1/rank of the first right hit, 0 past rank 10 (Voorhees, TREC-8, 1999).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from retrieval.evaluation.questions import Question
from retrieval.types import Evidence, Span

COVERED_BY_HIT = 0.6
COVERED_BY_QUOTE = 0.3
MRR_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with what came back, its gold as spans of files.

    Attributes:
        gold: (path, span) of each gold quote, found in the decoded file.
    """

    question: Question
    evidence: Evidence
    gold: tuple[tuple[str, Span], ...]


def summarise(run: Sequence[Judged]) -> dict[str, float | int | None]:
    """Means over the answerable questions (see the module's text); None where nothing was measured."""
    answerable = [judged for judged in run if judged.question.answerable]
    others = [judged for judged in run if not judged.question.answerable]
    ranks = [best_rank(judged) for judged in answerable]
    answered = [judged for judged in answerable if judged.evidence.answerable and judged.evidence.quotes]
    return {
        "questions": len(answerable),
        "unanswerable": len(others),
        **{f"success@{k}": _mean(float(r <= k) for r in ranks) for k in (1, 3, 5, 10)},
        "mrr@10": _mean(1 / r if r <= MRR_DEPTH else 0.0 for r in ranks),
        "fact_recall": _mean(fact_recall(judged) for judged in answerable if judged.question.facts),
        "quote_precision": _mean(quote_precision(judged) for judged in answered),
        "answer_chars": _mean(float(len(_answer(judged.evidence))) for judged in answered),
        "answered_when_answerable": _mean(float(j.evidence.answerable) for j in answerable),
        "answered_when_not": _mean(float(j.evidence.answerable) for j in others),
    }


def best_rank(judged: Judged) -> int:
    """Rank of the first right hit, counted from 1; a million when there is none."""
    for rank, hit in enumerate(judged.evidence.hits, 1):
        for path, span in judged.gold:
            if hit.document.path == path and covered(span, hit.passage.spans) >= COVERED_BY_HIT:
                return rank
    return 10**6


def fact_recall(judged: Judged) -> float:
    """Share of the facts that stand in the quotes; 0 for a question that was declined."""
    if not judged.evidence.answerable:
        return 0.0
    answer = _answer(judged.evidence)
    return _share(_fold(fact) in answer for fact in judged.question.facts)


def quote_precision(judged: Judged) -> float:
    """Share of the quotes that are on gold."""
    return _share(
        any(
            path == quote.document.path and covered(span, [quote.span]) > COVERED_BY_QUOTE
            for path, span in judged.gold
        )
        for quote in judged.evidence.quotes
    )


def covered(gold: Span, spans: Iterable[Span]) -> float:
    """Share of ``gold`` that sorted, non-overlapping ``spans`` cover, in [0, 1]; an empty gold is 0."""
    if gold.end == gold.start:
        return 0.0
    got = sum(max(0, min(gold.end, s.end) - max(gold.start, s.start)) for s in spans)
    return got / (gold.end - gold.start)


def gold_spans(question: Question, sources: Mapping[str, str]) -> tuple[tuple[str, Span], ...]:
    """Where the gold quotes stand.

    Args:
        question: whose gold to find; ``doc`` is a path in the archive, or its last part.
        sources: decoded text by path.

    Raises:
        LookupError: a gold quote is in no file of that name; the argument says which.
    """
    found = []
    for gold in question.gold:
        paths = [p for p in sources if p == gold.doc or p.rsplit("/", 1)[-1] == gold.doc]
        place = next(((p, at) for p in paths if (at := sources[p].find(gold.quote)) >= 0), None)
        if place is None:
            raise LookupError(f"{question.id}: {gold.doc}: {gold.quote[:30]}")
        path, at = place
        found.append((path, Span(at, at + len(gold.quote))))
    return tuple(found)


def _answer(evidence: Evidence) -> str:
    return _fold("".join(quote.text for quote in evidence.quotes))


def _fold(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else None
