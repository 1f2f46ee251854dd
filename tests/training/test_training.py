"""Training for real: the default model learns six examples, and its adapter does what peft's own does."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from embeddings.prepare import prepare_model
from training import export
from training.adapter import Factors, read_adapter, write_adapter
from training.dense import read_sets
from training.encoder import TextEncoder
from training.errors import TrainingError
from training.examples import Example
from training.forms import Forms
from training.held_out import Split, held_out_set, split
from training.lora import TrainableEncoder
from training.measure import measure
from training.objective import draw, loss
from training.runs import Run
from training.train import learned_by, steps, train

EXAMPLES = (
    Example(
        topic="船闸",
        title="船闸会（站长 樊小满）",
        passage="过闸船只一律熄灯前靠泊，闸室内不得生火做饭。",
        queries=("闸里能烧饭不", "船闸 明火"),
        near_misses=("闸门每年小修一次。",),
        unanswered=("过闸收费吗",),
    ),
    Example(
        "校车", "", "校车发车前司机点名，到站后再从头走到尾看一遍座位。", ("咋防娃落在车上", "校车 点名")
    ),
    Example("粮库", "", "粮仓清仓由三人进行，一人在仓口守着绳子。", ("一个人能下粮囤吗", "清仓 几人")),
    Example(
        "浴池", "座谈会（所长 贝朗）", "锅炉房夜里每小时看一次水位，低于红线先停火。", ("水少了咋办", "水位")
    ),
    Example("山洪", "", "雨量到五十毫米，沟口三户由网格员叫醒转到小学。", ("雨多大要搬走", "沟口 转移")),
    Example("电梯", "", "电梯夹人后物业先断电，再打救援电话。", ("门夹了人能硬掰吗", "夹人 断电")),
)
RUN = Run("tiny", rank=4, alpha=8, epochs=3, batch=6, rate=2e-3, alike=0.0)


@pytest.fixture(scope="module")
def folder() -> Path:
    return prepare_model("default", adapter="none").folder


@pytest.fixture(scope="module")
def plain(folder: Path) -> TextEncoder:
    """The plain model; do not merge into it."""
    return TextEncoder(folder)


@pytest.fixture(scope="module")
def trained(folder: Path) -> tuple[TrainableEncoder, float, float]:
    """An encoder that has learned the examples, and its loss on the same draw before and after."""
    torch.manual_seed(1)
    encoder = TrainableEncoder(folder, RUN.rank, RUN.alpha)
    shown = draw(RUN, EXAMPLES, Forms.of(EXAMPLES), random.Random(2))
    before = float(loss(RUN, encoder, shown, None).detach())
    assert len(list(steps(RUN, encoder, EXAMPLES, random.Random(1)))) == RUN.epochs
    return encoder, before, float(loss(RUN, encoder, shown, None).detach())


def test_a_few_steps_lower_the_loss(trained: tuple[TrainableEncoder, float, float]) -> None:
    _, before, after = trained
    assert after < 0.8 * before


def test_only_the_layers_asked_for_learn(folder: Path) -> None:
    encoder = TrainableEncoder(folder, 2, 4, first_layer=11)
    assert {name.split(".")[2] for name in encoder.adapter()} == {"11"}
    assert len(encoder.adapter()) == 6
    assert sum(weight.numel() for weight in encoder.trainable) == 2 * (4 * (384 + 384) + 2 * (384 + 1536))


def test_untrained_adapter_changes_nothing(folder: Path, plain: TextEncoder) -> None:
    vectors = TrainableEncoder(folder, 2, 4).measured_queries(["烟花爆竹"])
    np.testing.assert_allclose(vectors, plain.measured_queries(["烟花爆竹"]), atol=1e-6)


def test_merged_file_gives_the_vectors_that_were_trained(
    trained: tuple[TrainableEncoder, float, float], folder: Path, tmp_path: Path
) -> None:
    encoder = trained[0]
    path = tmp_path / "tiny.safetensors"
    write_adapter(path, encoder.adapter(), {})
    merged = TextEncoder(folder)
    texts = [example.passage for example in EXAMPLES]
    before = merged.measured_passages(texts)
    merged.merge(path)
    learned = encoder.measured_passages(texts)
    assert (before * learned).sum(axis=1).min() < 0.99
    assert (merged.measured_passages(texts) * learned).sum(axis=1).min() > 0.9999


def test_factors_multiply_to_what_peft_would_merge(trained: tuple[TrainableEncoder, float, float]) -> None:
    encoder = trained[0]
    name = "encoder.layer.3.intermediate.dense"
    module = encoder.transformer.get_submodule(f"base_model.model.{name}")
    expected = module.get_delta_weight("default").detach().numpy()  # type: ignore[operator]
    assert np.abs(expected).max() > 1e-4
    np.testing.assert_allclose(encoder.adapter()[name].change(), expected, atol=1e-7)


def test_sorting_by_length_does_not_change_the_order(plain: TextEncoder) -> None:
    texts = ["短", "一句长一些的话，有二十来个字，占更多的位置", "中等的一句话", "短"]
    together = plain.measured_queries(texts)
    for row, text in enumerate(texts):
        np.testing.assert_allclose(together[row], plain.measured_queries([text])[0], atol=1e-5)


def test_adapter_of_another_model_is_refused(plain: TextEncoder, tmp_path: Path) -> None:
    thin = Factors(np.zeros((2, 8), np.float32), np.zeros((8, 2), np.float32))
    path = tmp_path / "thin.safetensors"
    write_adapter(path, {"encoder.layer.99": thin}, {})
    with pytest.raises(TrainingError, match=r"thin\.safetensors: the model has no weight encoder\.layer\.99"):
        plain.merge(path)
    write_adapter(path, {"encoder.layer.0.attention.self.query": thin}, {})
    with pytest.raises(TrainingError, match=r"factors for \(8, 8\), but .*query\.weight is \(384, 384\)"):
        plain.merge(path)


def test_a_run_writes_adapter_ranks_and_a_line_and_repeats_itself(tmp_path: Path) -> None:
    examples = EXAMPLES * 2  # a tenth, one example, is held out
    run = Run("tiny", rank=2, alpha=4, epochs=1, batch=4, keep=0.5)
    first, again = tmp_path / "first", tmp_path / "again"
    for out in (first, again):
        out.mkdir()
    row, repeated = train(run, examples, [], first), train(run, examples, [], again)
    assert row["passages"] == 11
    assert row["loss"] == repeated["loss"]
    assert (first / "tiny.safetensors").read_bytes() == (again / "tiny.safetensors").read_bytes()
    adapter, metadata = read_adapter(first / "tiny.safetensors")
    assert len(adapter) == 12 * 6
    assert json.loads(metadata["run"])["keep"] == 0.5
    ranks = json.loads((first / "tiny.ranks.json").read_text("utf-8"))
    held_out = held_out_set(split(examples).held_out)
    assert len(ranks["held_out"]) == len(held_out.questions)
    assert measure(first / "tiny.safetensors", [held_out]) == ranks


def test_a_run_that_goes_on_from_an_adapter_starts_with_its_vectors(tmp_path: Path) -> None:
    """And what it writes holds both: what it began with and what it learned."""
    first = Run("first", rank=2, alpha=4, epochs=1, batch=4, rate=2e-3)
    train(first, EXAMPLES * 2, [], tmp_path)
    start = tmp_path / "first.safetensors"
    general = (Example("河流", "", "清溪河全长四十公里，在柳湾汇入大江。", ("清溪河多长",)),) * 2
    further = Run("further", rank=3, alpha=6, epochs=1, batch=4, start=str(start), general=True)
    row = train(further, EXAMPLES * 2, [], tmp_path, general)
    assert (row["passages"], row["general"]) == (11, 2)
    held_out = [held_out_set(split(EXAMPLES * 2).held_out)]
    unlearned = train(replace(further, name="unlearned", epochs=0), EXAMPLES * 2, [], tmp_path)
    assert json.loads((tmp_path / "unlearned.ranks.json").read_text("utf-8")) == measure(start, held_out)
    assert unlearned["loss"] is None
    factors = read_adapter(tmp_path / "further.safetensors")[0]
    assert {one.a.shape[0] for one in factors.values()} == {2 + 3}
    assert json.loads((tmp_path / "further.ranks.json").read_text("utf-8")) == measure(
        tmp_path / "further.safetensors", held_out
    )


def test_a_run_over_later_examples_learns_all_of_them_and_some_of_the_first() -> None:
    first, later = EXAMPLES[:4], EXAMPLES[4:]
    parts = Split(first=tuple(first), held_out=(), later=tuple(later), later_held_out=())
    learned = learned_by(Run("more", later=True, examples=3), parts)
    assert learned[: len(later)] == list(later)
    assert len(learned) == len(later) + 3
    assert {each.passage for each in learned[len(later) :]} < {each.passage for each in first}
    everything = learned_by(Run("all", later=True), parts)
    assert {each.passage for each in everything} == {each.passage for each in EXAMPLES}
    assert len(everything) == len(EXAMPLES)
    assert learned_by(Run("before", examples=3), parts) == list(first[:3])
    assert learned_by(Run("before"), parts) == list(first)


def test_bfloat16_learns_about_the_same(tmp_path: Path) -> None:
    run = Run("tiny", rank=2, alpha=4, epochs=1, batch=4)
    exact = train(run, EXAMPLES * 2, [], tmp_path)["loss"]
    rounded = train(replace(run, bfloat16=True), EXAMPLES * 2, [], tmp_path)["loss"]
    assert rounded != exact
    assert rounded == pytest.approx(exact, rel=0.05)


def test_held_out_examples_are_asked_among_their_near_misses() -> None:
    asked = held_out_set(EXAMPLES[:2])
    assert asked.passages == (EXAMPLES[0].passage, EXAMPLES[1].passage, *EXAMPLES[0].near_misses)
    assert asked.questions == EXAMPLES[0].queries + EXAMPLES[1].queries
    assert asked.right == ((0,), (0,), (1,), (1,))


def test_export_knows_which_passages_answer(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    texts = {
        "a.txt": "渡口安全会上的讲话\n渡船满员即走，风力六级以上停渡。",
        "b.txt": "校园安全会上的讲话\n食堂留样四十八小时。",
    }
    for name, text in texts.items():
        (archive / name).write_text(text, "utf-8")
    questions = tmp_path / "questions.jsonl"
    gold = {"doc": "b.txt", "quote": "食堂留样四十八小时。"}
    rows: Sequence[dict[str, object]] = (
        {"id": "1", "question": "留样多久", "type": "fact", "gold": [gold], "facts": [], "answerable": True},
        {"id": "2", "question": "谁开会", "type": "fact", "gold": [], "facts": [], "answerable": False},
    )
    questions.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    squad = tmp_path / "squad.json"
    paragraph = {"context": "江在城北。", "qas": [{"question": "江在哪"}, {"question": "城北有什么"}]}
    squad.write_text(json.dumps({"data": [{"paragraphs": [paragraph]}]}), "utf-8")
    out = tmp_path / "sets.json"
    export.main([str(out), f"own={archive}:{questions}", "--cmrc", f"general={squad}"])
    own, general = read_sets(out)
    assert own.questions == ("留样多久",)
    assert [("四十八小时" in own.passages[row]) for row in own.right[0]] == [True]
    assert "校园安全会上的讲话" in own.passages[own.right[0][0]]
    assert {own.owners[row] for row, text in enumerate(own.sentences) if "留样" in text} == set(own.right[0])
    assert (general.passages, general.right) == (("江在城北。",), ((0,), (0,)))
