"""Trains LoRA adapters for the default model, and says how well each finds passages.

usage: python -m training.train CONFIG.toml --out FOLDER [--sets SETS.json] [--only NAME ...]

CONFIG.toml holds one table a run; what a table leaves out has the default of `training.runs.Run`. For every
run a line of JSON goes to stdout and to OUT/log.jsonl, OUT/NAME.safetensors holds its adapter in float16, and
OUT/NAME.ranks.json the rank of each question's first right passage. SETS.json is what `training.export`
wrote; without it nothing is measured but the examples held out.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
import platformdirs
import torch

from embeddings import Purpose, load_encoder
from embeddings.cache import VectorCache
from embeddings.cached_encoder import CachedEncoder
from embeddings.prepare import prepare_model
from training.adapter import added, read_adapter, write_adapter
from training.batches import batches
from training.dense import FloatArray, QuestionSet, ranks, read_sets, summary
from training.errors import TrainingError
from training.examples import Example, read_examples, read_general
from training.forms import Forms
from training.held_out import Split, held_out_set, later_set, split
from training.lora import TrainableEncoder
from training.objective import PlainQueries, draw, loss
from training.runs import Run, chosen, read_runs

_SHOWN_AGAIN_SEED: Final = 7
"""Of the first examples that are learned beside later ones: the same whatever a run's own seed."""


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("config", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sets", type=Path)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--threads", type=int, help="of torch; two runs side by side use the cores best")
    arguments = parser.parse_args(words)
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    try:
        runs = chosen(read_runs(arguments.config), arguments.only)
        sets = read_sets(arguments.sets) if arguments.sets else []
        arguments.out.mkdir(parents=True, exist_ok=True)
        for run in runs:
            general = read_general() if run.general else []
            row = train(run, read_examples(), sets, arguments.out, general)
            line = json.dumps(row, ensure_ascii=False)
            print(line, flush=True)
            with (arguments.out / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(line + "\n")
    except TrainingError as error:
        sys.exit(str(error))


def train(
    run: Run,
    examples: Sequence[Example],
    sets: Sequence[QuestionSet],
    out: Path,
    general: Sequence[Example] = (),
) -> dict[str, object]:
    """Trains one adapter, writes it, and measures it (with no epochs: what it starts from).

    Args:
        run: its settings.
        examples: what is learned, but for those held out.
        sets: what is measured beside the examples held out.
        out: the folder of the adapter and the ranks.
        general: learned in batches of their own.

    Returns:
        The line of the log: settings, counts, mean loss of the last 20 steps, seconds of training, and a
        summary of each set.
    """
    started = time.perf_counter()
    torch.manual_seed(run.seed)
    parts = split(examples)
    learned = learned_by(run, parts)
    chance = random.Random(run.seed)
    plain = prepare_model("default", adapter="none").folder
    start = Path(run.start) if run.start else None
    encoder = TrainableEncoder(plain, run.rank, run.alpha, run.first_layer, start)
    losses = list(steps(run, encoder, learned, chance, general)) if run.epochs else []
    seconds = time.perf_counter() - started
    if losses:
        metadata = {"run": json.dumps(asdict(run))}
        adapter = encoder.adapter()
        if start:
            adapter = added(read_adapter(start)[0], adapter)
        write_adapter(out / f"{run.name}.safetensors", adapter, metadata)
    measured = {
        asked.name: ranks(asked, encoder.measured_queries, encoder.measured_passages)
        for asked in (
            held_out_set(parts.held_out),
            *([later_set(parts)] if parts.later_held_out else []),
            *sets,
        )
    }
    (out / f"{run.name}.ranks.json").write_text(json.dumps(measured), "utf-8")
    return {
        "run": asdict(run),
        "passages": len(learned),
        "general": len(general),
        "queries": sum(len(example.queries) for example in learned),
        "loss": round(float(np.mean(losses[-20:])), 4) if losses else None,
        "seconds": round(seconds),
        **{name: summary(found) for name, found in measured.items()},
    }


def learned_by(run: Run, parts: Split) -> list[Example]:
    """The examples that a run shows."""
    if run.later:
        shown_again = min(run.examples or len(parts.first), len(parts.first))
        return [*parts.later, *random.Random(_SHOWN_AGAIN_SEED).sample(parts.first, shown_again)]
    return list(parts.first[: run.examples or None])


def steps(
    run: Run,
    encoder: TrainableEncoder,
    examples: Sequence[Example],
    chance: random.Random,
    general: Sequence[Example] = (),
) -> Iterator[float]:
    """Learns a batch with each value asked for, which is the batch's loss before it was learned."""
    optimizer = torch.optim.AdamW(encoder.trainable, lr=run.rate, weight_decay=0.01)
    order: list[list[Example]] = []
    near, near_general = (mining_vectors(run, learned) for learned in (examples, general))
    for _ in range(run.epochs):
        epoch = batches(examples, near, run.batch, run.alike, chance)
        if general:
            epoch += batches(general, near_general, run.batch, run.alike, chance)
            chance.shuffle(epoch)
        order += epoch
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_factor(step, len(order)))
    kept = PlainQueries(encoder, [*examples, *general]) if run.keep else None
    forms = Forms.of(examples)
    for number, batch in enumerate(order):
        with torch.autocast(encoder.device.type, torch.bfloat16, enabled=run.bfloat16):
            value = loss(run, encoder, draw(run, batch, forms, chance), kept)
        optimizer.zero_grad()
        torch.autograd.backward(value)
        torch.nn.utils.clip_grad_norm_(encoder.trainable, 1.0)
        optimizer.step()
        schedule.step()
        if number % 20 == 0:
            print(f"{run.name} {number}/{len(order)} {value.item():.4f}", file=sys.stderr, flush=True)
        yield value.item()


def mining_vectors(run: Run, examples: Sequence[Example]) -> FloatArray:
    """Vectors of the passages by the model that the run starts from, as served; kept for the next run."""
    encoder = load_encoder(
        adapter=run.start or "none", purpose=Purpose.QUERY, threads=torch.get_num_threads()
    )
    with VectorCache(platformdirs.user_cache_path("anjiang") / "training.sqlite") as cache:
        return CachedEncoder(encoder, cache).encode_passages([example.passage for example in examples])


def rate_factor(step: int, steps: int) -> float:
    """What the highest learning rate is multiplied by: up a tenth of the steps, then a cosine down to 0."""
    warm = max(1, steps // 10)
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


if __name__ == "__main__":
    main()
