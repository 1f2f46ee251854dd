"""What a rebuild tells the command that ran it: progress on the way, and a report at the end."""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from config.errors import AnjiangError
from config.messages import Language, message
from retrieval.index.archive import Skipped
from retrieval.index.doubts import Doubt
from retrieval.index.manifest import VectorCounts


class Phase(enum.StrEnum):
    """The steps of a rebuild, in order; a step with nothing to do is left out."""

    CHECK = "check"
    READ = "read"
    ENCODE = "encode"
    WRITE = "write"
    COPY = "copy"


class RebuildProgress(Protocol):
    """Told how far a rebuild is."""

    def start(self, phase: Phase, total: int) -> None:
        """A step begins that has ``total`` files, texts, documents or rows to deal with."""

    def advance(self, count: int) -> None:
        """So many more of the step are done."""

    def expect(self, share: float, seconds: float) -> None:
        """A better estimate than the count gives: this share of the step's time is over, so many are left."""


class SilentProgress:
    """Shows nothing."""

    def start(self, phase: Phase, total: int) -> None:
        """Show nothing."""

    def advance(self, count: int) -> None:
        """Show nothing."""

    def expect(self, share: float, seconds: float) -> None:
        """Show nothing."""


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild found and did. Paths are relative to the archive and sorted.

    Attributes:
        generation: the one that came into force; None when none was written.
        dry_run: nothing was written because nothing was meant to be.
        full: everything was read and encoded again.
        unusable: why the index before could not be built upon, when there was one.
        documents: in the index after this run (in a dry run: after such a run).
        passages: in the index; None in a dry run that would cut documents.
        sentences: as ``passages``.
        renamed: (old path, new path) of files whose content did not change.
        unchanged: how many files have the path and the content that the index before had.
        warnings: how the files that were read this time came out.
        left_over: corrections of metadata that belong to no file, with the path that they name.
        vectors: in the index; None in a dry run that would change it.
        characters_encoded: handed to the encoder; its cache may have had some of them.
    """

    generation: str | None
    dry_run: bool
    full: bool
    unusable: AnjiangError | None
    documents: int
    passages: int | None
    sentences: int | None
    vectors: VectorCounts | None
    new: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    unchanged: int
    skipped: tuple[Skipped, ...]
    warnings: tuple[Doubt, ...]
    left_over: tuple[tuple[str, AnjiangError], ...]
    characters_encoded: int
    seconds: float

    def as_json(self, language: Language) -> dict[str, Any]:
        """The report as plain values; reasons as catalogue keys and as text in one language."""
        return {
            "generation": self.generation,
            "dry_run": self.dry_run,
            "full": self.full,
            "unusable": self.unusable.text(language) if self.unusable else None,
            "documents": self.documents,
            "passages": self.passages,
            "sentences": self.sentences,
            "vectors": asdict(self.vectors) if self.vectors else None,
            "new": list(self.new),
            "changed": list(self.changed),
            "renamed": [{"from": old, "to": new} for old, new in self.renamed],
            "removed": list(self.removed),
            "unchanged": self.unchanged,
            "skipped": [
                {"path": skipped.path, "reason": skipped.reason.key, "text": skipped.why(language)}
                for skipped in self.skipped
            ],
            "warnings": [
                {
                    "path": doubt.path,
                    "warning": doubt.warning.value,
                    "text": message(f"documents.{doubt.warning.value}", language),
                    "places": list(doubt.places),
                }
                for doubt in self.warnings
            ],
            "left_over": [
                {"path": path, "reason": reason.key, "text": reason.text(language)}
                for path, reason in self.left_over
            ],
            "characters_encoded": self.characters_encoded,
            "seconds": round(self.seconds, 3),
        }

    def summary(self, language: Language) -> str:
        """The report in one line."""
        return message(
            "index.summary_dry" if self.dry_run else "index.summary",
            language,
            documents=self.documents,
            passages=self.passages,
            new=len(self.new),
            changed=len(self.changed),
            renamed=len(self.renamed),
            removed=len(self.removed),
            unchanged=self.unchanged,
            skipped=len(self.skipped),
            seconds=f"{self.seconds:.1f}",
        )
