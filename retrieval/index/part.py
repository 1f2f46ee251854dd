"""The files of one part of a generation: all of a small archive, the main or the recent ones of a large one.

The main part of a large archive is written once and shared by the generations that follow, by hard links.
What was added or changed since stands in the folder `RECENT` with files of the same names; `GONE_FILE` says
which documents of the main part are not in force any more. When much is recent, everything is written anew.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from config.errors import IndexDamagedError
from embeddings.types import IntArray
from retrieval.index.arrays import read_array
from retrieval.index.manifest import PartCounts
from retrieval.index.postings import Postings, open_postings
from retrieval.index.vectors import PASSAGE_VECTORS_FILE, SENTENCE_VECTORS_FILE, Vectors, read_vectors

SENTENCE_PASSAGE_FILE = "sentence_passage.npy"
RECENT = "recent"
GONE_FILE = "gone.npy"

_CANT_LINK = (errno.EPERM, errno.EXDEV, errno.ENOTSUP, errno.EMLINK, errno.EACCES, errno.ENOSYS)
"""File systems such as exFAT have no hard links."""


@dataclass(frozen=True, slots=True)
class Part:
    """Opened files; rows are counted within the part.

    Attributes:
        sentence_passage: ``int32 (n_sentences,)``, the passage row of each sentence; ascending.
    """

    passage_vectors: Vectors
    sentence_vectors: Vectors
    sentence_passage: npt.NDArray[np.int32]
    postings: Postings


def open_part(folder: Path, counts: PartCounts, dim: int, label: str) -> Part:
    """Open the files of a part, but for the store.

    Args:
        folder: where they are.
        counts: what the manifest promises.
        dim: components of a vector.
        label: put before a file's name in messages.

    Raises:
        IndexDamagedError: a file is not what was promised.
    """
    passages, sentences = (
        read_vectors(folder / file, count=count, dim=dim, label=label + file)
        for file, count in (
            (PASSAGE_VECTORS_FILE, counts.passages),
            (SENTENCE_VECTORS_FILE, counts.sentences),
        )
    )
    owners = read_sentence_passage(folder, counts, label)
    postings = open_postings(folder, passages=counts.passages, label=label)
    return Part(passages, sentences, owners, postings)


def read_sentence_passage(folder: Path, counts: PartCounts, label: str) -> npt.NDArray[np.int32]:
    """The passage of each sentence of a part, ``int32 (sentences,)``, ascending.

    Raises:
        IndexDamagedError: the file holds something else.
    """
    return _array(folder / SENTENCE_PASSAGE_FILE, label, np.int32, counts.sentences, below=counts.passages)


def read_gone(folder: Path, counts: PartCounts, label: str) -> IntArray:
    """Positions of the main part's documents that are not in force.

    Raises:
        IndexDamagedError: the file holds something else.
    """
    return _array(folder / GONE_FILE, label, np.int64, None, below=counts.documents)


def write_gone(folder: Path, positions: Iterable[int]) -> None:
    """Write positions of documents, ascending.

    Raises:
        OSError: the file can't be written.
    """
    np.save(folder / GONE_FILE, np.asarray(sorted(positions), dtype=np.int64), allow_pickle=False)


def share(file: Path, target: Path) -> None:
    """Give a file that nobody writes to any more a second name; where the file system has none, copy it.

    Raises:
        OSError: neither can be done.
    """
    try:
        os.link(file, target)
    except OSError as error:
        if error.errno not in _CANT_LINK:
            raise
        shutil.copyfile(file, target)


def _array(
    path: Path, label: str, kind: type[np.generic], size: int | None, *, below: int
) -> npt.NDArray[Any]:
    """An ascending array of numbers from 0 on.

    Raises:
        IndexDamagedError: the file holds something else.
    """
    values = read_array(path, label + path.name, kind)
    fits = size is None or values.size == size
    if not fits or (values.size and not (values[0] >= 0 and values[-1] < below)):
        raise IndexDamagedError(
            "index.file_content", file=label + path.name, detail=f"{values.dtype} {values.shape}"
        )
    return values
