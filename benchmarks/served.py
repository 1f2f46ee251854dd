"""The encoder as it is served (int8 ONNX) against the same weights in float: ranks by vectors alone.

usage: python -m benchmarks.served SETS.json --out DIR [--adapter NAME] [--name NAME] [--only SET ...]

SETS.json is what `training.export` writes. Writes OUT/NAME.float.ranks.json (queries and passages through
sentence-transformers) and OUT/NAME.int8.ranks.json (both through ONNX Runtime), for
`python -m training.compare`. `--adapter` is the setting embedding.adapter.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from config.settings import load_settings
from embeddings import Purpose, load_encoder
from embeddings.prepare import prepare_model
from embeddings.sentence_transformer import SentenceTransformerEncoder
from embeddings.types import Encoder
from training.dense import QuestionSet, ranks, read_sets


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--adapter", help="none, or as the setting takes it")
    parser.add_argument("--name", default="encoder")
    parser.add_argument("--only", nargs="+", help="names of sets")
    arguments = parser.parse_args()
    sets = [
        each for each in read_sets(arguments.sets) if arguments.only is None or each.name in arguments.only
    ]
    arguments.out.mkdir(parents=True, exist_ok=True)
    for form, encoder in both_forms(arguments.adapter).items():
        found = {each.name: ranks_by(encoder, each) for each in sets}
        (arguments.out / f"{arguments.name}.{form}.ranks.json").write_text(json.dumps(found), "utf-8")


def both_forms(adapter: str | None) -> dict[str, Encoder]:
    """The encoder of the settings in float and in int8, each for queries and passages alike."""
    chosen = load_settings(overrides={"embedding.adapter": adapter}).embedding
    prepared = prepare_model(chosen.model, adapter=chosen.adapter, cache_dir=chosen.cache)
    # `load_encoder` would take the int8 form for a handful of texts even in bulk work.
    in_float = SentenceTransformerEncoder(prepared.folder, prepared.manifest, None)
    in_int8 = load_encoder(
        chosen.model, adapter=chosen.adapter, purpose=Purpose.QUERY, cache_dir=chosen.cache
    )
    return {"float": in_float, "int8": in_int8}


def ranks_by(encoder: Encoder, asked: QuestionSet) -> list[int]:
    """Rank of the first right passage of each question, as training measures it."""
    return ranks(asked, encoder.encode_queries, encoder.encode_passages)


if __name__ == "__main__":
    main()
