"""The rows of the next generation: which come from the one before, and which texts are encoded.

A row is either an ``int``, the row of the generation before that holds the same text, or the text itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from embeddings.limits import TokenLimit
from embeddings.types import Encoder, FloatArray, IntArray, Progress
from retrieval.documents.types import Document
from retrieval.documents.views import encoded_text, traditional_teller
from retrieval.index.changes import Fresh, Kept
from retrieval.index.generation import Generation
from retrieval.index.packed import PackedPassage, packed_passage
from retrieval.index.store_part import StoredDocument
from retrieval.index.vectors import Vectors
from retrieval.passages import cut_passages, indexed_text
from retrieval.types import Passage

Row: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of all documents in order, and the passages of those that were read.

    Attributes:
        cut: for each document its passages, or None when they are taken over.
        passages: a passage's text is its header, a line break and its text.
        sentences: sentences stand alone: with the title in front they find less.
        sentence_passage: ``int32``, the passage row of each sentence.
    """

    cut: tuple[tuple[PackedPassage, ...] | None, ...]
    passages: tuple[Row, ...]
    sentences: tuple[Row, ...]
    sentence_passage: npt.NDArray[np.int32]

    def texts(self) -> list[str]:
        """What must be encoded, each text once, passages first."""
        return list(dict.fromkeys(row for row in (*self.passages, *self.sentences) if isinstance(row, str)))


def plan_rows(
    items: Sequence[Kept | Fresh],
    before: Generation | None,
    load_encoder: Callable[[], Encoder],
    limit: TokenLimit | None = None,
) -> Rows:
    """Cut what is not cut yet, and find for each passage and sentence whether the generation before has it.

    Args:
        items: documents sorted by path.
        before: the generation to take rows from; None to take none.
        load_encoder: called only when a document must be cut here and ``limit`` is None.
        limit: of the encoder that is loaded.
    """
    cut: list[tuple[PackedPassage, ...] | None] = []
    passages: list[Row] = []
    sentences: list[Row] = []
    owners: list[int] = []
    for item in items:
        first = len(passages)
        if isinstance(item, Kept):
            assert before is not None  # noqa: S101 - kept rows come from somewhere
            stored = item.stored
            cut.append(None)
            passages.extend(stored.passages)
            sentences.extend(stored.sentences)
            own = before.sentence_passage[stored.sentences.start : stored.sentences.stop]
            owners.extend((own - stored.passages.start + first).tolist())
            continue
        pieces = item.passages
        if pieces is None:
            pieces = tuple(map(packed_passage, _cut(item.document, load_encoder, limit)))
        known_passages, known_sentences = _known(item.before, before)
        is_traditional = traditional_teller(sum(len(piece.told) for piece in pieces))
        cut.append(pieces)
        for at, piece in enumerate(pieces, start=first):
            # A sentence has no character that its passage has not.
            is_plain = not is_traditional(piece.told)
            text = piece.told if is_plain else encoded_text(piece.told)
            passages.append(known_passages.get(text, text))
            for sentence in piece.sentences:
                text = sentence if is_plain else encoded_text(sentence)
                sentences.append(known_sentences.get(text, text))
                owners.append(at)
    return Rows(tuple(cut), tuple(passages), tuple(sentences), np.asarray(owners, dtype=np.int32))


def encode_texts(texts: Sequence[str], encoder: Encoder, progress: Progress) -> FloatArray:
    """Vectors of texts, in their order."""
    vectors = encoder.encode_passages(texts, progress)
    if vectors.shape != (len(texts), encoder.dim):
        raise ValueError(f"the encoder gave {vectors.shape} for {len(texts)} texts, dim {encoder.dim}")
    return vectors


def gather(
    rows: Sequence[Row], before: Vectors | None, encoded: dict[str, int], vectors: FloatArray
) -> tuple[FloatArray, IntArray]:
    """The vectors of rows, from the generation before and from what was just encoded.

    Args:
        rows: what to gather.
        before: needed when a row is a number.
        encoded: place of each text in ``vectors``.
        vectors: ``float32 (n, dim)``; not copied where all rows are texts.

    Returns:
        vectors, and which of them each row has, ``int64 (len(rows),)``.
    """
    places = np.asarray([encoded[row] if isinstance(row, str) else -1 for row in rows], dtype=np.int64)
    old = np.asarray([row for row in rows if isinstance(row, int)], dtype=np.int64)
    if before is None or not old.size:
        return vectors, places
    places[places < 0] = len(vectors) + np.arange(old.size)
    return np.concatenate([vectors, before.vectors(old)]), places


def _cut(
    document: Document, load_encoder: Callable[[], Encoder], limit: TokenLimit | None
) -> tuple[Passage, ...]:
    if limit is not None:
        return cut_passages(document, limit.exceed, limit.max_tokens)
    encoder = load_encoder()
    return cut_passages(
        document, lambda texts, most: (encoder.count_tokens(texts) > most).tolist(), encoder.max_tokens
    )


def _known(stored: StoredDocument | None, before: Generation | None) -> tuple[dict[str, int], dict[str, int]]:
    """Rows by text of a document's earlier version."""
    if stored is None or before is None:
        return {}, {}
    passages: dict[str, int] = {}
    sentences: dict[str, int] = {}
    sentence_row = stored.sentences.start
    for row, passage in zip(stored.passages, before.store.passages(stored.passages), strict=True):
        passages.setdefault(encoded_text(indexed_text(passage.header, passage.text)), row)
        for sentence in passage.sentences:
            sentences.setdefault(encoded_text(sentence.text), sentence_row)
            sentence_row += 1
    return passages, sentences
