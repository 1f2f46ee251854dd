"""Tokenizing for the encoders: one tokenizer.json, read the same way everywhere."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.alphabet import PLAIN_TEXT
from embeddings.types import IntArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TOKENIZER_NAME: Final = "tokenizer.json"
HEAD_TOKENIZER_NAME: Final = "tokenizer.head.json"
"""The start of the same vocabulary, enough for plain Chinese (see ``vocabulary.arrange_vocabulary``)."""

_CHUNK: Final = 1024  # texts tokenized at once; bounds the memory for their encodings


class Tokens:
    """The tokenizer of a prepared model, loaded at first use.

    Args:
        folder: a folder with tokenizer.json.
        max_tokens: where ``ids`` cuts, special tokens included.
    """

    def __init__(self, folder: Path, max_tokens: int) -> None:
        self._folder = folder
        self._max_tokens = max_tokens
        self._full: Tokenizer | None = None

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text as the model is fed them: wrapped in special tokens, cut, not padded."""
        return [self._cut(row) for row in self._encode(texts)]

    def count(self, texts: Sequence[str]) -> IntArray:
        """Tokens of each text, special tokens included, not cut; ``int64 (n,)``."""
        return np.array([len(row) for row in self._encode(texts)], dtype=np.int64)

    def _cut(self, row: list[int]) -> list[int]:
        # What truncation in the tokenizer would do: the end token stays.
        return row if len(row) <= self._max_tokens else [*row[: self._max_tokens - 1], row[-1]]

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        tokenizer = self._tokenizer_for(texts)
        return [
            encoding.ids
            for start in range(0, len(texts), _CHUNK)
            for encoding in tokenizer.encode_batch_fast(list(texts[start : start + _CHUNK]))
        ]

    def _tokenizer_for(self, texts: Sequence[str]) -> Tokenizer:
        """The small tokenizer as long as it is enough: the full one costs a first answer 0.3 seconds."""
        if self._full is None:
            if self._head is not None and all(PLAIN_TEXT.fullmatch(text) for text in texts):
                return self._head
            self._full = _load(self._folder / TOKENIZER_NAME)
        return self._full

    @functools.cached_property
    def _head(self) -> Tokenizer | None:
        path = self._folder / HEAD_TOKENIZER_NAME
        return _load(path) if path.is_file() else None


def _load(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer  # noqa: PLC0415

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
