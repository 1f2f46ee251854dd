"""The training data: well formed, without repeats, and without a word of what answers are measured on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from training.examples import DATA, Example, folded, read_examples

SHARED = Path(__file__).resolve().parents[2] / "../shared/eval"

LONGEST_STOCK_PHRASE = 12
"""Formulae of the genre stand in speeches everywhere; a longer overlap is a copy."""


def test_every_line_is_an_example() -> None:
    examples = read_examples()
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in DATA.glob("*.jsonl"))
    assert len(examples) >= 0.99 * lines > 2000


def test_no_passage_stands_twice_and_no_query_is_its_own_answer() -> None:
    examples = read_examples()
    assert len({folded(example.passage) for example in examples}) == len(examples)
    assert [e.passage for e in examples if any(folded(q) == folded(e.passage) for q in e.queries)] == []


def test_reader_refuses_what_is_no_example(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps({"topic": "t", "passage": "短", "queries": ["问"]}) + "\n", "utf-8")
    with pytest.raises(ValueError, match=r"bad\.jsonl:1: a passage of 1 characters"):
        read_examples([path])


def test_nothing_of_the_evaluation_leaked_into_it() -> None:
    if not SHARED.is_dir():
        pytest.skip("the evaluation set is not beside the project")
    width = LONGEST_STOCK_PHRASE + 1
    measured = {gram for text in _evaluation() for gram in _grams(folded(text), width)}
    leaks = [
        (example.passage[:30], gram)
        for example in read_examples()
        for text in _texts(example)
        for gram in _grams(folded(text), width)
        if gram in measured
    ]
    assert leaks == []


def _texts(example: Example) -> tuple[str, ...]:
    return (example.passage, *example.queries, *example.near_misses, *example.unanswered)


def _grams(text: str, width: int) -> Iterator[str]:
    return (text[at : at + width] for at in range(len(text) - width + 1))


def _evaluation() -> Iterator[str]:
    for path in sorted(SHARED.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            for asked in row.get("turns", [row]):
                yield asked["question"]
                yield from (gold["quote"] for gold in asked.get("gold", ()))
