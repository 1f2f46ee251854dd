"""What changed in an archive since a generation was built: which files to read, which rows to keep.

In stages, each of which needs nothing but what the stage before it gives: the sources are listed and hashed
(`listing`); `_decide` says which rows stay and what must be read; all of that is read; files of the same
speech are put together (`copies`); `_classify` says what each document is against the generation.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from config.errors import DocumentError, MetadataError
from embeddings.limits import TokenLimit
from retrieval.corrections import Corrections, corrected
from retrieval.index.archive import Skipped
from retrieval.index.copies import Held, Speech, document_of, gather_speeches
from retrieval.index.doubts import Doubt, doubts_of
from retrieval.index.listing import Listing
from retrieval.index.pace import Pace
from retrieval.index.packed import PackedPassage
from retrieval.index.reading import read_sources
from retrieval.index.report import Phase, RebuildProgress
from retrieval.index.sources import Hashed, Source
from retrieval.index.store import Store, StoredDocument
from retrieval.index.stored_copies import StoredCopy
from retrieval.index.wordless import is_wordless, wordless
from retrieval.readers.formats import is_current
from retrieval.readers.isolation import shared_readers
from retrieval.types import Document


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
    _classify(speeches, store, changes, reread=reread)
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


def _classify(speeches: Sequence[Speech], store: Store | None, changes: Changes, *, reread: bool) -> None:
    lineage = _Lineage(store, speeches)
    used: set[str] = set()  # ids of documents of the store that live on
    for speech in speeches:
        path, content = speech.best.path, speech.best.content
        for copy in speech.copies:
            if copy.signature is not None:  # a twin was noted when it was found
                changes.skip(copy.held.path, DocumentError("index.skip_same_speech", path=path))
        if isinstance(content, StoredDocument):
            used.add(content.info.id)
            changes.items.append(Kept(path, content, speech))
            changes.unchanged += 1
            changes.is_refiled |= _files_of(speech) != {(f.path, f.sha256) for f in content.info.files}
            continue
        document = document_of(content, store)
        before, is_other_file = lineage.before(speech)
        if before is not None:
            used.add(before.info.id)
        _note(document, before, is_other_file, changes)
        is_renamed = before is not None and before.info.sha256 == document.sha256 and before.info.path != path
        if store and before and is_renamed and not reread and _is_same_text(document, before, store):
            changes.items.append(Kept(path, before, speech))
        else:
            changes.items.append(Fresh(document, before, speech))
    if store:
        left = {path for speech in speeches for path, _ in [(speech.best.path, ""), *_files_of(speech)]}
        changes.removed = [stored.info.path for stored in store.documents if stored.info.id not in used]
        changes.removed += [copy.info.path for copy in store.copies if copy.info.path not in left]
    changes.items.sort(key=lambda item: item.path)
    changes.skipped.sort(key=lambda skipped: skipped.path)
    for paths in (changes.new, changes.changed, changes.removed):
        paths.sort()
    changes.renamed.sort()
    changes.warnings.sort()


def _files_of(speech: Speech) -> set[tuple[str, str]]:
    return {(copy.held.path, copy.held.sha256) for copy in speech.copies}


class _Lineage:
    """Which document of the store is an earlier form of a speech."""

    def __init__(self, store: Store | None, speeches: Sequence[Speech]) -> None:
        self._store = store
        self._by_hash = {stored.info.sha256: stored for stored in store.documents} if store else {}
        self._best = {speech.best.sha256 for speech in speeches}
        self._of_copy = (
            {copy.info.sha256: store.documents[copy.document] for copy in store.copies} if store else {}
        )

    def before(self, speech: Speech) -> tuple[StoredDocument | None, bool]:
        """The document that a speech was, and whether another file of the same speech was cited then."""
        sha256, path = speech.best.sha256, speech.best.path
        same = self._by_hash.get(sha256)
        if same is not None:
            return same, False
        for each in (sha256, *(copy.held.sha256 for copy in speech.copies)):
            then = self._by_hash.get(each) or self._of_copy.get(each)
            if then is not None and then.info.sha256 not in self._best:
                return then, then.info.path != path
        return (self._store.find_path(path) if self._store else None), False


def _note(document: Document, before: StoredDocument | None, is_other_file: bool, changes: Changes) -> None:
    """Say what a document is: new, changed, renamed, or what it was before."""
    if before is None:
        changes.new.append(document.path)
    elif is_other_file:
        changes.renamed.append((before.info.path, document.path))
    elif before.info.sha256 != document.sha256:
        changes.changed.append(document.path)
    elif before.info.path != document.path:
        changes.renamed.append((before.info.path, document.path))
    elif before.info.reader != document.reader or before.info.corrections != document.corrections:
        # The same bytes in another version of their reader are another text; corrected, another document.
        changes.changed.append(document.path)
    else:
        changes.unchanged += 1


def _is_same_text(document: Document, stored: StoredDocument, store: Store) -> bool:
    """Whether the new path is all that differs (a title may come from the file's name)."""
    before = store.document(stored.info.id)
    return replace(document, path=before.path) == before
