"""Opening the generation that is in force on a Milvus server.

The server has what grows with the archive and is searched: passages, vectors, BM25. What is looked up one by
one and never searched stands in the folder ``INDEX/milvus/GENERATION``, which every reader must reach: the
documents as they were read (a speech is longer than a text that Milvus keeps), whose passage is which, the
list of terms. Its files are written once; SQLite reads them without locks, so a network file system will do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from config.errors import IndexDamagedError, IndexMismatchError, IndexMissingError
from retrieval.index.generation import Generation, open_store, other_encoder
from retrieval.index.lease import Lease
from retrieval.index.manifest import Manifest, check_files, read_manifest
from retrieval.index.part import RECENT, read_sentence_passage
from retrieval.index.postings import open_terms
from retrieval.index.vectors import Vectors
from retrieval.milvus.lexical import MilvusLexical
from retrieval.milvus.names import FINGERPRINT_PROPERTY, Collections, collections_of, generation_of
from retrieval.milvus.part import MilvusPart
from retrieval.milvus.server import Server
from retrieval.milvus.vectors import MilvusVectors

FOLDER = "milvus"
"""Where in the index folder the folders of generations on a server are."""


def name_in_force(server: Server) -> str | None:
    """The generation in force on the server; None where there is none.

    Raises:
        ServerError: the server can't be asked.
        IndexMismatchError: another version of this program wrote it.
    """
    collection = server.current()
    name = generation_of(collection) if collection else None
    if collection and name is None:
        raise IndexMismatchError("milvus.other_schema", address=server.address, collection=collection)
    return name


def open_in_force(
    index: Path, server: Server, fingerprint: str | None, model: str = "", *, verify: bool = False
) -> Generation:
    """Open the generation in force on the server.

    Args:
        index: the index folder.
        server: where it is.
        fingerprint: of the encoder that will encode the queries; None accepts any.
        model: that encoder's name, for the message when it is another one.
        verify: hash every file of its folder, large ones too.

    Raises:
        ServerError: the server can't be asked.
        IndexMissingError: there is none.
        IndexDamagedError: its folder or data is missing or changed; see `open_sound`.
        IndexMismatchError: another format version or another encoder built it.
    """
    name = name_in_force(server)
    if name is None:
        raise IndexMissingError("milvus.missing", address=server.address)
    return open_named(index, server, name, fingerprint, model, verify=verify)


def open_sound(
    index: Path,
    server: Server,
    fingerprint: str | None,
    damaged: Mapping[str, IndexDamagedError],
    model: str = "",
) -> Generation:
    """Open the generation in force, or the newest other one that fits where that is damaged.

    The arguments and errors are those of `open_in_force`; ``damaged`` are generations that proved so.
    """
    name = name_in_force(server)
    try:
        if name is not None and name in damaged:
            raise damaged[name]
        return open_in_force(index, server, fingerprint, model)
    except IndexDamagedError as damage:
        others = sorted(folder.name for folder in (index / FOLDER).glob("gen-*-????????"))
        for other in reversed([each for each in others if each != name and each not in damaged]):
            try:
                generation = open_named(index, server, other, fingerprint, model)
            except (IndexDamagedError, IndexMismatchError):
                continue
            told = IndexDamagedError(
                "index.another_answers", damage=damage, generation=other, created=generation.manifest.created
            )
            return replace(generation, damage=told)
        raise


def open_named(
    index: Path,
    server: Server,
    name: str,
    fingerprint: str | None = None,
    model: str = "",
    *,
    verify: bool = False,
) -> Generation:
    """Open a generation, in force or not; the errors are those of `open_in_force`."""
    folder = index / FOLDER / name
    try:
        lease = Lease(folder)
    except OSError:
        raise IndexDamagedError("milvus.folder_missing", generation=name, folder=folder) from None
    try:
        return _read(lease, server, folder, fingerprint, model, verify=verify)
    except BaseException:
        lease.close()
        raise


def _read(
    lease: Lease, server: Server, folder: Path, fingerprint: str | None, model: str, *, verify: bool
) -> Generation:
    manifest = read_manifest(folder)
    mismatch = other_encoder(folder, manifest, fingerprint, model) if fingerprint is not None else None
    if mismatch:
        raise mismatch
    check_files(folder, manifest, everything=verify)
    names = collections_of(folder.name)
    check_collections(server, folder.name, names, manifest)
    parts = [(folder, manifest.main, f"{folder.name}/")]
    if manifest.recent is not None:
        parts.append((folder / RECENT, manifest.recent, f"{folder.name}/{RECENT}/"))
    firsts = np.cumsum([0, *(counts.passages for _, counts, _ in parts)])
    owners = [
        read_sentence_passage(place, counts, label) + np.int32(first)
        for (place, counts, label), first in zip(parts, firsts[:-1], strict=True)
    ]
    sentence_passage = owners[0] if len(owners) == 1 else np.concatenate(owners)
    store = open_store(
        folder,
        manifest,
        f"{folder.name}/",
        lambda path, label, first: MilvusPart(path, label, first, server, names.passages),
    )
    terms = [open_terms(place, label) for place, _, label in parts]
    dim, owned = manifest.dim, store.owners
    return Generation(
        folder,
        manifest,
        store,
        Vectors(MilvusVectors(server, names.passages, dim), int(firsts[-1]), dim, owned.owned_passages()),
        Vectors(
            MilvusVectors(server, names.sentences, dim), sentence_passage.size, dim, owned.owned_sentences()
        ),
        sentence_passage,
        MilvusLexical(server, names.passages, terms, int(firsts[-1])),
        lease,
    )


def check_collections(server: Server, name: str, names: Collections, manifest: Manifest) -> None:
    """Have the collections of a generation loaded, and check that they hold what its manifest promises.

    Raises:
        ServerError: the server can't be asked.
        IndexDamagedError: a collection is missing, incomplete or of another encoder.
    """
    for collection, expected in ((names.passages, manifest.passages), (names.sentences, manifest.sentences)):
        server.load(collection)
        found = server.count(collection)
        encoder = server.properties(collection).get(FINGERPRINT_PROPERTY, manifest.fingerprint)
        if found != expected or encoder != manifest.fingerprint:
            raise IndexDamagedError(
                "milvus.incomplete",
                address=server.address,
                generation=name,
                collection=collection,
                expected=expected,
                found=found,
            )
