"""Postings on disk: which terms the passages have, in plain numpy files that open in about a millisecond."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from config.errors import IndexDamagedError
from embeddings.types import IntArray
from retrieval.index.arrays import read_array
from retrieval.index.gaps import is_wide, unpack, unpack_all

TERMS_FILE = "terms.npy"
TERM_ENDS_FILE = "term_ends.npy"
FREQUENCIES_FILE = "frequencies.npy"
POSTINGS_FILE = "postings.npy"
POSTING_ENDS_FILE = "posting_ends.npy"
LENGTHS_FILE = "lengths.npy"

LEXICAL_FILES: Mapping[str, type[np.generic]] = {
    TERMS_FILE: np.uint8,
    TERM_ENDS_FILE: np.int64,
    FREQUENCIES_FILE: np.int32,
    POSTINGS_FILE: np.uint8,
    POSTING_ENDS_FILE: np.int64,
    LENGTHS_FILE: np.int32,
}
"""All terms in UTF-8, sorted and joined; where each ends; in how many passages each stands; the rows of these
passages (see `retrieval.index.gaps`); where those of each term end; the number of terms of each passage."""

TERMS_FILES = (TERMS_FILE, TERM_ENDS_FILE, FREQUENCIES_FILE)
"""Those that tell which terms there are; a server may have the others."""

_SLICE = 1 << 22
"""Bytes of postings that are unpacked at once for the next generation."""

REMEMBERED = 4096
"""Terms whose place is remembered: those of the last dozens of questions, below a megabyte."""


class Terms:
    """The terms of some passages, and in how many of these each stands. Safe to use from several threads.

    Attributes:
        vocabulary: all terms, sorted by their UTF-8 bytes.
    """

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]], folder: str = "") -> None:
        """Use the arrays named by `TERMS_FILES`; ``folder`` is how messages name where they come from."""
        self._folder = folder
        self.vocabulary = Vocabulary(arrays[TERMS_FILE], arrays[TERM_ENDS_FILE])
        self._frequencies: npt.NDArray[np.int32] = arrays[FREQUENCIES_FILE]
        self._each_frequency = self._frequencies.data  # see `Vocabulary`
        self._numbers: dict[str, int | None] = {}

    def frequency(self, term: str) -> int:
        """In how many passages a term stands; 0 for an unknown one."""
        at = self.number(term)
        return 0 if at is None else self._each_frequency[at]

    def following(self, character: str) -> dict[str, int]:
        """What follows a character: single characters, "" for itself; in how many passages each."""
        first, terms = self.vocabulary.starting_with(character)
        counts = self._frequencies[first : first + len(terms)].tolist()
        return {term[1:]: count for term, count in zip(terms, counts, strict=True) if len(term) <= 2}

    def number(self, term: str) -> int | None:
        """The place of a term in the vocabulary, None for an unknown one: looked up once for all who ask."""
        if term in self._numbers:
            return self._numbers[term]
        if len(self._numbers) >= REMEMBERED:
            self._numbers.clear()
        found = self._numbers[term] = self.vocabulary.find(term)
        return found


class Postings(Terms):
    """The postings of one generation. Arrays are mapped, not read: opening costs the same at any size.

    Attributes:
        lengths: number of terms of each passage, ``int32 (passages,)``.
    """

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]], folder: str = "") -> None:
        """Use arrays named by `LEXICAL_FILES`; ``folder`` is how messages name where they come from."""
        super().__init__(arrays, folder)
        self.lengths: npt.NDArray[np.int32] = arrays[LENGTHS_FILE]
        self._ends: npt.NDArray[np.int64] = arrays[POSTING_ENDS_FILE]
        self._data: npt.NDArray[np.uint8] = arrays[POSTINGS_FILE]

    def occurrences(self, term: str) -> npt.NDArray[np.int32]:
        """The passages that have a term, ascending, each as often as it has it; empty for an unknown one.

        Raises:
            IndexDamagedError: the bytes are no such rows.
        """
        at = self.number(term)
        if at is None:
            return np.empty(0, dtype=np.int32)
        start = int(self._ends[at - 1]) if at else 0
        end = int(self._ends[at])
        if not 0 <= start < end <= self._data.size:
            raise self.damaged(POSTING_ENDS_FILE, f"term {at}")
        frequency = int(self._frequencies[at])
        rows = unpack(self._data[start:end], wide=bool(is_wide(frequency, self.lengths.size)))
        passages = np.count_nonzero(rows[1:] != rows[:-1]) + 1 if rows.size else 0
        if not 0 < frequency == passages or rows[0] < 0 or rows[-1] >= self.lengths.size:
            raise self.damaged(POSTINGS_FILE, f"term {at}")
        return rows

    def slices(self) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
        """All postings for building the next generation, some terms at a time.

        Yields:
            numbers of terms, ascending; how many rows each has; these rows, as in :meth:`occurrences`.
        """
        sizes = np.diff(self._ends, prepend=0)
        wide = is_wide(self._frequencies.astype(np.int64), self.lengths.size)
        start = 0
        while start < sizes.size:
            first = int(self._ends[start] - sizes[start])
            stop = max(start + 1, int(np.searchsorted(self._ends, first + _SLICE)))
            data = self._data[first : int(self._ends[stop - 1])]
            for is_kind in (False, True):
                chosen = wide[start:stop] == is_kind
                own = sizes[start:stop]
                rows, counts = unpack_all(data[np.repeat(chosen, own)], own[chosen], wide=is_kind)
                yield start + np.flatnonzero(chosen), counts, rows
            start = stop

    def damaged(self, file: str, detail: str) -> IndexDamagedError:
        """The error that names one of these files."""
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

    def terms(self) -> Iterator[str]:
        """All terms, in order."""
        text = bytes(self._blob)
        for start, end in pairwise([0, *self._ends.tolist()]):
            yield text[start:end].decode("utf-8", "surrogatepass")

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


def open_postings(folder: Path, *, passages: int, label: str = "") -> Postings:
    """Map the postings of a generation.

    Args:
        folder: where `LEXICAL_FILES` are.
        passages: how many the manifest promises.
        label: put before a file's name in messages.

    Raises:
        IndexDamagedError: a file is no array of the right kind, or lengths do not fit.
    """
    arrays = _read(folder, label, LEXICAL_FILES)
    fits = (
        arrays[LENGTHS_FILE].size == passages
        and arrays[TERM_ENDS_FILE].size == arrays[POSTING_ENDS_FILE].size == arrays[FREQUENCIES_FILE].size
    )
    if not fits:
        raise IndexDamagedError("index.file_content", file=f"{label}{LENGTHS_FILE}", detail="lengths differ")
    return Postings(arrays, label)


def open_terms(folder: Path, label: str = "") -> Terms:
    """Map the terms of a generation whose postings are elsewhere.

    Args:
        folder: where `TERMS_FILES` are.
        label: put before a file's name in messages.

    Raises:
        IndexDamagedError: a file is no array of the right kind.
    """
    return Terms(_read(folder, label, TERMS_FILES))


def write_postings(folder: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write the arrays named by `LEXICAL_FILES`.

    Raises:
        OSError: a file can't be written.
    """
    for name, kind in LEXICAL_FILES.items():
        np.save(folder / name, arrays[name].astype(kind, copy=False), allow_pickle=False)


def _read(folder: Path, label: str, names: Iterable[str]) -> dict[str, npt.NDArray[Any]]:
    return {
        name: read_array(folder / name, label + name, LEXICAL_FILES[name], is_mapped=True) for name in names
    }
