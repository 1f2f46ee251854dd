"""``read`` over several files, and what ``stats`` still knows of how files were read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from config.messages import Language
from retrieval.cli.app import build_app
from tests.retrieval.index.helpers import rebuild, speech
from tests.retrieval.readers.office import docx, p


def run(*arguments: object) -> Any:
    return CliRunner().invoke(build_app(Language.ZH), [str(argument) for argument in arguments])


@pytest.fixture
def archive(apart: Path) -> Path:
    folder = apart / "speeches"
    (folder / "2024").mkdir(parents=True)
    (folder / "2024" / "防汛.txt").write_text(speech("防汛"), "utf-8")
    (folder / "2024" / "防火.txt").write_bytes(docx("".join(map(p, speech("防火").splitlines()))))
    (folder / "2024" / "防火（网页）.txt").write_text(speech("防火"), "utf-8")
    (folder / "empty.txt").write_bytes(b"")
    return folder


def test_several_files_are_read_and_those_that_can_not_be_fail_the_command(archive: Path) -> None:
    first, second, empty = archive / "2024/防汛.txt", archive / "2024/防火.txt", archive / "empty.txt"
    result = run("read", first, empty, second)
    assert result.exit_code == 1
    assert result.stderr == "错误：empty.txt：文件是空的，没有可读的内容。请删除它，或换成有内容的文件。\n"
    lines = result.stdout.splitlines()
    assert lines[0] == "防汛.txt"
    assert lines[lines.index("防火.txt") + 1].startswith("docx/")
    assert run("read", first, second).exit_code == 0


def test_several_files_are_one_list(archive: Path) -> None:
    result = run("read", archive / "2024/防汛.txt", archive / "empty.txt", "--json")
    assert result.exit_code == 1
    good, bad = json.loads(result.stdout)
    assert (good["path"], good["reader"]) == ("防汛.txt", "text/1")
    assert bad == {
        "path": str(archive / "empty.txt"),
        "reason": "documents.empty",
        "error": "empty.txt：文件是空的，没有可读的内容。请删除它，或换成有内容的文件。",
    }


def test_one_file_that_can_not_be_read_is_the_line_of_the_report(archive: Path) -> None:
    result = run("read", archive / "empty.txt", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    line = result.stderr.removeprefix("错误：empty.txt：").strip()
    report = run("index", archive, "--dry-run", "--index", "idx").stdout.splitlines()
    assert f"! empty.txt  {line}" in report


def test_a_file_of_the_archive_is_read_as_the_index_reads_it(apart: Path, archive: Path) -> None:
    (apart / "anjiang.toml").write_text(f'archive = "{archive}"\n', "utf-8")
    assert json.loads(run("read", "speeches/2024/防汛.txt", "--json").stdout)["path"] == "2024/防汛.txt"
    (apart / "elsewhere.txt").write_text(speech("值班"), "utf-8")
    assert json.loads(run("read", "elsewhere.txt", "--json").stdout)["path"] == "elsewhere.txt"


def test_stats_know_readers_and_doubts_long_after_the_rebuild(apart: Path, archive: Path) -> None:
    rebuild(archive, apart / "idx")
    assert rebuild(archive, apart / "idx").warnings == ()
    counted = json.loads(run("stats", "--index", "idx", "--json").stdout)
    readers = {one["path"]: one["reader"].partition("/")[0] for one in counted["sources"]}
    assert readers == {"2024/防汛.txt": "text", "2024/防火.txt": "docx", "2024/防火（网页）.txt": "text"}
    assert counted["documents"] == 2
    wrong = {"path": "2024/防火.txt", "warning": "wrong_ending", "places": []}
    assert counted["warnings"] == [wrong]
    shown = run("stats", "--index", "idx").stdout
    assert "读取存疑的文件：1 个\n? 2024/防火.txt  扩展名与内容不符" in shown
    line = ["2024/防汛.txt", "text/1"]
    assert line not in map(str.split, shown.splitlines())
    assert line in map(str.split, run("stats", "--index", "idx", "--verbose").stdout.splitlines())
