"""What happens to a text before any tokenizer sees it; the same for every encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from config.patterns import lazy_pattern

_SURROGATE: Final = lazy_pattern("[\ud800-\udfff]")


def with_prefix(prefix: str, texts: Sequence[str]) -> list[str]:
    """The texts as the model is fed them.

    Lone surrogates, which UTF-8 can't carry and tokenizers refuse, become replacement characters.
    """
    return [prefix + _SURROGATE.sub("\ufffd", text) for text in texts]


def batches_by_length(lengths: Sequence[int], token_budget: int) -> list[list[int]]:
    """Groups texts of similar length, longest first, so that little is spent on padding.

    Args:
        lengths: tokens of each text as it will be fed.
        token_budget: most tokens of a batch, padding included; a longer text is a batch of its own.

    Returns:
        Positions in ``lengths``; each exactly once.
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    batches: list[list[int]] = []
    for index in order:
        # The first of a batch is its longest, so it sets the padded width.
        if batches and (len(batches[-1]) + 1) * lengths[batches[-1][0]] <= token_budget:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches
