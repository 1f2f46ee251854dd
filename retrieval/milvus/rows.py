"""What the collections of a generation hold, made of an index in files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from config.errors import IndexDamagedError
from embeddings.types import FloatArray, IntArray
from retrieval.documents.views import encoded_text
from retrieval.index.bulk_tokens import tokenize_all
from retrieval.index.generation import Generation
from retrieval.index.lexical_files import Lexical, share_of
from retrieval.milvus.lexical import Numbering
from retrieval.milvus.names import NO_TERM, RECORD, ROW, TERMS, VECTOR
from retrieval.milvus.part import as_text
from retrieval.milvus.server import Row
from retrieval.passages import indexed_text

Rows = Callable[[IntArray], Iterator[Row]]
"""Rows of a collection by their numbers."""


def passage_rows(local: Generation) -> Rows:
    """Makes rows of the passages' collection.

    Args:
        local: an index in files.

    Raises:
        TypeError: it is not in files.
    """
    lexical = local.lexical
    if not isinstance(lexical, Lexical):
        raise TypeError("only an index in files can be copied")
    numbering = Numbering(lexical.parts)

    def rows_of(rows: IntArray) -> Iterator[Row]:
        passages = local.store.passages(rows)
        records = local.store.packed(rows.tolist())
        texts = [encoded_text(indexed_text(passage.header, passage.text)) for passage in passages]
        terms = terms_of(texts, lexical.saturation[rows], numbering)
        vectors = local.passage_vectors.vectors(rows)
        for row, vector, added in zip(rows.tolist(), vectors, terms, strict=True):
            yield {ROW: row, VECTOR: vector, RECORD: as_text(records[row]), TERMS: added}

    return rows_of


def sentence_rows(local: Generation) -> Rows:
    """Makes rows of the sentences' collection."""

    def rows_of(rows: IntArray) -> Iterator[Row]:
        for row, vector in zip(rows.tolist(), local.sentence_vectors.vectors(rows), strict=True):
            yield {ROW: row, VECTOR: vector}

    return rows_of


def terms_of(texts: Sequence[str], saturation: FloatArray, numbering: Numbering) -> list[dict[int, float]]:
    """What each term of each text adds to BM25, of its worth, by the term's number.

    Args:
        texts: as they are indexed.
        saturation: of each text; see `retrieval.index.lexical_files.Lexical`.
        numbering: of the terms.

    Raises:
        IndexDamagedError: a text has a term that the index has not.
    """
    read = tokenize_all(texts)
    numbers = [numbering.number(term) for term in read.terms]
    if None in numbers:
        raise IndexDamagedError("index.file_content", file="terms.npy", detail="a term is missing")
    of_term = np.repeat(np.arange(len(numbers)), read.sizes)
    pairs, counts = np.unique(of_term * len(texts) + read.texts, return_counts=True)
    owners = pairs % len(texts)
    shares = share_of(counts, saturation[owners]).tolist()
    added: list[dict[int, float]] = [{} for _ in texts]
    for term, owner, value in zip((pairs // len(texts)).tolist(), owners.tolist(), shares, strict=True):
        added[owner][numbers[term] or 0] = value
    return [each or {NO_TERM: 1.0} for each in added]
