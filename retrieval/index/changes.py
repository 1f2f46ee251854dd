"""What changed in an archive since a generation was built: which files to read, which rows to keep.

In stages, each of which needs nothing but what the stage before it gives: the sources are listed and hashed;
`_decide` says which rows stay and what must be read; all of that is read; `_classify` says what each document
read is against the generation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from config.errors import DocumentError
from retrieval.index.archive import Skipped
from retrieval.index.pace import Pace
from retrieval.index.reading import read_sources
from retrieval.index.report import Phase, RebuildProgress
from retrieval.index.sources import Source, hash_source, list_sources
from retrieval.index.store import Store, StoredDocument
from retrieval.readers.formats import is_current
from retrieval.readers.isolation import shared_readers
from retrieval.types import Document, ReadWarning


@dataclass(frozen=True, slots=True)
class Kept:
    """A document whose rows are taken over as they stand, under a path that may be new."""

    path: str
    stored: StoredDocument


@dataclass(frozen=True, slots=True)
class Fresh:
    """A document that was read; ``before`` is its earlier version, whose passages may be the same."""

    document: Document
    before: StoredDocument | None

    @property
    def path(self) -> str:
        """Relative to the archive."""
        return self.document.path


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
    warnings: list[tuple[str, ReadWarning]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the generation already says what the archive says."""
        return not (self.new or self.changed or self.renamed or self.removed)

    def skip(self, path: str, reason: DocumentError) -> None:
        """Leave a source out."""
        self.skipped.append(Skipped(path, reason))


@dataclass(frozen=True, slots=True)
class _Hashed:
    """A source and the SHA-256 of its bytes."""

    source: Source
    sha256: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """What stays as it is, and what must be read; of the same content it is read in this order."""

    kept: list[Kept]
    read: list[_Hashed]


def compare(
    archive: Path, files: Sequence[str], store: Store | None, *, reread: bool, progress: RebuildProgress
) -> Changes:
    """Hash every file, and read those whose content or path the store does not have.

    Of files with the same content the one that the store knows is taken, else the first by path.

    Args:
        archive: the folder of speeches.
        files: relative paths, sorted.
        store: of the generation in force; None when there is none.
        reread: read unchanged files too.
        progress: told of each source that is hashed, and of each that is read.
    """
    changes = Changes()
    sources = list_sources(archive, files)
    hashed = _hash(archive, sources, changes, progress)
    plan = _decide(hashed, store, reread=reread)
    documents = _read(archive, plan, changes, progress)
    shared_readers().close()  # what comes next needs the memory, and no parser
    _classify(plan.kept, documents, store, changes, reread=reread)
    return changes


def _hash(
    archive: Path, sources: Sequence[Source], changes: Changes, progress: RebuildProgress
) -> list[_Hashed]:
    hashed: list[_Hashed] = []
    progress.start(Phase.CHECK, len(sources))
    for source in sources:
        try:
            hashed.append(_Hashed(source, hash_source(archive, source)))
        except DocumentError as reason:
            changes.skip(source.path, reason)
        progress.advance(1)
    return hashed


def _decide(hashed: Sequence[_Hashed], store: Store | None, *, reread: bool) -> _Plan:
    known = {one.source.path: stored for one in hashed if (stored := _stored_as(one, store))}
    if not reread:
        kept = [Kept(path, stored) for path, stored in known.items()]
        return _Plan(kept, [one for one in hashed if one.source.path not in known])
    return _Plan([], sorted(hashed, key=lambda one: one.source.path not in known))


def _stored_as(one: _Hashed, store: Store | None) -> StoredDocument | None:
    """What the store has of a source, if reading it again would give the same."""
    stored = store.find_path(one.source.path) if store else None
    is_same = stored is not None and stored.info.sha256 == one.sha256 and is_current(stored.info.reader)
    return stored if is_same else None


def _read(archive: Path, plan: _Plan, changes: Changes, progress: RebuildProgress) -> list[Document]:
    """The documents of what must be read, each content once.

    A file that can't be read may have a copy that can, because its ending tells more: copies wait until it
    is known what came of the first.
    """
    taken = {kept.stored.info.sha256: kept.path for kept in plan.kept}
    documents: list[Document] = []
    waiting = plan.read

    def told(source: Source | None, pace: Pace) -> None:
        progress.advance(source is not None)
        progress.expect(pace.share, pace.seconds_left)

    if waiting:
        progress.start(Phase.READ, len(waiting))
    while waiting:
        copies = [one for one in waiting if one.sha256 in taken]
        for one in copies:
            changes.skip(one.source.path, DocumentError("index.skip_duplicate", path=taken[one.sha256]))
        progress.advance(len(copies))
        first = {one.sha256: one for one in reversed(waiting) if one.sha256 not in taken}
        now = [one for one in waiting if first.get(one.sha256) is one]
        waiting = [one for one in waiting if one.sha256 in first and first[one.sha256] is not one]
        outcomes = read_sources(archive, [one.source for one in now], told)
        for one, outcome in zip(now, outcomes, strict=True):
            if isinstance(outcome, DocumentError):
                changes.skip(one.source.path, outcome)
            # The file may have been replaced since it was hashed: what was read counts.
            elif outcome.sha256 in taken:
                reason = DocumentError("index.skip_duplicate", path=taken[outcome.sha256])
                changes.skip(one.source.path, reason)
            else:
                taken[outcome.sha256] = outcome.path
                documents.append(outcome)
    return documents


def _classify(
    kept: Sequence[Kept],
    documents: Iterable[Document],
    store: Store | None,
    changes: Changes,
    *,
    reread: bool,
) -> None:
    by_hash = {stored.info.sha256: stored for stored in store.documents} if store else {}
    used = {one.stored.info.id for one in kept}  # ids of documents of the store that live on
    changes.items.extend(kept)
    changes.unchanged += len(kept)
    for document in documents:
        path = document.path
        changes.warnings.extend((path, warning) for warning in document.warnings)
        same = by_hash.get(document.sha256)
        before = same or (store.find_path(path) if store else None)
        if before is not None:
            used.add(before.info.id)
        _note(document, same, before, changes)
        is_renamed = same is not None and same.info.path != path
        if store and same and is_renamed and not reread and _is_same_text(document, same, store):
            changes.items.append(Kept(path, same))
        else:
            changes.items.append(Fresh(document, before))
    if store:
        changes.removed = [stored.info.path for stored in store.documents if stored.info.id not in used]
    changes.items.sort(key=lambda item: item.path)
    changes.skipped.sort(key=lambda skipped: skipped.path)
    for paths in (changes.new, changes.changed):
        paths.sort()
    changes.renamed.sort()
    changes.warnings.sort()


def _note(
    document: Document, same: StoredDocument | None, before: StoredDocument | None, changes: Changes
) -> None:
    """Say what a document that was read is: new, changed, renamed, or what it was before."""
    if before is None:
        changes.new.append(document.path)
    elif same is None:
        changes.changed.append(document.path)
    elif same.info.path != document.path:
        changes.renamed.append((same.info.path, document.path))
    elif same.info.reader != document.reader:
        # The same bytes in another version of their reader are another text.
        changes.changed.append(document.path)
    else:
        changes.unchanged += 1


def _is_same_text(document: Document, stored: StoredDocument, store: Store) -> bool:
    """Whether the new path is all that differs (a title may come from the file's name)."""
    before = store.document(stored.info.id)
    return replace(document, path=before.path) == before
