"""Corrections in rebuilds and in the command: what changes, what is read again, what stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.errors import MetadataError
from config.messages import Language
from retrieval.cli.app import build_app
from retrieval.corrections import SIDECAR, Correction, corrected
from retrieval.documents.read import read_bytes
from retrieval.documents.types import Genre, Known, Provenance, Turn
from retrieval.index.archive import find_speeches
from retrieval.index.generation import open_generation
from retrieval.types import Passage
from tests.retrieval.index.helpers import FINGERPRINT, HashingEncoder, info_of, rebuild, write_archive


def passages_of(index: Path, path: str) -> list[Passage]:
    with open_generation(index, FINGERPRINT) as generation:
        stored = generation.store.find_path(path)
        assert stored is not None
        return generation.store.passages(stored.passages)


def run(archive: Path, *words: str, language: Language = Language.ZH) -> tuple[int, str, str]:
    done = CliRunner().invoke(build_app(language, "anjiang"), ["--archive", str(archive), "meta", *words])
    return done.exit_code, done.stdout, done.stderr


def test_a_correction_changes_its_document_alone_and_at_once(tmp_path: Path) -> None:
    archive, index = tmp_path / "archive", tmp_path / "index"
    write_archive(archive)
    rebuild(archive, index)
    assert info_of(index, "2.txt").speaker is None
    code, _, told = run(archive, "2.txt", "--speaker", "齐向东", "--role", "镇长", "--date", "2023年4月12日")
    assert (code, SIDECAR in told) == (0, True)
    encoder = HashingEncoder()
    report = rebuild(archive, index, encoder)
    assert (report.changed, report.unchanged, report.skipped) == (("2.txt",), 2, ())
    info = info_of(index, "2.txt")
    assert (info.speaker, info.role, info.date) == ("齐向东", "镇长", "2023-04-12")
    passages = passages_of(index, "2.txt")
    assert {passage.speaker for passage in passages} == {"齐向东"}
    assert all("｜齐向东，镇长" in passage.header for passage in passages)
    # Headers stand before the words that are encoded; the sentences stay as they were.
    assert sorted(encoder.encoded) == sorted(f"{one.header}\n{one.text}" for one in passages)
    assert rebuild(archive, index).generation is None
    assert rebuild(archive, index, full=True).documents == 3
    assert info_of(index, "2.txt").speaker == "齐向东"


def test_what_was_read_holds_again_when_a_correction_is_taken_back(tmp_path: Path) -> None:
    archive, index = tmp_path / "archive", tmp_path / "index"
    write_archive(archive)
    rebuild(archive, index)
    before = info_of(index, "1.txt"), passages_of(index, "1.txt")
    run(archive, "1.txt", "--unset", "occasion", "--title", "另一个题目")
    rebuild(archive, index)
    assert (info_of(index, "1.txt").title, info_of(index, "1.txt").occasion) == ("另一个题目", None)
    run(archive, "1.txt", "--forget")
    assert rebuild(archive, index).changed == ("1.txt",)
    assert (info_of(index, "1.txt"), passages_of(index, "1.txt")) == before


def test_a_renamed_file_keeps_its_corrections_and_a_replaced_one_does_not(tmp_path: Path) -> None:
    archive, index = tmp_path / "archive", tmp_path / "index"
    write_archive(archive)
    run(archive, "1.txt", "--speaker", "齐向东")
    rebuild(archive, index)
    (archive / "1.txt").rename(archive / "新名.txt")
    report = rebuild(archive, index)
    assert (report.renamed, report.left_over) == ((("1.txt", "新名.txt"),), ())
    assert info_of(index, "新名.txt").speaker == "齐向东"
    (archive / "新名.txt").rename(archive / "1.txt")
    (archive / "1.txt").write_text((archive / "1.txt").read_text("utf-8") + "一句都不要忘。\n", "utf-8")
    report = rebuild(archive, index)
    assert [(path, reason.key) for path, reason in report.left_over] == [("1.txt", "meta.replaced")]
    assert info_of(index, "1.txt").speaker is None
    run(archive, "1.txt", "--confirm")
    assert rebuild(archive, index).left_over == ()
    assert info_of(index, "1.txt").speaker == "齐向东"
    (archive / "1.txt").unlink()
    assert [reason.key for _, reason in rebuild(archive, index).left_over] == ["meta.no_file"]


def test_a_damaged_file_stops_the_rebuild_and_leaves_the_index(tmp_path: Path) -> None:
    archive, index = tmp_path / "archive", tmp_path / "index"
    write_archive(archive)
    rebuild(archive, index)
    before = (index / "CURRENT").read_text()
    (archive / SIDECAR).write_text('["1.txt"]\nspeaker = 齐向东\n', "utf-8")
    (archive / "1.txt").unlink()
    with pytest.raises(MetadataError) as caught:
        rebuild(archive, index)
    assert "第 2 行第 11 列" in caught.value.text(Language.ZH)
    assert (index / "CURRENT").read_text() == before
    assert info_of(index, "1.txt").path == "1.txt"


def test_the_walk_passes_the_file_over_where_it_belongs(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    write_archive(archive)
    (archive / "下级").mkdir()
    (archive / SIDECAR).write_text("", "utf-8")
    (archive / "下级" / SIDECAR).write_text("", "utf-8")
    files, skipped = find_speeches(archive, tmp_path / "index", frozenset({".txt"}))
    assert files == ["1.txt", "2.txt", "3.txt"]
    assert [one.path for one in skipped] == [f"下级/{SIDECAR}"]


def test_a_report_changes_only_whom_it_took_for_somebody_else() -> None:
    text = (
        "甘泉强调秋收安全\n9月28日，全县秋收农机安全工作会议召开。\n县委书记甘泉强调，机手要有证。"
        "县长沈柏川要求，农机要逐台验车。甘泉指出，田埂要留出车道。沈柏川表示，当天就办。\n"
    )
    document = read_bytes(text.encode(), "a.txt")
    assert document.metadata.genre is Genre.NEWS
    told = corrected(document, Correction("a.txt", "", {"speaker": "甘全"}))
    assert told.metadata.speaker == Known("甘全", Provenance.CORRECTED)
    expected = [turn.speaker.replace("甘泉", "甘全") for turn in document.turns]
    assert "甘全" in expected
    assert [turn.speaker for turn in told.turns] == expected
    assert corrected(document, None) is document
    assert corrected(document, Correction("a.txt")) is document


def test_a_speaker_that_is_taken_away_speaks_nowhere() -> None:
    text = "在全镇秧田用电会议上的讲话\n镇长 齐向东\n同志们：\n秧田里的电线一根一根查，破了皮的当天换掉。\n"
    document = read_bytes(text.encode(), "a.txt")
    assert [turn.speaker for turn in document.turns] == ["齐向东"]
    none = corrected(document, Correction("a.txt", "", {"speaker": "", "role": ""}))
    assert (none.turns, none.metadata.speaker) == ((), Known("", Provenance.CORRECTED))
    other = corrected(document, Correction("a.txt", "", {"speaker": "齐东向"}))
    assert other.turns == (Turn(document.turns[0].span, "齐东向", "镇长"),)


def test_the_command_shows_what_is_known_and_how(tmp_path: Path) -> None:
    write_archive(tmp_path)
    code, shown, _ = run(tmp_path, "1.txt")
    assert code == 0
    assert "在防汛抗旱工作会议上的讲话  (原文写明)" in shown
    run(tmp_path, "1.txt", "--speaker", "齐向东", "--unset", "occasion")
    _, shown, _ = run(tmp_path, "1.txt")
    assert "齐向东  (更正（原文未注明）)" in shown
    assert "未注明  (更正为没有（原读作：防汛抗旱工作会议）)" in shown
    _, shown, _ = run(tmp_path, "1.txt", "--json", language=Language.EN)
    found = json.loads(shown)
    assert found["metadata"]["speaker"] == {
        "value": "齐向东",
        "provenance": "corrected",
        "read": {"value": None, "provenance": "none"},
    }
    assert found["metadata"]["title"]["provenance"] == "explicit"
    assert found["corrections"] == {"speaker": "齐向东", "occasion": ""}
    assert found["replaced"] is False
    _, shown, _ = run(tmp_path, "--json")
    assert json.loads(shown)["documents"] == [
        {"path": "1.txt", "corrections": {"speaker": "齐向东", "occasion": ""}}
    ]
    _, shown, _ = run(tmp_path)
    assert "1.txt" in shown
    (tmp_path / "1.txt").write_text("同志们：\n换了一篇，只说一件事，就是把门前的雪扫干净。\n", "utf-8")
    _, shown, _ = run(tmp_path, "1.txt")
    assert "--confirm" in shown


def test_files_are_named_in_the_archive_or_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "archive"
    write_archive(archive)
    (archive / "2024").mkdir()
    (archive / "1.txt").rename(archive / "2024" / "1.txt")
    monkeypatch.chdir(archive / "2024")
    for name in ("2024/1.txt", "1.txt", str(archive / "2024" / "1.txt")):
        _, shown, _ = run(archive, name, "--json")
        assert json.loads(shown)["path"] == "2024/1.txt"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["1.txt", "--date", "明年"], 2, "明年 不是日期"),
        (["1.txt", "--speaker", " "], 2, "--speaker 的值是空的"),
        (["1.txt", "--unset", "spaeker"], 2, "没有 spaeker 这一项"),
        (["1.txt", "--unset", "speaker", "--speaker", "甲"], 2, "不能又改又清空"),
        (["1.txt", "--forget", "--speaker", "甲"], 2, "--forget 不能"),
        (["1.txt", "--forget", "--confirm"], 2, "--forget 不能"),
        (["--speaker", "甲"], 2, "缺少"),
        (["9.txt"], 1, "9.txt"),
        (["../x.txt"], 2, "不在讲话文件夹"),
        (["1.txt", "--forget"], 0, "没有更正"),
        (["1.txt", "--confirm"], 0, "没有更正"),
    ],
)
def test_wrong_usage_is_one_line(tmp_path: Path, words: list[str], code: int, told: str) -> None:
    archive = tmp_path / "archive"
    write_archive(archive)
    status, _, line = run(archive, *words)
    assert (status, told in line, line.count("\n")) == (code, True, 1)
    assert not (archive / SIDECAR).exists()


def test_corrections_and_copies_of_a_speech_do_not_undo_each_other(tmp_path: Path) -> None:
    archive, index = tmp_path / "archive", tmp_path / "index"
    write_archive(archive, ("防汛抗旱", "森林防火"))
    words = (archive / "1.txt").read_text("utf-8").replace("\n", "\n县委书记 齐东向\n", 1)
    (archive / "1.txt").write_text(words, "utf-8")
    (archive / "1.md").write_text(words.replace("。", "。 "), "utf-8")
    report = rebuild(archive, index)
    assert (report.documents, [one.reason.key for one in report.skipped]) == (2, ["index.skip_same_speech"])
    with open_generation(index, FINGERPRINT) as generation:
        best = generation.store.document_infos()[0]
    assert (best.speaker, len(best.files)) == ("齐东向", 1)
    for words_of_command, speaker in ((("--speaker", "齐向东"), "齐向东"), (("--unset", "speaker"), None)):
        run(archive, best.path, *words_of_command)
        assert rebuild(archive, index).documents == 2
        assert info_of(index, best.path).speaker == speaker
        assert len(info_of(index, best.path).files) == 1
