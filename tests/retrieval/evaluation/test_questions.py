from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.errors import UsageError
from retrieval.evaluation.questions import Dialogue, Gold, Question, load_dialogues

PLAIN = {"id": "q1", "question": "值班怎么安排"}


def load(folder: Path, *lines: object) -> tuple[Dialogue, ...]:
    text = "\n".join(
        line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines
    )
    (folder / "q.jsonl").write_text(text, "utf-8")
    return load_dialogues(folder / "q.jsonl")


def test_whole_question(tmp_path: Path) -> None:
    row = PLAIN | {
        "type": "list",
        "gold": [{"doc": "a.txt", "quote": "值班"}],
        "facts": ["24小时", 24],
        "answerable": True,
        "any_of": True,
    }
    question = Question("q1", "值班怎么安排", "list", (Gold("a.txt", "值班"),), ("24小时", "24"), True, True)
    assert load(tmp_path, row) == (Dialogue("q1", (question,)),)


def test_question_without_gold_is_not_answerable_unless_it_says_so(tmp_path: Path) -> None:
    first, second, third = load(
        tmp_path, PLAIN, PLAIN | {"answerable": True}, PLAIN | {"gold": [{"doc": "a", "quote": "b"}]}
    )
    assert [one.turns[0].answerable for one in (first, second, third)] == [False, True, True]
    assert first.turns[0] == Question("q1", "值班怎么安排", "question", (), (), False, False)


def test_turns_of_a_dialogue_are_counted_from_one(tmp_path: Path) -> None:
    row = {"id": 7, "turns": [{"question": "甲"}, {"question": "乙", "gold": [{"doc": "a", "quote": "b"}]}]}
    (dialogue,) = load(tmp_path, row)
    assert dialogue.id == "7"
    assert [(turn.id, turn.question, turn.answerable) for turn in dialogue.turns] == [
        ("7/1", "甲", False),
        ("7/2", "乙", True),
    ]
    assert [turn.before for turn in dialogue.turns] == [(), ("甲",)]


def test_types_are_those_of_the_file_or_tell_first_turns_from_later_ones(tmp_path: Path) -> None:
    turns = [{"question": "甲"}, {"question": "乙", "type": "list"}, {"question": "丙"}, {"question": "丁"}]
    (dialogue,) = load(tmp_path, {"id": "d", "turns": turns})
    assert [turn.type for turn in dialogue.turns] == ["turn1", "list", "turn2", "turn2"]
    (named,) = load(tmp_path, PLAIN | {"kind": "number"})
    assert named.turns[0].type == "number"


def test_drafts_are_marked(tmp_path: Path) -> None:
    drafted, checked = load(tmp_path, PLAIN | {"draft": True}, PLAIN)
    assert (drafted.turns[0].draft, checked.turns[0].draft) == (True, False)


def test_byte_order_mark_blank_lines_and_other_line_ends(tmp_path: Path) -> None:
    line = json.dumps(PLAIN)
    (tmp_path / "q.jsonl").write_bytes(f"\ufeff{line}\r\n\r\n  \n{line}\r\n".encode())
    assert len(load_dialogues(tmp_path / "q.jsonl")) == 2


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\x0b", "\x1c"])
def test_line_separators_inside_a_gold_quote_part_no_lines(tmp_path: Path, separator: str) -> None:
    row = PLAIN | {"gold": [{"doc": "a.txt", "quote": f"值{separator}班"}]}
    # JSON leaves the first two as they are and escapes the control characters.
    assert load(tmp_path, row)[0].turns[0].gold[0].quote == f"值{separator}班"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "Expecting property name"),
        ("你好", "Expecting value"),
        ("[" * 100_000, "recursion"),
        ('{"id": ' + "9" * 5000 + "}", "digits"),
        ("[]", ""),
        ("7", ""),
        ('"id"', ""),
        ("null", ""),
        ({}, "no 'id'"),
        ({"id": "q"}, "no 'question'"),
        ({"question": "问"}, "no 'id'"),
        ({"id": "q", "question": None}, "question is no text"),
        ({"id": "q", "question": ["问"]}, "question is no text"),
        ({"id": "q", "question": ""}, "question is no text"),
        ({"id": "q", "turns": []}, "no turns"),
        ({"id": "q", "turns": "问"}, "turns is no list"),
        ({"id": "q", "turns": ["问"]}, ""),
        ({"id": "q", "turns": [{"gold": []}]}, "no 'question'"),
        (PLAIN | {"gold": {}}, "gold is no list"),
        (PLAIN | {"gold": None}, "gold is no list"),
        (PLAIN | {"gold": ["值班"]}, ""),
        (PLAIN | {"gold": [{"doc": "a.txt"}]}, "no 'quote'"),
        (PLAIN | {"gold": [{"doc": "a.txt", "quote": ""}]}, "quote is no text"),
        (PLAIN | {"gold": [{"doc": 7, "quote": "值班"}]}, "doc is no text"),
        (PLAIN | {"facts": "24小时"}, "facts is no list"),
        (PLAIN | {"answerable": "false"}, "answerable is neither true nor false"),
        (PLAIN | {"any_of": 1}, "any_of is neither true nor false"),
        (PLAIN | {"draft": "yes"}, "draft is neither true nor false"),
    ],
)
def test_line_that_is_no_question_is_named(tmp_path: Path, bad: object, reason: str) -> None:
    with pytest.raises(UsageError, match=rf"q\.jsonl, line 3 is no question \(.*{reason}") as caught:
        load(tmp_path, PLAIN, "", bad, PLAIN)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff"])
def test_file_without_questions_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="holds no question"):
        load(tmp_path, text)


def test_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "gb.jsonl").write_bytes("值班".encode("gb18030"))
    for name in ("absent.jsonl", "gb.jsonl", ""):
        with pytest.raises(UsageError, match="can't read the questions in"):
            load_dialogues(tmp_path / name)
