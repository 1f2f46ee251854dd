"""Runs are compared on the same questions only, and the figures written are those worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from training.compare import RanksError, compare, main, read_ranks, read_run, write_section

MISSING = 10**6


def written(folder: Path, name: str, **ranks: list[int]) -> Path:
    path = folder / f"{name}.ranks.json"
    path.write_text(json.dumps(ranks), "utf-8")
    return path


def logged(folder: Path, name: str, seed: int, seconds: int) -> None:
    row = {"run": {"name": name, "seed": seed}, "passages": 40, "queries": 120, "seconds": seconds}
    with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(row) + "\n")


def test_second_run_is_measured_against_the_first(tmp_path: Path) -> None:
    plain = written(tmp_path, "plain", seeds=[1, 2, MISSING, 6])
    tuned = written(tmp_path, "tuned", seeds=[1, 1, 1, 5])
    section = compare([read_run(str(plain)), read_run(f"with adapter={tuned}")])
    first, second = section["rows"]
    assert (first["run"], second["run"]) == ("plain", "with adapter")
    assert "difference" not in first["sets"]["seeds"]["mrr@10"]
    scores = second["sets"]["seeds"]
    assert scores["questions"] == 4
    assert scores["success@1"]["value"] == 0.75
    assert scores["success@5"]["value"] == 1
    assert scores["mrr@10"]["value"] == pytest.approx((1 + 1 + 1 + 0.2) / 4)
    # Questions two to four changed for the first measure: two of them; both flips of one sign: 2 of 4.
    assert scores["success@1"]["difference"]["value"] == 0.5
    assert scores["success@1"]["difference"]["p"] == 0.5
    assert scores["mrr@10"]["difference"]["value"] == pytest.approx(
        (0 + 1 / 2 + 1 + 1 / 5 - 1 / 6) / 4, abs=5e-5
    )
    assert scores["mrr@10"]["difference"]["p"] == 0.25
    assert scores["mrr@10"]["difference"]["exact"] is True


def test_runs_of_several_seeds_are_averaged_by_question(tmp_path: Path) -> None:
    one = written(tmp_path, "one", seeds=[1, MISSING])
    two = written(tmp_path, "two", seeds=[2, MISSING], other=[1])
    run = read_run(f"both={one},{two}")
    assert list(run.values) == ["seeds"]
    assert run.values["seeds"].tolist() == [[0.5, 1.0, 0.75], [0.0, 0.0, 0.0]]


def test_the_log_beside_the_ranks_comes_along(tmp_path: Path) -> None:
    paths = [written(tmp_path, name, seeds=[1]) for name in ("one", "two")]
    for name, seed, seconds in (("one", 1, 999), ("one", 1, 10), ("two", 2, 20)):
        logged(tmp_path, name, seed, seconds)
    log = read_run(",".join(map(str, paths))).log
    assert (log["passages"], log["queries"], log["seeds"], log["seconds"]) == (40, 120, [1, 2], 30)
    assert read_run(str(written(tmp_path, "unlogged", seeds=[1]))).log == {}


def test_sets_are_those_in_common_or_those_asked_for(tmp_path: Path) -> None:
    one = read_run(str(written(tmp_path, "one", b=[1], a=[1], c=[1])))
    two = read_run(str(written(tmp_path, "two", a=[1], b=[1])))
    assert list(compare([one, two])["rows"][1]["sets"]) == ["b", "a"]
    assert list(compare([one, two], ["a"])["rows"][1]["sets"]) == ["a"]
    with pytest.raises(RanksError, match="two: no question set c; it has a, b"):
        compare([one, two], ["c"])


def test_runs_of_other_questions_are_refused(tmp_path: Path) -> None:
    one, two = written(tmp_path, "one", seeds=[1]), written(tmp_path, "two", seeds=[1, 2])
    with pytest.raises(RanksError, match="one, two: seeds has 1 and 2 questions"):
        compare([read_run(str(one)), read_run(str(two))])
    with pytest.raises(RanksError, match="not the same number of questions"):
        read_run(f"{one},{two}")
    with pytest.raises(RanksError, match="no question set in common"):
        compare([read_run(str(one)), read_run(str(written(tmp_path, "three", cmrc=[1])))])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1, 2]",
        '{"seeds": 1}',
        '{"seeds": []}',
        '{"seeds": [0]}',
        '{"seeds": [1.5]}',
        '{"seeds": [true]}',
    ],
)
def test_what_holds_no_ranks_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.ranks.json"
    path.write_text(text, "utf-8")
    with pytest.raises(RanksError, match=r"bad\.ranks\.json"):
        read_ranks(path)


def test_command_prints_a_table_and_keeps_other_sections(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, tuned = written(tmp_path, "plain", seeds=[1, 7]), written(tmp_path, "tuned", seeds=[1, 1])
    figures = tmp_path / "quality.json"
    write_section(figures, "older", {"rows": []})
    main([str(plain), str(tuned), "--figures", str(figures), "--section", "dense"])
    table = capsys.readouterr().out.splitlines()
    assert table[0] == "| questions | run | Success@1 | Success@5 | MRR@10 |"
    assert table[2].startswith("| seeds (2) | plain | 0.500 [0.000, 1.000] |")
    assert table[4].startswith("|  | difference | +0.500 [0.000, +1.000], p = 1.000 |")
    kept: dict[str, Any] = json.loads(figures.read_text("utf-8"))
    assert list(kept) == ["older", "dense"]
    assert kept["dense"]["rows"][1]["sets"]["seeds"]["success@1"]["value"] == 1


@pytest.mark.parametrize("more", [["--section", "dense"], ["--sets", "none"]])
def test_wrong_usage_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]) -> None:
    plain = written(tmp_path, "plain", seeds=[1])
    with pytest.raises(SystemExit) as stopped:
        main([str(plain), *more])
    assert stopped.value.code == 2
    assert "Traceback" not in capsys.readouterr().err
