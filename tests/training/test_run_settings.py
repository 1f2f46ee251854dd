"""The settings of training runs: defaults, and one clear line for what can't be."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.errors import TrainingError
from training.runs import Run, chosen, read_runs
from training.train import main


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "runs.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_table_is_a_run_and_the_rest_are_defaults(tmp_path: Path) -> None:
    path = written(tmp_path, "[first]\n[second]\nrate = 1e-3\nscale = 20\nheaders = false\nseed = 5\n")
    first, second = read_runs(path)
    assert first == Run("first")
    assert (second.rate, second.scale, second.headers, second.seed) == (1e-3, 20, False, 5)
    assert second.rank == Run("x").rank


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", r"runs\.toml: no run; a run is a table such as \[first\]"),
        ("[a", r"runs\.toml: "),
        ("a = 1", r"\[a\]: 1 is no table"),
        ("['a/b']", r"\[a/b\]: the name becomes a file's"),
        ("[a]\nlayers = 3", r"\[a\]: unknown setting 'layers'; there are rank, alpha"),
        ("[a]\nname = 'b'", r"\[a\]: unknown setting 'name'"),
        ("[a]\nrank = '8'", r"\[a\]: rank = '8' is no int"),
        ("[a]\nrank = true", r"\[a\]: rank = True is no int"),
        ("[a]\nheaders = 1", r"\[a\]: headers = 1 is no bool"),
        ("[a]\nbatch = 1", r"\[a\]: batch = 1; it must be at least 2"),
        ("[a]\nalike = 1.5", r"\[a\]: alike = 1\.5; it must be 0 to 1"),
        ("[a]\nfirst_layer = 12", r"\[a\]: first_layer = 12; it must be 0 to 11"),
        ("[a]\nrate = nan", r"\[a\]: rate = nan; it must be above 0"),
    ],
)
def test_wrong_settings_are_refused_in_one_line(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(TrainingError, match=line) as refusal:
        read_runs(written(tmp_path, text))
    assert "\n" not in str(refusal.value)


def test_runs_are_chosen_by_name_in_the_order_of_the_file() -> None:
    runs = [Run("a"), Run("b"), Run("c")]
    assert [run.name for run in chosen(runs, ["c", "a"])] == ["a", "c"]
    assert chosen(runs, None) == runs
    with pytest.raises(TrainingError, match="no run named d; there are a, b, c"):
        chosen(runs, ["a", "d"])


def test_the_command_stops_with_the_line_before_anything_is_learned(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"rank = 0; it must be at least 1"):
        main([str(written(tmp_path, "[a]\nrank = 0")), "--out", str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()
