"""Reading many sources: each gives a document or the reason why it gives none, in the order asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from config.errors import DocumentError
from retrieval.index.sources import Source, read_source
from retrieval.types import Document

Outcome: TypeAlias = Document | DocumentError


def read_sources(archive: Path, sources: Sequence[Source]) -> Iterator[Outcome]:
    """Read each source; what comes of it depends on that source only.

    Args:
        archive: the folder of speeches.
        sources: what to read; results come in their order.
    """
    for source in sources:
        yield _outcome(archive, source)


def _outcome(archive: Path, source: Source) -> Outcome:
    try:
        return read_source(archive, source)
    except DocumentError as reason:
        return reason
