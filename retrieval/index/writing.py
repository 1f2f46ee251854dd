"""Writing the next generation: everything, or, of a large archive in which little changed, what is recent."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from config.errors import IndexWriteError
from embeddings.limits import TokenLimit
from embeddings.types import Encoder, FloatArray
from retrieval.documents.views import encoded_text
from retrieval.index.changes import Fresh, Kept
from retrieval.index.compression import LARGEST, Compression, dictionary_of
from retrieval.index.copies import write_files
from retrieval.index.files import TEMPORARY, remove_folder
from retrieval.index.generation import Generation
from retrieval.index.in_force import next_name, put_in_force
from retrieval.index.lexical_build import build_lexical
from retrieval.index.lexical_files import Lexical
from retrieval.index.manifest import FileRecord, Manifest, PartCounts, record_files, write_manifest
from retrieval.index.part import GONE_FILE, RECENT, SENTENCE_PASSAGE_FILE, share, write_gone
from retrieval.index.postings import write_postings
from retrieval.index.report import Phase, RebuildProgress
from retrieval.index.rows import Row, Rows, encode_texts, gather, plan_rows
from retrieval.index.store import Store
from retrieval.index.store_part import STORE_FILE
from retrieval.index.store_writer import StoreWriter
from retrieval.index.vectors import PASSAGE_VECTORS_FILE, SENTENCE_VECTORS_FILE, write_vectors
from retrieval.passages import indexed_text

MANY_PASSAGES = 10_000
"""Passages (some 600 speeches) from which on a change is written beside the main part: below, writing
everything takes about a second."""

RECENT_SHARE = 0.1
"""How much of the main part may be recent or gone: what is beyond is written anew, so that a question costs
hardly more for it, and all the changes in between no more than ten times as much as each change alone."""


@dataclass(frozen=True, slots=True)
class Job:
    """One rebuild: what it reads, where it writes, what it encodes with; see `rebuild_index`."""

    archive: Path
    index: Path
    load_encoder: Callable[[], Encoder]
    fingerprint: str
    model: str
    progress: RebuildProgress
    limit: TokenLimit | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What a rebuild wrote: the generation's name, what it says of itself, and the characters encoded."""

    generation: str
    manifest: Manifest
    characters: int


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which documents are written, and which stay in the main part of the generation before.

    Attributes:
        items: what is written, by path.
        settled: what stays where it stands; () when everything is written.
        gone: positions in the main part of what is in force no more; None when everything is written.
    """

    items: Sequence[Kept | Fresh]
    settled: Sequence[Kept] = ()
    gone: Sequence[int] | None = None


def write_generation(job: Job, items: Sequence[Kept | Fresh], before: Generation | None) -> Written:
    """Encode what is new, write a generation, and put it in force.

    Args:
        job: the rebuild.
        items: all documents, by path.
        before: the generation to take rows from; None to take none.

    Raises:
        IndexWriteError: the disk is full or the folder read-only; the generation before stays in force.
    """
    layout = _layout(items, before)
    rows = plan_rows(layout.items, before, job.load_encoder, job.limit)
    with ThreadPoolExecutor(1) as beside:
        # Counting terms is work of numpy that takes as long as vectors and store, and another core.
        counting = beside.submit(_postings, rows.passages, before, is_whole=layout.gone is None)
        return _write(job, layout, rows, before, counting)


def _write(
    job: Job,
    layout: _Layout,
    rows: Rows,
    before: Generation | None,
    counting: Future[dict[str, npt.NDArray[Any]]],
) -> Written:
    texts = rows.texts()
    encoded = _encoded(job, texts, before)
    name = next_name(job.index)
    temporary = job.index / f"{name}{TEMPORARY}"
    try:
        temporary.mkdir()
        folder, known = temporary, dict[str, FileRecord]()
        if before is not None and layout.gone is not None:
            known = _share_main(before, temporary)
            write_gone(temporary, layout.gone)
            folder = temporary / RECENT
            folder.mkdir()
        _write_part(folder, layout, rows, texts, encoded, before=before, progress=job.progress)
        write_postings(folder, counting.result())
        files = record_files(temporary, known)
        manifest = _manifest(job, layout, rows, before, dim=encoded.shape[1], files=files)
        write_manifest(temporary, manifest)
        put_in_force(temporary, name)
    except (OSError, sqlite3.Error) as error:
        raise write_error(job.index, error) from error
    finally:
        # Gone already after success; after an error, or Ctrl-C, nothing stays behind.
        if temporary.exists():
            remove_folder(temporary)
    return Written(name, manifest, sum(map(len, texts)))


def write_error(index: Path, error: Exception) -> IndexWriteError:
    """The error that says why an index can't be written."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return IndexWriteError("index.write_failed", index=index, reason=reason)


def _layout(items: Sequence[Kept | Fresh], before: Generation | None) -> _Layout:
    if before is None or before.manifest.main.passages < MANY_PASSAGES:
        return _Layout(items)
    settled: dict[int, Kept] = {}
    others: list[Kept | Fresh] = []
    for item in items:
        position = None
        if isinstance(item, Kept) and _stands(item):
            position = before.store.main_position(item.stored)
        if position is None or not isinstance(item, Kept):
            others.append(item)
        else:
            settled[position] = item
    gone = [at for at in range(before.manifest.main.documents) if at not in settled]
    if len(others) + len(gone) > RECENT_SHARE * before.manifest.main.documents:
        return _Layout(items)
    return _Layout(others, list(settled.values()), gone)


def _stands(item: Kept) -> bool:
    """Whether nothing that is stored of a document has changed, its path and other files included."""
    info = item.stored.info
    files = [(copy.held.path, copy.held.sha256) for copy in item.speech.copies]
    return item.path == info.path and sorted(files) == sorted((each.path, each.sha256) for each in info.files)


def _encoded(job: Job, texts: list[str], before: Generation | None) -> FloatArray:
    if before is not None and not texts:
        return np.empty((0, before.manifest.dim), dtype=np.float32)
    encoder = job.load_encoder()
    if encoder.fingerprint != job.fingerprint:
        raise ValueError(f"the loader gave the encoder {encoder.fingerprint}, not {job.fingerprint}")
    job.progress.start(Phase.ENCODE, len(texts))
    return encode_texts(texts, encoder, job.progress.advance)


def _share_main(before: Generation, temporary: Path) -> dict[str, FileRecord]:
    """Take over the main part's files, which were checked when the generation before was opened."""
    files = before.manifest.files
    main = {name: files[name] for name in files if "/" not in name and name != GONE_FILE}
    for name in main:
        share(before.path / name, temporary / name)
    return main


def _write_part(
    folder: Path,
    layout: _Layout,
    rows: Rows,
    texts: Sequence[str],
    encoded: FloatArray,
    *,
    before: Generation | None,
    progress: RebuildProgress,
) -> None:
    _write_store(folder / STORE_FILE, layout.items, rows, before.store if before else None, progress)
    places = {text: place for place, text in enumerate(texts)}
    for file, wanted, old in (
        (PASSAGE_VECTORS_FILE, rows.passages, before.passage_vectors if before else None),
        (SENTENCE_VECTORS_FILE, rows.sentences, before.sentence_vectors if before else None),
    ):
        vectors, of_rows = gather(wanted, old, places, encoded)
        write_vectors(folder / file, vectors, old.centre if old else None, places=of_rows)
    np.save(folder / SENTENCE_PASSAGE_FILE, rows.sentence_passage, allow_pickle=False)


def _write_store(
    path: Path,
    items: Sequence[Kept | Fresh],
    rows: Rows,
    before: Store | None,
    progress: RebuildProgress,
) -> None:
    progress.start(Phase.WRITE, len(items))
    writer = StoreWriter(path, _compression(rows, before))
    try:
        for item, passages in zip(items, rows.cut, strict=True):
            if isinstance(item, Fresh):
                writer.add(item.document, passages or (), item.record)
            elif before is not None:
                writer.copy(before, item.stored, item.path)
            write_files(writer, item.speech, before)
            progress.advance(1)
        writer.finish()
    finally:
        writer.close()


def _compression(rows: Rows, before: Store | None) -> Compression:
    """The dictionary there was, unless it was made when there was little to make it of."""
    if before is not None and len(before.compression.dictionary) == LARGEST:
        return before.compression
    texts = [passage.told for passages in rows.cut for passage in passages or ()]
    made = dictionary_of(texts)
    if before is not None and len(made) <= len(before.compression.dictionary):
        return before.compression
    return Compression(made)


def _postings(
    passages: Sequence[Row], before: Generation | None, *, is_whole: bool
) -> dict[str, npt.NDArray[Any]]:
    """Postings merged from those before, or, where these are many and most are not wanted, counted anew."""
    if before is None:
        return build_lexical(passages)
    if is_whole and isinstance(before.lexical, Lexical):
        return build_lexical(passages, before.lexical.parts)
    kept = [row for row in passages if isinstance(row, int)]
    told = {
        row: encoded_text(indexed_text(passage.header, passage.text))
        for row, passage in zip(kept, before.store.passages(kept), strict=True)
    }
    return build_lexical([told[row] if isinstance(row, int) else row for row in passages])


def _manifest(
    job: Job,
    layout: _Layout,
    rows: Rows,
    before: Generation | None,
    *,
    dim: int,
    files: dict[str, FileRecord],
) -> Manifest:
    written = PartCounts(len(layout.items), len(rows.passages), len(rows.sentences))
    is_recent = before is not None and layout.gone is not None
    return Manifest(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        archive=str(job.archive),
        fingerprint=job.fingerprint,
        model=job.model,
        dim=dim,
        documents=written.documents + len(layout.settled),
        passages=written.passages + sum(len(each.stored.passages) for each in layout.settled),
        sentences=written.sentences + sum(len(each.stored.sentences) for each in layout.settled),
        main=before.manifest.main if before is not None and is_recent else written,
        recent=written if is_recent else None,
        files=files,
    )
