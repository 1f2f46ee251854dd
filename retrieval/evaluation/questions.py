"""Question files: what was asked, which words answer it, and whether the archive answers it at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import UsageError
from retrieval.evaluation.lines import parsed_lines


@dataclass(frozen=True, slots=True)
class Gold:
    """Words that answer a question: ``quote`` stands verbatim in the file named ``doc``."""

    doc: str
    quote: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question, or one turn of a dialogue.

    Attributes:
        id: of the question, or "<dialogue>/<turn>" with turns counted from 1.
        type: what kind of question it is, in the file's own words; "turn1" for the first of a dialogue and
            "turn2" for the ones after it where the file says nothing.
        facts: short strings that a complete answer holds.
        any_of: any one gold quote will do; otherwise all are wanted.
        before: what was asked before in the same dialogue, oldest first.
        draft: written by a machine, and nobody has said yet that it is right.
    """

    id: str
    question: str
    type: str
    gold: tuple[Gold, ...]
    facts: tuple[str, ...] = ()
    answerable: bool = True
    any_of: bool = False
    before: tuple[str, ...] = ()
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Questions asked one after the other; a single question is a dialogue of one."""

    id: str
    turns: tuple[Question, ...]


def load_dialogues(path: Path) -> tuple[Dialogue, ...]:
    """Read a question file (JSON lines).

    Raises:
        UsageError: the file can't be read, or a line is no question; the message names the line.
    """
    found = tuple(parsed_lines(path, _dialogue, unreadable="eval.unreadable", bad="eval.bad_line"))
    if not found:
        raise UsageError("eval.empty", path=path)
    return found


def _dialogue(row: Mapping[str, Any]) -> Dialogue:
    identity = str(row["id"])
    if "turns" not in row:
        return Dialogue(identity, (_question(identity, row),))
    turns: list[Question] = []
    for number, turn in enumerate(_list(row, "turns"), 1):
        before = tuple(earlier.question for earlier in turns)
        turns.append(_question(f"{identity}/{number}", turn, f"turn{min(number, 2)}", before))
    if not turns:
        raise ValueError("no turns")
    return Dialogue(identity, tuple(turns))


def _question(
    identity: str, row: Mapping[str, Any], kind: str = "question", before: tuple[str, ...] = ()
) -> Question:
    gold = tuple(Gold(_text(g, "doc"), _text(g, "quote")) for g in _list(row, "gold"))
    return Question(
        id=identity,
        question=_text(row, "question"),
        type=str(row.get("type", row.get("kind", kind))),
        gold=gold,
        facts=tuple(str(fact) for fact in _list(row, "facts")),
        answerable=_flag(row, "answerable", bool(gold)),
        any_of=_flag(row, "any_of", False),
        before=before,
        draft=_flag(row, "draft", False),
    )


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row[key]
    if not isinstance(value, str) or not value:
        raise TypeError(f"{key} is no text")
    return value


def _list(row: Mapping[str, Any], key: str) -> list[Any]:
    value = row.get(key, [])
    if not isinstance(value, list):
        raise TypeError(f"{key} is no list")
    return value


def _flag(row: Mapping[str, Any], key: str, default: bool) -> bool:
    value = row.get(key, default)
    if not isinstance(value, bool):
        raise TypeError(f"{key} is neither true nor false")
    return value
