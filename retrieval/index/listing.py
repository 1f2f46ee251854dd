"""What an archive holds, with the hash of each content: what a rebuild looks at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.errors import DocumentError
from retrieval.index.archive import Skipped
from retrieval.index.doubts import Doubt
from retrieval.index.report import Phase, RebuildProgress
from retrieval.index.sources import Hashed, hash_source, list_sources


@dataclass(frozen=True, slots=True)
class Listing:
    """What an archive holds: all that can be read, in its order, what can't, and what is doubtful."""

    hashed: list[Hashed] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    warnings: list[Doubt] = field(default_factory=list)


def list_archive(archive: Path, files: Sequence[str], progress: RebuildProgress) -> Listing:
    """Look into every file and hash what it holds.

    Args:
        archive: the folder of speeches.
        files: relative paths, sorted.
        progress: told of each file.
    """
    sources = list_sources(archive, files)
    listing = Listing()
    progress.start(Phase.CHECK, len(sources))
    for source in sources:
        try:
            for one in hash_source(archive, source):
                if isinstance(one, Skipped):
                    listing.skipped.append(one)
                elif isinstance(one, Doubt):
                    listing.warnings.append(one)
                else:
                    listing.hashed.append(one)
        except DocumentError as reason:
            listing.skipped.append(Skipped(source.path, reason))
        progress.advance(1)
    return listing
