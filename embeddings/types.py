"""What the rest of the project may assume of an encoder: strings in, unit vectors out."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

BoolArray: TypeAlias = npt.NDArray[np.bool_]
FloatArray: TypeAlias = npt.NDArray[np.float32]
IntArray: TypeAlias = npt.NDArray[np.int64]
Progress: TypeAlias = Callable[[int], None]
"""Called with the number of texts finished since the last call."""


class Purpose(enum.Enum):
    """What an encoder is loaded for: many passages in a rebuild, one query at a time, or a single one."""

    BULK = "bulk"
    QUERY = "query"
    ONE_QUERY = "one query"


class Encoder(Protocol):
    """Turns texts into L2-normalised vectors, queries and passages apart (their prefixes may differ)."""

    @property
    def dim(self) -> int:
        """Components of a vector."""

    @property
    def max_tokens(self) -> int:
        """Longest input in tokens, special tokens and prefix included; what is beyond is cut off."""

    @property
    def fingerprint(self) -> str:
        """Identifies weights, adapter, tokenizer, pooling, prefixes; equal for all forms of one model."""

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of queries, ``float32 (len(texts), dim)``, each of length 1."""

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Vectors of passages or sentences, ``float32 (len(texts), dim)``, each of length 1."""

    def count_tokens(self, texts: Sequence[str]) -> IntArray:
        """Tokens of each passage, prefix and special tokens included, not cut off; ``int64 (n,)``."""

    def close(self) -> None:
        """Wait for what it has begun in other threads; it can be used again."""
