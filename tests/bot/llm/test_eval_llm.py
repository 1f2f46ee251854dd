"""``eval --llm``: both modes over the same questions, with a server in the test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from config.messages import Language, message
from retrieval.cli.app import build_app as build_retrieval_app
from tests.bot.command import SPRING, run
from tests.bot.llm.chat_server import chat_server_beside, fails, says
from tests.bot.llm.model_words import TWO, use

pytest.importorskip("openai")
ALSO = "二是坚守岗位值班[1]。"
FALSE = "值班人员八小时一换[1]。"
FIREWORKS, DUTY = "春节期间烟花爆竹怎么管", "值班有什么要求"


@pytest.fixture
def questions(apart: Path) -> Path:
    rows: list[dict[str, Any]] = [
        {
            "id": "a",
            "question": FIREWORKS,
            "gold": [{"doc": SPRING, "quote": "一是管住烟花爆竹"}],
            "facts": ["禁止燃放"],
        },
        {
            "id": "b",
            "question": DUTY,
            "gold": [{"doc": SPRING, "quote": "二是坚守岗位值班"}],
            "facts": ["坚守岗位"],
        },
        {"id": "c", "question": "红烧肉怎么做", "gold": []},
    ]
    path = apart / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_both_modes_are_measured_written_and_compared(
    apart: Path, questions: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = ("--out", "run.jsonl", "--summary", "summary.json", "--html", "report.html")
    with chat_server_beside(says(TWO + FALSE), says("无"), says(FALSE), says(ALSO)) as server:
        use(monkeypatch, server)
        done = run("eval", *files, questions, "--llm", "--index", example_index, "--json")
        assert done.exit_code == 0, done.output
        # Each question once for other words; what is declined is not worded.
        assert (len(server.rewritings), len(server.requests)) == (3, 4)
    summary = json.loads((apart / "summary.json").read_text("utf-8"))
    assert json.loads(done.stdout) == summary
    assert (summary["fact_recall"], summary["quotes_not_verbatim"]) == (1.0, 0)
    worded = summary["llm"]
    # Of the texts that stand, each of 9 characters, the first has not the fact that it is asked for.
    assert (worded["fact_recall"], worded["answer_chars"], worded["success@1"]) == (0.5, 9.0, 1.0)
    figures = {name: one["estimate"] for name, one in worded["of_wording"].items()}
    assert figures == {
        "worded": 1.0,
        "sentences_repaired": 0.5,
        "sentences_dropped": 0.25,
        "quotes_added": 0.0,
    }
    changes = summary["comparison"]["measures"]
    assert (changes["fact_recall"]["first"], changes["fact_recall"]["second"]) == (1.0, 0.5)
    assert changes["success@1"]["difference"] == 0.0
    rows = [json.loads(line) for line in (apart / "run.llm.jsonl").read_text("utf-8").splitlines()]
    assert [(row["id"], row["mode"]) for row in rows] == [("a", "llm"), ("b", "llm"), ("c", "extractive")]
    assert rows[0]["answer"] == TWO
    assert rows[0]["wording"] == {"text": TWO, "proved": 1, "repaired": 0, "dropped": 1, "added": 0}
    assert "wording" not in (apart / "run.jsonl").read_text("utf-8")
    again = run(
        "eval", "compare", "run.jsonl", "run.llm.jsonl", "-q", questions, "--index", example_index, "--json"
    )
    assert json.loads(again.stdout)["measures"] == changes
    page = (apart / "report.html").read_text("utf-8")
    assert message("eval.report_modes", Language.EN) in page
    assert "sk-" not in page + done.output


def test_the_screen_shows_both_modes(
    questions: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chat_server_beside(says(TWO), says(ALSO)) as server:
        use(monkeypatch, server)
        shown = run("eval", questions, "--llm", "--index", example_index).stdout
    for key in ("mode_quotes", "mode_llm", "worded", "sentences_dropped"):
        assert message(f"eval.{key}", Language.EN) in shown


def test_other_words_are_part_of_the_second_mode(
    apart: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gold = [{"doc": "澜川县防汛讲话_网页复制.txt", "quote": "实行24小时双人双岗值班"}]
    row = {"id": "a", "question": DUTY, "gold": gold, "facts": ["双人双岗"]}
    (apart / "one.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    with chat_server_beside(says("无"), rewrites=says('{"words": ["防汛"]}')) as server:
        use(monkeypatch, server)
        done = run("eval", "one.jsonl", "--llm", "--index", example_index, "--json")
    found = json.loads(done.stdout)
    assert (found["fact_recall"], found["llm"]["fact_recall"]) == (0.0, 1.0)
    assert found["llm"]["of_wording"]["quotes_added"]["estimate"] == 1.0


def test_a_model_that_is_away_ends_the_run_before_it_counts(
    apart: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": str(number), "question": FIREWORKS, "gold": []} for number in range(5)]
    (apart / "five.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with chat_server_beside(fails("401 No"), rewrites=fails("401 No")) as server:
        use(monkeypatch, server)
        done = run("eval", "five.jsonl", "--llm", "--out", "run.jsonl", "--index", example_index)
        assert len(server.requests) == 3
    assert done.exit_code == 1
    assert message("llm.refused", Language.EN) in done.output
    assert not (apart / "run.jsonl").exists()


def test_what_can_not_be_asked_is_told_at_once(
    questions: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["eval", str(questions), "--llm", "--index", str(example_index)]
    assert message("llm.not_set", Language.EN) in run(*asked).output
    done = CliRunner().invoke(build_retrieval_app(Language.EN), asked)
    assert (done.exit_code, "anjiang eval --llm" in done.output) == (2, True)
    with chat_server_beside(says(TWO)) as server:
        use(monkeypatch, server, daily_budget="2")
        done = run(*asked)
        assert server.requests == server.rewritings == []
    assert message("llm.over_budget", Language.EN, questions=3, budget=2) in done.output
