"""The tokenizer of multilingual-e5-small (XLM-R's unigram SentencePiece), cut to what Chinese text can reach.

250,002 pieces cover a hundred languages; most can never match a Chinese or English text, yet cost size and
start time. A piece is kept when every character of it can occur in such a text (``alphabet.FULL``), or when
it is a single character of any script, so that other languages still encode letter by letter. Leaving the
rest out changes no tokenization of a text that is within the alphabet once normalised, because the best path
through it only ever meets pieces that match it; the piece of lowest score must stay, for the score of an
unknown character hangs on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from embeddings.alphabet import FULL, PLAIN, holds
from embeddings.types import FloatArray, IntArray

BOS: Final = "<s>"
PAD: Final = "<pad>"
EOS: Final = "</s>"
UNK: Final = "<unk>"
MASK: Final = "<mask>"
SPECIAL: Final = (BOS, PAD, EOS, UNK)  # ids 0 to 3, in this order

_METASPACE: Final = "▁"


def normalizer() -> normalizers.Normalizer:
    """SentencePiece's ``nmt_nfkc``: NFKC but for the full-width tilde; no controls; runs of space are one."""
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


def arrange_vocabulary(pieces: Sequence[str], scores: FloatArray) -> tuple[IntArray, int]:
    """Chooses the pieces to keep and puts those of plain Chinese first.

    A tokenizer over the head alone is a tenth of the size to load and gives plain texts the same ids as one
    over all, for the reason that the module's text gives.

    Returns:
        Rows of the kept pieces in their new order, and how many of them make the head.
    """
    lowest = int(np.argmin(scores))
    head = [*range(len(SPECIAL)), lowest]
    rest: list[int] = []
    for row, piece in enumerate(pieces):
        if row in head[: len(SPECIAL) + 1] or piece == MASK:
            continue
        body = piece.removeprefix(_METASPACE)
        if holds(PLAIN, body):
            head.append(row)
        elif len(body) == 1 or holds(FULL, body):
            rest.append(row)
    return np.array(head + rest, dtype=np.int64), len(head)
