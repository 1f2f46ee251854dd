"""Commands that look at an index without asking it anything: index, show, stats, config, doctor."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from config.messages import Language
from embeddings import model_status
from embeddings.cross_encoder import find_cross_encoder
from retrieval.index import vectors
from retrieval.index.manifest import read_manifest
from tests.bot.command import EXAMPLES, SPRING, run

FIRES = "清明森林防火讲话.txt"


def run_json(*arguments: object) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_index_says_what_it_would_do_and_writes_nothing(apart: Path) -> None:
    shutil.copytree(EXAMPLES, apart / "speeches")
    (apart / "speeches/empty.txt").write_bytes(b"")
    (apart / "speeches/clip.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42")
    result = run("index", "speeches", "--dry-run", "--index", "idx", language=Language.ZH)
    assert result.exit_code == 0, result.output
    assert f"+ {SPRING}\n" in result.stdout
    assert "! empty.txt" in result.stdout
    assert "! clip.mp4  不支持 .mp4 格式" in result.stdout
    assert "9 篇讲话；将新增 9，修改 0，改名 0，删除 0，未变 0，跳过 2" in result.stdout
    assert result.stderr == ""
    assert not (apart / "idx").exists()


def test_index_knows_what_changed(apart: Path, example_index: Path) -> None:
    shutil.copytree(EXAMPLES, apart / "speeches")
    (apart / "speeches" / SPRING).unlink()
    (apart / "speeches" / FIRES).rename(apart / "speeches" / "防火.txt")
    report = run_json("index", "speeches", "--dry-run", "--index", example_index)
    assert report["removed"] == [SPRING]
    assert report["renamed"] == [{"from": FIRES, "to": "防火.txt"}]
    assert (report["new"], report["changed"], report["unchanged"]) == ([], [], 7)
    assert report["dry_run"] is True
    assert report["generation"] is None


def test_index_says_how_vectors_are_searched(
    example_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run("index", EXAMPLES, "--dry-run", "--index", example_index, language=Language.ZH).stdout
    counted = run_json("stats", "--index", example_index)
    passages, sentences = counted["passages"], counted["sentences"]
    assert f"向量：{passages:,} 段精确检索，{sentences:,} 句精确检索\n" in said
    monkeypatch.setattr(vectors, "EXACT_ROWS", passages)  # fewer than sentences
    found = run_json("index", EXAMPLES, "--dry-run", "--index", tmp_path / "none")
    assert found["vectors"] is None
    manifest = read_manifest(example_index / counted["generation"])
    told = manifest.vectors.as_text(Language.EN)
    assert told.startswith(f"vectors: {passages:,} passages searched exactly, ")
    assert told.endswith(f", {sentences:,} sentences searched approximately")


def test_index_without_a_folder_says_how_to_name_one(apart: Path) -> None:
    result = run("index")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: no folder of speeches is set; run anjiang index FOLDER")


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_index_of_nothing_is_one_line(apart: Path, name: str) -> None:
    (apart / "empty").mkdir()
    result = run("index", name)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert name in result.stderr


@pytest.mark.parametrize("command", ["search x", "ask x", "show x", "stats"])
def test_without_an_index_the_next_command_is_named(apart: Path, command: str) -> None:
    result = run(*command.split(), "--index", "nowhere")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    named = re.fullmatch(r"error: there is no index in (.*nowhere); run: anjiang index (.*)\n", result.stderr)
    assert named is not None
    # What is run then must build the index that was asked.
    assert named[2] == f"FOLDER_OF_SPEECHES --index {named[1]}"


@pytest.mark.parametrize("name", [SPRING, "2024年春节前", "周启明市长"])
def test_show_document_by_path_or_part_of_path_or_title(apart: Path, example_index: Path, name: str) -> None:
    shown = run_json("show", name, "--index", example_index)
    source = (EXAMPLES / SPRING).read_text("utf-8")
    assert shown["document"]["path"] == SPRING
    assert (shown["start"], shown["end"], shown["text"]) == (0, len(source), source)
    by_id = run_json("show", shown["document"]["id"], "--index", example_index)
    assert by_id == shown


def test_show_document_prints_its_text(apart: Path, example_index: Path) -> None:
    result = run("show", FIRES, "--index", example_index, language=Language.ZH)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "《在全市森林草原防灭火工作电视电话会议上的讲话》"
    assert lines[2].startswith(f"{FIRES} · 1653 字 · utf-8 · ")
    source = (EXAMPLES / FIRES).read_text("utf-8")
    assert [line for line in lines[4:] if line] == [line for line in source.splitlines() if line]


def test_show_place_gives_exactly_its_characters(apart: Path, example_index: Path) -> None:
    source = (EXAMPLES / FIRES).read_text("utf-8")
    start = source.index("风力灭火机")
    target = f"{FIRES}:{start}-{start + 16}"
    shown = run_json("show", target, "--index", example_index)
    assert shown["text"] == source[start : start + 16]
    assert shown["section"][0].startswith("二、做好扑火准备")
    result = run("show", target, "--index", example_index)
    assert f"\n{target}\n" in result.stdout
    assert "二要补齐装备。风力灭火机、高压水泵、对讲机，缺多少补多少" in result.stdout
    passage = run_json("show", shown["passage_id"], "--index", example_index)
    assert passage["passage_id"] == shown["passage_id"]
    assert shown["text"] in passage["text"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nothing", "error: the index has no nothing; give a path"),
        ("清明森林防火.txt", f"error: the index has no 清明森林防火.txt; did you mean {FIRES}?"),
        ("讲话", "error: 讲话 fits several documents: "),
        (f"{FIRES}:9-9", f"error: {FIRES}:9-9 is no place in this document: START must be below END"),
        (f"{FIRES}:0-1654", f"error: {FIRES}:0-1654 is no place in this document"),
    ],
)
def test_show_says_what_is_near(apart: Path, example_index: Path, target: str, message: str) -> None:
    result = run("show", target, "--index", example_index)
    assert result.exit_code == 2
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1


def test_stats_count_the_archive(apart: Path, example_index: Path) -> None:
    counted = run_json("stats", "--index", example_index)
    assert counted["documents"] == 9
    texts = [run_json("show", path.name, "--index", example_index)["text"] for path in EXAMPLES.iterdir()]
    assert counted["characters"] == sum(map(len, texts))
    assert sum(row["documents"] for row in counted["years"]) == 9
    assert {row["name"]: row["documents"] for row in counted["encodings"]} == {"utf-8": 8, "gb18030": 1}
    assert counted["model"]["dim"] == 384
    assert counted["bytes"] > 0
    shown = run("stats", "--index", example_index, language=Language.ZH).stdout
    assert f"9 篇 · {counted['passages']} 段 · {counted['sentences']} 句" in shown


def test_config_masks_secrets_and_says_where_values_come_from(
    apart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (apart / "anjiang.toml").write_text('archive = "speeches"\n[telegram]\ntoken = "secret-token"\n', "utf-8")
    monkeypatch.setenv("ANJIANG_EMBEDDING__THREADS", "3")
    rows = {row["key"]: row for row in run_json("config", "--index", "here")}
    assert rows["archive"]["value"] == "speeches"
    assert "anjiang.toml" in rows["archive"]["origin"]
    assert rows["index"]["value"] == "here"
    assert rows["index"]["origin"].startswith("command line")
    assert rows["embedding.threads"]["origin"] == "environment ANJIANG_EMBEDDING__THREADS"
    result = run("config", language=Language.ZH)
    assert "secret-token" not in result.output
    assert "********" in result.output


def test_unknown_setting_is_one_line(apart: Path) -> None:
    (apart / "anjiang.toml").write_text("archiv = 1\n", "utf-8")
    result = run("config")
    assert result.exit_code == 2
    assert "archiv" in result.stderr
    assert result.stderr.count("\n") == 1


def test_doctor_finds_all_well(apart: Path, example_index: Path) -> None:
    found = run_json("doctor", "--index", example_index, "--archive", EXAMPLES)
    assert found["ok"] is True
    assert {check["check"] for check in found["checks"]} == {
        "python",
        "packages",
        "terminal",
        "archive",
        "disk",
        "fonts",
        "model",
        "judge",
        "cache",
        "index",
        "fresh",
        "llm",
    }
    [index] = [check["text"] for check in found["checks"] if check["check"] == "index"]
    counted = run_json("stats", "--index", example_index)
    counts = f"{counted['passages']:,} passages", f"{counted['sentences']:,} sentences"
    assert index.endswith(f"vectors: {counts[0]} searched exactly, {counts[1]} searched exactly")
    unwell = {check["check"] for check in found["checks"] if check["level"] != "ok"}
    assert unwell <= {"python", "disk", "fonts"}  # those are this machine's business


def test_doctor_sees_that_the_archive_changed(apart: Path, example_index: Path) -> None:
    shutil.copytree(example_index, apart / "idx")
    found = run_json("doctor", "--index", "idx", "--archive", apart)
    levels = {check["check"]: check["level"] for check in found["checks"]}
    assert levels["archive"] == "warn"
    assert levels["fresh"] == "warn"
    assert str(EXAMPLES) in found["checks"][-2]["text"]


def test_doctor_proves_every_byte_of_the_index(apart: Path, example_index: Path) -> None:
    shutil.copytree(example_index, apart / "idx")
    generation = next((apart / "idx").glob("gen-*"))
    file = generation / "passages.sqlite"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    result = run("doctor", "--index", "idx", language=Language.ZH)
    assert result.exit_code == 1
    assert re.search(r"^✗ 索引 .*passages\.sqlite.*anjiang index", result.stdout, re.MULTILINE)
    assert "✓ 模型" in result.stdout


def test_doctor_names_models_that_are_not_in_use(
    apart: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = find_cross_encoder()
    assert judge is not None
    (apart / "cache" / "models").mkdir(parents=True)
    for folder in (model_status().folder, judge.folder):
        (apart / "cache" / "models" / folder.name).symlink_to(folder)
    monkeypatch.setenv("ANJIANG_EMBEDDING__CACHE", "cache")

    def told() -> str:
        checks = run_json("doctor", "--index", example_index)["checks"]
        (text,) = (check["text"] for check in checks if check["check"] == "cache")
        return str(text)

    assert told() == "cache/models holds only the models in use"
    old = apart / "cache" / "models" / "multilingual-e5-small-0123456789ab"
    old.mkdir()
    (old / "model.safetensors").write_bytes(bytes(3 << 20))
    assert told().startswith("cache/models also holds models that these settings do not use: 1, 3 MB; ")


def test_doctor_without_its_judge_says_what_makes_it(
    apart: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = model_status().folder
    (apart / "cache" / "models").mkdir(parents=True)
    (apart / "cache" / "models" / folder.name).symlink_to(folder)
    monkeypatch.setenv("ANJIANG_EMBEDDING__CACHE", "cache")
    result = run("doctor", "--index", example_index)
    assert result.exit_code == 0, result.output
    assert re.search(r"^! judge +the cross-encoder is not prepared yet", result.stdout, re.MULTILINE)
    assert len(list((apart / "cache" / "models").iterdir())) == 1
    monkeypatch.setenv("ANJIANG_RETRIEVAL__CROSS_ENCODER", "false")
    assert "not in use (retrieval.cross_encoder = false)" in run("doctor", "--index", example_index).stdout


def test_doctor_names_the_font_of_pictures(apart: Path, squares: Path) -> None:
    assert re.search(r"^✓ fonts +Squares \(for timelines", run("doctor").stdout, re.MULTILINE)
    (squares / "squares.ttf").unlink()
    assert re.search(r"^! fonts +no font .*fonts-noto-cjk", run("doctor").stdout, re.MULTILINE)


def test_doctor_without_an_index_fails_and_says_what_to_run(apart: Path) -> None:
    result = run("doctor", "--index", "nowhere")
    assert result.exit_code == 1
    assert re.search(r"^✗ index .*run: anjiang index", result.stdout, re.MULTILINE)
    assert re.search(r"^! archive +not set", result.stdout, re.MULTILINE)


def test_version() -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert re.fullmatch(r"anjiang \S+\n", result.stdout)
