"""An experiment: does a late-interaction reranker earn its milliseconds and megabytes?

usage: python -m training.late_interaction ADAPTER.safetensors --sets SETS.json --out RESULT.json

A linear map from the tuned encoder's token vectors to short ones is learned on the training pairs; a
passage's score is the mean over a question's tokens of the nearest token of the passage (ColBERT; Khattab and
Zaharia, 2020). It reorders the best twenty passages of the vectors, and its score is tried as a sign that a
passage answers at all: a held-out question against its passage, and against a near miss of it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from embeddings.alphabet import PASSAGE_PREFIX, QUERY_PREFIX
from embeddings.prepare import prepare_model
from retrieval.evaluation.intervals import area_under_curve
from training.dense import FloatArray, QuestionSet, read_sets, scores, standard, summary
from training.encoder import LONGEST_MEASURED, TextEncoder
from training.errors import TrainingError
from training.examples import Example, read_examples
from training.held_out import held_out_set, split

DEPTH: Final = 20
"""Passages reordered: the first of the vectors."""

DIMENSION: Final = 64
"""Of the short token vectors; in int8 a passage of 200 tokens takes 13 kB."""

EXAMPLES: Final = 1200
"""What the map learns from: 25,000 weights need no more."""

EPOCHS: Final = 4
BATCH: Final = 24
RATE: Final = 2e-3
SCALE: Final = 30.0
WEIGHTS: Final = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Of the late interaction beside the vectors, the best on the held-out questions is kept."""


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """Token vectors of some texts, padded: ``states`` ``(n, tokens, dim)``, ``mask`` ``bool (n, tokens)``."""

    states: torch.Tensor
    mask: torch.Tensor


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("adapter", type=Path)
    parser.add_argument("--sets", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args(words)
    try:
        result = experiment(arguments.adapter, read_sets(arguments.sets))
    except TrainingError as error:
        sys.exit(str(error))
    arguments.out.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps({name: value for name, value in result.items() if name != "ranks"}, indent=1))


def experiment(adapter: Path, sets: Sequence[QuestionSet]) -> dict[str, object]:
    """Learns the map, chooses the weight on held-out questions, and measures all sets with and without it."""
    torch.manual_seed(1)
    encoder = TokenEncoder(prepare_model("default", adapter="none").folder)
    encoder.merge(adapter)
    parts = split(read_examples())
    short = learn(encoder, [example for example in parts.first if example.near_misses][:EXAMPLES])
    own = held_out_set(parts.held_out)
    reranked = {asked.name: Reranked.of(encoder, short, asked) for asked in (own, *sets)}
    figures = {weight: summary(reranked[own.name].ranks(weight))["mrr@10"] for weight in WEIGHTS}
    best = max(figures, key=lambda weight: figures[weight])
    return {
        "held_out_mrr_by_weight": figures,
        "weight": best,
        "alone": {name: summary(each.ranks(0.0)) for name, each in reranked.items()},
        "reranked": {name: summary(each.ranks(best)) for name, each in reranked.items()},
        "milliseconds": {name: round(1000 * each.seconds, 2) for name, each in reranked.items()},
        "answers_at_all": answers_at_all(encoder, short, parts.held_out),
        "ranks": {
            name: {"alone": each.ranks(0.0), "reranked": each.ranks(best)} for name, each in reranked.items()
        },
    }


class TokenEncoder(TextEncoder):
    """The tuned model's token vectors."""

    def tokens(self, texts: Sequence[str], prefix: str) -> TokenVectors:
        """Last hidden states without those of prefix and special tokens, ``float32``."""
        skipped = len(self.tokenizer(prefix)["input_ids"]) - 1
        found: list[torch.Tensor] = []
        with torch.inference_mode():
            for start in range(0, len(texts), 16):
                tokens = self.tokenizer(
                    [prefix + text for text in texts[start : start + 16]],
                    padding=True,
                    truncation=True,
                    max_length=LONGEST_MEASURED,
                    return_tensors="pt",
                ).to(self._model.device)
                hidden = self.transformer(
                    input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]
                ).last_hidden_state
                for row, length in enumerate(tokens["attention_mask"].sum(1).tolist()):
                    found.append(hidden[row, skipped : length - 1])
        mask = torch.nn.utils.rnn.pad_sequence(
            [torch.ones(len(each), dtype=torch.bool) for each in found], batch_first=True
        )
        return TokenVectors(torch.nn.utils.rnn.pad_sequence(found, batch_first=True), mask)


class ShortVectors(torch.nn.Module):
    """The learned map, and how much each token of a question counts."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.map = torch.nn.Linear(inputs, DIMENSION, bias=False)
        self.weight = torch.nn.Linear(inputs, 1)
        torch.nn.init.orthogonal_(self.map.weight)
        torch.nn.init.zeros_(self.weight.weight)

    def forward(self, questions: TokenVectors, passages: TokenVectors) -> torch.Tensor:
        """Scores in [-1, 1], ``(questions, passages)``."""
        asked = functional.normalize(self.map(questions.states), dim=-1)
        texts = functional.normalize(self.map(passages.states), dim=-1)
        near = torch.einsum("qid,pjd->qpij", asked, texts)
        near = near.masked_fill(~passages.mask[None, :, None, :], -1.0).amax(-1)
        weight = functional.softplus(self.weight(questions.states)).squeeze(-1) * questions.mask
        return (near * weight[:, None, :]).sum(-1) / weight.sum(-1)[:, None].clamp_min(1e-6)


def learn(encoder: TokenEncoder, examples: Sequence[Example]) -> ShortVectors:
    """InfoNCE from each query to its passage against those of the batch and their near misses."""
    short = ShortVectors(encoder.backbone.config.hidden_size)
    optimizer = torch.optim.AdamW(short.parameters(), lr=RATE)
    chance = random.Random(1)
    batches = [examples[start : start + BATCH] for start in range(0, len(examples), BATCH)]
    encoded = [
        (
            encoder.tokens([e.queries[chance.randrange(len(e.queries))] for e in batch], QUERY_PREFIX),
            encoder.tokens(
                [e.passage for e in batch] + [chance.choice(e.near_misses) for e in batch if e.near_misses],
                PASSAGE_PREFIX,
            ),
        )
        for batch in batches
    ]
    for epoch in range(EPOCHS):
        total = 0.0
        for questions, passages in encoded:
            similarity = SCALE * short(questions, passages)
            lost = functional.cross_entropy(similarity, torch.arange(len(questions.mask)))
            optimizer.zero_grad()
            torch.autograd.backward(lost)
            optimizer.step()
            total += lost.item()
        print(f"epoch {epoch + 1}/{EPOCHS} {total / len(encoded):.4f}", file=sys.stderr, flush=True)
    return short.eval()


@dataclass(frozen=True, slots=True)
class Reranked:
    """The best passages of the vectors for each question, and the late interaction's scores of them.

    Attributes:
        best: rows, ``int64 (questions, DEPTH)``, best first.
        dense: their scores by vectors, ``float32 (questions, DEPTH)``.
        late: by late interaction, likewise.
        right: for each question the rows that answer.
        seconds: of late interaction, a question.
    """

    best: npt.NDArray[np.int64]
    dense: FloatArray
    late: FloatArray
    right: tuple[tuple[int, ...], ...]
    seconds: float

    @classmethod
    def of(cls, encoder: TokenEncoder, short: ShortVectors, asked: QuestionSet) -> Reranked:
        """Scores all questions of a set."""
        dense = scores(asked, encoder.measured_queries, encoder.measured_passages)
        best = np.argsort(-dense, axis=1, kind="stable")[:, :DEPTH]
        texts = encoder.tokens(asked.passages, PASSAGE_PREFIX)
        late = np.empty(best.shape, np.float32)
        spent = 0.0
        with torch.inference_mode():
            for number, (question, rows) in enumerate(zip(asked.questions, best, strict=True)):
                tokens = encoder.tokens([question], QUERY_PREFIX)
                chosen = torch.from_numpy(rows)
                candidates = TokenVectors(texts.states[chosen], texts.mask[chosen])
                started = time.perf_counter()
                late[number] = short(tokens, candidates)[0].numpy()
                spent += time.perf_counter() - started
        return cls(
            best, np.take_along_axis(dense, best, 1), late, asked.right, spent / max(1, len(asked.questions))
        )

    def ranks(self, weight: float) -> list[int]:
        """Rank of each question's first right passage when late interaction counts that much."""
        order = np.argsort(-(standard(self.dense) + weight * standard(self.late)), axis=1, kind="stable")
        rows = np.take_along_axis(self.best, order, 1)
        found = []
        for each, right in zip(rows, self.right, strict=True):
            places = np.flatnonzero(np.isin(each, right))
            found.append(int(places[0]) + 1 if places.size else 10**6)
        return found


def answers_at_all(
    encoder: TokenEncoder, short: ShortVectors, examples: Sequence[Example]
) -> dict[str, float]:
    """Area under the ROC curve for telling a held-out query's passage from its near miss.

    Returns:
        By vectors ("dense"), by late interaction ("late"), and their standardised sum ("both").
    """
    pairs = [(e.queries[0], e.passage, True) for e in examples if e.near_misses]
    pairs += [(e.queries[0], e.near_misses[0], False) for e in examples if e.near_misses]
    pairs += [(e.unanswered[0], e.passage, False) for e in examples if e.unanswered]
    questions, passages, labels = zip(*pairs, strict=True)
    dense = (encoder.measured_queries(questions) * encoder.measured_passages(passages)).sum(1)
    late = np.empty(len(pairs), np.float32)
    with torch.inference_mode():
        for row, (question, passage) in enumerate(zip(questions, passages, strict=True)):
            late[row] = short(
                encoder.tokens([question], QUERY_PREFIX), encoder.tokens([passage], PASSAGE_PREFIX)
            ).item()
    right = np.asarray(labels, np.bool_)
    both = standard(dense[None])[0] + standard(late[None])[0]
    return {
        name: area_under_curve(value, right)
        for name, value in (("dense", dense), ("late", late), ("both", both))
    }


if __name__ == "__main__":
    main()
