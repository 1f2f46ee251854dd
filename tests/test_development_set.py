"""The development set is about the example archive: every gold quote stands in its file, verbatim, once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from retrieval.evaluation.questions import Question, load_dialogues

ROOT = Path(__file__).resolve().parents[1]
SPEECHES = ROOT / "examples" / "speeches"
DATA = ROOT / "tests" / "data"


def read(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def questions() -> list[Question]:
    return [turn for dialogue in load_dialogues(DATA / "questions.jsonl") for turn in dialogue.turns]


def turns() -> list[Question]:
    return [turn for dialogue in load_dialogues(DATA / "dialogues.jsonl") for turn in dialogue.turns]


def test_set_has_its_full_size() -> None:
    assert Counter(question.answerable for question in questions()) == {True: 80, False: 40}
    assert len(load_dialogues(DATA / "dialogues.jsonl")) == 10
    assert len({question.id for question in (*questions(), *turns())}) == len(questions()) + len(turns())


@pytest.mark.parametrize("question", [*questions(), *turns()], ids=lambda question: question.id)
def test_gold_quotes_stand_in_their_files(question: Question) -> None:
    assert question.answerable == bool(question.gold)
    for gold in question.gold:
        assert read(SPEECHES / gold.doc).count(gold.quote) == 1, gold
    together = "".join(gold.quote for gold in question.gold)
    assert [fact for fact in question.facts if fact not in together] == []


def test_examples_keep_the_shapes_they_are_there_for() -> None:
    files = {path.name: path for path in SPEECHES.iterdir()}
    assert len(files) == 9
    texts = {name: read(path) for name, path in files.items()}
    assert all(1200 <= len(re.sub(r"\s", "", text)) <= 3000 for text in texts.values())
    old = files["矿山现场会讲话2022.txt"].read_bytes()
    assert b"\r\n" in old
    with pytest.raises(UnicodeDecodeError):
        old.decode("utf-8")
    assert "但\n账要算全" in texts["2024年春节前讲话.txt"]
    assert texts["澜川县防汛讲话_网页复制.txt"].count("\n") < 10
    assert "死亡*人" in texts["建设领域安全生产会议讲话（下载）.txt"]
