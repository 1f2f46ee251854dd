"""``anjiang trace``: what it prints, what it writes, and what it says where there is nothing."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from bot.cli import build_app
from config.messages import Language
from retrieval.cli.lineage import show_lineage
from retrieval.cli.screen import Screen
from retrieval.cli.state import State
from retrieval.index.generation import open_generation
from retrieval.lineage.trace import trace
from tests.retrieval.index.helpers import FINGERPRINT, rebuild
from tests.retrieval.lineage.archives import ARCHIVE, LABEL, SPRING, SUMMER

DOCUMENT_KEYS = {"id", "path", "title", "speaker", "role", "date", "occasion", "organ", "sha256"}
KEYS = {
    "formulation", "folded", "least_similarity", "count", "documents", "first", "latest", "groups", "years",
    "speakers", "undated", "occurrences", "nearby",
}  # fmt: skip
OCCURRENCE_KEYS = {
    "n", "date", "speaker", "quoted_speaker", "section", "is_title", "text", "start", "end", "wording",
    "similarity", "sentence", "explanation", "passage_id", "document",
}  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lineage")
    for name, text in ARCHIVE.items():
        path = folder / "archive" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    rebuild(folder / "archive", folder / "index")
    return folder / "index"


def run(index: Path, *arguments: object, language: Language = Language.ZH) -> Result:
    words = ["trace", *map(str, arguments), "--index", str(index)]
    return CliRunner().invoke(build_app(language), words)


def run_json(index: Path, *arguments: object) -> Any:
    result = run(index, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_screen_tells_everything_in_order(apart: Path, index: Path) -> None:
    result = run(index, "三管三必须")
    assert result.exit_code == 0, result.output
    told = [line.strip() for line in result.stdout.splitlines() if line.strip()]
    start = SPRING.index("三管三必须")
    assert told[0] == "三管三必须  4 处，见于 3 篇 · 其中 1 处措辞相近而不相同"
    assert told[1] == "首次  2021-03-04  周启明  《在全市安全生产工作会议上的讲话》 › 一、压实各方面的责任"
    assert told[2].startswith("各部门要落实“三管三必须”（即")
    assert told[3] == f"释义：{LABEL}"
    assert told[4] == f"a/春.txt:{start}-{start + 5}"
    assert told[5].startswith("最新  2023-06-15  邱和  《在全市消防安全会议上的讲话》")
    rest = "\n".join(told)
    assert "措辞（标出与“三管三必须”的不同）\n3  三管三必须  2021-03-04 – 2023-06-15\n" in rest
    assert "1    三管三必[-须-]{+需+}  2023-06-15\n" in "\n".join(result.stdout.splitlines())
    assert "2021 ×1 · 2023 ×2" in rest
    assert "邱和 ×2 · 周启明 ×1 · 石开 ×1" in rest
    assert "未注明日期，不计入年份和先后\n《在燃气安全会议上的讲话》  c/燃气.txt" in rest
    assert rest.index("各处") < rest.index("未注明  石开  《在燃气安全会议上的讲话》")


def test_colours_take_the_place_of_marks(index: Path) -> None:
    out = io.StringIO()
    console = Console(file=out, width=100, force_terminal=True, color_system="standard", no_color=False)
    with open_generation(index, FINGERPRINT) as generation:
        show_lineage(Screen(console), State(Language.ZH, "anjiang"), trace(generation.store, "三管三必须"))
    assert "[-" not in out.getvalue()
    assert "\x1b[9;31m须\x1b[0m\x1b[32m需\x1b[0m" in out.getvalue()


def test_json_is_the_contract(apart: Path, index: Path) -> None:
    told = run_json(index, "三管三必须")
    assert set(told) == KEYS
    assert [one["n"] for one in told["occurrences"]] == [1, 2, 3, 4]
    for one in told["occurrences"]:
        assert set(one) == OCCURRENCE_KEYS
        assert set(one["document"]) == DOCUMENT_KEYS
        raw = ARCHIVE[one["document"]["path"]]
        assert raw[one["start"] : one["end"]] == one["text"]
    assert told["occurrences"][0]["explanation"]["text"] == LABEL
    assert (told["first"], told["latest"]) == (1, 2)
    assert told["groups"][0]["variants"][1]["marked"] == "三管三必[-须-]{+需+}"
    assert told == run_json(index, "三管", "三必须") | {"formulation": "三管三必须"}


def test_filters(apart: Path, index: Path) -> None:
    assert run_json(index, "三管三必须", "--year", 2023)["count"] == 2
    assert run_json(index, "三管三必须", "--speaker", "石开")["first"] is None
    assert run_json(index, "三管三必须", "--document", "春")["documents"] == 1


def test_what_filters_leave_out_is_not_said_to_be_nowhere(apart: Path, index: Path) -> None:
    assert run(index, "三管三必须", "--year", 1999).stdout == (
        "选出的讲话里没有“三管三必须”这个提法，也没有相近的。\n"
    )
    told = run(index, "三管三必须", "--year", 1999, language=Language.EN).stdout
    assert told == "“三管三必须” does not stand in the speeches chosen, nor does anything near it.\n"


def test_labels_of_first_and_latest_are_one_column(apart: Path, index: Path) -> None:
    told = run(index, "三管三必须", language=Language.EN).stdout
    assert "\nFirst   2021-03-04  周启明" in told
    assert "\nLatest  2023-06-15  邱和" in told


def test_the_picture_is_written_and_named_on_standard_error(apart: Path, index: Path) -> None:
    result = run(index, "三管三必须", "--picture", "沿革.svg", "--json")
    assert result.exit_code == 0, result.output
    assert result.stderr == "时间线已写入 沿革.svg\n"
    json.loads(result.stdout)
    assert ElementTree.parse(apart / "沿革.svg").getroot().tag.endswith("svg")
    refused = run(index, "三管三必须", "--picture", "there/is/none.svg")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("错误：写不了 there/is/none.svg（")
    assert refused.stdout == ""


def test_the_ending_decides_what_is_drawn(apart: Path, index: Path, squares: Path) -> None:
    result = run(index, "三管三必须", "--picture", "沿革.PNG")
    assert (result.exit_code, result.stderr) == (0, "时间线已写入 沿革.PNG\n")
    assert (apart / "沿革.PNG").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    refused = run(index, "三管三必须", "--picture", "沿革.jpg")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "错误：时间线只能画成 .png 或 .svg，写不了 沿革.jpg\n"


def test_without_a_font_the_svg_is_written_instead(apart: Path, index: Path, font_folder: Path) -> None:
    result = run(index, "三管三必须", "--picture", "沿革.png")
    assert result.exit_code == 1
    assert result.stdout.startswith("三管三必须  4 处")
    (line,) = result.stderr.splitlines()
    assert "apt-get install fonts-noto-cjk" in line
    assert line.endswith("时间线改写成了 沿革.svg")
    assert ElementTree.parse(apart / "沿革.svg").getroot().tag.endswith("svg")
    assert not (apart / "沿革.png").exists()


def test_one_place_is_shown_once(apart: Path, index: Path) -> None:
    told = run(index, "查隐患靠专家").stdout
    assert told.count("a/春.txt:") == 1
    assert "\n首次即最新  2021-03-04  周启明" in told
    assert "\nFirst and latest  2021-03-04" in run(index, "查隐患靠专家", language=Language.EN).stdout


def test_nothing_found_is_one_line(apart: Path, index: Path) -> None:
    result = run(index, "三管五必查", "--picture", "x.svg")
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert line.startswith("档案里没有“三管五必查”这个提法；最接近的是：“三管三必须”（《在全市安全生产")
    assert result.stderr == "没有可画的，未写 x.svg\n"
    assert not (apart / "x.svg").exists()
    assert run(index, "航天发射场").stdout == "档案里没有“航天发射场”这个提法，也没有相近的。\n"
    assert run_json(index, "航天发射场")["occurrences"] == []


@pytest.mark.parametrize("text", ["安", "。", "安" * 41])
def test_wrong_usage(apart: Path, index: Path, text: str) -> None:
    result = run(index, text)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_many_places_are_cut_with_a_line_that_says_so(
    apart: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("many")
    (folder / "archive").mkdir()
    items = "\n".join(f"第{n}组也要把谁的楼谁负责写上墙，第{n}组长签字。" for n in range(1, 31))
    (folder / "archive" / "many.txt").write_text(SUMMER + items, "utf-8")
    rebuild(folder / "archive", folder / "index")
    cut = run(folder / "index", "谁的楼谁负责").stdout
    assert cut.count("many.txt:") == 1 + 20
    assert "……还有 11 处（--verbose 全部列出）" in cut
    whole = run(folder / "index", "谁的楼谁负责", "--verbose").stdout
    assert whole.count("many.txt:") == 1 + 31
    assert "……还有" not in whole
