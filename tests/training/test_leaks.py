"""The data says nothing in other words that quality is measured on; and the check would notice if it did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from embeddings import Encoder, Purpose, load_encoder
from tests.training.reworded import PASSAGES, QUESTIONS
from training.examples import Contrast, Example, read_examples
from training.leaks import (
    PASSAGE_ALONE,
    PASSAGE_WITH_QUESTION,
    QUESTION_ALONE,
    QUESTION_WITH_ANSWER,
    Measured,
    Nearness,
    nearest,
    read_measured,
)

SHARED = Path(__file__).resolve().parents[2] / "../shared/eval"


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(adapter="none", purpose=Purpose.QUERY)


def test_every_reworded_copy_of_our_own_is_noticed_and_nothing_else(encoder: Encoder) -> None:
    pairs = list(zip(QUESTIONS, PASSAGES, strict=False))
    measured = [Measured(question, (passage,)) for (question, _), (passage, _) in pairs]
    copies = [Example("t", "", passage, (question,)) for (_, question), (_, passage) in pairs]
    for everything in (True, False):
        near = nearest(copies, measured, encoder, everything=everything)
        found = {(measured.index(one.measured), copies.index(one.example)) for one in near if one.is_leak}
        assert found == {(row, row) for row in range(len(pairs))}


def test_a_copy_in_a_contrast_is_noticed(encoder: Encoder) -> None:
    (question, reworded), (passage, copy) = QUESTIONS[0], PASSAGES[0]
    passages = ("渡船满员即走。", "渡船天黑停摆。")
    innocent, guilty = (
        Example(
            "t", "", text, ("渡船何时走",), (), (reworded,), (), (Contrast(reworded, said, "船票另议。"),)
        )
        for text, said in zip(passages, ("船工到点就来。", copy), strict=True)
    )
    near = nearest([innocent, guilty], [Measured(question, (passage,))], encoder)
    assert [one.example for one in near if one.is_leak] == [guilty]


@pytest.mark.parametrize(
    ("question", "asked", "said", "leak"),
    [
        ("渡船超员以后怎么处罚", QUESTION_WITH_ANSWER, PASSAGE_WITH_QUESTION, True),
        ("渡船超员以后怎么处罚", QUESTION_WITH_ANSWER - 0.01, PASSAGE_WITH_QUESTION, False),
        ("渡船超员以后怎么处罚", QUESTION_WITH_ANSWER, PASSAGE_WITH_QUESTION - 0.01, False),
        ("渡船超员以后怎么处罚", 0.0, PASSAGE_ALONE, True),
        ("渡船超员以后怎么处罚", QUESTION_ALONE, -1.0, True),
        ("渡船超员", QUESTION_ALONE, -1.0, False),
    ],
)
def test_limits(question: str, asked: float, said: float, leak: bool) -> None:
    example = Example("t", "", "渡船满员即走。", ("满了走不走",))
    assert Nearness(Measured(question, ("q",)), example, asked, said).is_leak is leak


def test_measured_questions_come_from_question_and_dialogue_files(tmp_path: Path) -> None:
    gold = [{"doc": "d", "quote": "满员即走"}]
    (tmp_path / "a.jsonl").write_text(json.dumps({"question": "一", "gold": gold}), "utf-8")
    turns = {"turns": [{"question": "二"}, {"question": "三", "gold": gold}]}
    (tmp_path / "b.jsonl").write_text(json.dumps(turns), "utf-8")
    assert read_measured(tmp_path) == [
        Measured("一", ("满员即走",)),
        Measured("二", ()),
        Measured("三", ("满员即走",)),
    ]


def test_no_example_says_in_other_words_what_is_measured(encoder: Encoder) -> None:
    if not SHARED.is_dir():
        pytest.skip("the evaluation set is not beside the project")
    near = nearest(read_examples(), read_measured(SHARED), encoder)
    assert len(near) > 100
    assert [(one.asked, one.said, one.example.passage[:30]) for one in near if one.is_leak] == []
