"""The runner of the standing benchmarks: lines come and go whole, worse is told, failures are named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import bench
from benchmarks.bench import Standing, is_worse, page, run
from benchmarks.measure import Line, read_lines, write_lines
from benchmarks.scale import LIMITS, NEAREST, Scale, lines, nearest
from retrieval.index.vectors import read_vectors, write_vectors

FASTER = Line("peer.speed", "files a second, ours to theirs", 2.0, higher_is_better=True)
COST = Line("peer.memory", "memory, ours to theirs", 0.5)


def test_lines_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_lines(tmp_path / "lines.json", [FASTER, COST])
    assert read_lines(tmp_path / "lines.json") == [FASTER, COST]


@pytest.mark.parametrize(
    ("before", "now", "worse"),
    [
        (FASTER, 1.61, False),
        (FASTER, 1.59, True),
        (FASTER, 9.0, False),
        (COST, 0.62, False),
        (COST, 0.63, True),
        (COST, 0.1, False),
    ],
)
def test_worse_is_what_noise_does_not_explain(before: Line, now: float, worse: bool) -> None:
    line = Line(before.name, before.what, now, before.higher_is_better)
    assert is_worse(line, before) is worse  # a quarter: 2.0 / 1.25 = 1.6, 0.5 x 1.25 = 0.625


def test_page_has_the_machine_and_a_table_for_each_benchmark() -> None:
    text = page([("cores", "2")], {"reading": [FASTER], "rebuild": [COST]})
    assert "| cores | 2 |" in text
    assert "| files a second, ours to theirs | 2 | more |" in text
    assert "| memory, ours to theirs | 0.5 | less |" in text
    assert text.index("benchmarks.rebuild") < text.index("benchmarks.reading")
    assert "benchmarks.scale" not in text


def test_a_benchmark_that_fails_raises(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run(Standing("archive_by_rule", "It takes no --json.", ("--no",)), tmp_path / "work")


def test_lines_of_a_failed_benchmark_stay_and_the_exit_code_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "FIGURES", tmp_path / "benchmarks.json")
    monkeypatch.setattr(bench, "PAGE", tmp_path / "benchmarks.md")
    monkeypatch.setattr(bench, "STANDING", (Standing("nowhere", "A benchmark that is not there", ()),))
    monkeypatch.setattr(sys, "argv", ["bench", "--work", str(tmp_path / "work")])
    kept = {"name": "nowhere.a", "what": "a", "value": 1.5, "higher_is_better": False}
    (tmp_path / "benchmarks.json").write_text(json.dumps({"machine": [], "lines": {"nowhere": [kept]}}))
    assert bench.main() == 1
    assert "nowhere failed" in capsys.readouterr().out
    assert json.loads((tmp_path / "benchmarks.json").read_text())["lines"] == {"nowhere": [kept]}
    assert "| a | 1.5 | less |" in (tmp_path / "benchmarks.md").read_text()


def test_scale_is_told_as_shares_of_limits() -> None:
    found = Scale(**dict.fromkeys(Scale.__slots__, 1.0) | {"p50_ms": 50.0})  # type: ignore[arg-type]
    told = {line.name: line for line in lines(found)}
    assert told["scale.p50_ms"].value == 50.0 / LIMITS["p50_ms"] == 2.0
    assert not told["scale.p50_ms"].higher_is_better
    assert told["scale.recall_at_10"].value == 1.0
    assert told["scale.recall_at_10"].higher_is_better


def test_nearest_compares_with_all(tmp_path: Path) -> None:
    random = np.random.default_rng(1).standard_normal((60, 8)).astype(np.float32)
    vectors = random / np.linalg.norm(random, axis=1, keepdims=True)
    write_vectors(tmp_path / "v.faiss", vectors)
    opened = read_vectors(tmp_path / "v.faiss", count=60, dim=8)
    queries = vectors[[3, 40]]
    for query, rows in zip(queries, nearest(opened, queries), strict=True):
        assert rows.tolist() == np.argsort(-(vectors @ query))[:NEAREST].tolist()
