"""What a generation is called on the server, and the fields of its collections.

A generation has two collections, whose names say the version of their schema and the generation. `ALIAS`
stands for the passages of the one in force, and so for both: one alias is switched in one step, two are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from config.patterns import lazy_pattern

SCHEMA_VERSION: Final = 1
"""Raise it whenever the fields below, or what they hold, change: older collections are then not read."""

ALIAS: Final = "anjiang_current"

ROW: Final = "row"
"""Key of both collections: the row of the passage or sentence, as the index numbers them."""
RECORD: Final = "record"
"""Of a passage: `retrieval.index.codec.pack_passage`, as text."""
VECTOR: Final = "vector"
"""Unit vector of a passage with its header, or of a sentence alone; searched exactly, by inner product."""
TERMS: Final = "terms"
"""Of a passage, by number of a term: what the term adds to BM25, of its worth. The inner product with the
worth of the terms of a query is BM25."""

RECORD_BYTES: Final = 65_535
"""The longest text that Milvus keeps."""

NO_TERM: Final = (1 << 32) - 2
"""Number of the term that stands for none, the largest that Milvus knows: no sparse vector may be empty."""

FINGERPRINT_PROPERTY: Final = "anjiang.fingerprint"
"""Property of a collection that says which encoder made the vectors."""

_PASSAGES = lazy_pattern(r"anjiang_(?P<version>\d+)_gen_(?P<number>\d{6,})_(?P<digest>[0-9a-f]{8})_passages")


@dataclass(frozen=True, slots=True)
class Collections:
    """The two collections of a generation."""

    passages: str
    sentences: str


def collections_of(generation: str) -> Collections:
    """The collections of a generation such as ``gen-000007-1a2b3c4d``."""
    stem = f"anjiang_{SCHEMA_VERSION}_{generation.replace('-', '_')}"
    return Collections(f"{stem}_passages", f"{stem}_sentences")


def generation_of(collection: str) -> str | None:
    """The generation that a collection of passages belongs to; None for any other, or of another schema."""
    found = _PASSAGES.fullmatch(collection)
    if found is None or int(found["version"]) != SCHEMA_VERSION:
        return None
    return f"gen-{found['number']}-{found['digest']}"
