"""Whether the words that come nearest to a question leave open what it asks.

A speech that says 涨到多少，两家还没谈拢 is nearer to a question for the sum than any other, and tells none.
It asks what the question asks; whether the clause behind that leaves it open can be said in more ways than a
list of words holds (`put_off` has the usual ones). Their vectors have it in common: a linear classifier
(`training/openness.py`) tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from config.patterns import lazy_pattern
from embeddings.types import FloatArray
from retrieval.documents.views import encoded_text
from retrieval.search.linear_classifier import LinearClassifier
from retrieval.search.put_off import asking_stretches

OPEN: Final = -0.5
"""From these log-odds on clauses leave something open."""

_SENTENCES = lazy_pattern(r"[^。！？；!?;\n]+[。！？；!?;\n]*")
_CLAUSES = lazy_pattern(r"[，：,:。！？；!?;\n]+")
MOST: Final = 8
"""Stretches that are looked at; each takes a millisecond."""

Encode = Callable[[Sequence[str]], FloatArray]


def leaves_open(classifier: LinearClassifier, question: str, found: str, encode: Encode) -> bool:
    """Whether the words found ask what the question asks, and leave it open.

    Args:
        classifier: of the encoder.
        question: as asked.
        found: what would be quoted.
        encode: makes the vectors of texts of a speech; called where the words found ask it.
    """
    stretches = asking_stretches(question, found)
    if not stretches:
        return False
    vectors = encode([encoded_clause(each) for each in stretches[:MOST]])
    return bool((classifier.log_odds(vectors) > OPEN).any())


def sentences_of(text: str) -> list[str]:
    """The sentences of a text; what stands between two semicolons is one."""
    return [found for found in _SENTENCES.findall(text) if found.strip()]


def clauses_of(sentence: str) -> list[str]:
    """The clauses of a sentence, without the marks between them; at least one."""
    return [clause for clause in _CLAUSES.split(sentence) if clause.strip()] or [sentence]


def encoded_clause(text: str) -> str:
    """A text as it is encoded: without the marks around it."""
    return encoded_text(text).strip("，：,:。；;、 \n")
