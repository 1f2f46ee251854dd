"""Which documents of a store's files are in force, and where they stand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from retrieval.index.store_part import StoredDocument, StorePart


@dataclass(frozen=True, slots=True)
class StorePlace:
    """Where a document stands: its file, as that file numbers it, and where the file's rows begin."""

    part: StorePart
    local: StoredDocument
    first_row: int
    first_sentence: int

    def stored(self, position: int) -> StoredDocument:
        """The document with the rows that it has in the store."""
        rows, sentences = self.local.passages, self.local.sentences
        return StoredDocument(
            position,
            self.local.info,
            range(rows.start + self.first_row, rows.stop + self.first_row),
            range(sentences.start + self.first_sentence, sentences.stop + self.first_sentence),
        )


def places_in_force(parts: Sequence[StorePart], gone: Collection[int]) -> list[StorePlace]:
    """All documents in force, by path.

    Args:
        parts: the main file, and the recent one where there is one.
        gone: positions of the main file's documents that are not in force any more.

    Raises:
        IndexDamagedError: two files of one path, or of one content, are in force.
    """
    without = set(gone)
    places = []
    first_row = first_sentence = 0
    for part in parts:
        for local in part.documents:
            if part is not parts[0] or local.position not in without:
                places.append(StorePlace(part, local, first_row, first_sentence))
        first_row += part.passage_count
        first_sentence += part.sentence_count
    for names in ({place.local.info.id for place in places}, {place.local.info.path for place in places}):
        if len(names) < len(places):
            raise parts[-1].damaged("a document is there twice")
    return sorted(places, key=lambda place: place.local.info.path) if len(parts) > 1 else places
