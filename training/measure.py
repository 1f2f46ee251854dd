"""Measures an adapter file as `training.train` measures a run.

usage: python -m training.measure ADAPTER.safetensors|none --sets SETS.json --out NAME.ranks.json

"none" measures the plain model. The summary goes to stdout as a line of JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from embeddings.prepare import prepare_model
from training.dense import QuestionSet, ranks, read_sets, summary
from training.encoder import TextEncoder
from training.errors import TrainingError
from training.examples import read_examples
from training.held_out import held_out_set, split


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("adapter")
    parser.add_argument("--sets", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int)
    arguments = parser.parse_args(words)
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    adapter = None if arguments.adapter == "none" else Path(arguments.adapter)
    try:
        sets = read_sets(arguments.sets) if arguments.sets else []
        measured = measure(adapter, [held_out_set(split(read_examples()).held_out), *sets])
    except TrainingError as error:
        sys.exit(str(error))
    arguments.out.write_text(json.dumps(measured), "utf-8")
    print(json.dumps({"adapter": arguments.adapter} | {name: summary(r) for name, r in measured.items()}))


def measure(adapter: Path | None, sets: Sequence[QuestionSet]) -> dict[str, list[int]]:
    """For each set the rank of each question's first right passage, by the merged model.

    Raises:
        TrainingError: the file is no adapter of the default model.
    """
    encoder = TextEncoder(prepare_model("default", adapter="none").folder)
    if adapter is not None:
        encoder.merge(adapter)
    return {asked.name: ranks(asked, encoder.measured_queries, encoder.measured_passages) for asked in sets}


if __name__ == "__main__":
    main()
