"""What cutting texts to size needs of an encoder, without the encoder: how long a text may be."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.prepared import PreparedModel
from embeddings.texts import with_prefix
from embeddings.tokens import Tokens


@dataclass(frozen=True, slots=True)
class TokenLimit:
    """The limit of a prepared model; other processes may be sent it. Nothing is loaded before it is asked.

    Attributes:
        folder: the prepared model.
        prefix: put before passages.
        max_tokens: see ``Encoder.max_tokens``.
    """

    folder: Path
    prefix: str
    max_tokens: int

    def exceed(self, texts: Sequence[str], limit: int) -> list[bool]:
        """Which passages have more tokens than ``limit``, as ``Encoder.count_tokens`` counts them."""
        return _tokens(self.folder, self.max_tokens).exceed(with_prefix(self.prefix, texts), limit)


def token_limit(prepared: PreparedModel) -> TokenLimit:
    """The limit that a prepared model's encoders have."""
    conventions = prepared.manifest.conventions
    return TokenLimit(prepared.folder, conventions.passage_prefix, conventions.max_tokens)


@functools.cache
def _tokens(folder: Path, max_tokens: int) -> Tokens:
    return Tokens(folder, max_tokens)
