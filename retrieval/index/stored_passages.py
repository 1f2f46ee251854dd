"""The passages of a store by row, id and speaker, whichever of its files they stand in."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from embeddings.types import IntArray
from retrieval.index.owners import Owners
from retrieval.index.recent import Recent
from retrieval.index.store_part import StorePart
from retrieval.types import Passage

KEPT_PASSAGES = 512
"""Decoded passages that are kept: about 2 MB, the passages of some ten questions."""


class StoredPassages:
    """Reads passages; rows run on from file to file. May be used from several threads."""

    def __init__(self, parts: Sequence[StorePart], owners: Owners) -> None:
        """Read nothing yet.

        Args:
            parts: the files, the main one first.
            owners: the documents in force by their rows in the store.
        """
        self._parts = parts
        self._owners = owners
        self._kept: Recent[int, Passage] = Recent(KEPT_PASSAGES)

    def at(self, rows: Sequence[int] | IntArray) -> list[Passage]:
        """Passages by row, in the order asked for.

        Raises:
            IndexError: there is no such row.
            IndexDamagedError: a record does not match its checksum.
        """
        wanted: list[int] = np.asarray(rows, np.int64).tolist()
        count = sum(part.passage_count for part in self._parts)
        if wanted and not 0 <= min(wanted) <= max(wanted) < count:
            raise IndexError(f"passage rows run from 0 to {count - 1}")
        found = self._kept.kept(wanted)
        missing = dict.fromkeys(row for row in wanted if row not in found)
        for part, first in self._numbered():
            own = [row - first for row in missing if 0 <= row - first < part.passage_count]
            for row, passage in part.passages(own):
                self._check_place(row + first, passage)
                found[row + first] = passage
                self._kept.put(row + first, passage)
        if len(found) < len(set(wanted)):
            raise self._parts[0].damaged("passages are missing")
        return [found[row] for row in wanted]

    def packed(self, rows: Sequence[int]) -> dict[int, bytes]:
        """Passages by row, as `codec.pack_passage` made them; rows that are not there are left out.

        Raises:
            IndexDamagedError: a record does not match its checksum.
        """
        return {
            row + first: record
            for part, first in self._numbered()
            for row, record in part.packed(
                row - first for row in rows if 0 <= row - first < part.passage_count
            )
        }

    def by_id(self, identifiers: Collection[str]) -> dict[str, Passage]:
        """Those of the passages that are there and owned, by id."""
        wanted = set(identifiers)
        return {
            passage.id: passage
            for part, first in self._numbered()
            for row, passage in part.passages_by_id(wanted)
            if passage.id in wanted and self._owners.of_passage(row + first) is not None
        }

    def row(self, passage_id: str) -> int | None:
        """The row of an owned passage; None when there is none with that id."""
        for part, first in self._numbered():
            row = part.passage_row(passage_id)
            if row is not None and self._owners.of_passage(row + first) is not None:
                return row + first
        return None

    @functools.cached_property
    def by_speaker(self) -> Mapping[str, IntArray]:
        """Owned rows by the passage's speaker, ascending; "" stands for an unknown one."""
        rows: dict[str, IntArray] = {}
        for part, first in self._numbered():
            for speaker, found in part.speakers():
                rows[speaker] = np.concatenate([rows.get(speaker, found[:0]), found + first])
        owners = self._owners.positions()
        return {name: found[owners[found] >= 0] for name, found in rows.items() if owners[found].max() >= 0}

    def _numbered(self) -> Iterator[tuple[StorePart, int]]:
        """The files, and the row at which each begins."""
        first = 0
        for part in self._parts:
            yield part, first
            first += part.passage_count

    def _check_place(self, row: int, passage: Passage) -> None:
        """Rows stand outside the records' checksums: a changed one must not cite another document.

        Raises:
            IndexDamagedError: the passage belongs to another row.
        """
        owner = self._owners.of_passage(row)
        if owner is not None and (passage.document_id, passage.ordinal) != (
            owner.info.id,
            row - owner.passages.start,
        ):
            raise self._parts[0].damaged(f"row {row} holds the passage of another")
