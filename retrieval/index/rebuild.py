"""Rebuilding an index: what did not change is taken over, the rest is read, cut, encoded and put in force.

A rebuild works in a temporary folder beside the generation in force, under a lock. Killed at any point it
leaves the old generation answering; the next rebuild sweeps what it left.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from config.errors import (
    AnjiangError,
    ArchiveError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
)
from embeddings.limits import TokenLimit
from embeddings.types import Encoder
from retrieval.corrections import Corrections, read_sidecar
from retrieval.documents.read import ARCHIVE_SUFFIXES
from retrieval.index.archive import Skipped, find_speeches
from retrieval.index.changes import Changes
from retrieval.index.comparing import compare
from retrieval.index.generation import Generation, open_generation, other_encoder
from retrieval.index.in_force import current_name, sweep
from retrieval.index.listing import list_archive
from retrieval.index.lock import locked
from retrieval.index.manifest import check_files
from retrieval.index.report import RebuildProgress, RebuildReport, SilentProgress
from retrieval.index.wordless import read_wordless, write_wordless
from retrieval.index.writing import Job, Written, write_error, write_generation

LOCK_FILE = "rebuild.lock"


@dataclass(frozen=True, slots=True)
class _Before:
    """The generation in force, if it can be opened; ``unusable`` says why it can't be built upon.

    Attributes:
        damaged: its name, where it is known to be damaged.
    """

    generation: Generation | None
    unusable: AnjiangError | None
    damaged: str | None = None

    @property
    def is_usable(self) -> bool:
        """Whether it can be built upon."""
        return self.generation is not None and self.unusable is None


def rebuild_index(
    archive: Path,
    index: Path,
    encoder_loader: Callable[[], Encoder],
    *,
    fingerprint: str,
    model: str = "",
    limit: TokenLimit | None = None,
    full: bool = False,
    dry_run: bool = False,
    progress: RebuildProgress | None = None,
) -> RebuildReport:
    """Make the index say what the archive says.

    When nothing changed, nothing is written, and the encoder is not even loaded. An index that is damaged,
    of an older format or of another encoder is built anew.

    Args:
        archive: the folder of speeches.
        index: the index folder; made when missing.
        encoder_loader: called at most once, and only when a text must be encoded or, without ``limit``, a
            document cut.
        fingerprint: of the encoder that the loader loads; known without loading it.
        model: its name, for messages and the manifest.
        limit: of the encoder that the loader loads; None where only the encoder itself can tell.
        full: read and encode everything again.
        dry_run: only say what would happen; nothing is written, not even a lock.
        progress: told how far it is.

    Raises:
        ArchiveError: the archive is missing, or nothing in it can be read as a speech (the index before
            stays in force: an unmounted disk must not empty it).
        MetadataError: the file of corrections is damaged; the index before stays in force.
        IndexBusyError: another rebuild of this index is running.
        IndexWriteError: the disk is full or the folder read-only; the index before stays in force.
    """
    started = time.monotonic()
    archive = archive.resolve()
    job = Job(
        archive,
        index.resolve(),
        functools.cache(encoder_loader),
        fingerprint,
        model,
        progress or SilentProgress(),
        limit,
    )
    with ExitStack() as stack:
        # Before the lock, so that a wrong path leaves no index folder behind.
        files, skipped = find_speeches(archive, job.index, ARCHIVE_SUFFIXES)
        corrections = Corrections(read_sidecar(archive))
        if not dry_run:
            stack.enter_context(locked(job.index, LOCK_FILE, "index.busy"))
            _sweep(job.index)
        before, changes = _compare_with_before(job, files, corrections, stack, full=full, dry_run=dry_run)
        full = full or not before.is_usable
        changes.skipped = sorted(skipped + changes.skipped, key=lambda one: one.path)
        _refuse_nothing(archive, changes)
        written = None
        if not dry_run:
            _remember_wordless(job.index, changes.wordless)
            if full or not changes.is_empty:
                written = write_generation(job, changes.items, None if full else before.generation)
                _sweep(job.index, before.damaged)
        return _report(changes, before, written, full=full, dry_run=dry_run, started=started)


def _compare_with_before(
    job: Job, files: Sequence[str], corrections: Corrections, stack: ExitStack, *, full: bool, dry_run: bool
) -> tuple[_Before, Changes]:
    """The generation in force, which ``stack`` closes, and what changed since; all where it is damaged."""
    wordless = read_wordless(job.index)

    def changes_since(before: _Before) -> Changes:
        return compare(
            job.archive,
            listing,
            before.generation.store if before.generation else None,
            corrections,
            known_wordless=wordless,
            reread=full or not before.is_usable,
            progress=job.progress,
            limit=None if dry_run else job.limit,
        )

    with ThreadPoolExecutor(1) as beside:
        opening = beside.submit(_open_before, job, stack)
        listing = list_archive(job.archive, files, job.progress)
        before = opening.result()
        # Hashing takes as long as comparing, which reads nothing that has no checksum of its own.
        hashing = beside.submit(_check_hashes, before.generation)
        try:
            changes = changes_since(before)
            hashing.result()
        except IndexDamagedError as damage:
            before = _Before(None, damage, before.generation.path.name if before.generation else None)
            changes = changes_since(before)
    return before, changes


def _sweep(index: Path, damaged: str | None = None) -> None:
    try:
        sweep(index, damaged)
    except OSError as error:
        raise write_error(index, error) from error
    except IndexDamagedError:
        return  # CURRENT names nothing: the rebuild starts from nothing and sweeps when it is done


def _open_before(job: Job, stack: ExitStack) -> _Before:
    """The generation in force."""
    try:
        generation = open_generation(job.index, None)
    except IndexMissingError:
        return _Before(None, None)
    except IndexMismatchError as error:
        return _Before(None, error)
    except IndexDamagedError as error:
        with suppress(IndexDamagedError):
            return _Before(None, error, current_name(job.index))
        return _Before(None, error)
    stack.enter_context(generation)
    mismatch = other_encoder(generation.path, generation.manifest, job.fingerprint, job.model)
    return _Before(generation, mismatch)


def _check_hashes(generation: Generation | None) -> None:
    """Hash every file of a generation: what is taken over must not carry damage on.

    Raises:
        IndexDamagedError: a file was changed.
    """
    if generation is not None:
        check_files(generation.path, generation.manifest, everything=True)


def _remember_wordless(index: Path, pictures: set[str]) -> None:
    try:
        write_wordless(index, pictures)
    except OSError as error:
        raise write_error(index, error) from error


def _refuse_nothing(archive: Path, changes: Changes) -> None:
    if changes.items:
        return
    tried: list[Skipped] = changes.skipped
    if not tried:
        raise ArchiveError("index.no_files", archive=archive, endings=" ".join(sorted(ARCHIVE_SUFFIXES)))
    first = tried[0]
    raise ArchiveError(
        "index.no_speeches", archive=archive, skipped=len(tried), path=first.path, reason=first.reason
    )


def _report(
    changes: Changes, before: _Before, written: Written | None, *, full: bool, dry_run: bool, started: float
) -> RebuildReport:
    manifest = None
    if written:
        manifest = written.manifest
    elif changes.is_empty and before.generation:
        manifest = before.generation.manifest
    return RebuildReport(
        generation=written.generation if written else None,
        dry_run=dry_run,
        full=full,
        unusable=before.unusable,
        documents=len(changes.items),
        passages=manifest.passages if manifest else None,
        sentences=manifest.sentences if manifest else None,
        vectors=manifest.vectors if manifest else None,
        new=tuple(changes.new),
        changed=tuple(changes.changed),
        renamed=tuple(changes.renamed),
        removed=tuple(changes.removed),
        unchanged=changes.unchanged,
        skipped=tuple(changes.skipped),
        warnings=tuple(changes.warnings),
        left_over=tuple(changes.left_over),
        characters_encoded=written.characters if written else 0,
        seconds=time.monotonic() - started,
    )
