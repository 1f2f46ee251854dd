from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import UsageError
from config.settings import load_settings
from retrieval.documents.types import Span
from retrieval.evaluation.questions import Dialogue, Gold, Question
from retrieval.evaluation.runs import Answered, judge, run, write_run
from retrieval.search.opening import open_searcher
from retrieval.types import Evidence

EMPTY = Evidence("问", (), (), 0.0, False)


def question(identity: str, text: str = "问", gold: tuple[Gold, ...] = ()) -> Question:
    return Question(identity, text, "turn", gold)


def test_turns_are_asked_in_the_context_of_those_before(apart: Path, example_index: Path) -> None:
    turns = (question("d/1", "春节期间烟花爆竹怎么管"), question("d/2", "那值班呢"))
    with open_searcher(load_settings(overrides={"index": example_index})) as searcher:
        answered = list(run(searcher, [Dialogue("d", turns), Dialogue("s", (question("s", "那值班呢"),))]))
        alone = searcher.ask("那值班呢")
    assert [one.question.id for one in answered] == ["d/1", "d/2", "s"]
    assert answered[2].evidence == alone
    assert [hit.score for hit in answered[1].evidence.hits] != [hit.score for hit in alone.hits]


def test_question_that_can_not_be_asked_is_named(apart: Path, example_index: Path) -> None:
    with (
        open_searcher(load_settings(overrides={"index": example_index})) as searcher,
        pytest.raises(UsageError, match="question q7: the question is empty"),
    ):
        list(run(searcher, [Dialogue("q7", (question("q7", "\x07"),))]))


def test_run_is_written_line_by_line(tmp_path: Path) -> None:
    write_run(tmp_path / "run.jsonl", [Answered(question("a"), EMPTY), Answered(question("b/1"), EMPTY)])
    rows = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["a", "b/1"]
    assert rows[0] == {
        "id": "a",
        "question": "问",
        "hits": [],
        "answerable": False,
        "confidence": 0.0,
        "mode": "extractive",
        "answer": "档案里没有谈到这个问题。",
        "quotes": [],
        "reason": None,
        "unknown": [],
        "near": [],
    }
    assert [path.name for path in tmp_path.iterdir()] == ["run.jsonl"]


def test_run_that_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    def broken() -> Iterator[Answered]:
        yield Answered(question("a"), EMPTY)
        raise KeyboardInterrupt

    (tmp_path / "run.jsonl").write_text("old", "utf-8")
    with pytest.raises(KeyboardInterrupt):
        write_run(tmp_path / "run.jsonl", broken())
    assert (tmp_path / "run.jsonl").read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["run.jsonl"]


def test_run_that_can_not_be_written_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"can't write .*/nowhere/run\.jsonl \(No such file"):
        write_run(tmp_path / "nowhere" / "run.jsonl", [])


def test_gold_is_found_in_the_sources() -> None:
    asked = question("a", gold=(Gold("b.txt", "值班"),))
    (judged,) = judge([Answered(asked, EMPTY)], {"x/b.txt": "要值班。", "c.txt": "值班"})
    assert judged.gold == (("x/b.txt", Span(1, 3)),)
    with pytest.raises(UsageError, match=r"a gold quote is not in the archive \(a: b.txt: 值班\)"):
        judge([Answered(asked, EMPTY)], {"b.txt": "要带班。"})
