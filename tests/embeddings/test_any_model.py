"""Models other than the default: small BERT-like ones made here, with random weights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from embeddings import Encoder, Purpose, load_encoder, model_status
from embeddings.bert_graph import quantize_blocks
from embeddings.onnx import OnnxEncoder
from embeddings.prepare import PreparedModel
from embeddings.sentence_transformer import SentenceTransformerEncoder

TEXTS = ["安全", "", "a b c", "值班表 " * 40, "FIRE"]


def _make_model(
    folder: Path, kind: str, pooling: str = "mean", prompts: dict[str, str] | None = None, **changes: Any
) -> Path:
    """A SentenceTransformer folder with a random transformer of two layers."""
    import torch
    from transformers import AutoConfig, AutoModel

    torch.manual_seed(7)
    (folder / "1_Pooling").mkdir(parents=True)
    words = ["<s>", "<pad>", "</s>", "<unk>", *"安全值班表abcFIRE"]
    tokenizer = Tokenizer(models.WordLevel({word: row for row, word in enumerate(words)}, "<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 96,
        "max_position_embeddings": 50,
        "vocab_size": len(words),
        "pad_token_id": 1,
        "initializer_range": 0.2,
        **changes,
    }
    model = AutoModel.from_config(AutoConfig.for_model(kind, **settings))  # type: ignore[no-untyped-call]
    model.save_pretrained(folder)
    for name, content in {
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": "<s>",
            "eos_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "model_input_names": ["input_ids", "attention_mask"],
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": 64,
            "pooling_mode_mean_tokens": pooling == "mean",
            "pooling_mode_cls_token": pooling == "cls",
        },
        "config_sentence_transformers.json": {"prompts": prompts or {}},
    }.items():
        (folder / name).write_text(json.dumps(content))
    return folder


def _both(model: Path, cache: Path) -> tuple[Encoder, SentenceTransformerEncoder]:
    query = load_encoder(str(model), purpose=Purpose.QUERY, cache_dir=cache)
    status = model_status(str(model), cache_dir=cache)
    from embeddings.manifest import read_manifest

    return query, SentenceTransformerEncoder(status.folder, read_manifest(status.folder))


@pytest.mark.parametrize(
    ("kind", "pooling"), [("bert", "mean"), ("bert", "cls"), ("xlm-roberta", "mean"), ("roberta", "cls")]
)
def test_plain_berts_are_served_without_torch(kind: str, pooling: str, tmp_path: Path) -> None:
    model = _make_model(tmp_path / "model", kind, pooling)
    serving, bulk = _both(model, tmp_path / "cache")
    assert isinstance(serving, OnnxEncoder)
    assert serving.fingerprint == bulk.fingerprint
    assert serving.max_tokens == bulk.max_tokens == (50 if kind == "bert" else 48)
    cosines = np.sum(serving.encode_passages(TEXTS) * bulk.encode_passages(TEXTS), axis=1)
    assert cosines.min() >= 0.99
    np.testing.assert_allclose(np.linalg.norm(bulk.encode_queries(TEXTS), axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(("kind", "changes"), [("bert", {"hidden_act": "relu"}), ("mpnet", {})])
def test_other_models_are_served_through_torch(kind: str, changes: dict[str, Any], tmp_path: Path) -> None:
    model = _make_model(tmp_path / "model", kind, **changes)
    serving, _ = _both(model, tmp_path / "cache")
    assert isinstance(serving, SentenceTransformerEncoder)
    assert serving.encode_queries(TEXTS).shape == (len(TEXTS), 64)
    assert not model_status(str(model), cache_dir=tmp_path / "cache").torch_free


def test_prompts_are_used(tmp_path: Path) -> None:
    model = _make_model(tmp_path / "model", "bert", prompts={"query": "安", "document": "全"})
    serving, bulk = _both(model, tmp_path / "cache")
    assert serving.count_tokens(["", "值"]).tolist() == [3, 4]  # <s>, the prompt, </s>
    # The same weights without prompts must be fed the prompt as text.
    plain = load_encoder(
        str(_make_model(tmp_path / "安", "bert")), purpose=Purpose.QUERY, cache_dir=tmp_path / "cache"
    )
    for encoder in (serving, bulk):
        assert np.vdot(encoder.encode_queries(["a"]), plain.encode_queries(["安a"])) >= 0.99
        assert np.vdot(encoder.encode_passages(["a"]), plain.encode_passages(["全a"])) >= 0.99
        assert np.vdot(encoder.encode_queries(["a"]), encoder.encode_passages(["a"])) < 0.98


def test_a_changed_folder_is_prepared_again(tmp_path: Path) -> None:
    model = _make_model(tmp_path / "model", "bert")
    before = load_encoder(str(model), purpose=Purpose.QUERY, cache_dir=tmp_path / "cache").fingerprint
    shutil.rmtree(model)
    _make_model(model, "bert", initializer_range=0.1)
    after = load_encoder(str(model), purpose=Purpose.QUERY, cache_dir=tmp_path / "cache").fingerprint
    assert before != after


def test_the_default_model_as_a_folder_gives_the_same_vectors(
    prepared: PreparedModel, serving: OnnxEncoder, tmp_path: Path
) -> None:
    model = tmp_path / "my-e5-copy"
    shutil.copytree(prepared.folder, model, ignore=shutil.ignore_patterns("onnx", "anjiang.json"))
    copy = load_encoder(str(model), purpose=Purpose.QUERY, cache_dir=tmp_path / "cache")
    assert isinstance(copy, OnnxEncoder)
    texts = ["电焊作业要开动火票", "Hello", ""]
    cosines = np.sum(copy.encode_queries(texts) * serving.encode_queries(texts), axis=1)
    assert cosines.min() >= 0.9999


def test_blocks_are_quantized_as_worked_out_by_hand() -> None:
    weight = np.zeros((2, 64), dtype=np.float32)
    weight[0, :4] = [127, -127, 63.6, 0.4]  # scale 1: 255, 1, 192, 128
    weight[1, 32:34] = [0.5, -0.25]  # scale 0.5 / 127: 255, and 128 - 63.5 rounded to even
    quantized, scales = quantize_blocks(weight)
    assert quantized.shape == (2, 2, 32)
    assert quantized[0, 0, :5].tolist() == [255, 1, 192, 128, 128]
    assert quantized[1, 1, :3].tolist() == [255, 64, 128]
    np.testing.assert_allclose(scales, np.array([[1, 0], [0, 0.5 / 127]]), rtol=1e-6)
    with pytest.raises(ValueError, match="blocks"):
        quantize_blocks(np.zeros((2, 33), dtype=np.float32))
