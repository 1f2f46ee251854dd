from __future__ import annotations

from dataclasses import replace

import pytest

from retrieval.documents.read import read_bytes
from retrieval.documents.types import Document, Span
from retrieval.search.declining import (
    CHARACTERS,
    NEAR,
    ON_TOPIC,
    Rule,
    is_bare_heading,
    ruled_out,
    unknown_subjects,
    words_near,
)
from retrieval.search.glossary import load_glossary
from retrieval.search.query import analyse
from retrieval.search.quotable import Quotable, Run
from retrieval.search.routing import Routing
from retrieval.types import Reason, Sentence
from tests.retrieval.search.builders import quotable

HEAD = "在全市安全生产工作会议上的讲话\n\n同志们：今天我们召开会议，部署下一阶段的工作。\n"


def run_of(*texts: str, best: int) -> tuple[Run, dict[str, Document]]:
    """A run over sentences of one speech."""
    document = read_bytes((HEAD + "".join(texts) + "\n").encode(), "讲话.txt")
    quotables = []
    for row, text in enumerate(texts):
        start = document.raw.index(text)
        sentence = Sentence(text, Span(start, start + len(text)))
        quotables.append(Quotable(0, row, document.id, (), sentence, float(row == best), 0.5))
    return Run(0, tuple(quotables)), {document.id: document}


def texts_of(runs: list[Run]) -> list[str]:
    return ["".join(each.sentence.text for each in run.quotables) for run in runs]


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("青石市怎么规定", ("青石市",)),
        ("青石市2024年怎么规定", ("青石市",)),
        ("青石市2024年和2031年各有多少个", ()),
        ("青石市和禾山县有什么不同", ()),
    ],
)
def test_a_comparison_is_not_declined_for_a_side_that_is_missing(
    question: str, unknown: tuple[str, ...]
) -> None:
    query = analyse(question, load_glossary())
    assert unknown_subjects(query, Routing(unknown=("青石市",))) == unknown


@pytest.mark.parametrize(
    ("masked", "unknown", "reason"),
    [
        (True, ("青石市",), Rule(Reason.MASKED)),
        (False, ("青石市",), Rule(Reason.UNKNOWN, ("青石市",))),
        (False, (), None),
    ],
)
def test_the_plainest_reason_comes_first(masked: bool, unknown: tuple[str, ...], reason: Rule | None) -> None:
    assert ruled_out(masked, unknown) == reason


def test_of_other_places_and_bare_headings_nothing_is_an_answer() -> None:
    unknown = ruled_out(masked=False, unknown=("青石市",), elsewhere=("禾山县",), bare=True)
    assert unknown == Rule(Reason.UNKNOWN, ("青石市",))
    elsewhere = ruled_out(masked=False, unknown=(), elsewhere=("禾山县",), bare=True)
    assert elsewhere == Rule(Reason.ELSEWHERE, ("禾山县",))
    assert ruled_out(masked=False, unknown=(), bare=True) == Rule(Reason.UNSURE)


def test_a_heading_is_bare_where_nothing_follows_it_in_its_part() -> None:
    heading, text, mark = (
        quotable("（四）抓好培训", 3.0, row=5),
        quotable("每月一课。", 1.0, row=6),
        quotable("……", 1.0, row=6),
    )
    assert is_bare_heading([Run(0, (heading,))], [heading])
    assert is_bare_heading([Run(0, (heading,))], [heading, mark])
    assert not is_bare_heading([Run(0, (heading,))], [heading, text])
    assert not is_bare_heading([Run(0, (heading, text))], [heading, text])
    assert not is_bare_heading([Run(0, (text,))], [text])
    assert is_bare_heading([Run(0, (heading,))], [heading, quotable("（五）抓好宣传", 1.0, row=6)])


def test_a_question_without_a_subject_is_declined_first() -> None:
    assert ruled_out(masked=True, unknown=("青石市",), vague=True) == Rule(Reason.VAGUE)
    runs = [Run(0, (quotable("丁。", 3.0, row=5),))]
    assert words_near(Reason.VAGUE, runs, [replace(quotable("丁。", 3.0, row=5), coverage=1.0)], {}) == []


def test_near_words_are_the_best_sentences_of_the_best_runs() -> None:
    runs = [
        Run(
            0,
            (
                quotable("甲" * 150, 1.0, row=1),
                quotable("乙。", 9.0, row=2),
                quotable("丙" * 200, 0.5, row=3),
            ),
        ),
        Run(1, (quotable("丁。", 3.0, row=5),)),
        Run(2, (quotable("戊。", 2.0, row=7),)),
    ]
    quotables = [replace(quotable("乙。", 9.0, row=2), coverage=ON_TOPIC)]
    assert NEAR == 2
    # 150 and 2 characters are within the 160 that fit, the 200 are not.
    assert texts_of(words_near(Reason.UNSURE, runs, quotables, {})) == ["甲" * 150 + "乙。", "丁。"]
    assert texts_of(words_near(Reason.UNKNOWN, runs, quotables, {})) == ["甲" * 150 + "乙。", "丁。"]


def test_another_subject_has_nothing_near() -> None:
    runs = [Run(0, (quotable("丁。", 3.0, row=5),))]
    below = [replace(quotable("丁。", 3.0, row=5), coverage=ON_TOPIC - 0.01)]
    assert words_near(Reason.UNSURE, runs, below, {}) == []
    assert words_near(Reason.UNKNOWN, runs, below, {}) == []
    assert words_near(Reason.UNSURE, runs, [], {}) == []


def test_a_masked_value_is_shown_from_the_best_sentence_on() -> None:
    said = ("上半年事故总量下降。", "各县区都作了通报。", "共发生事故**起。", "下面讲三点意见。")
    run, documents = run_of(*said, best=0)
    assert texts_of(words_near(Reason.MASKED, [run], [], documents)) == ["".join(said[:3])]
    run, documents = run_of(*said, best=2)
    assert texts_of(words_near(Reason.MASKED, [run], [], documents)) == [said[2]]


def test_a_masked_value_far_from_the_best_sentence_stands_alone() -> None:
    said = ("上半年事故总量下降。", "各县区" + "都" * CHARACTERS + "作了通报。", "共发生事故**起。")
    run, documents = run_of(*said, best=0)
    assert texts_of(words_near(Reason.MASKED, [run], [], documents)) == [said[2]]
