"""The archive against a generation: which files to read, which rows to keep.

In stages, each of which needs nothing but what the stage before it gives: the sources are listed and hashed
(`listing`); `_decide` says which rows stay and what must be read; all of that is read; files of the same
speech are put together (`copies`); `classify` says what each document is against the generation.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.errors import DocumentError
from embeddings.limits import TokenLimit
from retrieval.corrections import Corrections, corrected
from retrieval.documents.types import Document
from retrieval.index.changes import Changes
from retrieval.index.classifying import classify
from retrieval.index.copies import Held, gather_speeches
from retrieval.index.doubts import doubts_of
from retrieval.index.listing import Listing
from retrieval.index.pace import Pace
from retrieval.index.reading import read_sources
from retrieval.index.report import Phase, RebuildProgress
from retrieval.index.sources import Hashed, Source
from retrieval.index.store import Store
from retrieval.index.store_part import StoredDocument
from retrieval.index.stored_copies import StoredCopy
from retrieval.index.wordless import is_wordless, wordless
from retrieval.readers.formats import is_current
from retrieval.readers.isolation import shared_readers


@dataclass(frozen=True, slots=True)
class _Plan:
    """What stays as it is, and what must be read; of the same content it is read in this order."""

    kept: list[Held]
    read: list[Hashed]


def compare(
    archive: Path,
    listing: Listing,
    store: Store | None,
    corrections: Corrections,
    *,
    known_wordless: Collection[str] = (),
    reread: bool,
    progress: RebuildProgress,
    limit: TokenLimit | None = None,
) -> Changes:
    """Read the sources whose content, path or corrections the store does not have.

    Of files with the same content the one that the store knows is taken, else one that lies in no container,
    else the first by path.

    Args:
        archive: the folder of speeches.
        listing: what the archive holds.
        store: of the generation in force; None when there is none.
        corrections: what persons say of the documents.
        known_wordless: SHA-256 of pictures that hold no words; they are not looked at again.
        reread: read unchanged files too.
        progress: told of each source that is read.
        limit: see `read_sources`.
    """
    changes = Changes(skipped=[*listing.skipped], warnings=[*listing.warnings])
    hashed = listing.hashed
    changes.left_over = corrections.left_over([(one.source.path, one.sha256) for one in hashed])
    if not reread:
        hashed = _pass_over(hashed, known_wordless, changes)
    plan = _decide(hashed, store, corrections, reread=reread)
    read = _read(archive, plan, changes, progress, limit)
    read.held = [_corrected(one, corrections) for one in read.held]
    shared_readers().close()  # what comes next needs the memory, and no parser
    speeches = gather_speeches([*plan.kept, *read.held], read.twins, store)
    classify(speeches, store, changes, reread=reread)
    return changes


def _corrected(one: Held, corrections: Corrections) -> Held:
    document = one.content
    if not isinstance(document, Document):
        return one
    now = corrected(document, corrections.of(one.path, document.sha256))
    return one if now is document else Held(one.path, now)


def _pass_over(hashed: Sequence[Hashed], known: Collection[str], changes: Changes) -> list[Hashed]:
    """Leave out the pictures that are known to hold no words."""
    for one in hashed:
        if one.sha256 in known:
            changes.wordless.add(one.sha256)
            changes.skip(one.source.path, wordless(one.source.path))
    return [one for one in hashed if one.sha256 not in known]


def _decide(
    hashed: Sequence[Hashed], store: Store | None, corrections: Corrections, *, reread: bool
) -> _Plan:
    known = {one.source.path: stored for one in hashed if (stored := _stored_as(one, store, corrections))}
    if not reread:
        kept = [Held(path, stored) for path, stored in known.items()]
        read = [one for one in hashed if one.source.path not in known]
        return _Plan(kept, sorted(read, key=lambda one: one.source.is_inside))
    return _Plan([], sorted(hashed, key=lambda one: (one.source.path not in known, one.source.is_inside)))


def _stored_as(
    one: Hashed, store: Store | None, corrections: Corrections
) -> StoredDocument | StoredCopy | None:
    """What the store has of a source, if reading and correcting it again would give the same."""
    if store is None:
        return None
    stored = store.find_path(one.source.path) or store.copies.find_path(one.source.path)
    if stored is None or (isinstance(stored, StoredCopy) and stored.is_twin):
        return None
    if stored.info.sha256 != one.sha256 or not is_current(stored.info.reader):
        return None
    is_same = stored.info.corrections == corrections.digest(one.source.path, one.sha256)
    return stored if is_same else None


@dataclass(slots=True)
class _Read:
    """What was read, each content once, and path and SHA-256 of what has the same content."""

    held: list[Held] = field(default_factory=list)
    twins: list[tuple[str, str]] = field(default_factory=list)


def _read(
    archive: Path, plan: _Plan, changes: Changes, progress: RebuildProgress, limit: TokenLimit | None
) -> _Read:
    """Read what must be read.

    A file that can't be read may have a copy that can, because its ending tells more: copies wait until it
    is known what came of the first.
    """
    taken = {kept.sha256: kept.path for kept in plan.kept}
    read = _Read()
    waiting = plan.read

    def note_twin(path: str, sha256: str) -> None:
        read.twins.append((path, sha256))
        changes.skip(path, DocumentError("index.skip_duplicate", path=taken[sha256]))

    def told(source: Source | None, pace: Pace) -> None:
        progress.advance(source is not None)
        progress.expect(pace.share, pace.seconds_left)

    if waiting:
        progress.start(Phase.READ, len(waiting))
    while waiting:
        copies, now, waiting = _apart(waiting, taken.keys())
        for one in copies:
            note_twin(one.source.path, one.sha256)
        progress.advance(len(copies))
        outcomes = read_sources(archive, [one.source for one in now], told, limit)
        for one, outcome in zip(now, outcomes, strict=True):
            if isinstance(outcome, DocumentError):
                changes.skip(one.source.path, outcome)
                changes.wordless |= {one.sha256} if is_wordless(outcome) else set()
            # The file may have been replaced since it was hashed: what was read counts.
            elif outcome.document.sha256 in taken:
                note_twin(one.source.path, outcome.document.sha256)
            else:
                document = outcome.document
                taken[document.sha256] = document.path
                changes.warnings.extend(doubts_of(document))
                read.held.append(
                    Held(document.path, document, outcome.signature, outcome.passages, outcome.record)
                )
    return read


def _apart(
    waiting: Sequence[Hashed], known: Collection[str]
) -> tuple[list[Hashed], list[Hashed], list[Hashed]]:
    """Copies of contents that are known by SHA-256, the first of each other content, and copies of those."""
    copies: list[Hashed] = []
    first: dict[str, Hashed] = {}
    later: list[Hashed] = []
    for one in waiting:
        if one.sha256 in known:
            copies.append(one)
        elif first.setdefault(one.sha256, one) is not one:
            later.append(one)
    return copies, list(first.values()), later
