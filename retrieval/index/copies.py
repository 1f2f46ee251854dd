"""The files of an archive as speeches: which file of each is indexed, and which others hold the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from retrieval.copies.choice import File, Signature, pack_signature, signature_of
from retrieval.copies.comparing import Comparable, comparable
from retrieval.copies.grouping import group_files
from retrieval.documents.types import Document
from retrieval.index import codec
from retrieval.index.packed import PackedPassage
from retrieval.index.store import Store
from retrieval.index.store_part import StoredDocument
from retrieval.index.store_writer import StoreWriter
from retrieval.index.stored_copies import StoredCopy

Content: TypeAlias = StoredDocument | StoredCopy | Document
"""What a file holds: as the index has it, or as it was read."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file of the archive and what it holds.

    Attributes:
        signature: of a document as it was read; None where it must be made.
        passages: what a document is cut into, where whoever read it cut it too.
        record: of a document, where it was packed already.
    """

    path: str
    content: Content
    signature: Signature | None = None
    passages: tuple[PackedPassage, ...] | None = None
    record: bytes | None = None

    @property
    def sha256(self) -> str:
        """Of the file's bytes."""
        content = self.content
        return content.sha256 if isinstance(content, Document) else content.info.sha256

    @property
    def reader(self) -> str:
        """What read the file."""
        content = self.content
        return content.reader if isinstance(content, Document) else content.info.reader


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that holds the same speech as a better one.

    Attributes:
        signature: what it is compared by; None for a twin, which has the same bytes as another file.
    """

    held: Held
    signature: Signature | None


@dataclass(frozen=True, slots=True)
class Speech:
    """What is indexed of one speech, and its other files, best first."""

    best: Held
    signature: Signature
    copies: tuple[Copy, ...]


def gather_speeches(
    held: Sequence[Held], twins: Iterable[tuple[str, str]], store: Store | None
) -> list[Speech]:
    """Find the files that hold the same speech.

    Args:
        held: files, no two of the same content.
        twins: path and SHA-256 of files with the same content as one of those.
        store: of the generation in force.

    Returns:
        By the path of the best file.
    """
    by_hash = {one.sha256: one for one in held}
    bests = {stored.info.sha256 for stored in store.documents} if store else set()
    is_known = any(isinstance(one.content, StoredDocument) for one in held)
    known = store.signatures() if store and is_known else {}
    files = [
        File(one.path, one.sha256, one.reader, _signature(one, known, store), one.sha256 in bests)
        for one in held
    ]

    def text_of(file: File) -> Comparable:
        return comparable(document_of(by_hash[file.sha256].content, store).clean.text)

    grouped = group_files(files, text_of, _as_before(held, store))
    same: dict[str, list[Held]] = {}
    for path, sha256 in sorted(twins):
        same.setdefault(sha256, []).append(Held(path, by_hash[sha256].content))
    speeches = []
    for group in grouped:
        copies: list[Copy] = []
        for file in group.files:
            if file is not group.best:
                copies.append(Copy(by_hash[file.sha256], file.signature))
            copies.extend(Copy(twin, None) for twin in same.get(file.sha256, ()))
        speeches.append(Speech(by_hash[group.best.sha256], group.best.signature, tuple(copies)))
    return speeches


def document_of(content: Content, store: Store | None) -> Document:
    """What a file holds; of one that the index has, from there."""
    if isinstance(content, Document):
        return content
    assert store is not None  # noqa: S101 - it has what is stored
    if isinstance(content, StoredCopy):
        return store.copy_document(content)
    return store.document(content.info.id)


def write_files(writer: StoreWriter, speech: Speech, store: Store | None) -> None:
    """Write the files of the document that was written last.

    Args:
        writer: of the next generation.
        speech: the document's files.
        store: of the generation that content is taken over from.
    """
    writer.add_signature(pack_signature(speech.signature))
    for copy in speech.copies:
        names = copy.held.path, copy.held.sha256
        info, record = _records(copy.held.content, store)
        if copy.signature is None:
            writer.add_copy(names, info, b"", None)
        else:
            writer.add_copy(names, info, pack_signature(copy.signature), record)


def _records(content: Content, store: Store | None) -> tuple[bytes, bytes]:
    """What a file says of itself, and what it holds, as they are stored."""
    if isinstance(content, Document):
        return codec.pack_info(content), codec.pack_document(content)
    assert store is not None  # noqa: S101 - it has what is stored
    if isinstance(content, StoredCopy):
        return store.copies.info(content), store.copies.record(content)
    return store.copy_source(content)


def _signature(held: Held, known: Mapping[str, Signature], store: Store | None) -> Signature:
    content = held.content
    if isinstance(content, Document):
        return held.signature or signature_of(content)
    if isinstance(content, StoredDocument):
        return known[content.info.id]
    assert store is not None  # noqa: S101 - it has what is stored
    return store.copies.signature(content)


def _as_before(held: Sequence[Held], store: Store | None) -> Mapping[str, str]:
    """The best file's content by the content of files that are as they were."""
    before: dict[str, str] = {}
    for one in held:
        if isinstance(one.content, StoredDocument):
            before[one.sha256] = one.sha256
        elif isinstance(one.content, StoredCopy) and store:
            before[one.sha256] = store.documents[one.content.document].info.sha256
    return before
