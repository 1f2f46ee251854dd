"""The passages that evidence is chosen from: the best ones, and what goes on where they stop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.index import Generation
from retrieval.search.found import Found
from retrieval.types import Hit, Passage

CONTINUATION = 2.0
"""How far a passage that only continues another stands below it, as a fused measure."""


def with_continuations(generation: Generation, found: Sequence[Found], whole: bool) -> list[Found]:
    """Some passages, and after them the one that follows each: same part of the speech, same speaker.

    A list often runs on into the next passage, and its lead-in is what the question matches.

    Args:
        generation: the index that they were found in.
        found: best first.
        whole: whether to add the whole of the best document: a list that is asked for may fill it.
    """
    store = generation.store
    rows = {_row(generation, each): each for each in found}
    before: dict[int, Found] = {}
    for row, each in rows.items():
        if row + 1 not in rows and row + 1 in store.document_of(row).passages:
            before[row + 1] = each
    if whole and found:
        for row in store.document_of(_row(generation, found[0])).passages:
            if row not in rows:
                before.setdefault(row, found[0])
    first_sentences, _ = generation.sentences_of(np.asarray(list(before), np.int64))
    passages = zip(before.values(), store.passages(list(before)), first_sentences.tolist(), strict=True)
    return [
        *found,
        *(
            _continuation(each, passage, first_sentence)
            for each, passage, first_sentence in passages
            if whole or _goes_on(each.hit.passage, passage)
        ),
    ]


def _goes_on(passage: Passage, after: Passage) -> bool:
    return passage.section_path[:1] == after.section_path[:1] and passage.speaker == after.speaker


def _continuation(before: Found, passage: Passage, first_sentence: int) -> Found:
    """A passage that was not found itself: it only ever goes on where another one stops."""
    return Found(
        Hit(passage, before.hit.document, 0.0),
        before.fused - CONTINUATION,
        np.zeros(len(passage.sentences), np.float32),
        first_sentence,
    )


def _row(generation: Generation, found: Found) -> int:
    return int(generation.sentence_passage[found.first_sentence])
