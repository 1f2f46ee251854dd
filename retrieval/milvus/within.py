"""Filter expressions: which rows may be found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from embeddings.types import BoolArray, IntArray
from retrieval.milvus.names import ROW

RUNS: Final = 64
"""Runs of rows in one expression. A filter of more is asked in several searches: a parser nests as deep as an
expression has parts, and Lite's stops at some hundreds."""


def among(rows: IntArray) -> str:
    """Just these rows."""
    return f"{ROW} in [{','.join(map(str, rows.tolist()))}]"


def between(start: int, stop: int) -> str:
    """The rows from one on, up to but without another."""
    return f"({ROW} >= {start} and {ROW} < {stop})"


def filters(allowed: BoolArray | None) -> Iterator[str]:
    """Expressions that together, without overlap, stand for the rows that are allowed; "" for all."""
    if allowed is None:
        yield ""
        return
    edges = np.flatnonzero(np.diff(allowed.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    for at in range(0, len(edges), RUNS):
        yield " or ".join(between(start, stop) for start, stop in edges[at : at + RUNS].tolist())
