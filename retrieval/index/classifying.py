"""What each speech of an archive is against a generation: new, changed, renamed, or as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from config.errors import DocumentError
from retrieval.documents.types import Document
from retrieval.index.changes import Changes, Fresh, Kept
from retrieval.index.copies import Speech, document_of
from retrieval.index.store import Store
from retrieval.index.store_part import StoredDocument


def classify(speeches: Sequence[Speech], store: Store | None, changes: Changes, *, reread: bool) -> None:
    """Enter every speech into the changes, what is gone, and files that are not cited.

    Args:
        speeches: all of the archive.
        store: of the generation in force; None when there is none.
        changes: what is entered into; sorted when this returns.
        reread: cut renamed documents anew, too.
    """
    ancestry = _Ancestry(store, speeches)
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
        before, is_other_file = ancestry.before(speech)
        if before is not None:
            used.add(before.info.id)
        _note(document, before, is_other_file, changes)
        is_renamed = before is not None and before.info.sha256 == document.sha256 and before.info.path != path
        if store and before and is_renamed and not reread and _is_same_text(document, before, store):
            changes.items.append(Kept(path, before, speech))
        else:
            changes.items.append(Fresh(document, before, speech))
    if store:
        changes.removed = _removed(store, speeches, used)
    _sort(changes)


def _removed(store: Store, speeches: Sequence[Speech], used: set[str]) -> list[str]:
    """Paths that the store knows and that no speech has any more."""
    left = {path for speech in speeches for path, _ in [(speech.best.path, ""), *_files_of(speech)]}
    documents = [stored.info.path for stored in store.documents if stored.info.id not in used]
    return documents + [copy.info.path for copy in store.copies if copy.info.path not in left]


def _sort(changes: Changes) -> None:
    changes.items.sort(key=lambda item: item.path)
    changes.skipped.sort(key=lambda skipped: skipped.path)
    for paths in (changes.new, changes.changed, changes.removed):
        paths.sort()
    changes.renamed.sort()
    changes.warnings.sort()


def _files_of(speech: Speech) -> set[tuple[str, str]]:
    return {(copy.held.path, copy.held.sha256) for copy in speech.copies}


class _Ancestry:
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
