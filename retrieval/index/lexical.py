"""BM25 over the terms of passages, from postings in plain numpy files that open in about a millisecond.

The score of passage d for weighted terms is the sum over terms of

    weight * idf(t) * tf / (tf + K1 * (1 - B + B * length(d) / mean length))
    idf(t) = ln(1 + (N - df + 0.5) / (df + 0.5))

This is BM25 as Lucene has it (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
Beyond", 2009; Kamphuis et al., "Which BM25 Do You Mean?", 2020): the idf never gets negative, and the
constant factor K1 + 1, which changes no order, is left out. Postings keep counts, not scores, so that the
next generation can take over those of unchanged passages although every idf changes.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from config.errors import IndexDamagedError
from embeddings.types import FloatArray, IntArray

K1 = 1.2
"""Lucene's default. Robertson and Zaragoza find 1.2 to 2 reasonable."""
B = 0.75
"""Lucene's default. Robertson and Zaragoza find 0.5 to 0.8 reasonable."""

REMEMBERED = 4096
"""Terms whose postings are remembered: those of the last dozens of questions, below a megabyte."""

TERMS_FILE = "terms.npy"
TERM_ENDS_FILE = "term_ends.npy"
POSTING_ENDS_FILE = "posting_ends.npy"
POSTING_ROWS_FILE = "posting_rows.npy"
POSTING_COUNTS_FILE = "posting_counts.npy"
LENGTHS_FILE = "lengths.npy"

LEXICAL_FILES: Mapping[str, type[np.generic]] = {
    TERMS_FILE: np.uint8,
    TERM_ENDS_FILE: np.int64,
    POSTING_ENDS_FILE: np.int64,
    POSTING_ROWS_FILE: np.int32,
    POSTING_COUNTS_FILE: np.uint16,
    LENGTHS_FILE: np.int32,
}
"""All terms in UTF-8, sorted and joined; where each ends; where the postings of each end; the passage row
and the count of each posting; the number of terms of each passage."""


def inverse_frequency(frequency: int, passages: int) -> float:
    """BM25's weight of a term that stands in so many passages of so many: above 0, higher for a rarer one."""
    return math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))


class Lexical:
    """Postings of one generation. Arrays are mapped, not read: opening costs the same at any size."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]], folder: str = "") -> None:
        """Use arrays named by ``LEXICAL_FILES``; ``folder`` is how messages name where they come from."""
        self._folder = folder
        self._lengths: npt.NDArray[np.int32] = arrays[LENGTHS_FILE]
        self._vocabulary = Vocabulary(arrays[TERMS_FILE], arrays[TERM_ENDS_FILE])
        self._ends: npt.NDArray[np.int64] = arrays[POSTING_ENDS_FILE]
        self._rows: npt.NDArray[np.int32] = arrays[POSTING_ROWS_FILE]
        self._counts: npt.NDArray[np.uint16] = arrays[POSTING_COUNTS_FILE]
        mean = float(self._lengths.mean()) if self._lengths.size else 0.0
        # Passages without a single term have length 0, and so may the mean be; no posting then needs it.
        self._saturation = (K1 * (1 - B + B * self._lengths / (mean or 1.0))).astype(np.float32)
        self._ranges: dict[str, tuple[int, int]] = {}

    @property
    def passage_count(self) -> int:
        """Number of passages scored."""
        return int(self._lengths.size)

    @property
    def vocabulary(self) -> Vocabulary:
        """All terms, sorted by their UTF-8 bytes."""
        return self._vocabulary

    def document_frequency(self, term: str) -> int:
        """In how many passages a term stands; 0 for an unknown one."""
        start, end = self._range(term)
        return end - start

    def idf(self, term: str) -> float:
        """How telling a term is: above 0; highest for a term that no passage has."""
        return inverse_frequency(self.document_frequency(term), self.passage_count)

    def following(self, character: str) -> dict[str, int]:
        """What follows a character: single characters, "" for itself; in how many passages each."""
        first, terms = self._vocabulary.starting_with(character)
        ends = self._ends[max(0, first - 1) : first + len(terms)].tolist()
        starts = ends if first else [0, *ends]
        return {term[1:]: starts[at + 1] - starts[at] for at, term in enumerate(terms) if len(term) <= 2}

    def rows(self, term: str) -> IntArray:
        """The passages that hold a term, ascending; empty for an unknown one."""
        start, end = self._range(term)
        return self._rows[start:end].astype(np.int64)

    def scores(self, terms: Mapping[str, float], idf: Callable[[str], float] | None = None) -> FloatArray:
        """BM25 of every passage.

        Args:
            terms: weight of each term: how often the query has it, less for one added by a glossary.
            idf: how telling a term is, where these are not all passages of the index.

        Returns:
            ``float32 (passage_count,)``, 0 and above; 0 where no term stands.

        Raises:
            IndexDamagedError: a posting names a passage that does not exist.
        """
        scores = np.zeros(self.passage_count, dtype=np.float32)
        telling = idf or self.idf
        for term, weight in terms.items():
            start, end = self._range(term)
            if start == end:
                continue
            rows = self._rows[start:end]
            counts = self._counts[start:end].astype(np.float32)
            try:
                # A term has one posting a passage, so no row repeats and += adds each.
                scores[rows] += weight * telling(term) * counts / (counts + self._saturation[rows])
            except IndexError as error:
                raise self._damaged(POSTING_ROWS_FILE, str(error)) from error
        return scores

    def postings(self) -> tuple[IntArray, IntArray, IntArray]:
        """All postings as (term, row, count), sorted by term and row; for building the next generation."""
        terms = np.repeat(np.arange(len(self._vocabulary)), np.diff(self._ends, prepend=0))
        return terms, self._rows.astype(np.int64), self._counts.astype(np.int64)

    @property
    def lengths(self) -> IntArray:
        """Number of terms of each passage."""
        return self._lengths.astype(np.int64)

    def _range(self, term: str) -> tuple[int, int]:
        """Where the postings of a term stand: looked up once for all parts of a question that ask."""
        found = self._ranges.get(term)
        if found is None:
            if len(self._ranges) >= REMEMBERED:
                self._ranges.clear()
            found = self._ranges[term] = self._look_up(term)
        return found

    def _look_up(self, term: str) -> tuple[int, int]:
        at = self._vocabulary.find(term)
        if at is None:
            return 0, 0
        start = int(self._ends[at - 1]) if at else 0
        end = int(self._ends[at])
        if not 0 <= start < end <= self._rows.size:
            raise self._damaged(POSTING_ENDS_FILE, f"term {at}")
        return start, end

    def _damaged(self, file: str, detail: str) -> IndexDamagedError:
        return IndexDamagedError("index.file_content", file=f"{self._folder}{file}", detail=detail)


class Vocabulary:
    """Sorted terms in two arrays. A look-up is a binary search that decodes nothing."""

    def __init__(self, blob: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]) -> None:
        # One element of a memoryview costs a third of one of an array, and a look-up takes forty of them.
        self._blob = blob.data
        self._ends = ends.data

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, at: int) -> bytes:
        if at < 0:
            raise IndexError(at)
        return bytes(self._blob[self._ends[at - 1] if at else 0 : self._ends[at]])

    def starting_with(self, character: str) -> tuple[int, list[str]]:
        """The number of the first term that starts with a character, and all that do, in order."""
        least = character.encode("utf-8", "surrogatepass")
        first = bisect_left(self, least)
        # Every UTF-8 byte is below 0xff, so this sorts right behind all that begin alike.
        last = bisect_left(self, least + b"\xff", first)
        ends = self._ends[max(0, first - 1) : last].tolist()
        starts = ends if first else [0, *ends]
        if first == last:
            return first, []
        text = self._blob[starts[0] : starts[-1]].tobytes()
        return first, [
            text[start - starts[0] : end - starts[0]].decode("utf-8", "surrogatepass")
            for start, end in pairwise(starts)
        ]

    def find(self, term: str) -> int | None:
        """The number of a term; None for an unknown one."""
        wanted = term.encode("utf-8", "surrogatepass")
        at = bisect_left(self, wanted)
        return at if at < len(self) and self[at] == wanted else None


def open_lexical(folder: Path, *, passages: int, label: str = "") -> Lexical:
    """Map the postings of a generation.

    Args:
        folder: where `LEXICAL_FILES` are.
        passages: how many the manifest promises.
        label: put before a file's name in messages.

    Raises:
        IndexDamagedError: a file is no array of the right kind, or lengths do not fit.
    """
    arrays = {name: _map(folder / name, kind, f"{label}{name}") for name, kind in LEXICAL_FILES.items()}
    fits = (
        arrays[LENGTHS_FILE].size == passages
        and arrays[TERM_ENDS_FILE].size == arrays[POSTING_ENDS_FILE].size
        and arrays[POSTING_ROWS_FILE].size == arrays[POSTING_COUNTS_FILE].size
    )
    if not fits:
        raise IndexDamagedError("index.file_content", file=f"{label}{LENGTHS_FILE}", detail="lengths differ")
    return Lexical(arrays, label)


def write_lexical(folder: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write the arrays named by `LEXICAL_FILES`.

    Raises:
        OSError: a file can't be written.
    """
    for name, kind in LEXICAL_FILES.items():
        np.save(folder / name, arrays[name].astype(kind, copy=False), allow_pickle=False)


def _map(path: Path, kind: type[np.generic], label: str) -> npt.NDArray[Any]:
    try:
        # An empty array can't be mapped, and there is nothing to win below a page.
        array: npt.NDArray[Any] = np.load(path, mmap_mode=None if path.stat().st_size < 4096 else "r")
    except (OSError, ValueError, EOFError) as error:
        raise IndexDamagedError("index.file_content", file=label, detail=str(error)) from error
    if array.ndim != 1 or array.dtype != kind:
        raise IndexDamagedError("index.file_content", file=label, detail=f"{array.dtype} {array.shape}")
    return np.asarray(array)
