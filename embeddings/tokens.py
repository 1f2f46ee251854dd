"""Tokenizing for the encoders: one tokenizer.json, read the same way everywhere."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

import numpy as np

from config.patterns import lazy_pattern
from embeddings.alphabet import PLAIN_TEXT
from embeddings.types import IntArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TOKENIZER_NAME: Final = "tokenizer.json"
HEAD_TOKENIZER_NAME: Final = "tokenizer.head.json"
"""The start of the same vocabulary, enough for plain Chinese (see ``vocabulary.arrange_vocabulary``)."""

_UNEVEN: Final = lazy_pattern(
    r"[^\x20-\x7e\n\xb7\u2010-\u2015\u2018-\u201f\u3000-\u3029\u4e00-\u9fff\uff01-\uff5e]"
)
"""Characters that compatibility normalisation may take apart; those left out of it stay one each."""

_WIDEST: Final = 18
"""Characters that NFKD makes of one at most (UAX #15), ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM."""

_WRAPPING: Final = 3  # the start token, the space in front of a text, the end token

_CONTENT: Final = b'"added_tokens"'
"""Where in a tokenizer.json that begins which decides about ids."""

_CHUNK: Final = 1024  # texts tokenized at once; bounds the memory for their encodings

_loaded: WeakValueDictionary[bytes, Tokenizer] = WeakValueDictionary()
"""Tokenizers in use, by the digest of what they were made from. The encoder's and the cross-encoder's are the
same on plain Chinese; one takes 15 MB and 25 ms."""


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

    def exceed(self, texts: Sequence[str], limit: int) -> list[bool]:
        """Which texts have more tokens than ``limit``, as `count` says; few of them are counted."""
        doubtful = [place for place, text in enumerate(texts) if self._most(text, limit) > limit]
        beyond = [False] * len(texts)
        if not doubtful:
            return beyond  # without a tokenizer
        for place, count in zip(doubtful, self.count([texts[place] for place in doubtful]), strict=True):
            beyond[place] = bool(count > limit)
        return beyond

    def _most(self, text: str, limit: int) -> int:
        """Tokens of a text at most; more than ``limit`` where only counting can tell.

        A unigram tokenizer without bytes for unknown characters gives no more tokens than the normalised text
        has characters. Only what `vocabulary.build_tokenizer` makes is known to be one, and has a head.
        """
        if not self._has_head:
            return limit + 1
        return len(text) + (_WIDEST - 1) * len(_UNEVEN.findall(text)) + _WRAPPING

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
    def _has_head(self) -> bool:
        return (self._folder / HEAD_TOKENIZER_NAME).is_file()

    @functools.cached_property
    def _head(self) -> Tokenizer | None:
        return _load(self._folder / HEAD_TOKENIZER_NAME) if self._has_head else None


def _load(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer  # noqa: PLC0415

    data = path.read_bytes()
    # What stands before is how to cut and pad, and that is switched off.
    digest = hashlib.sha256(data[max(data.find(_CONTENT), 0) :]).digest()
    tokenizer = _loaded.get(digest)
    if tokenizer is None:
        tokenizer = Tokenizer.from_buffer(data)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        _loaded[digest] = tokenizer
    return tokenizer
