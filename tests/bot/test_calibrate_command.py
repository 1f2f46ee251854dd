"""``calibrate`` on the command line: what it shows, the file that it writes, and that asking uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.messages import Language, message
from tests.bot.command import run

DATA = Path(__file__).resolve().parents[1] / "data" / "questions.jsonl"
EACH = 12


def some_questions(path: Path, right: int, wrong: int) -> Path:
    """The first questions of either kind of the project's own file."""
    rows = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
    kinds = [[row for row in rows if row["answerable"] is kind] for kind in (True, False)]
    chosen = [*kinds[0][:right], *kinds[1][:wrong]]
    path.write_text("".join(json.dumps(row) + "\n" for row in chosen), "utf-8")
    return path


@pytest.fixture
def questions(apart: Path) -> Path:
    return some_questions(apart / "questions.jsonl", EACH, EACH)


@pytest.fixture
def plain(apart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the cross-encoder, which takes its time."""
    monkeypatch.setenv("ANJIANG_RETRIEVAL__CROSS_ENCODER", "false")


@pytest.mark.usefixtures("plain")
def test_a_calibration_is_shown_written_and_used(
    apart: Path, questions: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run("calibrate", questions, "--index", example_index, "--out", "own.json")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("24 questions: 12 answerable, 12 not; ")
    assert "too few to keep to 5.0%" in result.stdout
    assert "at most 7.7% are answered on average" in result.stdout, "1 of 13"
    assert "5.0% takes at least 19." in result.stdout
    assert result.stderr.startswith("wrote own.json; to use it, write calibration = ")
    content = json.loads((apart / "own.json").read_text("utf-8"))
    assert content["read"] is None
    assert content["fitted"] == {
        "questions": 24,
        "unanswerable": 12,
        "target": 0.05,
        "file": "questions.jsonl",
    }
    assert [path.name for path in sorted(apart.iterdir())] == ["own.json", "questions.jsonl"]
    # No question without an answer passes the threshold that it set.
    (apart / "anjiang.toml").write_text('[retrieval]\ncalibration = "own.json"\n', "utf-8")
    measured = json.loads(run("eval", questions, "--index", example_index, "--json").stdout)
    assert measured["answered_when_not"] == 0.0
    monkeypatch.setenv("ANJIANG_RETRIEVAL__CROSS_ENCODER", "true")
    refused = run("ask", "值班要求", "--index", example_index)
    assert refused.exit_code == 2
    assert refused.stderr.startswith("error: the calibration ")
    assert "was not made with this cross-encoder" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_broken_calibration_in_force_does_not_keep_one_from_making_another(
    apart: Path, questions: Path, example_index: Path
) -> None:
    (apart / "own.json").write_text("{", "utf-8")
    (apart / "anjiang.toml").write_text('[retrieval]\ncalibration = "own.json"\n', "utf-8")
    broken = run("ask", "值班要求", "--index", example_index)
    assert broken.exit_code == 2
    assert "is damaged" in broken.stderr
    result = run("calibrate", questions, "--index", example_index, "--out", "own.json", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["calibration"] == json.loads((apart / "own.json").read_text("utf-8"))
    assert found["calibration"]["read"] is not None
    assert found["after"]["answered_when_not"] == 0.0
    assert found["expected_false_answers"] == pytest.approx(1 / 13, abs=1e-4)
    assert run("ask", "值班要求", "--index", example_index).exit_code == 0


@pytest.mark.usefixtures("plain")
def test_without_out_nothing_is_written(apart: Path, questions: Path, example_index: Path) -> None:
    result = run("calibrate", questions, "--index", example_index, "--target", "0.2", language=Language.ZH)
    assert result.exit_code == 0, result.output
    assert message("calibrate.not_written", Language.ZH) in result.stderr
    assert "放过 1 道" in result.stdout, "(1 + 1) / 13 is below 0.2"
    assert [path.name for path in apart.iterdir()] == ["questions.jsonl"]


def test_questions_are_never_written_over(apart: Path, questions: Path) -> None:
    before = questions.read_bytes()
    result = run("calibrate", questions, "--index", apart / "no index", "--out", "./questions.jsonl")
    assert result.exit_code == 2
    assert "can't be read and written, nor hold two results" in result.stderr
    assert questions.read_bytes() == before


@pytest.mark.parametrize(
    ("right", "wrong", "lacking"), [(EACH, 0, "without an answer"), (3, EACH, "answerable")]
)
def test_questions_of_one_kind_are_refused_before_the_work(
    apart: Path, right: int, wrong: int, lacking: str
) -> None:
    questions = some_questions(apart / "questions.jsonl", right, wrong)
    result = run("calibrate", questions, "--index", apart / "no index")
    assert result.exit_code == 2
    assert lacking in result.stderr
    assert "anjiang eval init" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("nowhere.jsonl",), "can't read the questions in nowhere.jsonl"),
        (("questions.jsonl", "--out", "nowhere/own.json"), "can't write nowhere/own.json"),
        (("questions.jsonl", "--target", "0.9"), "--target takes a number from 0.005 to 0.5; see"),
        (("questions.jsonl", "--target", "five"), "--target takes a number from 0.005 to 0.5; see"),
    ],
)
def test_wrong_usage_is_one_line(questions: Path, arguments: tuple[str, ...], text: str) -> None:
    result = run("calibrate", *arguments)
    assert result.exit_code == 2
    assert text in result.stderr
    assert result.stderr.count("\n") == 1
