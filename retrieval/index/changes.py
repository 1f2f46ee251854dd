"""What changed in an archive since a generation was built: which documents stay, which are cut anew."""

from __future__ import annotations

from dataclasses import dataclass, field

from config.errors import DocumentError, MetadataError
from retrieval.documents.types import Document
from retrieval.index.archive import Skipped
from retrieval.index.copies import Speech
from retrieval.index.doubts import Doubt
from retrieval.index.packed import PackedPassage
from retrieval.index.store_part import StoredDocument


@dataclass(frozen=True, slots=True)
class Kept:
    """A document whose rows are taken over as they stand, under a path that may be new."""

    path: str
    stored: StoredDocument
    speech: Speech


@dataclass(frozen=True, slots=True)
class Fresh:
    """A document that is cut; ``before`` is what the index has of it, whose passages may be the same."""

    document: Document
    before: StoredDocument | None
    speech: Speech

    @property
    def path(self) -> str:
        """Relative to the archive."""
        return self.document.path

    @property
    def passages(self) -> tuple[PackedPassage, ...] | None:
        """Of the document, where it was cut already."""
        return self.speech.best.passages

    @property
    def record(self) -> bytes | None:
        """Of the document, where it was packed already."""
        return self.speech.best.record


@dataclass(slots=True)
class Changes:
    """The archive against a generation; see `RebuildReport` for what the lists mean."""

    items: list[Kept | Fresh] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    warnings: list[Doubt] = field(default_factory=list)
    is_refiled: bool = False  # a document that stayed has other files besides the one that is cited
    left_over: list[tuple[str, MetadataError]] = field(default_factory=list)
    wordless: set[str] = field(default_factory=set)  # SHA-256 of pictures in which nothing can be read

    @property
    def is_empty(self) -> bool:
        """Whether the generation already says what the archive says."""
        return not (self.new or self.changed or self.renamed or self.removed or self.is_refiled)

    def skip(self, path: str, reason: DocumentError) -> None:
        """Leave a source out."""
        self.skipped.append(Skipped(path, reason))
