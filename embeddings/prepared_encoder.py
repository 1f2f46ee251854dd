"""What encoders through a prepared model have in common: its conventions and its tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from embeddings.manifest import Manifest
from embeddings.texts import with_prefix
from embeddings.tokens import Tokens
from embeddings.types import IntArray


class PreparedEncoder:
    """The part of an `Encoder` that a prepared model's manifest and tokenizer tell.

    Args:
        folder: a prepared model folder.
        manifest: its manifest.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder = folder
        self._manifest = manifest
        self._tokens = Tokens(folder, manifest.conventions.max_tokens)

    @property
    def dim(self) -> int:
        """Components of a vector."""
        return self._manifest.conventions.dim

    @property
    def max_tokens(self) -> int:
        """Longest input in tokens, special tokens and prefix included."""
        return self._manifest.conventions.max_tokens

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the prepared model."""
        return self._manifest.fingerprint

    def count_tokens(self, texts: Sequence[str]) -> IntArray:
        """Tokens of each passage, prefix and special tokens included, not cut off; ``int64 (n,)``."""
        return self._tokens.count(self._as_passages(texts))

    def close(self) -> None:
        """Wait for what it has begun in other threads: nothing, if it begins nothing."""

    def _as_queries(self, texts: Sequence[str]) -> list[str]:
        return with_prefix(self._manifest.conventions.query_prefix, texts)

    def _as_passages(self, texts: Sequence[str]) -> list[str]:
        return with_prefix(self._manifest.conventions.passage_prefix, texts)
