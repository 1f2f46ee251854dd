"""Copying the index in force to a Milvus server: read and encoded once, on this machine, answered from there.

A copy is a generation of its own beside those that answer, under collections that nobody reads yet. Killed at
any point, or cut off from the server, it leaves the one in force answering; the next run goes on where it
stopped. What was written is counted and sampled before the alias is switched, in one step.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from config.errors import (
    IndexDamagedError,
    IndexMismatchError,
    IndexWriteError,
)
from embeddings.types import IntArray
from retrieval.index.files import TEMPORARY, remove_folder, sha256_of
from retrieval.index.generation import Generation, open_generation
from retrieval.index.lease import remove_unless_held
from retrieval.index.lock import locked
from retrieval.index.manifest import MANIFEST_FILE, check_files, read_manifest, record_files, write_manifest
from retrieval.index.part import GONE_FILE, RECENT, SENTENCE_PASSAGE_FILE, share
from retrieval.index.postings import TERMS_FILES
from retrieval.index.report import Phase, RebuildProgress, SilentProgress
from retrieval.index.store_part import STORE_FILE
from retrieval.index.writing import write_error
from retrieval.milvus.generation import FOLDER, check_collections, name_in_force
from retrieval.milvus.names import (
    FINGERPRINT_PROPERTY,
    RECORD,
    ROW,
    TERMS,
    VECTOR,
    Collections,
    collections_of,
    generation_of,
)
from retrieval.milvus.part import write_skeleton
from retrieval.milvus.rows import passage_rows, sentence_rows
from retrieval.milvus.server import Row, Server

LOCK_FILE = "milvus.lock"

BATCH: Final = 500
"""Rows of one request: of passages about 3 MB, where Milvus takes 64."""

SAMPLE: Final = 200
"""Rows of each collection that are read again and compared, first and last among them."""

SETTLE: Final = 6.0
"""Seconds between the last row written and the switch: readers of a cluster may lag, by 5 s at most as
Milvus's bounded consistency has it."""

GRACE: Final = 600.0
"""Seconds for which a generation that was replaced stays for readers that have not noticed, on machines whose
leases can't be seen here."""


@dataclass(frozen=True, slots=True)
class Published:
    """What came into force on the server.

    Attributes:
        was_there: it was in force already; nothing was written.
        resumed: rows that an earlier run had written.
    """

    generation: str
    passages: int
    sentences: int
    was_there: bool
    resumed: int
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "generation": self.generation,
            "passages": self.passages,
            "sentences": self.sentences,
            "was_there": self.was_there,
            "resumed": self.resumed,
            "seconds": round(self.seconds, 3),
        }


def publish(
    index: Path, server: Server, progress: RebuildProgress | None = None, *, settle: float = SETTLE
) -> Published:
    """Put the index in force in a folder into force on a server as well.

    Args:
        index: the index folder.
        server: where to copy it.
        progress: told how far it is.
        settle: seconds between the last row written and the switch.

    Raises:
        IndexMissingError, IndexDamagedError, IndexMismatchError: the index can't be read.
        ServerError: the server can't be reached, or refuses; what is in force there stays so.
        IndexBusyError: another copy of this index is being made.
        IndexWriteError: the index folder can't be written.
    """
    started = time.monotonic()
    with locked(index, LOCK_FILE, "milvus.busy"), open_generation(index, None, verify=True) as local:
        name = f"{local.path.name}-{sha256_of(local.path / MANIFEST_FILE)[:8]}"
        before = _before(server)
        folder, names = index / FOLDER / name, collections_of(name)
        resumed, was_there = 0, before == name and _is_whole(folder, server, names)
        if not was_there:
            try:
                _write_folder(folder, local)
            except (OSError, sqlite3.Error) as error:
                raise write_error(index, error) from error
            resumed = _fill(server, names, local, progress or SilentProgress())
            time.sleep(0 if server.is_lite else settle)
            server.switch(names.passages)
        _sweep(index / FOLDER, server, name, before)
        counts = local.manifest.passages, local.manifest.sentences
        return Published(name, *counts, was_there, resumed, time.monotonic() - started)


def _before(server: Server) -> str | None:
    """The generation in force; None also for one of another version, which this one replaces."""
    try:
        return name_in_force(server)
    except IndexMismatchError:
        return None


def _is_whole(folder: Path, server: Server, names: Collections) -> bool:
    """Whether a generation may answer: its folder and what is on the server."""
    try:
        manifest = read_manifest(folder)
        check_files(folder, manifest, everything=True)
        check_collections(server, folder.name, names, manifest)
    except (IndexDamagedError, IndexMismatchError):
        return False
    return True


def _write_folder(folder: Path, local: Generation) -> None:
    """Write what readers need besides the server, unless an earlier run has."""
    with suppress(IndexDamagedError, IndexMismatchError):
        check_files(folder, read_manifest(folder), everything=True)
        return
    remove_folder(folder)
    temporary = folder.with_name(folder.name + TEMPORARY)
    remove_folder(temporary)
    temporary.mkdir(parents=True)
    files = [SENTENCE_PASSAGE_FILE, *TERMS_FILES]
    write_skeleton(local.path / STORE_FILE, temporary / STORE_FILE, local.store, 0)
    if local.manifest.recent is not None:
        (temporary / RECENT).mkdir()
        recent = Path(RECENT, STORE_FILE)
        write_skeleton(local.path / recent, temporary / recent, local.store, local.manifest.main.passages)
        files += [GONE_FILE, *(f"{RECENT}/{file}" for file in files)]
    for file in files:
        share(local.path / file, temporary / file)
    write_manifest(temporary, replace(local.manifest, files=record_files(temporary)))
    temporary.rename(folder)


def _fill(server: Server, names: Collections, local: Generation, progress: RebuildProgress) -> int:
    """Write and check both collections; how many rows were there already."""
    manifest, store = local.manifest, local.store
    progress.start(Phase.COPY, manifest.passages + manifest.sentences)
    there = 0
    for collection, owned, rows_of in (
        (names.passages, np.flatnonzero(store.owners.owned_passages()), passage_rows(local)),
        (names.sentences, np.flatnonzero(store.owners.owned_sentences()), sentence_rows(local)),
    ):
        done = _begin(server, collection, local, is_passages=collection == names.passages)
        if done > owned.size:  # not of this generation, whatever it is
            server.drop(collection)
            done = _begin(server, collection, local, is_passages=collection == names.passages)
        # Rows come in order, and a request that was cut off may have come in part: its batch comes again.
        done -= done % BATCH
        there += done
        progress.advance(done)
        for start in range(done, owned.size, BATCH):
            server.upsert(collection, list(rows_of(owned[start : start + BATCH])))
            progress.advance(min(BATCH, owned.size - start))
        server.flush(collection)
        _compare(server, collection, owned, rows_of)
    check_collections(server, generation_of(names.passages) or "", names, manifest)
    return there


def _begin(server: Server, collection: str, local: Generation, *, is_passages: bool) -> int:
    """Make a collection unless it is there; how many rows it has."""
    if collection not in server.collections():
        properties = {FINGERPRINT_PROPERTY: local.manifest.fingerprint}
        server.create(collection, local.manifest.dim, properties, lexical=is_passages)
    server.load(collection)
    return server.count(collection)


def _compare(
    server: Server, collection: str, owned: IntArray, rows_of: Callable[[IntArray], Iterator[Row]]
) -> None:
    """Read a sample again.

    Raises:
        IndexWriteError: a row differs from what was written.
    """
    if not owned.size:
        return
    sample = owned[np.linspace(0, owned.size - 1, min(SAMPLE, owned.size)).astype(np.int64)]
    written = {int(row[ROW]): row for row in rows_of(sample)}
    fields = [field for field in written[int(sample[0])] if field != ROW]
    found = {int(row[ROW]): row for row in server.fetch(collection, sample.tolist(), fields)}
    for row, one in written.items():
        if row not in found or not _is_same(one, found[row]):
            raise IndexWriteError("milvus.differs", address=server.address, collection=collection, row=row)


def _is_same(one: Row, other: Row) -> bool:
    return (
        np.array_equal(np.float32(one[VECTOR]), np.float32(other[VECTOR]))
        and one.get(RECORD) == other.get(RECORD)
        and _rounded(one.get(TERMS, {})) == _rounded(other.get(TERMS, {}))
    )


def _rounded(terms: Mapping[int, float]) -> dict[int, float]:
    return {int(number): float(np.float32(value)) for number, value in terms.items()}


def _sweep(folders: Path, server: Server, current: str, before: str | None) -> None:
    """Drop what nobody reads: all that was copied from here but the generation in force and the one before.

    What may still be read waits for the next run. What was copied from elsewhere is not touched.
    """
    if before is not None and before != current and (folders / before).is_dir():
        os.utime(folders / before)  # its grace begins
    for folder in sorted(folders.glob("gen-*")):
        if folder.name.endswith(TEMPORARY):
            remove_folder(folder)
        elif folder.name not in (current, before) and time.time() - folder.stat().st_mtime >= GRACE:
            remove_unless_held(folder)
            if not folder.is_dir():
                names = collections_of(folder.name)
                server.drop(names.sentences)
                server.drop(names.passages)
