from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.telegram.records import Acceptance, Asked, Question, Spending, Status, StoredTurn
from bot.telegram.schema import MIGRATIONS
from bot.telegram.state import HOUR, State
from config.errors import StateError
from config.messages import Language

NOON = time.mktime((2026, 3, 5, 12, 0, 0, 0, 0, -1))
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "telegram.sqlite"


@pytest.fixture
def state(path: Path) -> Iterator[State]:
    state = State(path)
    yield state
    state.close()


def asked(text: str = "值班有什么要求", chat: int = 7, message: int = 1, **more: object) -> Asked:
    return Asked(chat, message, 11, text, Language.ZH, **{"created": 100.0, **more})  # type: ignore[arg-type]


def accept(state: State, *arguments: object, **more: object) -> Question:
    _, question = state.accept_question(asked(*arguments, **more), max_open=99)  # type: ignore[arg-type]
    assert question is not None
    return question


def test_question_is_kept_as_it_was_asked(state: State, path: Path) -> None:
    given = asked("𠮷\u200b' OR 1=1 --", chat=-1005, message=9, topic_id=3, is_private=False)
    acceptance, question = state.accept_question(given, max_open=1)
    assert acceptance is Acceptance.NEW
    state.close()
    again = State(path)
    assert again.open_questions() == (question,)
    again.close()
    assert question is not None
    assert (question.chat_id, question.message_id, question.topic_id) == (-1005, 9, 3)
    assert (question.text, question.language, question.is_private) == (given.text, Language.ZH, False)
    assert (question.revision, question.status, question.parts) == (1, Status.OPEN, ())
    assert question.lane == (-1005, 3)


def test_same_message_is_one_question(state: State) -> None:
    first = accept(state)
    assert state.accept_question(asked("别的"), 99) == (Acceptance.DUPLICATE, first)
    assert state.accept_question(asked(is_edit=True), 99) == (Acceptance.DUPLICATE, first)
    assert state.accept_question(asked(chat=8), 99)[0] is Acceptance.NEW
    assert state.count_open() == 2


def test_edit_opens_the_question_again_and_keeps_its_answer_message(state: State) -> None:
    first = accept(state)
    state.record_placeholder(first.id, 50)
    state.record_parts(first.id, [51, 52])
    assert state.finish_question(first.id, 1, Status.ANSWERED, 101.0)
    acceptance, edited = state.accept_question(asked("谁值班", is_edit=True, created=200.0), 99)
    assert acceptance is Acceptance.REVISED
    assert edited is not None
    assert (edited.id, edited.revision, edited.text) == (first.id, 2, "谁值班")
    assert (edited.placeholder_id, edited.parts) == (50, (51, 52))
    assert edited.status is Status.OPEN


def test_answer_to_a_text_that_was_edited_meanwhile_does_not_close_it(state: State) -> None:
    first = accept(state)
    state.accept_question(asked("谁值班", is_edit=True), 99)
    assert not state.finish_question(first.id, first.revision, Status.ANSWERED, 101.0)
    assert state.count_open() == 1
    assert state.finish_question(first.id, 2, Status.ANSWERED, 102.0)
    assert not state.finish_question(first.id, 2, Status.FAILED, 103.0)


def test_cap_counts_open_questions_of_one_chat(state: State) -> None:
    questions = [accept(state, message=number) for number in (1, 2)]
    assert state.accept_question(asked(message=3), 2) == (Acceptance.FULL, None)
    assert state.accept_question(asked(chat=8, message=3), 2)[0] is Acceptance.NEW
    # An edit of an open one takes no further place.
    assert state.accept_question(asked("改", message=2, is_edit=True), 2)[0] is Acceptance.REVISED
    state.finish_question(questions[0].id, 1, Status.ANSWERED, 101.0)
    assert state.accept_question(asked(message=3), 2)[0] is Acceptance.NEW
    assert state.accept_question(asked("改", message=1, is_edit=True), 2) == (Acceptance.FULL, None)


def test_open_questions_are_oldest_first(state: State) -> None:
    accept(state, "后", message=1, created=200.0)
    accept(state, "先", message=2, created=100.0)
    assert [question.text for question in state.open_questions()] == ["先", "后"]


def test_chat_that_is_gone_has_nothing_open(state: State) -> None:
    kept = accept(state, chat=8)
    accept(state, message=1)
    accept(state, message=2)
    assert state.close_chat(7, 101.0) == 2
    assert state.open_questions() == (kept,)


def test_updates_are_remembered(state: State, path: Path) -> None:
    assert not state.has_seen(5)
    state.mark_seen(5, 100.0)
    state.mark_seen(5, 101.0)
    state.close()
    again = State(path)
    assert again.has_seen(5)
    assert not again.has_seen(6)
    again.close()


def turn(text: str) -> StoredTurn:
    return StoredTurn(text, ("p1", "p2"), ("p1",), ("d1",))


def test_conversation_keeps_the_last_five_turns_of_its_topic(state: State) -> None:
    for number in range(1, 8):
        state.add_turn(accept(state, message=number), turn(f"问{number}"))
    state.add_turn(accept(state, message=20, topic_id=4), turn("另一个话题"))
    assert state.turns((7, 0)) == tuple(turn(f"问{number}") for number in range(3, 8))
    assert [one.question for one in state.turns((7, 4))] == ["另一个话题"]
    assert state.forget_turns((7, 0)) == 5
    assert state.turns((7, 0)) == ()
    assert len(state.turns((7, 4))) == 1


def test_edited_question_replaces_its_turn_and_sees_only_those_before(state: State) -> None:
    first, second = accept(state, message=1), accept(state, message=2)
    state.add_turn(first, turn("一"))
    state.add_turn(second, turn("二"))
    state.add_turn(first, turn("改"))
    assert [one.question for one in state.turns((7, 0))] == ["改", "二"]
    assert state.turns((7, 0), before=first.id) == ()
    assert [one.question for one in state.turns((7, 0), before=second.id)] == ["改"]


def test_latest_feedback_of_a_person_counts(state: State) -> None:
    question = accept(state)
    state.add_feedback(question.id, 11, "up", "", 100.0)
    state.add_feedback(question.id, 11, "down", "答非所问", 101.0)
    state.add_feedback(question.id, 12, "up", "", 102.0)
    rows = [(one.user_id, one.verdict, one.reason, one.question) for one in state.feedback()]
    assert rows == [(11, "down", "答非所问", question.text), (12, "up", "", question.text)]


def test_rate_and_budget(tmp_path: Path) -> None:
    state = State(tmp_path / "budget.sqlite")

    def spend(now: float, user: int = 11) -> Spending:
        return state.spend(user, now, per_minute=2, per_day=3)

    assert [spend(NOON), spend(NOON + 1), spend(NOON + 2)] == [
        Spending.ALLOWED, Spending.ALLOWED, Spending.TOO_FAST,
    ]  # fmt: skip
    assert spend(NOON + 2, user=12) is Spending.ALLOWED
    # The refused one cost nothing: a third of the day is left, and no more.
    assert [spend(NOON + 61), spend(NOON + 500)] == [Spending.ALLOWED, Spending.USED_UP]
    assert spend(NOON + 12 * HOUR) is Spending.ALLOWED  # midnight
    assert state.spend(13, NOON, per_minute=0, per_day=0) is Spending.ALLOWED
    state.close()


def test_stranger_is_told_once_an_hour(state: State) -> None:
    assert [state.may_tell(99, now) for now in (0.0, 10.0, HOUR - 1, HOUR, HOUR + 1)] == [
        True, False, False, True, False,
    ]  # fmt: skip
    assert state.may_tell(98, 10.0)


def test_language_is_kept_until_taken_back(state: State) -> None:
    state.set_language(7, Language.EN)
    assert state.language(7) is Language.EN
    state.set_language(7, Language.ZH)
    assert state.language(7) is Language.ZH
    state.set_language(7, None)
    assert state.language(7) is None


def test_moved_chat_takes_everything_along(state: State) -> None:
    question = accept(state, chat=-5)
    state.add_turn(question, turn("一"))
    state.set_language(-5, Language.EN)
    state.move_chat(-5, -1005)
    assert state.question_of(-1005, 1) is not None
    assert len(state.turns((-1005, 0))) == 1
    assert state.language(-1005) is Language.EN
    assert (state.current_chat(-5), state.current_chat(-1005)) == (-1005, -1005)
    state.move_chat(-1005, -2005)
    assert (state.current_chat(-5), state.current_chat(-1005)) == (-2005, -2005)
    assert sorted(state.former_chats(-2005)) == [-1005, -5]
    state.move_chat(-2005, -2005)
    assert state.current_chat(-2005) == -2005


def test_buttons_mean_what_they_meant_until_they_expire(state: State) -> None:
    ids = state.add_buttons([{"go": "source", "n": 1}, {"go": "更多"}], now=100.0, life=50.0)
    assert len(set(ids)) == 2
    assert all(len(one.encode()) == 12 for one in ids)
    assert state.button(ids[1], 149.0) == {"go": "更多"}
    assert state.button(ids[1], 150.0) is None
    assert state.button("' OR 1=1", 100.0) is None


def test_sweep_drops_what_is_old_and_nothing_else(state: State) -> None:
    old, rated, opened = (accept(state, message=number) for number in (1, 2, 3))
    for question in (old, rated):
        state.finish_question(question.id, 1, Status.ANSWERED, 100.0)
    state.add_feedback(rated.id, 11, "up", "", 100.0)
    state.mark_seen(5, 100.0)
    button, kept = state.add_buttons([{}], 100.0, 50.0) + state.add_buttons([{}], 100.0, 1e9)
    state.sweep(100.0 + 91 * 24 * HOUR)
    assert state.question(old.id) is None
    assert state.question(rated.id) is not None
    assert state.question(opened.id) is not None
    assert not state.has_seen(5)
    assert state.button(button, 0.0) is None
    assert state.button(kept, 0.0) == {}


def test_file_is_for_its_owner_only_and_in_wal_mode(state: State, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    accept(state)
    with sqlite3.connect(path) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()


def test_sync_brings_the_log_into_the_file(state: State, path: Path) -> None:
    accept(state)
    state.sync()
    with sqlite3.connect(f"file:{path}?immutable=1", uri=True) as other:  # looks at the main file alone
        assert other.execute("SELECT count(*) FROM questions").fetchone() == (1,)
    other.close()


def test_failed_transaction_leaves_nothing(state: State) -> None:
    with pytest.raises(TypeError):
        state.add_buttons([{"fine": 1}, {"not json": object()}], 100.0)
    accept(state)
    with pytest.raises(sqlite3.Error), state._transaction():  # noqa: PT012 - the first must be undone
        state._db.execute("DELETE FROM questions")
        state._db.execute("no sql")
    assert state.count_open() == 1


def test_killed_process_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "killed.sqlite"
    code = (
        "import os, signal, sys; from pathlib import Path; from bot.telegram.state import State;"
        "from bot.telegram.records import Asked; from config.messages import Language;"
        f"state = State(Path({str(path)!r}));"
        "[state.accept_question(Asked(7, n, 11, str(n), Language.ZH, 1.0), 999) for n in range(50)];"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == -9
    state = State(path)
    assert [question.text for question in state.open_questions()] == [str(n) for n in range(50)]
    state.close()


def test_database_of_a_newer_program_is_left_alone(path: Path) -> None:
    State(path).close()
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StateError) as caught:
        State(path)
    assert "update the program" in str(caught.value)
    assert path.read_bytes() == before


def test_old_database_is_brought_up_to_date_step_by_step(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(path)
    question = accept(state)
    state.close()
    steps = (*MIGRATIONS, "ALTER TABLE questions ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'")
    monkeypatch.setattr("bot.telegram.schema.MIGRATIONS", steps)
    again = State(path)
    assert again.open_questions() == (question,)
    assert again._db.execute("SELECT mood FROM questions").fetchone() == ("calm",)
    assert again._db.execute("PRAGMA user_version").fetchone() == (len(steps),)
    again.close()


def test_step_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    State(path).close()
    steps = (*MIGRATIONS, "CREATE TABLE half (id INTEGER); ALTER TABLE nowhere ADD COLUMN x")
    monkeypatch.setattr("bot.telegram.schema.MIGRATIONS", steps)
    with pytest.raises(StateError):
        State(path)
    with sqlite3.connect(path) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert other.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone() is None
    other.close()


@pytest.mark.parametrize("content", [b"this is no database, however long it may be" * 100, b"\0" * 5000])
def test_other_file_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(StateError) as caught:
        State(path)
    assert str(path) in str(caught.value)


@pytest.mark.skipif(os.geteuid() != 0 and not Path("/proc").exists(), reason="needs /proc")
def test_folder_that_takes_no_file_is_refused_with_its_name() -> None:
    with pytest.raises(StateError) as caught:
        State(Path("/proc/nowhere/telegram.sqlite"))
    assert "/proc/nowhere/telegram.sqlite" in str(caught.value)


def test_calls_are_short_enough_for_the_event_loop(state: State) -> None:
    for number in range(500):
        accept(state, chat=number % 50, message=number)
    took = []
    for number in range(500, 700):
        begun = time.perf_counter()
        question = accept(state, chat=number % 50, message=number)
        state.add_turn(question, turn("问"))
        state.finish_question(question.id, 1, Status.ANSWERED, 101.0)
        took.append(time.perf_counter() - begun)
    took.sort()
    assert took[100] < 0.005
    assert took[-5] < 0.05  # the last few are what other programs on this machine cost
