"""The serving graph of the cross-encoder against the same weights in torch."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import onnx
import pytest
import torch
from safetensors.numpy import save_file

from config.errors import ModelUnavailableError
from embeddings.adapter import adapted, read_adapter
from embeddings.bert_graph import CLASSIFIER, GRAPH_NAME
from embeddings.cross_encoder import LONGEST, CrossEncoder, find_cross_encoder, load_cross_encoder
from embeddings.prepared import PreparedModel, models_folder
from embeddings.sentence_transformer import load_sentence_transformer
from embeddings.tokens import Tokens

QUESTION = "罐区几点换岗"
TEXTS = (
    "罐区每日早晚八点换岗，交接时两人一同绕罐一周。",
    "食堂下月起实行明厨亮灶。",
    "换岗记录保存三年。" * 3,
)


@pytest.fixture(scope="module")
def factors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random factors of rank 2 for two weights and of rank 1 for the classifier."""
    random = np.random.default_rng(5)
    shapes = {
        "encoder.layer.7.attention.self.value": (384, 384),
        "encoder.layer.10.output.dense": (384, 1536),
    }
    tensors = {"classifier.lora_A": random.normal(0, 1, (1, 768)), "classifier.lora_B": np.ones((1, 1))}
    for name, (outputs, inputs) in shapes.items():
        tensors[f"{name}.lora_A"] = random.normal(0, 0.2, (2, inputs))
        tensors[f"{name}.lora_B"] = random.normal(0, 0.2, (outputs, 2))
    path = tmp_path_factory.mktemp("cross") / "answers.safetensors"
    save_file({name: values.astype(np.float16) for name, values in tensors.items()}, path)
    return path


@pytest.fixture(scope="module")
def judge(factors: Path, model_cache: Path) -> CrossEncoder:
    judge = load_cross_encoder(factors, cache_dir=model_cache)
    assert judge is not None
    return judge


def in_torch(prepared: PreparedModel, factors: Path, question: str, text: str) -> float:
    model = load_sentence_transformer(prepared.folder, torch.float32)
    backbone = cast("torch.nn.Module", model[0].auto_model).train(False)
    weights = {name: value.numpy() for name, value in backbone.state_dict().items()}
    weights[CLASSIFIER] = np.zeros((1, 768), np.float32)
    changed = dict(adapted(read_adapter("own", factors), weights))
    classifier = torch.from_numpy(changed.pop(CLASSIFIER))
    with torch.inference_mode():
        for name, value in changed.items():
            backbone.get_parameter(name).copy_(torch.from_numpy(value))
        asked, told = (
            model.tokenizer(part)["input_ids"] for part in (f"query: {question}", f"passage: {text}")
        )
        hidden = backbone(input_ids=torch.tensor([[*asked, *told[1:]]])).last_hidden_state[0]
        return float(torch.cat([hidden[0], hidden.mean(0)]) @ classifier[0])


def test_graph_computes_what_torch_computes(
    judge: CrossEncoder, prepared: PreparedModel, factors: Path
) -> None:
    expected = [in_torch(prepared, factors, QUESTION, text) for text in TEXTS]
    found = judge.logits(QUESTION, TEXTS)
    assert found.dtype == np.float32
    assert np.ptp(expected) > 0.5
    # A random direction shows the rounding to 8 bits at its worst.
    np.testing.assert_allclose(found, expected, atol=0.25 * np.ptp(expected))


def test_texts_do_not_change_one_another(judge: CrossEncoder) -> None:
    together = judge.logits(QUESTION, TEXTS)
    alone = [judge.logits(QUESTION, [text])[0] for text in TEXTS]
    np.testing.assert_allclose(together, alone, atol=1e-3)


def test_nothing_to_judge(judge: CrossEncoder) -> None:
    assert judge.logits(QUESTION, []).shape == (0,)


def test_what_is_beyond_the_longest_is_cut_off(judge: CrossEncoder) -> None:
    long = "一二三四五六七八九十" * LONGEST
    assert judge.logits(QUESTION, [long]) == judge.logits(QUESTION, [long + "还有这一句。"])


def test_text_of_any_script_is_judged(judge: CrossEncoder) -> None:
    assert np.isfinite(judge.logits("🔥 Где?", ["Не курить\ud800", ""])).all()


def test_it_is_prepared_once(factors: Path, model_cache: Path, judge: CrossEncoder) -> None:
    folders = {path: path.stat().st_mtime_ns for path in models_folder(model_cache).glob("cross-encoder-*")}
    again = load_cross_encoder(factors, cache_dir=model_cache)
    assert again is not None
    assert {path: path.stat().st_mtime_ns for path in folders} == folders
    assert len(folders) == 1
    assert again.logits(QUESTION, TEXTS).tolist() == judge.logits(QUESTION, TEXTS).tolist()


def test_one_that_does_not_stay_says_the_same(factors: Path, model_cache: Path, judge: CrossEncoder) -> None:
    once = load_cross_encoder(factors, cache_dir=model_cache, keep=False)
    assert once is not None
    assert once.logits(QUESTION, TEXTS).tolist() == judge.logits(QUESTION, TEXTS).tolist()
    sessions = [each._sessions.of_all_threads for each in (once, judge)]
    assert [each.get_session_options().enable_mem_reuse for each in sessions] == [False, True]


def test_only_large_weights_lie_in_the_data_file(
    factors: Path, model_cache: Path, judge: CrossEncoder
) -> None:
    found = find_cross_encoder(factors, cache_dir=model_cache)
    assert found is not None
    graph = onnx.load(str(found.folder / GRAPH_NAME), load_external_data=False).graph
    outside = [each for each in graph.initializer if each.external_data]
    sizes = [int(entry.value) for each in outside for entry in each.external_data if entry.key == "length"]
    assert min(sizes) >= 65_536
    # The words, the positions, and of each of twelve layers six matrices.
    assert len(sizes) >= 2 + 12 * 6
    assert max(len(each.raw_data) for each in graph.initializer) < 65_536


def test_it_shares_the_tokenizer_of_the_encoder(
    factors: Path, model_cache: Path, judge: CrossEncoder, prepared: PreparedModel
) -> None:
    found = find_cross_encoder(factors, cache_dir=model_cache)
    assert found is not None
    encoders, own = Tokens(prepared.folder, 6), Tokens(found.folder, 4)
    assert encoders.ids(["安全第一"])[0][:2] == own.ids(["安全第一"])[0][:2]
    assert [len(tokens.ids([TEXTS[2]])[0]) for tokens in (encoders, own)] == [6, 4]
    assert encoders._tokenizer_for(TEXTS) is own._tokenizer_for(TEXTS)


def test_damaged_adapter_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "answers.safetensors"
    path.write_bytes(b"\x10" * 40)
    with pytest.raises(ModelUnavailableError) as caught:
        load_cross_encoder(path, cache_dir=tmp_path)
    assert str(path) in str(caught.value)
    assert "retrieval.cross_encoder" in str(caught.value)
    assert not list(models_folder(tmp_path).glob("*-*"))
    with pytest.raises(ModelUnavailableError, match=r"absent\.safetensors, can't be used \(No such file"):
        load_cross_encoder(tmp_path / "absent.safetensors", cache_dir=tmp_path)
