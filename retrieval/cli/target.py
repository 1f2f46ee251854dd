"""What ``show`` is asked for: a document, a passage, or a place in a file."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from config.errors import UsageError
from retrieval.documents.types import Document, Span
from retrieval.index.store import Store
from retrieval.index.store_part import StoredDocument
from retrieval.index.stored_copies import StoredCopy
from retrieval.types import Passage

_PLACE = re.compile(r"(.+):(\d+)[-–](\d+)")
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Target:
    """A document and what of it is meant; no spans mean all of it.

    ``copy`` is the file that was named where it is not the one that is cited; spans count in its text.
    """

    stored: StoredDocument
    spans: tuple[Span, ...] = ()
    passage: Passage | None = None
    copy: StoredCopy | None = None

    def document(self, store: Store) -> Document:
        """What the named file holds."""
        return store.copy_document(self.copy) if self.copy else store.document(self.stored.info.id)


def find_target(store: Store, text: str) -> Target:
    """Find what a person names.

    Args:
        store: of the opened index.
        text: a passage's id; or a document by id, path, file name, or part of path or title; or a place,
            as ``PATH:START-END``.

    Raises:
        UsageError: nothing is called so, or several are; the message names what is near.
    """
    passage = store.passages_by_id([text]).get(text)
    if passage is not None:
        return Target(store.stored(passage.document_id), passage.spans, passage)
    found = _PLACE.fullmatch(text)
    if found is None or store.find_path(text) is not None:
        return _file(store, text)
    target = _file(store, found[1])
    start, end = int(found[2]), int(found[3])
    length = len(target.document(store).raw)
    if not start < end <= length:
        raise UsageError("show.bad_place", place=text, length=length)
    span = Span(start, end)
    passage = None if target.copy else _passage_at(store, target.stored, span)
    return replace(target, spans=(span,), passage=passage)


def _file(store: Store, text: str) -> Target:
    """A document, or a file of one that is not cited and is named by its path or its name."""
    named = [copy for copy in store.copies if text in (copy.info.path, PurePosixPath(copy.info.path).name)]
    is_cited = any(text in (one.info.path, PurePosixPath(one.info.path).name) for one in store.documents)
    if len(named) == 1 and not is_cited:
        return Target(store.documents[named[0].document], copy=named[0])
    return Target(_document(store, text))


def _document(store: Store, text: str) -> StoredDocument:
    exact = store.find_path(text)
    if exact is not None:
        return exact
    documents = store.documents
    ways = (
        [stored for stored in documents if stored.info.id == text],
        [stored for stored in documents if PurePosixPath(stored.info.path).name == text],
        [stored for stored in documents if text in stored.info.path or text in stored.info.title],
    )
    matches = next((way for way in ways if way), [])
    if len(matches) == 1:
        return matches[0]
    paths = [stored.info.path for stored in matches or documents]
    if matches:
        named = "、".join(paths[:_MOST_NAMED]) + ("…" if len(paths) > _MOST_NAMED else "")
        raise UsageError("show.ambiguous", target=text, paths=named)
    near = difflib.get_close_matches(text, paths, 1, 0.4)
    raise UsageError("show.not_found_near" if near else "show.not_found", target=text, near="".join(near))


def _passage_at(store: Store, stored: StoredDocument, span: Span) -> Passage | None:
    """The passage with most of a span."""
    best = max(store.passages(stored.passages), key=lambda passage: passage.shared(span), default=None)
    return best if best is not None and best.shared(span) else None
