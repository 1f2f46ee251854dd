"""What changed in an archive since a generation was built: which files to read, which rows to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from config.errors import DocumentError
from retrieval.documents.read import read_document
from retrieval.index.archive import Skipped
from retrieval.index.files import sha256_of
from retrieval.index.report import Phase, RebuildProgress
from retrieval.index.store import Store, StoredDocument
from retrieval.readers.formats import is_current
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
        progress: told of two steps a file, hashing and taking in.
    """
    progress.start(Phase.READ, 2 * len(files))
    comparison = _Comparison(archive, store, reread)
    hashes: dict[str, str] = {}
    for path in files:
        try:
            hashes[path] = sha256_of(archive / path)
        except OSError as error:
            comparison.skip(path, DocumentError("index.skip_unreadable", reason=error.strerror))
        progress.advance(1)
    progress.advance(len(files) - len(hashes))
    known = [path for path in hashes if comparison.unchanged_at(path, hashes[path])]
    for path in known + [path for path in hashes if path not in set(known)]:
        comparison.take(path, hashes[path])
        progress.advance(1)
    return comparison.finish()


class _Comparison:
    def __init__(self, archive: Path, store: Store | None, reread: bool) -> None:
        self._archive = archive
        self._store = store
        self._reread = reread
        self._by_hash = {stored.info.sha256: stored for stored in store.documents} if store else {}
        self._taken: dict[str, str] = {}  # path by hash
        self._used: set[str] = set()  # ids of documents of the store that live on
        self._changes = Changes()

    def unchanged_at(self, path: str, sha256: str) -> StoredDocument | None:
        stored = self._store.find_path(path) if self._store else None
        is_same = stored is not None and stored.info.sha256 == sha256 and is_current(stored.info.reader)
        return stored if is_same else None

    def skip(self, path: str, reason: DocumentError) -> None:
        self._changes.skipped.append(Skipped(path, reason))

    def take(self, path: str, sha256: str) -> None:
        if sha256 in self._taken:
            self.skip(path, DocumentError("index.skip_duplicate", path=self._taken[sha256]))
            return
        stored = self.unchanged_at(path, sha256)
        if stored and not self._reread:
            self._taken[sha256] = path
            self._used.add(stored.info.id)
            self._changes.items.append(Kept(path, stored))
            self._changes.unchanged += 1
            return
        try:
            document = read_document(self._archive / path, self._archive)
        except DocumentError as reason:
            self.skip(path, reason)
            return
        # The file may have been replaced since it was hashed: what was read counts.
        if document.sha256 in self._taken:
            self.skip(path, DocumentError("index.skip_duplicate", path=self._taken[document.sha256]))
            return
        self._taken[document.sha256] = path
        self._changes.warnings.extend((path, warning) for warning in document.warnings)
        self._changes.items.append(self._classify(document))

    def finish(self) -> Changes:
        changes = self._changes
        if self._store:
            changes.removed = [
                stored.info.path for stored in self._store.documents if stored.info.id not in self._used
            ]
        changes.items.sort(key=lambda item: item.path)
        changes.skipped.sort(key=lambda skipped: skipped.path)
        for paths in (changes.new, changes.changed):
            paths.sort()
        changes.renamed.sort()
        changes.warnings.sort()
        return changes

    def _classify(self, document: Document) -> Kept | Fresh:
        path = document.path
        same = self._by_hash.get(document.sha256)
        before = same or (self._store.find_path(path) if self._store else None)
        if before is None:
            self._changes.new.append(path)
            return Fresh(document, None)
        self._used.add(before.info.id)
        if same is None:
            self._changes.changed.append(path)
        elif same.info.path == path:
            # The same bytes in another version of their reader are another text.
            is_reread = same.info.reader != document.reader
            self._changes.changed += [path] * is_reread
            self._changes.unchanged += not is_reread
        else:
            self._changes.renamed.append((same.info.path, path))
            if not self._reread and self._is_same_text(document, same):
                return Kept(path, same)
        return Fresh(document, before)

    def _is_same_text(self, document: Document, stored: StoredDocument) -> bool:
        """Whether the new path is all that differs (a title may come from the file's name)."""
        assert self._store is not None  # noqa: S101 - `stored` is one of its documents
        before = self._store.document(stored.info.id)
        return replace(document, path=before.path) == before
