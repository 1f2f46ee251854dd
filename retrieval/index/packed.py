"""Passages as a rebuild handles them: packed once, where they are cut, with what of them is indexed.

Ten thousand speeches have more than a million sentences. Objects of all of them, as `Passage` has them, would
take the process that writes an index several seconds and some hundreds of megabytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.index.codec import pack_passage, texts_of
from retrieval.passages import indexed_text
from retrieval.types import Passage


@dataclass(frozen=True, slots=True)
class PackedPassage:
    """What of a passage is written.

    Attributes:
        told: `indexed_text` of it.
        sentences: their texts, in order.
        record: what `pack_passage` makes of it.
    """

    id: str
    speaker: str
    told: str
    sentences: tuple[str, ...]
    record: bytes


def packed_passage(passage: Passage) -> PackedPassage:
    """A passage packed."""
    return read_packed(pack_passage(passage))


def read_packed(record: bytes) -> PackedPassage:
    """A passage by its record, which came from another process."""
    identifier, speaker, header, text, sentences = texts_of(record)
    return PackedPassage(identifier, speaker, indexed_text(header, text), sentences, record)
