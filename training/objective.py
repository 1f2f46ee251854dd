"""What training lowers: the InfoNCE loss in both directions (van den Oord et al., 2018).

The passages of a batch are one another's wrong answers. Near misses of the whole batch join them as further
passages, and questions that a passage leaves open join the questions.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch.nn import functional

from training.dense import FloatArray
from training.encoder import TextEncoder
from training.examples import Example
from training.forms import Forms
from training.runs import Run

QUERIES: Final = 3
"""Queries of an example shown in an epoch."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one step learns from.

    Attributes:
        queries: up to three of each example, in the examples' order.
        owners: for each query the row of its passage.
        passages: one form of each example's passage.
        wrong_passages: near misses: nobody's right answer.
        wrong_queries: questions that their examples' passages leave open: nobody's question.
    """

    queries: tuple[str, ...]
    owners: tuple[int, ...]
    passages: tuple[str, ...]
    wrong_passages: tuple[str, ...] = ()
    wrong_queries: tuple[str, ...] = ()


class PlainQueries:
    """The plain model's vectors of all queries, made before anything is learned."""

    def __init__(self, encoder: TextEncoder, examples: Sequence[Example]) -> None:
        texts = [query for example in examples for query in example.queries]
        self._vectors: FloatArray = encoder.measured_queries(texts)
        self._rows = {text: row for row, text in enumerate(texts)}

    def of(self, queries: Sequence[str]) -> torch.Tensor:
        """Their vectors, ``float32 (n, dim)``, on the CPU."""
        return torch.from_numpy(self._vectors[[self._rows[query] for query in queries]])


def draw(run: Run, batch: Sequence[Example], forms: Forms, chance: random.Random) -> Shown:
    """Chooses what of a batch is shown this time."""
    queries: list[str] = []
    owners: list[int] = []
    for row, example in enumerate(batch):
        shown = _queries(run, example, chance)
        queries += shown
        owners += [row] * len(shown)
    in_batch = frozenset(example.passage for example in batch)
    passages = [forms.shown(e, in_batch, chance) if run.headers else e.passage for e in batch]
    wrong_passages: list[str] = []
    wrong_queries: list[str] = []
    if run.near_misses:
        wrong_passages = [chance.choice(e.near_misses) for e in batch if e.near_misses]
        wrong_queries = [chance.choice(e.unanswered) for e in batch if e.unanswered]
    return Shown(
        queries=tuple(queries),
        owners=tuple(owners),
        passages=tuple(passages),
        wrong_passages=tuple(wrong_passages),
        wrong_queries=tuple(wrong_queries),
    )


def _queries(run: Run, example: Example, chance: random.Random) -> list[str]:
    """Up to `QUERIES` of an example, the everyday ones before others where the run asks for them."""
    first = example.everyday[:QUERIES] if run.everyday else ()
    others = [query for query in example.queries if query not in first]
    return [*first, *chance.sample(others, min(QUERIES - len(first), len(others)))]


def loss(run: Run, encoder: TextEncoder, shown: Shown, kept: PlainQueries | None) -> torch.Tensor:
    """The loss of one step, a scalar with gradients.

    Args:
        run: its ``scale`` and ``keep`` count.
        encoder: what learns.
        shown: what it learns from.
        kept: where queries should stay near; None where nothing is to be kept.
    """
    asked = encoder.queries(shown.queries + shown.wrong_queries)
    answers = encoder.passages(shown.passages + shown.wrong_passages)
    owner = torch.tensor(shown.owners, device=asked.device)
    similarity = run.scale * asked @ answers.T
    total = queries_loss(similarity[: len(owner)], owner)
    total = total + passages_loss(similarity[:, : len(shown.passages)], owner)
    if kept is not None:
        near = (kept.of(shown.queries).to(asked.device) * asked[: len(owner)]).sum(-1)
        total = total + run.keep * (1 - near).mean()
    return total


def queries_loss(similarity: torch.Tensor, owner: torch.Tensor) -> torch.Tensor:
    """From each query to its passage, against all other passages and near misses.

    Args:
        similarity: scaled cosines, ``(queries, passages and near misses)``.
        owner: the passage of each query, ``int64 (queries,)``.
    """
    return functional.cross_entropy(similarity, owner)


def passages_loss(similarity: torch.Tensor, owner: torch.Tensor) -> torch.Tensor:
    """From each passage to each query of its own, against all queries of others and all left open.

    A passage's other queries are right too, so they are no rivals of the one in question.

    Args:
        similarity: scaled cosines, ``(queries and unanswered questions, passages)``.
        owner: the passage of each query, ``int64 (queries,)``; unanswered questions come behind and have
            none.
    """
    own_query = torch.arange(len(owner), device=similarity.device)
    rows = similarity.T[owner]
    also_right = torch.zeros_like(rows, dtype=torch.bool)
    also_right[:, : len(owner)] = owner[:, None] == owner[None, :]
    also_right[own_query, own_query] = False
    return functional.cross_entropy(rows.masked_fill(also_right, -torch.inf), own_query)
