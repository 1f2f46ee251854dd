"""The few operations that encode much text give the vectors of the SentenceTransformer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from embeddings import FloatArray
from embeddings.prepared import PreparedModel
from embeddings.texts import with_prefix
from embeddings.tokens import Tokens

TEXTS = [
    "",
    "短",
    "入汛以来，各水库要加密巡查，发现管涌立即上报。",
    "Check every fire extinguisher twice a year, and write it down.",
    "一、压实责任。各乡镇、街道要落实网格巡查，企业要落实主要负责人的责任。" * 6,
    "检修前必须先断电、验电、挂牌，两人在场。" * 60,
    *(f"第{number}次检查，发现隐患{number * 7}处" + "，均已整改" * (number % 9) for number in range(40)),
]


@pytest.fixture(scope="module")
def rows(prepared: PreparedModel) -> list[list[int]]:
    return Tokens(prepared.folder, 512).ids(with_prefix("passage: ", TEXTS))


@pytest.fixture(scope="module")
def reference(prepared: PreparedModel) -> FloatArray:
    """Of sentence-transformers in float32."""
    import torch

    from embeddings.sentence_transformer import load_sentence_transformer

    model = load_sentence_transformer(prepared.folder, torch.float32)
    vectors: FloatArray = model.encode(
        with_prefix("passage: ", TEXTS), batch_size=32, normalize_embeddings=True, show_progress_bar=False
    )
    return vectors


@pytest.mark.parametrize(("dtype", "least"), [("float32", 0.999999), ("bfloat16", 0.999)])
@pytest.mark.parametrize("lays_out", [True, False])
def test_vectors_agree_with_the_reference(
    dtype: str,
    least: float,
    lays_out: bool,
    prepared: PreparedModel,
    rows: list[list[int]],
    reference: FloatArray,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    from embeddings import torch_bert

    if not lays_out:  # as on processors of other makes
        monkeypatch.setattr(torch_bert, "_lays_out_weights", lambda: False)
    model = torch_bert.load_torch_bert(prepared.folder, prepared.manifest, getattr(torch, dtype))
    assert model is not None
    steps: list[int] = []
    vectors = model.encode_all(rows, workers=2, progress=steps.append)
    assert sum(steps) == len(TEXTS)
    assert np.sum(vectors * reference, axis=1).min() >= least
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("factor", [40.0, -40.0])
def test_scores_beyond_what_exp_can_hold_are_no_harm(
    factor: float, prepared: PreparedModel, rows: list[list[int]]
) -> None:
    import torch
    from transformers import BertModel

    from embeddings.bert_config import plain_bert
    from embeddings.torch_bert import TorchBert

    model = BertModel.from_pretrained(prepared.folder, dtype=torch.float32)
    weights = dict(model.named_parameters())
    with torch.no_grad():
        weights["encoder.layer.0.attention.self.query.weight"].mul_(factor)
    shape = plain_bert(model.config.to_dict(), "cls")
    assert shape is not None
    with torch.inference_mode():
        first = model(torch.tensor([rows[4]])).last_hidden_state[0, 0].numpy()
    (vector,) = TorchBert(weights, shape, torch.float32).encode([rows[4]])
    assert vector @ first / np.linalg.norm(first) >= 0.9999


def test_a_failed_batch_ends_the_job(prepared: PreparedModel, rows: list[list[int]]) -> None:
    import torch

    from embeddings.torch_bert import load_torch_bert

    model = load_torch_bert(prepared.folder, prepared.manifest, torch.float32)
    assert model is not None
    with pytest.raises(IndexError):
        model.encode_all([*rows, [10**9]], workers=2)


def test_what_is_no_plain_bert_is_left_to_sentence_transformers(prepared: PreparedModel) -> None:
    import torch

    from embeddings.torch_bert import load_torch_bert

    assert load_torch_bert(prepared.folder, replace(prepared.manifest, onnx=""), torch.float32) is None
