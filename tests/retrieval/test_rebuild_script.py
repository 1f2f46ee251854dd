"""The script for cron, with the real default model on a speech of a few sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retrieval.index import current_name, open_generation
from retrieval.rebuild import main

SPEECH = """在消防安全工作会议上的讲话

同志们：
一、加强仓库检查。各单位要在月底前把所有仓库检查一遍，发现通道堵塞的立即清理，并把结果报给安全科。
二、加强夜间巡查。每天夜里至少巡查两次，巡查人员要签字，交接班时要当面说明情况。
"""


@pytest.fixture
def archive(apart: Path) -> Path:
    (apart / "讲话").mkdir()
    (apart / "讲话" / "1.txt").write_text(SPEECH, "utf-8")
    return apart / "讲话"


def test_success_is_one_line_and_repeating_it_writes_nothing(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(archive), "--index", "index", "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith("1 documents, ")
    assert main([str(archive), "--index", "index", "--lang", "zh"]) == 0
    output = capsys.readouterr()
    assert output.out.count("\n") == 1
    assert "未变 1" in output.out
    assert output.err == ""
    assert current_name(Path("index")) == "gen-000001"
    with open_generation(Path("index"), None, verify=True) as generation:
        assert generation.store.document_infos()[0].path == "1.txt"


def test_settings_name_archive_and_index(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("anjiang.toml").write_text('archive = "讲话"\nindex = "here"\nlanguage = "en"\n', "utf-8")
    assert main(["--dry-run", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["new"], report["dry_run"], report["generation"]) == (["1.txt"], True, None)
    assert not Path("here").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["absent"], 1, "there is no folder of speeches at "),
        ([], 2, "no folder of speeches was given"),
        (["讲话", "--ful"], 2, "unrecognized arguments: --ful; see: python -m retrieval.rebuild --help"),
        (["讲话", "--index"], 2, "argument --index: expected one argument"),
    ],
)
def test_failure_is_one_line_on_standard_error(
    archive: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, line: str
) -> None:
    assert main(["--lang", "en", *arguments]) == code
    output = capsys.readouterr()
    assert output.out == ""
    assert line in output.err
    assert output.err.count("\n") == 1


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help", "--lang", "zh"]) == 0
    text = capsys.readouterr().out
    for option in ("--index", "--config", "--full", "--dry-run", "--json"):
        assert option in text
