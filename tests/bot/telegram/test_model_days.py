"""What the database keeps of the language model: each person's day, and answers left half worded."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.telegram.records import Asked, Question, Status
from bot.telegram.schema import MIGRATIONS
from bot.telegram.state import HOUR, State
from config.messages import Language

NOON = time.mktime((2026, 3, 5, 12, 0, 0, 0, 0, -1))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "telegram.sqlite"


@pytest.fixture
def state(path: Path) -> Iterator[State]:
    state = State(path)
    yield state
    state.close()


def accept(state: State, message: int = 1, *, text: str = "问", is_edit: bool = False) -> Question:
    asked = Asked(7, message, 11, text, Language.ZH, 100.0, is_edit=is_edit)
    _, question = state.accept_question(asked, max_open=99)
    assert question is not None
    return question


def test_a_person_has_so_many_requests_a_day_and_a_restart_gives_no_more(state: State, path: Path) -> None:
    assert [state.spend_on_model(11, NOON + at, 2) for at in range(3)] == [True, True, False]
    assert state.spend_on_model(12, NOON, 2)
    state.close()
    again = State(path)
    assert not again.spend_on_model(11, NOON + 11 * HOUR, 2)
    assert again.spend_on_model(11, NOON + 13 * HOUR, 2)
    assert [again.spend_on_model(13, NOON, 0) for _ in range(9)] == [True] * 9
    again.close()


def test_that_it_is_spent_is_told_once_a_day_and_not_again_after_a_restart(state: State, path: Path) -> None:
    state.spend_on_model(11, NOON, 1)
    assert [state.may_tell_model_spent(11, NOON) for _ in range(2)] == [True, False]
    state.close()
    again = State(path)
    assert not again.may_tell_model_spent(11, NOON)
    again.spend_on_model(11, NOON + 24 * HOUR, 1)
    assert again.may_tell_model_spent(11, NOON + 24 * HOUR)
    again.close()


def test_sweeping_drops_days_that_are_over(state: State) -> None:
    for day in range(4):
        state.spend_on_model(11, NOON + 24 * HOUR * day, 1)
    state.sweep(NOON + 24 * HOUR * 3)
    kept = [row[0] for row in state._db.execute("SELECT day FROM model_days ORDER BY day")]
    assert kept == ["2026-03-06", "2026-03-07", "2026-03-08"]


def test_an_answer_stands_until_its_question_is_edited(state: State) -> None:
    question = accept(state)
    assert not state.is_answered(question.id, 1)
    state.finish_question(question.id, 1, Status.ANSWERED, 101.0)
    assert state.is_answered(question.id, 1)
    accept(state, text="别的", is_edit=True)
    assert not state.is_answered(question.id, 1)


def test_only_what_was_left_half_worded_is_answered_again_and_as_if_asked_now(state: State) -> None:
    left, done, never = (accept(state, number) for number in (1, 2, 3))
    for question in (left, done, never):
        state.finish_question(question.id, 1, Status.ANSWERED, 101.0)
    state.record_preview(left.id, is_shown=True)
    state.record_preview(done.id, is_shown=True)
    state.record_preview(done.id, is_shown=False)
    assert state.reopen_previewed(900.0) == 1
    (open_again,) = state.open_questions()
    assert (open_again.id, open_again.created) == (left.id, 900.0)
    assert state.finish_question(left.id, 1, Status.ANSWERED, 901.0)
    assert state.reopen_previewed(902.0) == 0


def test_an_answer_over_a_preview_takes_it_away(state: State) -> None:
    question = accept(state)
    state.finish_question(question.id, 1, Status.ANSWERED, 101.0)
    state.record_preview(question.id, is_shown=True)
    edited = accept(state, text="别的", is_edit=True)
    state.finish_question(edited.id, edited.revision, Status.ANSWERED, 102.0)
    assert state.reopen_previewed(103.0) == 0


def test_a_database_from_before_there_was_a_model_goes_on(path: Path) -> None:
    with sqlite3.connect(path) as old:
        old.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
        old.execute(
            "INSERT INTO questions VALUES (1, 7, NULL, 1, 1, 11, '问', 'zh', 1, 'answered', 5, '[]', 1, 2)"
        )
    old.close()
    state = State(path)
    assert state.is_answered(1, 1)
    assert state.reopen_previewed(3.0) == 0
    assert state.spend_on_model(11, NOON, 1)
    state.close()
