"""What a conversation makes of retrieval: passages that may answer, what is preferred, how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from embeddings.types import BoolArray, FloatArray
from retrieval.index.store import Store
from retrieval.search.candidates import Candidates
from retrieval.search.context import Context
from retrieval.search.filters import Filters, allowed_passages, only_in
from retrieval.search.followup import Form
from retrieval.search.found import Found
from retrieval.search.glossary import Glossary
from retrieval.search.quotable import Run
from retrieval.search.slots import belongs_to, share_spoken_of

SAME_SUBJECT = 0.1
"""What a possible follow-up gains in confidence when it is found in the document talked about, or in one of
the place that was put in."""

UNSPOKEN = 0.1
"""Most confidence of an answer that does not speak of what was put into the question."""

SPOKEN_OF = 0.2
"""Share of what was put into a question (那网约车呢) that an answer must speak of."""

NAMED = 6
"""What was put in is a name up to this many characters; what is longer says more than a name."""

SAME_DOCUMENT = 0.6
"""What a follow-up adds to the fused measure of passages of the documents just quoted."""

SAME_PASSAGE = 1.0
BESIDE = 0.5
"""What a question about the last answer adds besides for the passages quoted there, and those beside them."""

_ASKS_ON = (Form.ASKING, Form.TERSE, Form.ITEM)


def allowed_in(context: Context, store: Store, filters: Filters) -> BoolArray | None:
    """Which passages may answer, ``bool (passage_count,)``; None when all may.

    By the filters, of another speech where one is asked for, and of the place that is asked for where
    speeches belong to it; of one alone that is pointed to, while the index has it.
    """
    allowed = allowed_passages(store, filters)
    if context.pointed and store.find(context.pointed) is not None:
        return only_in(store, (context.pointed,), allowed)
    documents = zip(store.documents, store.told, strict=True) if context.place else ()
    local = {each.info.id for each, told in documents if any(context.place in text for text in told)}
    if not context.excluded and not local:
        return allowed
    kept = np.ones(store.passage_count, np.bool_) if allowed is None else allowed
    for stored in store.documents:
        if stored.info.id in context.excluded or (local and stored.info.id not in local):
            kept[stored.passages.start : stored.passages.stop] = False
    return kept


def preference_in(context: Context, store: Store, candidates: Candidates) -> FloatArray:
    """What to add to the fused measure of each candidate, ``float32 (n,)``, 0 and above."""
    preferred = np.zeros(candidates.rows.size, np.float32)
    for identity in context.documents:
        # A document that a turn before quoted may be gone from the index by now.
        stored = store.find(identity)
        if stored is not None:
            rows = stored.passages
            inside = (candidates.rows >= rows.start) & (candidates.rows < rows.stop)
            preferred[inside] = SAME_DOCUMENT * context.preference
    if context.form in _ASKS_ON:
        quoted_rows = [store.passage_row(each.passage_id) for each in context.quotes]
        quoted = {row for row in quoted_rows if row is not None}
        beside = {row + step for row in quoted for step in (-1, 1)} - quoted
        preferred[np.isin(candidates.rows, list(quoted))] += SAME_PASSAGE
        preferred[np.isin(candidates.rows, list(beside))] += BESIDE
    return preferred


def confidence_in(
    context: Context,
    confidence: float,
    runs: Sequence[Run],
    sources: Sequence[Found],
    *,
    glossary: Glossary,
    idf: Callable[[str], float],
) -> float:
    """The confidence of an answer in its conversation, in [0, 1].

    Args:
        context: of the question.
        confidence: of the answer taken alone, in [0, 1].
        runs: what would be quoted; at least one.
        sources: what ``runs`` count their sources in, the best passage first.
        glossary: knows other words for what was put in.
        idf: how telling a term is, above 0.
    """
    best = sources[0].hit.document
    may_lean = context.form in (Form.SHORT, Form.TERSE) and best.id in context.documents
    if may_lean or (context.place and belongs_to(best, context.place)):
        confidence = min(1.0, confidence + SAME_SUBJECT)
    if 0 < len(context.introduced) <= NAMED and not any(
        _speaks_of(context, run, sources, glossary, idf) for run in runs
    ):
        confidence = min(confidence, UNSPOKEN)
    return min(confidence, context.at_most)


def _speaks_of(
    context: Context,
    run: Run,
    sources: Sequence[Found],
    glossary: Glossary,
    idf: Callable[[str], float],
) -> bool:
    hit = sources[run.source].hit
    if context.place and belongs_to(hit.document, context.place):
        return True
    if context.introduced[:4] == (hit.document.date or "")[:4]:
        return True  # 那2024年呢: few speeches say their own year
    said = "".join(each.sentence.text for each in run.quotables)
    share = share_spoken_of(context.introduced, f"{hit.passage.header}\n{said}", glossary, idf)
    return share >= SPOKEN_OF
