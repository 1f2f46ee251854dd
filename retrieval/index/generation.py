"""Generations: which one is in force, opening it, putting a new one in force, sweeping the rest.

``INDEX/CURRENT`` holds a name such as ``gen-000007`` and is replaced in one step, after everything it names
is on the disk. A reader keeps the generation it opened, and holds a lease on it; the one before the current
is kept until the next rebuild has put another in force. Older ones go with their last reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from config.errors import AnjiangError, IndexDamagedError, IndexMismatchError, IndexMissingError
from retrieval.index.files import TEMPORARY, remove_folder, replace_text, sync
from retrieval.index.lease import Lease, remove_unless_held
from retrieval.index.lexical import Lexical, open_lexical
from retrieval.index.manifest import MANIFEST_FILE, Manifest, check_files, read_manifest
from retrieval.index.store import STORE_FILE, Store
from retrieval.index.vectors import PASSAGE_VECTORS_FILE, SENTENCE_VECTORS_FILE, Vectors, read_vectors

CURRENT_FILE = "CURRENT"
SENTENCE_PASSAGE_FILE = "sentence_passage.npy"
_NAME = re.compile(r"gen-(\d{6,})")


@dataclass(frozen=True, slots=True)
class Generation:
    """One opened index. Everything in it may be used from several threads; close it when done.

    Attributes:
        path: its folder; ``path.name`` is what `current_name` returns while it is in force.
        passage_vectors: row *i* is passage *i* of the store, encoded with its header.
        sentence_vectors: every sentence of every passage in order, encoded alone.
        sentence_passage: ``int32 (n_sentences,)``, the passage row of each sentence; ascending.
    """

    path: Path
    manifest: Manifest
    store: Store
    passage_vectors: Vectors
    sentence_vectors: Vectors
    sentence_passage: npt.NDArray[np.int32]
    lexical: Lexical
    lease: Lease

    def close(self) -> None:
        """Let go of the files. An older generation goes with its last reader."""
        self.store.close()
        self.lease.close()
        _remove_old(self.path.parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def current_name(index: Path) -> str | None:
    """The generation in force, to notice a new one; None when there is none. Reads one small file.

    Raises:
        IndexDamagedError: CURRENT holds no name of a generation.
    """
    try:
        text = (index / CURRENT_FILE).read_text("utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise IndexDamagedError("index.file_content", file=CURRENT_FILE, detail=str(error)) from error
    if not _NAME.fullmatch(text):
        raise IndexDamagedError("index.file_content", file=CURRENT_FILE, detail=repr(text[:40]))
    return text


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
        IndexDamagedError: a file is missing or changed; an older complete generation is named, not used.
        IndexMismatchError: another format version or another encoder built it.
    """
    name = current_name(index)
    while True:
        if name is None:
            raise _nothing_current(index)
        try:
            return _open(index / name, fingerprint, verify, model)
        except IndexDamagedError as damage:
            # Two rebuilds since CURRENT was read may have swept what it named: then read it again.
            now = current_name(index)
            if now != name:
                name = now
                continue
            older = _older_complete(index, name)
            if older is None:
                raise
            raise IndexDamagedError("index.damaged_with_older", damage=damage, older=older) from damage


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


def next_name(index: Path) -> str:
    """A name that no generation has, above all others."""
    numbers = [int(name[4:]) for name in _names(index)]
    return f"gen-{max(numbers, default=0) + 1:06d}"


def put_in_force(temporary: Path, name: str) -> None:
    """Give a finished temporary folder its name and make it the current generation.

    Raises:
        OSError: it can't be done; the generation before stays in force.
    """
    index = temporary.parent
    temporary.rename(index / name)
    sync(index)
    replace_text(index / CURRENT_FILE, name + "\n")


def sweep(index: Path) -> None:
    """Remove what no reader needs.

    That is: temporary leftovers, generations that never came into force, and all that are older than the
    one before the current and that nobody reads.
    """
    (index / f"{CURRENT_FILE}{TEMPORARY}").unlink(missing_ok=True)
    for leftover in sorted(index.glob(f"gen-*{TEMPORARY}")):
        remove_folder(leftover)
    current = current_name(index)
    if current is None:
        return
    for name in _names(index):
        if _number(name) > _number(current):
            remove_folder(index / name)
    _remove_old(index)


def _remove_old(index: Path) -> None:
    """Remove what is older than the generation before the current, where nobody reads it."""
    try:
        current = current_name(index)
    except IndexDamagedError:
        return
    older = [name for name in _names(index) if current and _number(name) < _number(current)]
    for name in older[:-1]:
        remove_unless_held(index / name)


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
    passages, sentences, dim = manifest.passages, manifest.sentences, manifest.dim
    passage_vectors, sentence_vectors = (
        read_vectors(folder / file, count=count, dim=dim, label=label + file)
        for file, count in ((PASSAGE_VECTORS_FILE, passages), (SENTENCE_VECTORS_FILE, sentences))
    )
    lexical = open_lexical(folder, passages=passages, label=label)
    owners = _read_owners(folder / SENTENCE_PASSAGE_FILE, sentences, passages, label)
    store = Store(folder / STORE_FILE, label + STORE_FILE)
    if (len(store.documents), store.passage_count, store.sentence_count) != (
        manifest.documents,
        passages,
        sentences,
    ):
        store.close()
        raise IndexDamagedError("index.file_content", file=label + STORE_FILE, detail="counts differ")
    return Generation(folder, manifest, store, passage_vectors, sentence_vectors, owners, lexical, lease)


def _read_owners(path: Path, sentences: int, passages: int, label: str) -> npt.NDArray[np.int32]:
    try:
        owners: npt.NDArray[Any] = np.load(path)
    except (OSError, ValueError, EOFError) as error:
        raise IndexDamagedError("index.file_content", file=label + path.name, detail=str(error)) from error
    fits = owners.dtype == np.int32 and owners.shape == (sentences,)
    if not fits or (sentences and not (owners[0] >= 0 and owners[-1] < passages)):
        raise IndexDamagedError(
            "index.file_content", file=label + path.name, detail=f"{owners.dtype} {owners.shape}"
        )
    return owners


def _nothing_current(index: Path) -> AnjiangError:
    generation = next(iter(reversed(list(_complete(index)))), None)
    if generation is None:
        return IndexMissingError("index.missing", index=index)
    return IndexDamagedError("index.current_missing", file=CURRENT_FILE, generation=generation)


def _older_complete(index: Path, name: str) -> str | None:
    older = [other for other in _complete(index) if _number(other) < _number(name)]
    return older[-1] if older else None


def _complete(index: Path) -> Iterator[str]:
    for name in _names(index):
        try:
            check_files(index / name, read_manifest(index / name))
        except (IndexDamagedError, IndexMismatchError):
            continue
        yield name


def _names(index: Path) -> list[str]:
    return sorted((path.name for path in index.glob("gen-*") if _NAME.fullmatch(path.name)), key=_number)


def _number(name: str) -> int:
    return int(name.removeprefix("gen-"))


def _encoder_name(model: str, fingerprint: str) -> str:
    return f"{model} ({fingerprint})" if model else fingerprint
