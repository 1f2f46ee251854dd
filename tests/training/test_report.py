"""The page's tables and picture say what the JSON says, and go stale visibly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from training.curve import curve_picture
from training.report import DOCS, files, main, updated
from training.tables import curve_table, full_table, lines_table, summary_table

SVG = "{http://www.w3.org/2000/svg}"


def score(value: float, change: float | None = None, p: float = 0.5) -> dict[str, Any]:
    found: dict[str, Any] = {"value": value, "low": value - 0.125, "high": value + 0.125}
    if change is not None:
        found["difference"] = {
            "value": change, "low": change - 0.25, "high": change + 0.25, "p": p, "exact": False
        }  # fmt: skip
    return found


def row(name: str, *values: float, change: float | None = None, p: float = 0.5, passages: int = 0) -> Any:
    sets = {
        f"set{number}": {
            "questions": 1000 * number,
            **{key: score(value, change, p) for key in ("success@1", "success@5", "mrr@10")},
        }
        for number, value in enumerate(values, 1)
    }
    log = {"passages": passages, "queries": 3 * passages} if passages else {}
    return {"run": name, "log": log, "sets": sets}


SECTION = {
    "rows": [
        row("plain", 0.5, 0.75),
        row("tuned", 0.625, 0.75, change=0.125, p=0.0004, passages=1000),
    ]
}


def test_full_table_has_intervals_and_signed_differences() -> None:
    lines = full_table(SECTION).splitlines()
    assert lines[:2] == ["| questions | run | Success@1 | Success@5 | MRR@10 |", "|---|---|--:|--:|--:|"]
    cell = "0.625 [0.500, 0.750]"
    assert lines[3] == f"|  | tuned | {cell} | {cell} | {cell} |"
    change = "+0.125 [−0.125, +0.375], p < 0.001"
    assert lines[4] == f"|  | difference | {change} | {change} | {change} |"
    assert lines[5].startswith("| set2 (2,000) | plain |")


def test_summary_names_the_only_other_run_in_its_heading() -> None:
    lines = summary_table(SECTION).splitlines()
    assert lines[0] == "| questions | Success@5, plain | tuned | p | MRR@10, plain | tuned | p |"
    assert lines[2] == "| set1 (1,000) | 0.500 | 0.625 | < 0.001 | 0.500 | 0.625 | < 0.001 |"


def test_summary_of_several_runs_names_them_in_each_line() -> None:
    several = {"rows": [*SECTION["rows"], row("other", 0.25, 0.25, change=-0.25, p=0.012)]}
    lines = summary_table(several).splitlines()
    assert lines[0] == "| questions | run | Success@5, plain | run | p | MRR@10, plain | run | p |"
    assert lines[3] == "| set1 (1,000) | other | 0.500 | 0.250 | 0.012 | 0.500 | 0.250 | 0.012 |"


def test_one_line_for_each_ablation() -> None:
    zero = {"rows": [SECTION["rows"][0], row("no headers", 0.5, 0.75, change=-0.0004)]}
    lines = lines_table(zero).splitlines()
    assert lines[0] == "| run | set1 (1,000) | set2 (2,000) |"
    assert lines[2] == "| plain | 0.500 [0.375, 0.625] | 0.750 [0.625, 0.875] |"
    assert lines[3].startswith("| no headers | 0.000 [−0.250, +0.250] |")
    assert len(lines) == 4


def test_curve_table_says_how_much_was_learned_from() -> None:
    lines = curve_table(SECTION).splitlines()
    assert lines[2].startswith("| plain | 0 | 0 | 0.500")
    assert lines[3].startswith("| tuned | 1,000 | 3,000 | 0.625")


def test_only_what_stands_between_markers_changes() -> None:
    page = "# A\n\n<!-- figures:dense full -->\nold\n<!-- /figures -->\n\ntext\n"
    made = updated(page, {"dense": SECTION})
    assert made == page.replace("old\n", full_table(SECTION))
    assert updated(made, {"dense": SECTION}) == made


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("<!-- figures:other full -->\n<!-- /figures -->", "other: not measured; measured are dense"),
        ("<!-- figures:dense round -->\n<!-- /figures -->", "dense round: forms are full"),
        ("<!-- figures:dense full -->\n", "no partner"),
        ("<!-- /figures -->\n", "no partner"),
        ("<!-- figures:dense full -->\n<!-- figures:dense full -->\n<!-- /figures -->", "no partner"),
    ],
)
def test_a_bad_marker_is_refused(page: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        updated(page, {"dense": SECTION})


def test_check_tells_and_write_mends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "quality.json").write_text(json.dumps({"curve": SECTION}), "utf-8")
    (tmp_path / "quality.md").write_text("<!-- figures:curve curve -->\n<!-- /figures -->\n", "utf-8")
    assert main(["--check"], tmp_path) == 1
    assert "quality.md is not up to date" in capsys.readouterr().err
    assert not (tmp_path / "learning_curve.svg").exists()
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    assert (tmp_path / "learning_curve.svg").read_text("utf-8") == curve_picture(SECTION)


def test_picture_puts_values_where_they_belong() -> None:
    """Least value 0.375, so the axis runs from 0.3 to 1.0 over 360 - 24 - 48 = 288 pixels below 24."""
    runs = {"rows": [row("all", 0.8, passages=2000), row("plain", 0.5), row("half", 0.65, passages=1000)]}
    drawn = ElementTree.fromstring(curve_picture(runs))
    circles = [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in drawn.iter(f"{SVG}circle")]
    expected = [(56, 0.5), (313, 0.65), (570, 0.8)]
    for (x, y), (wanted, value) in zip(circles, expected, strict=True):
        assert x == pytest.approx(wanted, abs=0.06)
        assert y == pytest.approx(312 - (value - 0.3) / 0.7 * 288, abs=0.06)
    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert {"plain", "1,000", "2,000", "0.3", "1.0", "set1"} <= set(texts)


def test_names_at_the_end_of_lines_do_not_overlap() -> None:
    drawn = ElementTree.fromstring(curve_picture({"rows": [row("plain", 0.5, 0.501, 0.502)]}))
    heights = [float(t.attrib["y"]) for t in drawn.iter(f"{SVG}text") if (t.text or "").startswith("set")]
    assert len(heights) == 3
    assert min(abs(one - other) for one in heights for other in heights if one != other) >= 13.9


def test_the_page_is_up_to_date() -> None:
    for path, text in files(DOCS).items():
        assert path.read_text("utf-8") == text, "run python -m training.report"
