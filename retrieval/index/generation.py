"""Generations: opening the one in force, or the one that stands in for it.

A reader keeps the generation it opened, and holds a lease on it. The one before the current answers where the
current one proves damaged (`open_sound`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from config.closing import Closing
from config.errors import AnjiangError, IndexDamagedError, IndexMismatchError, IndexMissingError
from embeddings.types import IntArray
from retrieval.index.in_force import CURRENT_FILE, current_name, generation_names, remove_old
from retrieval.index.joined import join_vectors
from retrieval.index.lease import Lease
from retrieval.index.lexical import LexicalIndex
from retrieval.index.lexical_files import Lexical
from retrieval.index.manifest import MANIFEST_FILE, Manifest, check_files, read_manifest
from retrieval.index.part import RECENT, Part, open_part, read_gone
from retrieval.index.store import Store
from retrieval.index.store_part import STORE_FILE, StorePart
from retrieval.index.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Generation(Closing):
    """One opened index. Everything in it may be used from several threads; close it when done.

    Attributes:
        path: its folder; ``path.name`` is what `current_name` returns while it is in force.
        passage_vectors: row *i* is passage *i* of the store, encoded with its header.
        sentence_vectors: every sentence of every passage in order, encoded alone.
        sentence_passage: ``int32 (n_sentences,)``, the passage row of each sentence; ascending.
        damage: what is wrong with the generation in force, where this one stands in for it.
    """

    path: Path
    manifest: Manifest
    store: Store
    passage_vectors: Vectors
    sentence_vectors: Vectors
    sentence_passage: npt.NDArray[np.int32]
    lexical: LexicalIndex
    lease: Lease
    damage: IndexDamagedError | None = None

    def sentences_of(self, passages: IntArray) -> tuple[IntArray, IntArray]:
        """The rows at which the sentences of some passages begin and end, each ``int64 (n,)``."""
        # Of one type with what they are sought in: numpy would make a copy of all rows, every time.
        sought = passages.astype(np.int32)
        begin, end = (np.searchsorted(self.sentence_passage, sought, side) for side in ("left", "right"))
        return begin, end

    def close(self) -> None:
        """Let go of the files. An older generation goes with its last reader."""
        self.store.close()
        self.lease.close()
        remove_old(self.path.parent)


def open_generation(
    index: Path, fingerprint: str | None, verify: bool = False, model: str = ""
) -> Generation:
    """Open the generation in force.

    Args:
        index: the index folder.
        fingerprint: of the encoder that will encode the queries; None accepts any (to show documents).
        verify: hash every file, large ones too.
        model: that encoder's name, for the message when it is another one.

    Raises:
        IndexMissingError: there is no index.
        IndexDamagedError: a file is missing or changed; see `open_sound`.
        IndexMismatchError: another format version or another encoder built it.
    """
    name = current_name(index)
    while True:
        if name is None:
            raise _nothing_current(index)
        try:
            return _open(index / name, fingerprint, verify, model)
        except IndexDamagedError:
            # Two rebuilds since CURRENT was read may have swept what it named: then read it again.
            now = current_name(index)
            if now == name:
                raise
            name = now


def open_sound(
    index: Path, fingerprint: str | None, damaged: Mapping[str, IndexDamagedError], model: str = ""
) -> Generation:
    """Open the generation in force, or the newest other one that fits where that is damaged.

    Args:
        index: the index folder.
        fingerprint: as for `open_generation`.
        damaged: generations that proved damaged after they were opened, by name; they are passed over.
        model: as for `open_generation`.

    Returns:
        the generation; its ``damage`` is to be told wherever it is not None.

    Raises:
        IndexMissingError: there is no index.
        IndexDamagedError: no generation is whole.
        IndexMismatchError: another format version or another encoder built the one in force.
    """
    names = generation_names(index)
    try:
        known = damaged.get(current_name(index) or "")
        if known is not None:
            raise known
        return open_generation(index, fingerprint, model=model)
    except IndexDamagedError as damage:
        for name in reversed([name for name in names if name not in damaged]):
            try:
                generation = _open(index / name, fingerprint, verify=False, model=model)
            except (IndexDamagedError, IndexMismatchError):
                continue
            told = IndexDamagedError(
                "index.another_answers", damage=damage, generation=name, created=generation.manifest.created
            )
            return replace(generation, damage=told)
        if generation_names(index) != names:  # a rebuild has just replaced them
            return open_sound(index, fingerprint, damaged, model)
        if len(names) > 1:
            raise IndexDamagedError("index.none_answers", damage=damage) from damage
        raise


def other_encoder(
    folder: Path, manifest: Manifest, fingerprint: str, model: str
) -> IndexMismatchError | None:
    """The error that names both encoders; None when a generation was built by this one."""
    if fingerprint == manifest.fingerprint:
        return None
    return IndexMismatchError(
        "index.other_encoder",
        index=folder.parent,
        found=_encoder_name(manifest.model, manifest.fingerprint),
        expected=_encoder_name(model, fingerprint),
    )


def _open(folder: Path, fingerprint: str | None, verify: bool, model: str) -> Generation:
    try:
        lease = Lease(folder)
    except FileNotFoundError as error:
        raise IndexDamagedError("index.file_missing", file=f"{folder.name}/{MANIFEST_FILE}") from error
    except OSError as error:
        raise IndexDamagedError("index.file_content", file=folder.name, detail=error.strerror) from error
    try:
        return _read(folder, lease, fingerprint, verify, model)
    except BaseException:
        lease.close()
        raise


def _read(folder: Path, lease: Lease, fingerprint: str | None, verify: bool, model: str) -> Generation:
    manifest = read_manifest(folder)
    mismatch = other_encoder(folder, manifest, fingerprint, model) if fingerprint is not None else None
    if mismatch:
        raise mismatch
    check_files(folder, manifest, everything=verify)
    label = f"{folder.name}/"
    parts = [open_part(folder, manifest.main, manifest.dim, label)]
    if manifest.recent is not None:
        parts.append(open_part(folder / RECENT, manifest.recent, manifest.dim, f"{label}{RECENT}/"))
    store = open_store(folder, manifest, label)
    if len(parts) == 1:
        [part] = parts
        return Generation(
            folder,
            manifest,
            store,
            part.passage_vectors,
            part.sentence_vectors,
            part.sentence_passage,
            Lexical([part.postings]),
            lease,
        )
    return _joined(folder, manifest, store, parts, lease)


def open_store(
    folder: Path,
    manifest: Manifest,
    label: str,
    part: Callable[[Path, str, int], StorePart] = lambda path, label, _: StorePart(path, label),
) -> Store:
    """Open the documents and passages of a generation; ``part`` is told in `Store`.

    Raises:
        IndexDamagedError: a file is not what the manifest promises.
    """
    path, counted = folder / STORE_FILE, [manifest.main]
    if manifest.recent is None:
        store = Store(path, label + STORE_FILE, part=part)
    else:
        counted.append(manifest.recent)
        gone = read_gone(folder, manifest.main, label).tolist()
        store = Store(path, label + STORE_FILE, recent=folder / RECENT / STORE_FILE, gone=gone, part=part)
    promised = sum(each.passages for each in counted), sum(each.sentences for each in counted)
    found = store.passage_count, store.sentence_count
    if (len(store.documents), *found) != (manifest.documents, *promised):
        store.close()
        raise IndexDamagedError("index.file_content", file=label + STORE_FILE, detail="counts differ")
    return store


def _joined(folder: Path, manifest: Manifest, store: Store, parts: list[Part], lease: Lease) -> Generation:
    main, recent = parts
    owned = store.owners.owned_passages()
    return Generation(
        folder,
        manifest,
        store,
        join_vectors([main.passage_vectors, recent.passage_vectors], owned),
        join_vectors([main.sentence_vectors, recent.sentence_vectors], store.owners.owned_sentences()),
        np.concatenate([main.sentence_passage, recent.sentence_passage + np.int32(manifest.main.passages)]),
        Lexical([main.postings, recent.postings], owned),
        lease,
    )


def _nothing_current(index: Path) -> AnjiangError:
    generation = next(iter(reversed(list(_complete(index)))), None)
    if generation is None:
        return IndexMissingError("index.missing", index=index)
    return IndexDamagedError("index.current_missing", file=CURRENT_FILE, generation=generation)


def _complete(index: Path) -> Iterator[str]:
    for name in generation_names(index):
        try:
            check_files(index / name, read_manifest(index / name))
        except (IndexDamagedError, IndexMismatchError):
            continue
        yield name


def _encoder_name(model: str, fingerprint: str) -> str:
    return f"{model} ({fingerprint})" if model else fingerprint
