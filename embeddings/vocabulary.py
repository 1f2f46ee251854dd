"""The tokenizer of multilingual-e5-small (XLM-R's unigram SentencePiece), cut to what Chinese text can reach.

250,002 pieces cover a hundred languages; most can never match a Chinese or English text, yet cost size and
start time. A piece is kept when every character of it can occur in such a text, or when it is a single
character of any script, so that other languages still encode letter by letter. Leaving the rest out
changes no tokenization within the alphabet (Viterbi only looks at pieces that match), as long as the lowest
score stays, from which the score of an unknown character is derived.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from embeddings.types import FloatArray, IntArray

BOS: Final = "<s>"
PAD: Final = "<pad>"
EOS: Final = "</s>"
UNK: Final = "<unk>"
MASK: Final = "<mask>"
SPECIAL: Final = (BOS, PAD, EOS, UNK)  # ids 0 to 3, in this order

_METASPACE: Final = "▁"

_ALPHABET: Final = (
    (0x0020, 0x00FF),  # ASCII, Latin-1
    (0x2000, 0x2BFF),  # punctuation, currency, letterlike, numbers, arrows, mathematics, boxes, shapes
    (0x2E80, 0x33FF),  # radicals, CJK punctuation, kana, bopomofo, enclosed, squared
    (0x3400, 0x9FFF),  # CJK ideographs and extension A
    (0xF900, 0xFAFF),  # compatibility ideographs
    (0xFE10, 0xFE6F),  # vertical, compatibility and small forms
    (0xFF00, 0xFFEF),  # full-width and half-width forms
    (0x1F000, 0x1FAFF),  # emoji, enclosed ideographs
    (0x20000, 0x3FFFF),  # CJK extensions B and on
)


def normalizer() -> normalizers.Normalizer:
    """SentencePiece's ``nmt_nfkc``: NFKC, but a full-width tilde stays; controls go; white space is one space."""
    # NFKC would make the full-width tilde (a range sign in Chinese) an ASCII one. A noncharacter, which no
    # text may contain, carries it through.
    shelter = "\ufdd0"
    return normalizers.Sequence(
        [
            normalizers.Replace("\uff5e", shelter),
            normalizers.NFKC(),
            normalizers.Replace(shelter, "\uff5e"),
            normalizers.Replace(Regex(r"[\x00-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"), ""),
            normalizers.Replace(Regex(r"[\t\n\f\r \u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]+"), " "),
            normalizers.Strip(left=True, right=True),
        ]
    )


def build_tokenizer(pieces: Sequence[str], scores: FloatArray, max_tokens: int) -> Tokenizer:
    """A tokenizer over these pieces, in this order, that wraps a text as ``<s> … </s>`` and cuts it.

    Args:
        pieces: the vocabulary; the first four are ``SPECIAL``.
        scores: log probability of each piece.
        max_tokens: the length that inputs are cut to, special tokens included.
    """
    if tuple(pieces[: len(SPECIAL)]) != SPECIAL:
        raise ValueError(f"special tokens are not the first: {pieces[:4]}")
    vocabulary = list(zip(pieces, scores.astype(float).tolist(), strict=True))
    tokenizer = Tokenizer(models.Unigram(vocabulary, SPECIAL.index(UNK), byte_fallback=False))
    tokenizer.normalizer = normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(_METASPACE, prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A {EOS}",
        pair=f"{BOS} $A {EOS} {EOS} $B {EOS}",
        special_tokens=[(BOS, SPECIAL.index(BOS)), (EOS, SPECIAL.index(EOS))],
    )
    tokenizer.enable_truncation(max_tokens)
    tokenizer.enable_padding(pad_id=SPECIAL.index(PAD), pad_token=PAD)
    return tokenizer


def reachable_rows(pieces: Sequence[str], scores: FloatArray) -> IntArray:
    """Ids of the pieces to keep, ascending: the alphabet's, single characters, and the special ones."""
    lowest = int(np.argmin(scores))
    kept = [
        row
        for row, piece in enumerate(pieces)
        if row < len(SPECIAL) or row == lowest or (piece != MASK and _is_reachable(piece))
    ]
    return np.array(kept, dtype=np.int64)


def _is_reachable(piece: str) -> bool:
    body = piece.removeprefix(_METASPACE)
    return len(body) <= 1 or all(in_alphabet(char) for char in body)


def in_alphabet(char: str) -> bool:
    """Whether a character belongs to those whose texts the cut vocabulary leaves untouched."""
    point = ord(char)
    return any(first <= point <= last for first, last in _ALPHABET)
