"""Measures of a run against gold questions.

A hit is right when its spans cover at least 60% of a gold span; a quote is on gold when it covers more
than 30% of one. Ranks are those of the hits, best first.

success@k: a right hit among the first k. recall@k: share of the gold spans that the first k hold. mrr@10:
1/rank of the first right hit, 0 past rank 10 (Voorhees, TREC-8, 1999). ndcg@10: each hit gains as many gold
spans as it is the first to hold, a gold span that no hit holds is a passage of gain 1 that was missed; gains
are linear, discounts 1/log2(1 + rank) (Järvelin and Kekäläinen, 2002). Where any one gold span will do,
recall and nDCG want the first one found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Final

from retrieval.documents.types import Span
from retrieval.evaluation.questions import Question
from retrieval.evaluation.worded import Wording
from retrieval.types import Evidence

COVERED_BY_HIT = 0.6
COVERED_BY_QUOTE = 0.3
MRR_DEPTH = NDCG_DEPTH = 10

NEVER: Final = 10**6
"""The rank of what was not found."""

DEPTHS: Final = (1, 3, 5, 10)

MEASURES: Final = (
    *(f"success@{k}" for k in DEPTHS),
    *(f"recall@{k}" for k in DEPTHS),
    "ndcg@10",
    "mrr@10",
    "fact_recall",
    "quote_precision",
    "answer_chars",
    "answered_when_answerable",
    "answered_when_not",
)
"""What `values_of` may give of any question, in the order of tables."""

OF_WORDING: Final = ("worded", "sentences_repaired", "sentences_dropped", "quotes_added")
"""What it may give besides where quotes are worded."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with what came back, its gold as spans of files.

    Attributes:
        gold: (path, span) of each gold quote, found in the decoded file.
        not_verbatim: how many quotes are not exactly what stands in their file.
        wording: what was made of the quotes; None in the mode that gives them as they are.
    """

    question: Question
    evidence: Evidence
    gold: tuple[tuple[str, Span], ...]
    not_verbatim: int = 0
    wording: Wording | None = None


def summarise(run: Sequence[Judged]) -> dict[str, float | int | None]:
    """Counts, and the mean of every measure over the questions it applies to; None where there are none."""
    values = [values_of(judged) for judged in run]
    answerable = sum(judged.question.answerable for judged in run)
    return {
        "questions": answerable,
        "unanswerable": len(run) - answerable,
        **{name: _mean(each[name] for each in values if name in each) for name in MEASURES},
        "quotes": sum(len(judged.evidence.quotes) for judged in run),
        "quotes_not_verbatim": sum(judged.not_verbatim for judged in run),
    }


def values_of(judged: Judged) -> dict[str, float]:
    """The measures that apply to one question, by name.

    Quotes are measured where there are some, facts where the question lists them; an unanswerable question
    has nothing but whether it was answered. Facts and characters are those of the worded text where one
    stands, else of the quotes. Whether one stands is measured where the question was answered; repaired and
    dropped are shares of a draft's sentences.
    """
    evidence = judged.evidence
    if not judged.question.answerable:
        return {"answered_when_not": float(evidence.answerable)}
    best = best_rank(judged)
    values = {f"success@{k}": float(best <= k) for k in DEPTHS}
    values |= {f"recall@{k}": recall(judged, k) for k in DEPTHS}
    values |= {"ndcg@10": ndcg(judged), "mrr@10": 1 / best if best <= MRR_DEPTH else 0.0}
    if judged.question.facts:
        values["fact_recall"] = fact_recall(judged)
    if evidence.answerable and evidence.quotes:
        values["quote_precision"] = quote_precision(judged)
        values["answer_chars"] = float(len(_answer(judged)))
        values |= _of_wording(judged.wording)
    return values | {"answered_when_answerable": float(evidence.answerable)}


def _of_wording(wording: Wording | None) -> dict[str, float]:
    if wording is None:
        return {}
    values = {"worded": float(bool(wording.text)), "quotes_added": float(wording.added)}
    if drafted := wording.proved + wording.repaired + wording.dropped:
        values["sentences_repaired"] = wording.repaired / drafted
        values["sentences_dropped"] = wording.dropped / drafted
    return values


def best_rank(judged: Judged) -> int:
    """Rank of the first right hit, counted from 1; `NEVER` when there is none."""
    return min(gold_ranks(judged), default=NEVER)


def gold_ranks(judged: Judged) -> tuple[int, ...]:
    """For each gold span the rank of the first hit that holds it, counted from 1; `NEVER` when none does."""
    return tuple(_rank(judged.evidence, path, span) for path, span in judged.gold)


def recall(judged: Judged, depth: int) -> float:
    """Share of the wanted gold spans that the first ``depth`` hits hold; 0 without gold."""
    wanted = _wanted(judged)
    return _share(rank <= depth for rank in wanted) if wanted else 0.0


def ndcg(judged: Judged) -> float:
    """The nDCG of the first ten hits (see the module's text), in [0, 1]; 0 without gold."""
    wanted = _wanted(judged)
    if not wanted:
        return 0.0
    gains = Counter(rank for rank in wanted if rank < NEVER)
    missed = [1] * (len(wanted) - sum(gains.values()))
    ideal = [*sorted(gains.values(), reverse=True), *missed][:NDCG_DEPTH]
    reached = sum(gain / log2(1 + rank) for rank, gain in gains.items() if rank <= NDCG_DEPTH)
    return reached / sum(gain / log2(1 + rank) for rank, gain in enumerate(ideal, 1))


def fact_recall(judged: Judged) -> float:
    """Share of the facts that stand in the answer; 0 for a question that was declined."""
    if not judged.evidence.answerable:
        return 0.0
    facts = judged.question.facts
    return (len(facts) - len(missing_facts(judged))) / len(facts)


def missing_facts(judged: Judged) -> tuple[str, ...]:
    """The facts that do not stand in the answer."""
    answer = _answer(judged)
    return tuple(fact for fact in judged.question.facts if fold(fact) not in answer)


def quote_precision(judged: Judged) -> float:
    """Share of the quotes that are on gold; there are some."""
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
    got = sum(gold.shared(each) for each in spans)
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


def fold(text: str) -> str:
    """How facts and answers are compared: without white space, full-width and half-width alike."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _rank(evidence: Evidence, path: str, span: Span) -> int:
    for rank, hit in enumerate(evidence.hits, 1):
        if hit.document.path == path and covered(span, hit.passage.spans) >= COVERED_BY_HIT:
            return rank
    return NEVER


def _wanted(judged: Judged) -> tuple[int, ...]:
    """The ranks of the gold spans that a complete answer needs."""
    ranks = gold_ranks(judged)
    return (min(ranks),) if judged.question.any_of and ranks else ranks


def _answer(judged: Judged) -> str:
    if judged.wording is not None and judged.wording.text:
        return fold(judged.wording.plain)
    return fold("".join(quote.text for quote in judged.evidence.quotes))


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else None
