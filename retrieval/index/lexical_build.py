"""Building postings, from texts and from the postings of the generation before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.types import IntArray
from retrieval.index.lexical import (
    LENGTHS_FILE,
    POSTING_COUNTS_FILE,
    POSTING_ENDS_FILE,
    POSTING_ROWS_FILE,
    TERM_ENDS_FILE,
    TERMS_FILE,
    Lexical,
)

_MOST = np.iinfo(np.uint16).max  # a count beyond this changes no score: it is saturated long before


def build_lexical(
    texts: Sequence[str | int], tokenize: Callable[[str], list[str]], before: Lexical | None = None
) -> dict[str, npt.NDArray[Any]]:
    """Postings of all passages, the same whether passages are taken over or tokenized anew.

    Args:
        texts: for each passage its text (header included), or the row in ``before`` it is taken from.
        tokenize: the function that queries use as well.
        before: postings of the generation before.

    Returns:
        The arrays that `Lexical` uses, by file name.
    """
    fresh = {row: text for row, text in enumerate(texts) if isinstance(text, str)}
    terms, ids, rows, counts, lengths = _count(fresh, tokenize, len(texts))
    if before is not None:
        new_rows = _ints([row for row, kept in enumerate(texts) if isinstance(kept, int)])
        kept_rows = _ints([kept for kept in texts if isinstance(kept, int)])
        old_terms = [before.vocabulary[at] for at in range(len(before.vocabulary))]
        old_ids, old_rows, old_counts = before.postings()
        posting, moved_to = _moved(old_rows, kept_rows, new_rows)
        lengths[new_rows] = before.lengths[kept_rows]
        ids = np.concatenate([ids, old_ids[posting] + len(terms)])
        rows = np.concatenate([rows, moved_to])
        counts = np.concatenate([counts, old_counts[posting]])
        terms = terms + old_terms
    return {**_postings(terms, ids, rows, counts), LENGTHS_FILE: lengths}


def _count(
    texts: dict[int, str], tokenize: Callable[[str], list[str]], passages: int
) -> tuple[list[bytes], IntArray, IntArray, IntArray, IntArray]:
    numbers: dict[str, int] = {}
    ids: list[int] = []
    rows: list[int] = []
    counts: list[int] = []
    lengths = np.zeros(passages, dtype=np.int64)
    for row, text in texts.items():
        found = tokenize(text)
        lengths[row] = len(found)
        for term, count in Counter(found).items():
            ids.append(numbers.setdefault(term, len(numbers)))
            rows.append(row)
            counts.append(count)
    terms = [term.encode("utf-8", "surrogatepass") for term in numbers]
    return terms, _ints(ids), _ints(rows), _ints(counts), lengths


def _moved(old_rows: IntArray, kept_rows: IntArray, new_rows: IntArray) -> tuple[IntArray, IntArray]:
    """Which old postings live on, and in which new row each; one row may be taken over more than once."""
    order = np.argsort(kept_rows, kind="stable")
    ordered = kept_rows[order]
    first = np.searchsorted(ordered, old_rows, side="left")
    copies = np.searchsorted(ordered, old_rows, side="right") - first
    posting = np.repeat(np.arange(old_rows.size), copies)
    nth = np.arange(posting.size) - np.repeat(np.cumsum(copies) - copies, copies)
    return posting, new_rows[order][first[posting] + nth]


def _postings(
    terms: list[bytes], ids: IntArray, rows: IntArray, counts: IntArray
) -> dict[str, npt.NDArray[Any]]:
    """Number the terms that have postings by their sorted order, and sort the postings by term and row."""
    used = np.zeros(len(terms), dtype=bool)
    used[ids] = True
    vocabulary = sorted({term for term, is_used in zip(terms, used, strict=True) if is_used})
    numbers = {term: number for number, term in enumerate(vocabulary)}
    renumbered = _ints([numbers.get(term, -1) for term in terms])[ids]
    order = np.lexsort((rows, renumbered))
    return {
        TERMS_FILE: np.frombuffer(b"".join(vocabulary), dtype=np.uint8),
        TERM_ENDS_FILE: np.cumsum(_ints([len(term) for term in vocabulary])),
        POSTING_ENDS_FILE: np.cumsum(np.bincount(renumbered, minlength=len(vocabulary))),
        POSTING_ROWS_FILE: rows[order].astype(np.int32),
        POSTING_COUNTS_FILE: np.minimum(counts[order], _MOST).astype(np.uint16),
    }


def _ints(values: Sequence[int]) -> IntArray:
    return np.asarray(values, dtype=np.int64)
