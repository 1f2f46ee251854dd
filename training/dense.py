"""How well vectors alone find passages: the measure that training is steered and judged by."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from training.errors import TrainingError

FloatArray: TypeAlias = npt.NDArray[np.float32]
Encode: TypeAlias = Callable[[Sequence[str]], FloatArray]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions with the passages that answer them.

    Attributes:
        name: by which ranks are kept.
        passages: as embedded, header included.
        sentences: as embedded, in the order of their passages.
        owners: passage row of each sentence.
        questions: what is asked.
        right: for each question the rows of passages that cover a gold quote.
    """

    name: str
    passages: tuple[str, ...]
    sentences: tuple[str, ...]
    owners: tuple[int, ...]
    questions: tuple[str, ...]
    right: tuple[tuple[int, ...], ...]


def read_sets(path: Path) -> list[QuestionSet]:
    """Question sets as `training.export` writes them.

    Raises:
        TrainingError: the file can't be read or holds something else.
    """
    try:
        rows = json.loads(path.read_text("utf-8"))
        return [_question_set(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            f"{path}: no question sets, write them with training.export: {error!r}"
        ) from error


def ranks(asked: QuestionSet, encode_queries: Encode, encode_passages: Encode) -> list[int]:
    """Rank of the first right passage of each question, from 1; a million when it has none."""
    order = np.argsort(-scores(asked, encode_queries, encode_passages), axis=1, kind="stable")
    found = []
    for row, right in zip(order, asked.right, strict=True):
        places = np.flatnonzero(np.isin(row, right))
        found.append(int(places[0]) + 1 if places.size else 10**6)
    return found


def scores(asked: QuestionSet, encode_queries: Encode, encode_passages: Encode) -> FloatArray:
    """How near each passage is to each question, ``float32 (questions, passages)``.

    A passage's score is its vector's nearness plus that of its nearest sentence, both in standard
    deviations above the mean, as retrieval adds them.
    """
    queries = encode_queries(asked.questions)
    score = standard(queries @ encode_passages(asked.passages).T)
    if asked.sentences:
        near = standard(queries @ encode_passages(asked.sentences).T)
        best = np.full(score.T.shape, -np.inf, np.float32)
        np.maximum.at(best, np.asarray(asked.owners), near.T)
        score = score + best.T
    return score


def standard(cosines: FloatArray) -> FloatArray:
    """Each row in standard deviations above its mean."""
    mean, deviation = cosines.mean(axis=1, keepdims=True), cosines.std(axis=1, keepdims=True)
    return np.asarray((cosines - mean) / np.maximum(deviation, 1e-6), np.float32)


def summary(found: Sequence[int]) -> dict[str, float]:
    """Success@1, Success@5 and MRR@10 of some ranks."""
    places = np.asarray(found, np.float64)
    return {
        "success@1": round(float((places <= 1).mean()), 4),
        "success@5": round(float((places <= 5).mean()), 4),
        "mrr@10": round(float(np.where(places <= 10, 1 / places, 0).mean()), 4),
    }


def _question_set(row: dict[str, Any]) -> QuestionSet:
    return QuestionSet(
        name=row["name"],
        passages=tuple(row["passages"]),
        sentences=tuple(row["sentences"]),
        owners=tuple(row["owners"]),
        questions=tuple(row["questions"]),
        right=tuple(tuple(rows) for rows in row["right"]),
    )
