"""The training data: well formed, without repeats, and without a word of what answers are measured on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from training.examples import DATA, Example, folded, read_examples, read_general
from training.leaks import read_measured
from training.overlap import grams, near_duplicates

SHARED = Path(__file__).resolve().parents[2] / "../shared/eval"

LONGEST_STOCK_PHRASE = 12
"""Formulae of the genre stand in speeches everywhere; a longer overlap is a copy."""


ALMOST_THE_SAME = 0.6
"""Jaccard index of trigrams from which two passages are one with a few words changed."""


def test_every_line_is_an_example_of_its_own() -> None:
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in DATA.glob("*.jsonl"))
    assert len(read_examples()) == lines >= 6000


def test_readme_counts_what_is_there() -> None:
    examples = read_examples()
    counts = (
        len(examples),
        sum(len(example.queries) for example in examples),
        sum(len(example.near_misses) for example in examples),
        sum(len(example.unanswered) for example in examples),
        sum(bool(example.title) for example in examples),
    )
    text = " ".join((DATA / "README.md").read_text("utf-8").split())
    stated = re.search(
        r"Together ([\d,]+) passages, ([\d,]+) queries, ([\d,]+) near misses, ([\d,]+) unanswered questions"
        r" and ([\d,]+) titles",
        text,
    )
    assert stated is not None
    assert tuple(int(number.replace(",", "")) for number in stated.groups()) == counts
    general = read_general()
    assert (
        f"`general/` holds {len(general)} notes as an encyclopedia has them, with "
        f"{sum(len(example.queries) for example in general):,} questions" in text
    )


def test_no_two_passages_are_almost_the_same() -> None:
    """Near misses included: one that repeats a passage would teach that its words do not answer."""
    texts = [text for example in read_examples() for text in (example.passage, *example.near_misses)]
    assert [(texts[a][:30], texts[b][:30]) for a, b, _ in near_duplicates(texts, ALMOST_THE_SAME)] == []


def test_no_question_is_answered_and_left_open_at_once() -> None:
    assert [
        example.passage[:30]
        for example in read_examples()
        if {folded(q) for q in example.queries} & {folded(q) for q in example.unanswered}
    ] == []


def test_every_passage_leaves_a_question_open() -> None:
    assert [example.passage[:30] for example in read_examples() if not example.unanswered] == []


def test_no_passage_stands_twice_and_no_query_is_its_own_answer() -> None:
    examples = read_examples() + read_general()
    assert len({folded(example.passage) for example in examples}) == len(examples)
    assert [e.passage for e in examples if any(folded(q) == folded(e.passage) for q in e.queries)] == []


def test_reader_refuses_what_is_no_example(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps({"topic": "t", "passage": "短", "queries": ["问"]}) + "\n", "utf-8")
    with pytest.raises(ValueError, match=r"bad\.jsonl:1: a passage of 1 characters"):
        read_examples([path])


def test_everyday_questions_are_questions_too(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    row = {
        "passage": "高处作业必须系好安全带。",
        "queries": ["高处作业系什么"],
        "everyday": ["上房顶要拴绳不", "上房顶要拴绳不"],
    }
    path.write_text(json.dumps(row) + "\n", "utf-8")
    (example,) = read_examples([path])
    assert example.queries == ("高处作业系什么", "上房顶要拴绳不")
    assert example.everyday == ("上房顶要拴绳不",)


def test_everyday_questions_share_hardly_a_word_with_their_passage() -> None:
    """What they were written for: of their runs of three characters less than one in twenty stands there."""
    examples = [example for example in read_examples() if example.everyday]
    asked = [grams(query, 3) for example in examples for query in example.everyday]
    within = [grams(example.passage, 3) for example in examples for _ in example.everyday]
    shared = sum(len(one & other) for one, other in zip(asked, within, strict=True))
    assert len(asked) > 10_000
    assert shared < sum(map(len, asked)) / 20


def test_readme_counts_the_contrasts() -> None:
    examples = [example for example in read_examples() if example.contrasts]
    contrasts = sum(len(example.contrasts) for example in examples)
    text = " ".join((DATA / "README.md").read_text("utf-8").split())
    assert f"{contrasts:,} contrasts of {len(examples):,} passages" in text


def test_a_contrast_tells_by_what_it_says_and_not_by_length_or_shared_words() -> None:
    """What answers is not longer by a fifth than what stands beside, nor nearer to the question's words."""
    contrasts = [contrast for example in read_examples() for contrast in example.contrasts]
    answers = sum(len(contrast.answer) for contrast in contrasts)
    beside = sum(len(contrast.beside) for contrast in contrasts)
    assert 0.8 < answers / beside < 1.2
    shared = [
        sum(len(grams(each.question, 2) & grams(text, 2)) for each, text in pairs)
        for pairs in (
            [(contrast, contrast.answer) for contrast in contrasts],
            [(contrast, contrast.beside) for contrast in contrasts],
        )
    ]
    assert shared[0] < shared[1]


def test_no_sentence_stands_in_two_contrasts() -> None:
    texts = [
        folded(text)
        for example in read_examples()
        for contrast in example.contrasts
        for text in (contrast.answer, contrast.beside)
    ]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("contrast", "refused"),
    [
        ({"question": "多久换一次", "answer": "三年一换。"}, "has a question, an answer"),
        (
            {"question": "多久换一次", "answer": "三年一换。", "beside": " "},
            "empty or has one sentence twice",
        ),
        ({"question": "多久换一次", "answer": "换。", "beside": "换。"}, "empty or has one sentence twice"),
        ({"question": "谁来换", "answer": "班长换。", "beside": "要换新的。"}, "that is not left open"),
    ],
)
def test_reader_refuses_what_is_no_contrast(contrast: dict[str, str], refused: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    row = {
        "passage": "高处作业必须系好安全带。",
        "queries": ["高处作业系什么"],
        "unanswered": ["多久换一次"],
        "contrasts": [contrast],
    }
    path.write_text(json.dumps(row) + "\n", "utf-8")
    with pytest.raises((TypeError, ValueError), match=rf"bad\.jsonl:1: .*{refused}"):
        read_examples([path])


def test_nothing_of_the_evaluation_leaked_into_it() -> None:
    if not SHARED.is_dir():
        pytest.skip("the evaluation set is not beside the project")
    width = LONGEST_STOCK_PHRASE + 1
    measured = frozenset[str]().union(
        *(grams(text, width) for asked in read_measured(SHARED) for text in (asked.question, *asked.quotes))
    )
    leaks = [
        (example.passage[:30], gram)
        for example in (*read_examples(), *read_general())
        for text in _texts(example)
        for gram in sorted(grams(text, width) & measured)
    ]
    assert len(measured) > 1000
    assert leaks == []


def _texts(example: Example) -> tuple[str, ...]:
    contrasts = (text for each in example.contrasts for text in (each.answer, each.beside))
    return (example.passage, *example.queries, *example.near_misses, *example.unanswered, *contrasts)
