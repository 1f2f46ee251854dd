"""Two runs side by side: read back from their files, and compared question by question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from config.errors import UsageError
from retrieval.documents.types import Span
from retrieval.evaluation.comparison import compare, comparison_json
from retrieval.evaluation.measures import Judged
from retrieval.evaluation.questions import Dialogue, Gold, Question
from retrieval.evaluation.recorded import read_run
from retrieval.evaluation.runs import Answered, answered_json, judge, write_run
from retrieval.types import DocumentInfo, Evidence, Hit, Passage, Quote

TEXT = "要严格执行值班纪律。要全面排查风险隐患。要及时报告突发情况。"
INFO = DocumentInfo("d", "a.txt", "0" * 64, "讲话", "周某", "市长", "2024", None, None, None, None)
GOLD = Gold("a.txt", "要全面排查风险隐患。")


def hit(start: int, end: int) -> Hit:
    return Hit(Passage("p", "d", 0, ("一、值班",), "周某", "", (Span(start, end),), "文", "", ()), INFO, 0.5)


def quote(start: int, end: int) -> Quote:
    return Quote(TEXT[start:end], Span(start, end), INFO, ("一、值班",), "周某", "", "p")


def question(number: int, answerable: bool = True) -> Question:
    return Question(f"q{number}", "问", "factoid", (GOLD,) if answerable else (), ("隐患",), answerable)


def run_of(ranks: list[int]) -> list[Judged]:
    """A run that finds the gold of each question at its rank (0: not at all, and then it declines)."""
    answered = []
    for number, rank in enumerate(ranks):
        hits = tuple(hit(10, 20) if place == rank else hit(0, 9) for place in range(1, 6))
        quotes = (quote(10, 20),) if rank else ()
        answered.append(Answered(question(number), Evidence("问", quotes, hits, 0.5, rank > 0)))
    return judge(answered, {"a.txt": TEXT})


def test_differences_are_second_less_first_over_the_same_questions() -> None:
    changes = {change.measure: change for change in compare(run_of([1, 2, 0, 2]), run_of([1, 1, 1, 2]))}
    success = changes["success@1"]
    assert (success.questions, success.first, success.second) == (4, 0.25, 0.75)
    assert success.difference.value == 0.5
    assert success.difference.p == 2 / 4  # two questions differ, both the same way: ++ and -- of four
    assert success.difference.exact
    assert changes["mrr@10"].difference.value == pytest.approx((0.5 + 1.0) / 4)
    # Quotes are compared where both runs gave some: all but the third question.
    assert (changes["quote_precision"].questions, changes["quote_precision"].difference.value) == (3, 0.0)
    assert changes["answered_when_answerable"].difference.value == 0.25
    assert "answered_when_not" not in changes


def test_a_run_does_not_differ_from_itself() -> None:
    for change in compare(run_of([1, 3, 0]), run_of([1, 3, 0])):
        found = change.difference
        assert (found.value, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_runs_of_other_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="not the same questions"):
        compare(run_of([1]), run_of([1, 2]))


def test_comparison_as_json() -> None:
    found = json.loads(json.dumps(comparison_json(compare(run_of([2, 2]), run_of([1, 1])))))
    assert found["level"] == 0.95
    assert found["measures"]["success@1"] == {
        "questions": 2,
        "first": 0.0,
        "second": 1.0,
        "difference": 1.0,
        "low": 1.0,
        "high": 1.0,
        "p": 0.5,
        "exact": True,
    }


def test_run_file_comes_back_as_it_was_measured(tmp_path: Path) -> None:
    answered = [Answered(one.question, one.evidence) for one in run_of([1, 0, 4])]
    write_run(tmp_path / "run.jsonl", answered)
    back = read_run(tmp_path / "run.jsonl", [Dialogue(one.question.id, (one.question,)) for one in answered])
    assert [one.question for one in back] == [one.question for one in answered]
    assert [answered_json(one) for one in back] == [answered_json(one) for one in answered]
    measured = [
        [(judged.gold, judged.not_verbatim) for judged in judge(some, {"a.txt": TEXT})]
        for some in (back, answered)
    ]
    assert measured[0] == measured[1]


MINIMAL: dict[str, Any] = {
    "id": "q0",
    "answerable": True,
    "hits": [{"document": {"path": "a.txt"}, "spans": [{"start": 15, "end": 20}, {"start": 8, "end": 16}]}],
}
QUOTE = {"text": "x", "start": 1, "end": 2, "document": {"path": "a.txt"}}


def read(folder: Path, *rows: object) -> list[Answered]:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "run.jsonl").write_text("\n".join(lines), "utf-8")
    return read_run(folder / "run.jsonl", [Dialogue("q0", (question(0),))])


def test_runs_of_other_systems_need_little(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "", MINIMAL, MINIMAL | {"id": "of another file"})
    assert found.evidence.hits[0].passage.spans == (Span(8, 20),)  # overlapping spans count once
    assert (found.evidence.quotes, found.evidence.confidence) == ((), 0.0)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "Expecting"),
        ([], ""),
        ({"answerable": True, "hits": []}, "no 'id'"),
        ({"id": "q0", "hits": []}, "no 'answerable'"),
        ({"id": "q0", "answerable": True}, "no 'hits'"),
        (MINIMAL | {"answerable": "yes"}, "answerable is neither true nor false"),
        (MINIMAL | {"confidence": "high"}, "confidence is no number"),
        (MINIMAL | {"hits": [{"document": {"path": "a.txt"}}]}, "no 'spans'"),
        (MINIMAL | {"hits": [{"document": {}, "spans": []}]}, "no 'path'"),
        (MINIMAL | {"quotes": [{"text": "x", "start": 1.5, "end": 2, "document": {"path": "a"}}]}, "whole"),
        (
            MINIMAL | {"quotes": [{"text": "x", "start": 5, "end": 2, "document": {"path": "a"}}]},
            "not a span",
        ),
    ],
)
def test_line_that_is_no_answer_is_named(tmp_path: Path, bad: object, reason: str) -> None:
    with pytest.raises(UsageError, match=rf"run\.jsonl, line 2 is no answer \(.*{reason}"):
        read(tmp_path, MINIMAL | {"id": "before"}, bad)


def test_answers_given_twice_or_not_at_all_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"line 2 is no answer \(q0 again\)"):
        read(tmp_path, MINIMAL, MINIMAL)
    with pytest.raises(UsageError, match=r"run\.jsonl has no answer to question q0"):
        read(tmp_path, MINIMAL | {"id": "q1"})
    with pytest.raises(UsageError, match=r"can't read .*absent\.jsonl"):
        read_run(tmp_path / "absent.jsonl", [])
