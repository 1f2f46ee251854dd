"""Trains the cross-encoder that tells whether a passage answers a question at all.

usage: python -m training.cross_encoder ADAPTER.safetensors --out FOLDER [--pairs N] [--minutes N]
           [--strength S] [--seed N]

The encoder reads question and passage together (Nogueira and Cho, 2019); LoRA weights of its upper layers and
one linear layer learn to say yes or no from what `training/pairs.py` draws. It goes on from an encoder's
adapter or from an earlier cross-encoder's. What it says of the examples held out is written to
OUT/held_out.json; OUT/answers.safetensors is what `embeddings.cross_encoder` serves.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch.nn import functional

from embeddings.alphabet import PASSAGE_PREFIX, QUERY_PREFIX
from embeddings.cross_encoder import LONGEST
from embeddings.prepare import prepare_model
from retrieval.evaluation.intervals import area_under_curve
from training.adapter import Adapter, Factors, added, read_adapter, truncated, write_adapter
from training.dense import FloatArray
from training.errors import TrainingError
from training.examples import read_examples
from training.held_out import split
from training.lora import TrainableEncoder
from training.pairs import DOUBTFUL, Drawing, Pair, held_out_contrasts, held_out_pairs
from training.train import rate_factor

RANK: Final = 16
HIGHEST_RANK: Final = 40
"""Of what is shipped: the nearest adapter of this rank to the one it starts from and what is learned."""
FIRST_LAYER: Final = 4
"""The lowest layer that learns: below it nothing needs a gradient, which saves time."""

BATCH: Final = 32
STRETCH: Final = 16
"""Batches within which pairs are sorted by length, so that little is computed on padding."""
RATE: Final = 4e-4

STRENGTH: Final = 0.7
"""Share of the way from what it starts from to what was learned that is gone. Between both it knows more than
at either end ("WiSE-FT", Wortsman et al., CVPR 2022)."""

SURE: Final = 1.5
"""From this logit on a text that only a rule calls wrong is left out: it may well answer."""

CLASSIFIER: Final = "classifier"


class CrossEncoder(torch.nn.Module):
    """Logits of "this text answers this question".

    Args:
        folder: a prepared folder of the plain default model.
        adapter: what it goes on from, an encoder's or a cross-encoder's; merged beforehand.
    """

    def __init__(self, folder: Path, adapter: Path) -> None:
        super().__init__()
        started, facts = read_adapter(adapter)
        classifier = started.pop(CLASSIFIER, None)
        self._started: Adapter = started
        with tempfile.TemporaryDirectory() as beside:
            body = Path(beside) / adapter.name
            write_adapter(body, started, facts)
            self.encoder = TrainableEncoder(folder, RANK, 2 * RANK, FIRST_LAYER, body)
        # Torch takes twice as long for the gradient of its fused attention as for that of the plain products.
        self.encoder.backbone.set_attn_implementation("eager")
        self.head = torch.nn.Linear(2 * self.encoder.backbone.config.hidden_size, 1)
        torch.nn.init.zeros_(self.head.bias)
        self._first_head = np.zeros(self.head.weight.shape, np.float32)
        if classifier is not None:
            self._first_head = classifier.change()
        with torch.no_grad():
            self.head.weight.copy_(torch.from_numpy(self._first_head))

    def learning(self) -> list[torch.nn.Parameter]:
        """The weights that learn."""
        return [*self.encoder.trainable, *self.head.parameters()]

    def adapter(self, strength: float = STRENGTH) -> dict[str, Factors]:
        """What it started from and a share of what was learned, by the plain model's names.

        The classifier is one more pair of factors. Its bias is left out: confidence has an intercept of its
        own.

        Args:
            strength: the share, 0 to 1.
        """
        share, head = np.float32(strength), self.head.weight.detach().numpy().copy()
        learned = {name: Factors(each.a, each.b * share) for name, each in self.encoder.adapter().items()}
        head = share * head + (1 - share) * self._first_head
        classifier = Factors(head, np.ones((1, 1), np.float32))
        return {**truncated(added(self._started, learned), HIGHEST_RANK), CLASSIFIER: classifier}

    def forward(self, pairs: Sequence[Pair]) -> torch.Tensor:
        """``float32 (pairs,)``."""
        rows = [self._ids(pair) for pair in pairs]
        ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)
        mask = torch.nn.utils.rnn.pad_sequence([torch.ones(len(row)) for row in rows], batch_first=True)
        hidden = self.encoder.transformer(input_ids=ids, attention_mask=mask.long()).last_hidden_state.float()
        mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        logits: torch.Tensor = self.head(torch.cat([hidden[:, 0], mean], dim=1))
        return logits.squeeze(1).float()

    def _ids(self, pair: Pair) -> list[int]:
        """``<s> query: … </s> passage: … </s>``."""
        tokenizer = self.encoder.tokenizer
        asked = tokenizer(QUERY_PREFIX + pair.question)["input_ids"]
        text = tokenizer(PASSAGE_PREFIX + pair.text)["input_ids"][1:]
        return [*asked, *text[: LONGEST - len(asked)]]


def learn(model: CrossEncoder, pairs: Sequence[Pair], minutes: float = math.inf) -> Iterator[float]:
    """Learns a batch with each value asked for, which is the batch's loss before it was learned.

    Args:
        model: what learns.
        pairs: in the order in which they are learned.
        minutes: that it may take at most. Where they are too few, the rate falls with the clock and the last
            pairs are not learned.
    """
    optimizer = torch.optim.AdamW(model.learning(), lr=RATE, weight_decay=0.01)
    batches = alike_in_length(pairs)
    started = time.perf_counter()
    recent: list[float] = []
    for number, batch in enumerate(batches):
        spent = (time.perf_counter() - started) / (60 * minutes)
        if spent >= 1:
            break
        for group in optimizer.param_groups:
            step = max(number, int(spent * len(batches)))
            group["lr"] = RATE * rate_factor(step, len(batches))
        value = loss(model, batch)
        optimizer.zero_grad()
        torch.autograd.backward(value)
        torch.nn.utils.clip_grad_norm_(model.learning(), 1.0)
        optimizer.step()
        recent = [*recent[-49:], value.item()]
        if number % 20 == 0:
            print(f"{number}/{len(batches)} {np.mean(recent):.4f}", file=sys.stderr, flush=True)
        yield value.item()


def loss(model: CrossEncoder, pairs: Sequence[Pair]) -> torch.Tensor:
    """Cross-entropy of yes and no, without the texts that a rule calls wrong and the model surely right."""
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(pairs)
    wanted = torch.tensor([float(pair.answers) for pair in pairs])
    doubtful = torch.tensor([pair.kind in DOUBTFUL for pair in pairs])
    counted = ~(doubtful & (logits.detach() >= SURE))
    each = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    value: torch.Tensor = (each * counted).sum() / counted.sum().clamp(min=1)
    return value


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


def alike_in_length(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Batches in random order of pairs of like length: within a `STRETCH` of batches they are sorted."""
    chance = random.Random(len(pairs))
    batches: list[list[Pair]] = []
    for start in range(0, len(pairs), STRETCH * BATCH):
        stretch = sorted(
            pairs[start : start + STRETCH * BATCH], key=lambda pair: len(pair.question + pair.text)
        )
        parts = [stretch[at : at + BATCH] for at in range(0, len(stretch), BATCH)]
        chance.shuffle(parts)
        batches += parts
    return batches


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("adapter", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pairs", type=int, help="how many to learn; an epoch unless given")
    parser.add_argument("--minutes", type=float, default=math.inf, help="most that learning may take")
    parser.add_argument("--strength", type=float, default=STRENGTH, help="share of what was learned to keep")
    parser.add_argument("--seed", type=int, default=1, help="of which examples come first, and how shown")
    parser.add_argument("--threads", type=int)
    arguments = parser.parse_args(words)
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(arguments.seed)
    parts = split(read_examples())
    try:
        model = CrossEncoder(prepare_model("default", adapter="none").folder, arguments.adapter)
    except TrainingError as error:
        sys.exit(str(error))
    started = time.perf_counter()
    pairs = Drawing(parts.learned, random.Random(arguments.seed)).epoch(arguments.pairs)
    losses = list(learn(model, pairs, arguments.minutes))
    taken = min(len(losses) * BATCH, len(pairs))
    facts = {"start": arguments.adapter.name, "pairs": str(taken), "seed": str(arguments.seed)}
    write_adapter(arguments.out / "answers.safetensors", model.adapter(arguments.strength), facts)
    unseen = [*parts.held_out, *parts.later_held_out]
    asked = held_out_pairs(unseen)
    answered, beside = held_out_contrasts(unseen)
    result = {
        "pairs": taken,
        "loss": round(float(np.mean(losses[-50:])), 4),
        "seconds": round(time.perf_counter() - started),
        "held_out": summary(asked, judge(model, asked)),
        "contrasts": round(float(np.mean(judge(model, answered) > judge(model, beside))), 4),
    }
    (arguments.out / "held_out.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
