"""A hit on its way to becoming evidence."""

from __future__ import annotations

from dataclasses import dataclass

from embeddings.types import FloatArray
from retrieval.types import Hit


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with the measures that evidence is chosen by.

    Attributes:
        fused: unbounded, higher is better.
        nearness: of the passage's sentences, in standard deviations above the background.
        first_sentence: row of the passage's first sentence in the index; those after it follow.
    """

    hit: Hit
    fused: float
    nearness: FloatArray
    first_sentence: int
