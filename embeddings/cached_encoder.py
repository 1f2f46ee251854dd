"""An encoder in front of the vector cache: only what the cache does not know is encoded, and kept at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from embeddings.cache import Kind, VectorCache, rounded, text_key
from embeddings.types import Encoder, FloatArray, IntArray, Progress

_CHUNK: Final = 32_768
"""Characters encoded between two writes: what a killed rebuild loses at most, 3 to 10 s of two cores."""
_OVERHEAD: Final = 16
"""Characters that a text costs besides its own: its prefix and its end are encoded too."""
_GOLDEN: Final = (5**0.5 - 1) / 2


class CachedEncoder:
    """An encoder that asks the cache first and keeps what it encodes, chunk by chunk.

    Equal texts are encoded once. Vectors are ``rounded`` whether they were kept or new, so that a rebuild
    gives the same ones again.

    Args:
        encoder: what encodes the missing texts.
        cache: where vectors are kept; the caller closes it.
    """

    def __init__(self, encoder: Encoder, cache: VectorCache) -> None:
        self._encoder = encoder
        self._cache = cache
        cache.note_use(encoder.fingerprint)

    @property
    def dim(self) -> int:
        """Components of a vector."""
        return self._encoder.dim

    @property
    def max_tokens(self) -> int:
        """Longest input in tokens, special tokens and prefix included."""
        return self._encoder.max_tokens

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the encoder within."""
        return self._encoder.fingerprint

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Unit vectors of queries, ``float32 (len(texts), dim)``."""
        return self._encode(Kind.QUERY, texts, None)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Unit vectors of passages, ``float32 (len(texts), dim)``."""
        return self._encode(Kind.PASSAGE, texts, progress)

    def count_tokens(self, texts: Sequence[str]) -> IntArray:
        """Tokens of each passage, prefix and special tokens included, not cut off; ``int64 (n,)``."""
        return self._encoder.count_tokens(texts)

    def close(self) -> None:
        """Wait for what the encoder within has begun in other threads."""
        self._encoder.close()

    def _encode(self, kind: Kind, texts: Sequence[str], progress: Progress | None) -> FloatArray:
        report = progress or (lambda _: None)
        keys = [text_key(kind, text) for text in texts]
        distinct = dict(zip(keys, texts, strict=True))
        vectors = np.empty((len(distinct), self.dim), dtype=np.float32)
        known = self._cache.fill(self.fingerprint, list(distinct), vectors)
        missing = [(row, key) for row, key in enumerate(distinct) if not known[row]]
        if texts:
            report(len(texts) - len(missing))
        for chunk in _chunks([len(distinct[key]) for _, key in missing]):
            rows, wanted = zip(*(missing[place] for place in chunk), strict=True)
            new = self._encode_new(kind, [distinct[key] for key in wanted], report)
            vectors[list(rows)] = new
            self._cache.put_many(self.fingerprint, wanted, new)
        if len(distinct) == len(texts):
            return vectors
        places = {key: row for row, key in enumerate(distinct)}
        return vectors[[places[key] for key in keys]]

    def _encode_new(self, kind: Kind, texts: list[str], report: Progress) -> FloatArray:
        if kind is Kind.PASSAGE:
            return rounded(self._encoder.encode_passages(texts, report))
        vectors = self._encoder.encode_queries(texts)
        report(len(texts))
        return rounded(vectors)


def _chunks(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Texts to encode between two writes: each chunk of like lengths, so that little is spent on padding.

    Chunks of long and of short texts take turns (multiples of the golden ratio spread evenly): texts are
    finished at an even pace, and what is told of the time that is left is true.

    Args:
        lengths: characters of each text.

    Returns:
        Positions in ``lengths``; each exactly once.
    """
    if not lengths:
        return
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    ends = np.cumsum([lengths[place] + _OVERHEAD for place in order], dtype=np.int64)
    parts = np.split(np.asarray(order, dtype=np.intp), np.flatnonzero(np.diff(ends // _CHUNK)) + 1)
    for number in sorted(range(len(parts)), key=lambda number: number * _GOLDEN % 1):
        yield parts[number].tolist()
