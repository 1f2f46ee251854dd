"""An encoder that stands in for the default model where encoding an archive for real would take hours.

A text's vector is made of the default model's own vectors of its clauses (digits made alike): their
sum by length, most of what all clauses have in common taken out of it, moved a little by noise that
only depends on the text. Clauses of speeches made by rule recur: some 25,000 encodings do for 10,000
speeches, and they are kept. Questions are encoded by the default model itself.

What that can show: what size does to memory, disk and time, to the recall of approximate search
against exact search, and roughly to finding, as vectors lie near one another for the reasons that real
ones do: cosines between texts go with those of the real vectors by a correlation of 0.7 (sentences)
and 0.8 (passages). What it can't: how good answers are. A sum knows no order of clauses and no number;
a sentence keeps a cosine of 0.8 to its real vector, a passage only 0.45, so that lexical search does
more of the work than with real vectors.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks import archive_words as words
from embeddings import Encoder, FloatArray, IntArray, Progress, Purpose, load_encoder
from embeddings.cache import VectorCache
from embeddings.cached_encoder import CachedEncoder

CLAUSES_FILE: Final = "clauses.sqlite"

NOISE: Final = 0.2
"""Length of the noise beside a vector of length 1: two texts of the same clauses, or of clauses that
differ in figures only, have a cosine of 0.96. So it is between real vectors (median of 60 sentences)."""

COMMON: Final = 0.8
"""Share of the clauses' mean vector that is taken out: sums of many vectors with a part in common end up
close to that part, at cosines of 0.9, where those of real passages are 0.3 to 0.6."""

KEPT: Final = 0.3
"""How much of the common direction is put back beside a sum of length 1, so that short texts don't lose
it all."""

_CLAUSE_ENDS: Final = re.compile(r"[，。；：、｜>（）\s]+|(?<=[县市区镇乡])")
"""Marks, and names of places: a title is a place and an occasion."""
_DIGITS: Final = re.compile(r"\d+")
_SLOTS: Final = re.compile(r"\{\w+\}")
_BANK: Final = 4096
_AT_ONCE: Final = 4096  # texts; their clauses' vectors take some 100 MB


class ComposingEncoder:
    """An ``Encoder`` of composed passages and real queries, with a fingerprint of its own.

    Args:
        real: the default model for queries, and for clauses that are not known yet.
        clauses: encodes clauses; asked once for each.
    """

    def __init__(self, real: Encoder, clauses: Encoder) -> None:
        self._real = real
        self._clauses = clauses
        self._rows: dict[str, int] = {}
        self._known = np.empty((0, real.dim), np.float32)
        self._common: FloatArray = clauses.encode_passages(_common_clauses()).mean(axis=0)
        self._kept = self._common * np.float32(KEPT / np.linalg.norm(self._common))
        random = np.random.default_rng(20260701).standard_normal((_BANK, real.dim), np.float32)
        self._noise = random * np.float32(NOISE / np.sqrt(2 * real.dim))  # the sum of two has length NOISE

    @property
    def dim(self) -> int:
        """Components of a vector."""
        return self._real.dim

    @property
    def max_tokens(self) -> int:
        """Longest input in tokens, as the default model has it."""
        return self._real.max_tokens

    @property
    def fingerprint(self) -> str:
        """Never that of a real model."""
        return f"composed-1-{self._real.fingerprint}"

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of queries by the default model, ``float32 (len(texts), dim)``."""
        return self._real.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Composed unit vectors, ``float32 (len(texts), dim)``; the same text has the same one
        everywhere."""
        vectors = np.empty((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), _AT_ONCE):
            part = texts[start : start + _AT_ONCE]
            vectors[start : start + len(part)] = self._compose(part)
            if progress is not None:
                progress(len(part))
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> IntArray:
        """Tokens of each passage as the default model counts them; ``int64 (n,)``."""
        return self._real.count_tokens(texts)

    def close(self) -> None:
        """Wait for what the default model has begun in other threads."""
        self._real.close()

    def _compose(self, texts: Sequence[str]) -> FloatArray:
        clauses = [clauses_of(text) for text in texts]
        self._learn(dict.fromkeys(itertools.chain.from_iterable(clauses)))
        rows = np.fromiter(map(self._rows.__getitem__, itertools.chain.from_iterable(clauses)), np.int64)
        counts = np.array([len(each) for each in clauses])
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        sums = _unit(np.add.reduceat(self._known[rows], starts, axis=0))
        hashes = np.array([zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in texts])
        noise = self._noise[hashes % _BANK] + self._noise[hashes // _BANK % _BANK]
        return _unit(sums + self._kept + noise)

    def _learn(self, clauses: dict[str, None]) -> None:
        new = [clause for clause in clauses if clause not in self._rows]
        if new:
            self._rows |= {clause: row for row, clause in enumerate(new, len(self._known))}
            special = self._clauses.encode_passages(new) - np.float32(COMMON) * self._common
            lengths = np.array([[len(clause)] for clause in new], np.float32)
            self._known = np.vstack([self._known, special * lengths])


def clauses_of(text: str) -> list[str]:
    """The clauses of a text with all numbers made one; the whole text where it has none."""
    parts = _CLAUSE_ENDS.split(_DIGITS.sub("5", text))
    return [part for part in parts if part] or [text]


def _common_clauses() -> list[str]:
    """The clauses that everything by rule is made of, without what fills their slots."""
    pools = (*words.STATE, *words.CHECK, *words.DANGER, *words.DUTY, words.SLOGAN_HEADS, words.SLOGAN_TAILS)
    return [_SLOTS.sub("", clause) for pool in pools for clause in pool]


def _unit(vectors: FloatArray) -> FloatArray:
    unit: FloatArray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


@contextmanager
def composing_encoder(folder: Path, threads: int = 2) -> Iterator[ComposingEncoder]:
    """The encoder, with real vectors of clauses kept in a file of ``folder``; torch only where some are
    missing."""
    with VectorCache(folder / CLAUSES_FILE) as cache:
        bulk = load_encoder(purpose=Purpose.BULK, threads=threads)
        yield ComposingEncoder(
            load_encoder(purpose=Purpose.QUERY, threads=threads), CachedEncoder(bulk, cache)
        )
