"""`ask` and `chat` with a language model: the quotes stand whatever it does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import build_app
from bot.terminal.worded import budget_path
from config.messages import Language, message
from tests.bot.llm.chat_server import Act, chat_server_beside, fails, says, sends
from tests.bot.llm.model_words import FALSE, HEADING, use

pytest.importorskip("openai")
QUESTION = "春节期间烟花爆竹怎么管"
UNPROVED = message("llm.unproved", Language.ZH) + "\n"


def run(index: Path, *arguments: str, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(build_app(Language.ZH), [*arguments, "--index", str(index)], input=stdin)
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def plain(apart: Path, example_index: Path) -> Any:
    return json.loads(run(example_index, "ask", QUESTION, "--json").stdout)


@pytest.fixture
def sentence(plain: Any) -> str:
    """The first whole sentence of the first quote, as a model would cite it."""
    first: str = plain["quotes"][0]["text"].split("。")[0]
    return f"{first}[1]。"


def test_the_worded_text_follows_the_same_quotes(
    example_index: Path, plain: Any, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = run(example_index, "ask", QUESTION).stdout
    with chat_server_beside(says(sentence)) as server:
        use(monkeypatch, server)
        assert run(example_index, "ask", QUESTION).stdout == f"{without}\n{HEADING}\n{sentence}\n"
        assert run(example_index, "ask", QUESTION, "--no-llm").stdout == without
        found = json.loads(run(example_index, "ask", QUESTION, "--json").stdout)
        assert len(server.requests) == 2
    assert (found["mode"], found["answer"]) == ("llm", sentence)
    assert {**found, "mode": "extractive", "answer": plain["answer"]} == plain


def test_what_is_not_proved_or_fails_leaves_the_quotes_as_they_are(
    example_index: Path, plain: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = run(example_index, "ask", QUESTION).stdout
    with chat_server_beside(says(FALSE), says("无"), fails("401 No")) as server:
        use(monkeypatch, server)
        invented = run(example_index, "ask", QUESTION)
        assert (invented.stdout, invented.stderr) == (without, UNPROVED)
        refused = run(example_index, "ask", QUESTION)
        assert (refused.stdout, refused.stderr) == (without, message("llm.refused", Language.ZH) + "\n")
        found = run(example_index, "ask", QUESTION, "--json")
        assert json.loads(found.stdout) == plain
        assert "sk-" not in refused.output + found.output


def test_a_chat_sends_the_questions_before_and_keeps_to_its_budget(
    example_index: Path, plain: Any, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chat_server_beside(says(sentence)) as server:
        use(monkeypatch, server, daily_budget="2")
        result = run(
            example_index, "chat", stdin=f"{QUESTION}\n{QUESTION}\n{QUESTION}\n{QUESTION}\n红烧肉怎么做\n"
        )
        asked = [json.loads(one["messages"][1]["content"]) for one in server.requests]
    assert [data["past"] for data in asked] == [[], [QUESTION]]
    assert result.stdout.count(HEADING) == 2
    assert result.stderr.count(message("llm.budget", Language.ZH)) == 1


def test_a_day_s_budget_holds_for_all_processes_of_a_person_and_leaves_the_quotes(
    example_index: Path, plain: Any, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = run(example_index, "ask", QUESTION).stdout
    with chat_server_beside(says(sentence)) as server:
        use(monkeypatch, server, daily_budget="1")
        assert HEADING in run(example_index, "ask", QUESTION).stdout
        spent = run(example_index, "ask", QUESTION)
        assert (spent.stdout, spent.stderr) == (without, message("llm.budget", Language.ZH) + "\n")
        budget_path().unlink()
        budget_path().mkdir()
        uncounted = run(example_index, "ask", QUESTION)
        assert uncounted.stdout == without
        assert str(budget_path()) in uncounted.stderr
        assert len(server.requests) == 1


def test_where_nothing_is_answered_or_no_model_is_named_none_is_asked(
    apart: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chat_server_beside(says("好[1]。")) as server:
        use(monkeypatch, server)
        run(example_index, "ask", "红烧肉怎么做")
        monkeypatch.setenv("ANJIANG_LLM__MODEL", "")
        run(example_index, "ask", QUESTION)
        assert server.requests == []


WORDS = says('{"words": ["防汛"]}')
ADDED = message("ask.read_as", Language.ZH, words="“防汛”")


def test_what_other_words_add_stands_below_the_quotes_and_is_worded_with_them(
    apart: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("ask", "值班有什么要求")
    without = run(example_index, *asked).stdout
    said = "险情、灾情发生后，乡镇要在15分钟内电话报告县防汛办，半小时内书面报告"
    with chat_server_beside(says(f"{said}[2]。"), rewrites=WORDS) as server:
        use(monkeypatch, server)
        shown = run(example_index, *asked).stdout
        found = json.loads(run(example_index, *asked, "--json").stdout)
        (sent, _) = [json.loads(one["messages"][1]["content"]) for one in server.requests]
        monkeypatch.setenv("ANJIANG_LLM__REWRITE_SECONDS", "0")
        assert ADDED not in run(example_index, *asked).stdout
        assert len(server.rewritings) == 2
    assert shown.startswith(f"{without}\n{ADDED}\n[2] 值班方面，")
    assert shown.endswith(f"\n{HEADING}\n{said}[2]。\n")
    assert [one["n"] for one in found["quotes"]] == [1, 2]
    assert found["read_as"] == {"question": None, "words": ["防汛"], "added": 1}
    assert [one["n"] for one in sent["quotes"]] == [1, 2]


@pytest.mark.parametrize("rewrites", [sends(60.0), fails("401 No")])
def test_a_rewriting_that_fails_leaves_the_quotes_and_the_worded_text(
    rewrites: Act, example_index: Path, plain: Any, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = run(example_index, "ask", QUESTION).stdout
    with chat_server_beside(says(sentence), rewrites=rewrites) as server:
        use(monkeypatch, server, rewrite_seconds="1")
        result = run(example_index, "ask", QUESTION)
    assert (result.stdout, result.stderr) == (f"{without}\n{HEADING}\n{sentence}\n", "")


def test_in_a_chat_what_was_added_is_opened_by_its_number_and_counts_once(
    apart: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "值班有什么要求\n/show 2\n谢谢\n还有呢\n"
    with chat_server_beside(says("无"), rewrites=WORDS) as server:
        use(monkeypatch, server, daily_budget="2")
        result = run(example_index, "chat", stdin=lines)
        # Thanks ask for nothing, and 还有呢 points into the speech.
        assert [json.loads(one["messages"][1]["content"]) for one in server.rewritings] == [
            {"question": "值班有什么要求", "past": []}
        ]
    assert result.stderr == UNPROVED * 2
    assert result.stdout.count(ADDED) == 1
    assert "双人双岗" in result.stdout.split(ADDED)[1].split("出处", 1)[1]


def test_a_missing_package_is_named_below_the_quotes(
    apart: Path, example_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "openai", None)
    monkeypatch.setenv("ANJIANG_LLM__BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("ANJIANG_LLM__MODEL", "m")
    result = run(example_index, "ask", QUESTION)
    assert result.stdout.startswith("[1] ")
    assert result.stderr == message("llm.not_installed", Language.ZH) + "\n"
