"""``eval`` on the command line: its files, the form without a subcommand, ``eval compare``, ``eval init``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from config.messages import Language, message
from retrieval.evaluation.questions import load_dialogues
from tests.bot.command import EXAMPLES, SPRING, run


@pytest.fixture
def questions(apart: Path) -> Path:
    rows: list[dict[str, Any]] = [
        {
            "id": "q1",
            "question": "春节期间烟花爆竹怎么管",
            "type": "list",
            "gold": [{"doc": SPRING, "quote": "一是管住烟花爆竹"}],
            "facts": ["禁止燃放"],
        },
        {"id": "q2", "question": "火星探测器什么时候发射", "type": "none", "gold": []},
        {
            "id": "q3",
            "question": "<b>值班</b>电话几声要接",
            "type": "number",
            "gold": [{"doc": SPRING, "quote": "值班电话响铃三声内必须有人接听"}],
            "draft": True,
        },
    ]
    path = apart / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def made(apart: Path, questions: Path, example_index: Path) -> Result:
    files = ("--out", "run.jsonl", "--summary", "summary.json", "--html", "report.html")
    return run("eval", *files, questions, "--index", example_index, "--json")


def test_run_leaves_a_run_a_summary_and_a_report(apart: Path, made: Result) -> None:
    assert made.exit_code == 0, made.output
    summary = json.loads((apart / "summary.json").read_text("utf-8"))
    assert json.loads(made.stdout) == summary
    assert (summary["questions"], summary["unanswerable"], summary["drafts"]) == (2, 1, 1)
    assert set(summary["by_type"]) == {"list", "none", "number"}
    assert len((apart / "run.jsonl").read_text("utf-8").splitlines()) == 3
    page = (apart / "report.html").read_text("utf-8")
    assert "Evaluation report".lower() in page.lower()
    assert "<b>" not in page
    assert "1 of the questions are drafts" in made.stderr
    assert sorted(path.name for path in apart.iterdir()) == [
        "questions.jsonl",
        "report.html",
        "run.jsonl",
        "summary.json",
    ]


def test_a_run_taken_for_questions_is_noticed(apart: Path, made: Result, example_index: Path) -> None:
    """Its lines have ids and questions, and say which are answerable, but no gold."""
    result = run("eval", "run.jsonl", "--index", example_index)
    assert result.exit_code == 0, result.output
    lines = (apart / "run.jsonl").read_text("utf-8").splitlines()
    answered = sum(json.loads(line)["answerable"] for line in lines)
    assert answered > 0
    assert f"{answered} of the answerable questions have no gold" in result.stderr
    assert "no gold" not in made.stderr


def test_figures_are_shown_with_their_intervals(questions: Path, example_index: Path) -> None:
    result = run("eval", questions, "--index", example_index, language=Language.ZH)
    assert result.exit_code == 0, result.output
    assert message("eval.success", Language.ZH, k=5) in result.stdout
    assert " – " in result.stdout
    assert message("eval.area", Language.ZH) in result.stdout


@pytest.mark.parametrize("option", ["--out", "--summary", "--html"])
def test_what_can_not_be_written_is_told_before_the_work(apart: Path, questions: Path, option: str) -> None:
    for bad in ("nowhere/file", "."):
        result = run("eval", questions, "--archive", EXAMPLES, option, bad)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"error: can't write {bad} (")
        assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "files", [("--out", "questions.jsonl"), ("--html", "./questions.jsonl"), ("--out", "x", "--summary", "x")]
)
def test_questions_are_never_written_over(
    apart: Path, questions: Path, example_index: Path, files: tuple[str, ...]
) -> None:
    before = questions.read_bytes()
    result = run("eval", questions, "--index", example_index, *files)
    assert result.exit_code == 2
    assert "can't be read and written, nor hold two results" in result.stderr
    assert questions.read_bytes() == before
    assert [path.name for path in apart.iterdir()] == ["questions.jsonl"]


def test_compare_shows_every_measure_with_p(apart: Path, made: Result) -> None:
    rows = [json.loads(line) for line in (apart / "run.jsonl").read_text("utf-8").splitlines()]
    for row in rows:
        row["hits"] = []
    (apart / "worse.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    words = ("eval", "compare", "worse.jsonl", "run.jsonl", "--questions", "questions.jsonl")
    result = run(*words, "--archive", EXAMPLES)
    assert result.exit_code == 0, result.output
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("Success@10")]
    assert line.split() == ["Success@10", "2", "0.000", "1.000", "+1.000", "+1.000", "…", "+1.000", "0.500"]
    found = json.loads(run(*words, "--archive", EXAMPLES, "--json").stdout)
    assert (found["first"], found["second"]) == ("worse.jsonl", "run.jsonl")
    assert found["measures"]["success@10"]["difference"] == 1.0


def test_compare_takes_the_texts_of_an_index_too(made: Result, example_index: Path) -> None:
    words = ("eval", "compare", "run.jsonl", "run.jsonl", "-q", "questions.jsonl", "--index", example_index)
    found = json.loads(run(*words, "--json").stdout)
    assert {one["p"] for one in found["measures"].values()} == {1.0}


def test_compare_wants_its_questions(made: Result) -> None:
    result = run("eval", "compare", "run.jsonl", "run.jsonl")
    assert result.exit_code == 2
    assert result.stderr == "error: --questions is missing; see anjiang eval compare --help\n"


def test_init_drafts_a_file_that_eval_takes(apart: Path, example_index: Path) -> None:
    result = run("eval", "init", "--archive", EXAMPLES, "--out", "drafts.jsonl", "--count", 8)
    assert result.exit_code == 0, result.output
    assert "8 drafted questions, 2 of them perhaps unanswerable" in result.stderr
    assert len(load_dialogues(apart / "drafts.jsonl")) == 8
    again = run("eval", "init", "--index", example_index, "--out", "again.jsonl", "--count", 8, "--json")
    assert json.loads(again.stdout) == {"path": "again.jsonl", "questions": 8, "unanswerable": 2}
    assert (apart / "again.jsonl").read_bytes() == (apart / "drafts.jsonl").read_bytes()
    measured = run("eval", "drafts.jsonl", "--index", example_index, "--json")
    assert measured.exit_code == 0, measured.output
    assert json.loads(measured.stdout)["drafts"] == 8


def test_init_never_overwrites(apart: Path, questions: Path) -> None:
    before = questions.read_bytes()
    result = run("eval", "init", "--archive", EXAMPLES, "--out", questions)
    assert result.exit_code == 2
    assert "is there already and may hold questions corrected by hand" in result.stderr
    assert questions.read_bytes() == before


def test_init_needs_something_to_ask(apart: Path) -> None:
    (apart / "empty").mkdir()
    (apart / "empty" / "a.txt").write_text("讲话\n\n同志们：大家辛苦了，谢谢大家。", "utf-8")
    result = run("eval", "init", "--archive", "empty", "--out", "drafts.jsonl")
    assert result.exit_code == 2
    assert "there is nothing in these speeches" in result.stderr
    assert not (apart / "drafts.jsonl").exists()


@pytest.mark.parametrize("language", Language)
def test_help_of_eval_shows_both_forms(language: Language) -> None:
    result = run("eval", "--help", language=language)
    assert result.exit_code == 0
    assert f"anjiang eval {message('cli.help_usage_options', language)}" in result.stdout
    words = ("  compare  ", "  init     ", "--summary", "--html", "--archive")
    for word in (*words, message("help.m_questions", language)):
        assert word in result.stdout
    assert "  run  " not in result.stdout
    inner = run("eval", "q.jsonl", "--help", language=language)
    assert f"anjiang eval {message('cli.help_usage_options', language)}" in inner.stdout
    for name in ("compare", "init"):
        own = run("eval", name, "--help", language=language)
        assert message(f"help.eval_{name}", language).splitlines()[0] in own.stdout
        assert f"anjiang eval {name} " in own.stdout


def test_eval_without_anything_says_what_is_missing() -> None:
    result = run("eval")
    assert result.exit_code == 2
    assert result.stderr == "error: QUESTIONS.jsonl is missing; see anjiang eval --help\n"


def test_a_file_named_like_a_subcommand_is_reached_by_its_path(apart: Path) -> None:
    (apart / "init").write_text("", "utf-8")
    assert "init holds no question" in run("eval", "./init", "--archive", EXAMPLES).stderr
    (apart / "run").write_text("", "utf-8")
    assert "run holds no question" in run("eval", "run", "--archive", EXAMPLES).stderr
