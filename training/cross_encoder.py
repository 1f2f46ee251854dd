"""Trains the cross-encoder that tells whether a passage answers a question at all.

usage: python -m training.cross_encoder ADAPTER.safetensors --out FOLDER [--pairs N] [--threads N]

The tuned encoder reads question and passage together (Nogueira and Cho, 2019); LoRA weights of its upper
layers and one linear layer learn to say yes or no. Yes: a question of the example. No: a question that the
example leaves open, a near miss, a neighbour among the other passages. What it says of the examples held out
is written to OUT/held_out.json; OUT/answers.safetensors is what `embeddings.cross_encoder` serves.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch.nn import functional

from embeddings.alphabet import PASSAGE_PREFIX, QUERY_PREFIX
from embeddings.cross_encoder import LONGEST
from embeddings.prepare import prepare_model
from retrieval.evaluation.intervals import area_under_curve
from training.adapter import Factors, added, read_adapter, truncated, write_adapter
from training.dense import FloatArray
from training.errors import TrainingError
from training.examples import Example, read_examples
from training.forms import Forms
from training.held_out import split
from training.lora import TrainableEncoder
from training.runs import Run
from training.train import mining_vectors, rate_factor

RANK: Final = 16
HIGHEST_RANK: Final = 32
"""Of what is shipped: the nearest adapter of this rank to the one it starts from and what is learned."""
FIRST_LAYER: Final = 6
"""The lowest layer that learns: below it nothing needs a gradient, which saves a third of the time."""

BATCH: Final = 32
RATE: Final = 4e-4
MINED: Final = 8
"""Of a passage's nearest neighbours one of so many is shown as a wrong answer."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a text that does or does not answer it."""

    question: str
    text: str
    answers: bool
    kind: str


class CrossEncoder(torch.nn.Module):
    """Logits of "this text answers this question".

    Args:
        folder: a prepared folder of the plain default model.
        adapter: merged into it beforehand.
    """

    def __init__(self, folder: Path, adapter: Path) -> None:
        super().__init__()
        self.encoder = TrainableEncoder(folder, RANK, 2 * RANK, FIRST_LAYER, adapter)
        self.head = torch.nn.Linear(2 * self.encoder.backbone.config.hidden_size, 1)
        torch.nn.init.zeros_(self.head.weight)
        torch.nn.init.zeros_(self.head.bias)

    def learning(self) -> list[torch.nn.Parameter]:
        """The weights that learn."""
        return [*self.encoder.trainable, *self.head.parameters()]

    def forward(self, pairs: Sequence[Pair]) -> torch.Tensor:
        """``float32 (pairs,)``."""
        rows = [self._ids(pair) for pair in pairs]
        ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)
        mask = torch.nn.utils.rnn.pad_sequence([torch.ones(len(row)) for row in rows], batch_first=True)
        hidden = self.encoder.transformer(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        logits: torch.Tensor = self.head(torch.cat([hidden[:, 0], mean], dim=1))
        return logits.squeeze(1)

    def _ids(self, pair: Pair) -> list[int]:
        """``<s> query: … </s> passage: … </s>``."""
        tokenizer = self.encoder.tokenizer
        asked = tokenizer(QUERY_PREFIX + pair.question)["input_ids"]
        text = tokenizer(PASSAGE_PREFIX + pair.text)["input_ids"][1:]
        return [*asked, *text[: LONGEST - len(asked)]]


def draw_pairs(
    examples: Sequence[Example], vectors: FloatArray, chance: random.Random, per_example: int = 2
) -> list[Pair]:
    """One epoch's pairs, about as many that answer as do not, in random order."""
    forms = Forms.of(examples)
    pairs: list[Pair] = []
    for row, example in enumerate(examples):
        asked = chance.sample(example.queries, min(per_example, len(example.queries)))
        shown = forms.shown(example, frozenset(), chance)
        pairs += [Pair(question, shown, True, "own") for question in asked]
        if example.unanswered:
            pairs.append(Pair(chance.choice(example.unanswered), shown, False, "unanswered"))
        title = f"{example.title}\n" if example.title and chance.random() < 0.5 else ""
        if example.near_misses:
            pairs.append(Pair(asked[0], title + chance.choice(example.near_misses), False, "near miss"))
        nearest = np.argsort(-(vectors @ vectors[row]), kind="stable")[1 : MINED + 1]
        other = examples[int(chance.choice(nearest.tolist()))]
        pairs.append(
            Pair(asked[-1], forms.shown(other, frozenset([example.passage]), chance), False, "mined")
        )
    chance.shuffle(pairs)
    return pairs


def held_out_pairs(examples: Sequence[Example]) -> list[Pair]:
    """All questions of the examples held out against their passages and near misses."""
    pairs: list[Pair] = []
    for example in examples:
        pairs += [Pair(question, example.passage, True, "own") for question in example.queries]
        pairs += [Pair(question, example.passage, False, "unanswered") for question in example.unanswered]
        pairs += [
            Pair(question, miss, False, "near miss")
            for question in example.queries[:2]
            for miss in example.near_misses
        ]
    return pairs


def learn(model: CrossEncoder, pairs: Sequence[Pair]) -> Iterator[float]:
    """Learns a batch with each value asked for, which is the batch's loss before it was learned."""
    optimizer = torch.optim.AdamW(model.learning(), lr=RATE, weight_decay=0.01)
    batches = _alike_in_length(pairs)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_factor(step, len(batches)))
    recent: list[float] = []
    for number, batch in enumerate(batches):
        wanted = torch.tensor([float(pair.answers) for pair in batch])
        value = functional.binary_cross_entropy_with_logits(model(batch), wanted)
        optimizer.zero_grad()
        torch.autograd.backward(value)
        torch.nn.utils.clip_grad_norm_(model.learning(), 1.0)
        optimizer.step()
        schedule.step()
        recent = [*recent[-49:], value.item()]
        if number % 20 == 0:
            print(f"{number}/{len(batches)} {np.mean(recent):.4f}", file=sys.stderr, flush=True)
        yield value.item()


def save(model: CrossEncoder, start: Path, pairs: int, out: Path) -> None:
    """Writes OUT/answers.safetensors: what it started from and what was learned, by the plain model's names.

    The classifier is one more pair of factors. Its bias is left out: confidence has an intercept of its own.
    """
    learned = added(read_adapter(start)[0], model.encoder.adapter())
    learned["classifier"] = Factors(model.head.weight.detach().numpy(), np.ones((1, 1), np.float32))
    facts = {"start": start.name, "pairs": str(pairs)}
    write_adapter(out / "answers.safetensors", truncated(learned, HIGHEST_RANK), facts)


def judge(model: CrossEncoder, pairs: Sequence[Pair]) -> FloatArray:
    """Logits, ``float32 (pairs,)``."""
    order = sorted(range(len(pairs)), key=lambda row: len(pairs[row].question + pairs[row].text))
    logits = np.empty(len(pairs), np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            logits[rows] = model([pairs[row] for row in rows]).numpy()
    return logits


def summary(pairs: Sequence[Pair], scores: FloatArray) -> dict[str, float]:
    """Area under the ROC curve of right pairs against each kind of wrong ones."""
    answers = np.array([pair.answers for pair in pairs])
    kinds = np.array([pair.kind for pair in pairs])
    return {
        kind: round(area_under_curve(scores[chosen], answers[chosen]), 4)
        for kind in sorted(set(kinds[~answers].tolist()))
        for chosen in [answers | (kinds == kind)]
    }


def _alike_in_length(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Batches in random order of pairs of like length: within a stretch of 16 batches they are sorted."""
    chance = random.Random(len(pairs))
    batches: list[list[Pair]] = []
    for start in range(0, len(pairs), 16 * BATCH):
        stretch = sorted(pairs[start : start + 16 * BATCH], key=lambda pair: len(pair.question + pair.text))
        parts = [stretch[at : at + BATCH] for at in range(0, len(stretch), BATCH)]
        chance.shuffle(parts)
        batches += parts
    return batches


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("adapter", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pairs", type=int, help="how many to learn; all unless given")
    parser.add_argument("--threads", type=int)
    arguments = parser.parse_args(words)
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    try:
        learned, held_out = split(read_examples())
        model = CrossEncoder(prepare_model("default", adapter="none").folder, arguments.adapter)
        vectors = mining_vectors(Run("cross-encoder", start=str(arguments.adapter)), learned)
    except TrainingError as error:
        sys.exit(str(error))
    started = time.perf_counter()
    pairs = draw_pairs(learned, vectors, random.Random(1))[: arguments.pairs]
    losses = list(learn(model, pairs))
    save(model, arguments.adapter, len(pairs), arguments.out)
    asked = held_out_pairs(held_out)
    result = {
        "pairs": len(pairs),
        "loss": round(float(np.mean(losses[-50:])), 4),
        "seconds": round(time.perf_counter() - started),
        "held_out": summary(asked, judge(model, asked)),
    }
    (arguments.out / "held_out.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
