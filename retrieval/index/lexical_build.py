"""Building postings, from texts and from the postings of the generation before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.types import IntArray
from retrieval.index.bulk_tokens import tokenize_all
from retrieval.index.gaps import pack
from retrieval.index.postings import (
    FREQUENCIES_FILE,
    LENGTHS_FILE,
    POSTING_ENDS_FILE,
    POSTINGS_FILE,
    TERM_ENDS_FILE,
    TERMS_FILE,
    Postings,
)

_TEXTS = 1 << 12
"""Texts that are tokenized at once: about 300 MB of work at a passage of 300 characters."""

_OCCURRENCES = 1 << 22
"""Occurrences that are sorted and packed at once, in about 300 MB."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Occurrences of terms: numbers of terms, each once; how many rows each has; these rows."""

    terms: IntArray
    sizes: IntArray
    rows: npt.NDArray[np.int32]


def build_lexical(texts: Sequence[str | int], before: Sequence[Postings] = ()) -> dict[str, npt.NDArray[Any]]:
    """Postings of all passages, the same whether passages are taken over or tokenized anew.

    Args:
        texts: for each passage its text (header included), or the row in ``before`` it is taken from.
        before: postings of the generation before, part by part; none when no row is taken over.

    Returns:
        The arrays that `Postings` uses, by file name.
    """
    lengths = np.zeros(len(texts), dtype=np.int64)
    numbers: dict[str, int] = {}
    found = list(_tokenized(texts, numbers, lengths))
    if before:
        found.extend(_taken_over(texts, before, numbers, lengths))
    used = np.zeros(len(numbers), dtype=np.bool_)
    for each in found:
        used[each.terms[each.sizes > 0]] = True
    vocabulary = sorted(term for term, is_used in zip(numbers, used.tolist(), strict=True) if is_used)
    ranks = np.full(len(numbers), -1, dtype=np.int64)
    ranks[[numbers[term] for term in vocabulary]] = np.arange(len(vocabulary))
    del numbers
    names = [term.encode("utf-8", "surrogatepass") for term in vocabulary]
    ranked = []
    while found:  # each is let go as soon as it is copied: together they are most of the memory taken
        ranked.append(_ranked(found.pop(), ranks))
    packed = list(_packed(ranked, len(vocabulary), len(texts)))
    return {
        TERMS_FILE: np.frombuffer(b"".join(names), dtype=np.uint8),
        TERM_ENDS_FILE: np.cumsum(np.fromiter(map(len, names), np.int64, len(names))),
        POSTINGS_FILE: _joined((data for data, _, _ in packed), np.uint8),
        POSTING_ENDS_FILE: np.cumsum(_joined((sizes for _, sizes, _ in packed), np.int64)),
        FREQUENCIES_FILE: _joined((frequencies for _, _, frequencies in packed), np.int64).astype(np.int32),
        LENGTHS_FILE: lengths.astype(np.int32),
    }


def _tokenized(texts: Sequence[str | int], numbers: dict[str, int], lengths: IntArray) -> Iterator[_Found]:
    fresh = np.asarray([row for row, text in enumerate(texts) if isinstance(text, str)], dtype=np.int64)
    for start in range(0, fresh.size, _TEXTS):
        own = fresh[start : start + _TEXTS]
        read = tokenize_all([text for row in own if isinstance(text := texts[row], str)])
        lengths[own] = read.lengths
        terms = _numbered(read.terms, numbers)
        yield _Found(terms, read.sizes, own[read.texts].astype(np.int32))


def _taken_over(
    texts: Sequence[str | int], before: Sequence[Postings], numbers: dict[str, int], lengths: IntArray
) -> Iterator[_Found]:
    new_rows = np.asarray([row for row, kept in enumerate(texts) if isinstance(kept, int)], dtype=np.int64)
    kept_rows = np.asarray([kept for kept in texts if isinstance(kept, int)], dtype=np.int64)
    first = 0
    for part in before:
        is_own = (kept_rows >= first) & (kept_rows < first + part.lengths.size)
        kept, moved_to = kept_rows[is_own] - first, new_rows[is_own]
        lengths[moved_to] = part.lengths[kept]
        yield from _moved(part, kept, moved_to, numbers)
        first += part.lengths.size


def _moved(part: Postings, kept: IntArray, moved_to: IntArray, numbers: dict[str, int]) -> Iterator[_Found]:
    """Occurrences in the rows that live on; one may be taken over more than once."""
    terms = _numbered(list(part.vocabulary.terms()), numbers)
    moved_to = moved_to[np.argsort(kept, kind="stable")]
    copies = np.bincount(kept, minlength=part.lengths.size)
    firsts = np.cumsum(copies) - copies
    for own, sizes, rows in part.slices():
        times = copies[rows]
        nth = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        owners = np.repeat(np.repeat(np.arange(own.size), sizes), times)
        moved = moved_to[np.repeat(firsts[rows], times) + nth].astype(np.int32)
        yield _Found(terms[own], np.bincount(owners, minlength=own.size), moved)


def _numbered(terms: Sequence[str], numbers: dict[str, int]) -> IntArray:
    """The number of each term, a new one for those that have none."""
    return np.asarray([numbers.setdefault(term, len(numbers)) for term in terms], dtype=np.int64)


def _ranked(found: _Found, ranks: IntArray) -> _Found:
    """The same with the terms that have rows, by their places among all terms, in that order."""
    order = np.argsort(ranks[found.terms], kind="stable")
    order = order[found.sizes[order] > 0]
    sizes = found.sizes[order]
    starts = (np.cumsum(found.sizes) - found.sizes)[order]
    taken = np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
    return _Found(ranks[found.terms[order]], sizes, found.rows[taken])


def _packed(
    found: Sequence[_Found], terms: int, passages: int
) -> Iterator[tuple[npt.NDArray[np.uint8], IntArray, IntArray]]:
    """What `pack` makes of all terms, in their order, some at a time."""
    totals = np.zeros(terms, dtype=np.int64)
    for each in found:
        totals[each.terms] += each.sizes
    ends = np.cumsum(totals)
    all_row_ends = [np.concatenate([[0], np.cumsum(each.sizes)]) for each in found]
    start = 0
    while start < terms:
        stop = max(start + 1, int(np.searchsorted(ends, ends[start] - totals[start] + _OCCURRENCES)))
        keys = []
        for each, row_ends in zip(found, all_row_ends, strict=True):
            first, last = np.searchsorted(each.terms, [start, stop])
            rows = each.rows[row_ends[first] : row_ends[last]]
            keys.append(np.repeat(each.terms[first:last] * passages, each.sizes[first:last]) + rows)
        key = np.sort(np.concatenate(keys))
        own = totals[start:stop]
        yield pack(key - np.repeat(np.arange(start, stop) * passages, own), own, passages)
        start = stop


def _joined(arrays: Iterable[npt.NDArray[Any]], kind: type[np.generic]) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=kind), *arrays])
