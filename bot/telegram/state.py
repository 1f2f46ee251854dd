"""What the bot must not forget, in one SQLite file: questions, conversations, feedback, budgets.

Every call is one short transaction and is made on the event loop's own thread: a commit in WAL mode without
a sync takes well under a millisecond, and because no other handler runs in between, order is what it looks
like. A killed process loses nothing. :meth:`State.sync`, called from another thread every few seconds,
brings the file to the disk, so a power cut may cost those seconds.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bot.conversation import KEPT_TURNS
from bot.telegram.records import (
    Acceptance,
    Asked,
    Feedback,
    LaneKey,
    Question,
    Spending,
    Status,
    StoredTurn,
)
from bot.telegram.schema import MIGRATIONS, migrate
from config.errors import StateError
from config.messages import Language

HOUR = 3600.0
DAY = 24 * HOUR
BUTTON_LIFE = 30 * DAY
"""How long a button under an answer works."""

_KEPT_UPDATES = 2 * DAY  # Telegram itself forgets updates after one
_KEPT_QUESTIONS = 90 * DAY
_QUESTION = (
    "SELECT id, chat, topic, message, revision, user, text, language, private, status, placeholder, parts,"
    " created FROM questions"
)
_CHAT_TABLES = ("questions", "turns")

Payload = Mapping[str, Any]


class State:
    """One open database. Only for the thread that made it, except :meth:`sync`."""

    def __init__(self, path: Path) -> None:
        """Open the file, made readable by its owner only when it is new, and bring it up to date.

        Raises:
            StateError: it can't be opened, is no such database, or a newer program wrote it.
        """
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=1.0)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            # The thread that answers never waits for the disk: sync() does the checkpoints.
            self._db.execute("PRAGMA wal_autocheckpoint = 0")
            found = migrate(self._db)
        except (OSError, sqlite3.Error) as error:
            raise StateError("bot.database", path=path, reason=error) from error
        if found > len(MIGRATIONS):
            self._db.close()
            raise StateError("bot.database_newer", path=path, found=found, known=len(MIGRATIONS))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def sync(self) -> None:
        """Bring everything written so far to the disk. From any thread; may take as long as the disk does."""
        with closing(sqlite3.connect(self._path, timeout=1.0)) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    # Updates

    def has_seen(self, update_id: int) -> bool:
        """Whether an update was dealt with before."""
        return self._one("SELECT 1 FROM updates WHERE id = ?", update_id) is not None

    def mark_seen(self, update_id: int, now: float) -> None:
        """Remember that an update was dealt with."""
        self._db.execute("INSERT OR IGNORE INTO updates VALUES (?, ?)", (update_id, now))

    # Questions

    def accept_question(self, asked: Asked, max_open: int) -> tuple[Acceptance, Question | None]:
        """Write a question down before anything else is done about it.

        Returns:
            What came of it, and the question as it now stands; None when the chat has ``max_open`` open ones
            already. An edit that changes the text of a known message opens it again as a new revision.
        """
        with self._transaction():
            known = self.question_of(asked.chat_id, asked.message_id)
            if known is not None and (not asked.is_edit or known.text == asked.text):
                return Acceptance.DUPLICATE, known
            is_open = known is not None and known.status is Status.OPEN
            if not is_open and self.count_open(asked.chat_id) >= max_open:
                return Acceptance.FULL, None
            if known is None:
                return Acceptance.NEW, self._insert(asked)
            self._db.execute(
                "UPDATE questions SET text = ?, language = ?, revision = revision + 1, status = 'open',"
                " created = ?, finished = NULL WHERE id = ?",
                (asked.text, asked.language.value, asked.created, known.id),
            )
            return Acceptance.REVISED, self.question(known.id)

    def question(self, question_id: int) -> Question | None:
        """A question by the bot's own number."""
        row = self._one(_QUESTION + " WHERE id = ?", question_id)
        return None if row is None else _question(row)

    def question_of(self, chat_id: int, message_id: int) -> Question | None:
        """The question that a person's message asked."""
        row = self._one(_QUESTION + " WHERE chat = ? AND message = ?", chat_id, message_id)
        return None if row is None else _question(row)

    def question_answered_by(self, chat_id: int, message_id: int) -> Question | None:
        """The question that one of the bot's messages answers."""
        row = self._one(
            f"SELECT {_QUESTION} FROM questions WHERE chat = ? AND (placeholder = ?"  # noqa: S608
            " OR EXISTS (SELECT 1 FROM json_each(parts) WHERE value = ?))",
            chat_id,
            message_id,
            message_id,
        )
        return None if row is None else _question(row)

    def open_questions(self) -> tuple[Question, ...]:
        """What still has to be answered, oldest first."""
        rows = self._db.execute(_QUESTION + " WHERE status = 'open' ORDER BY created, id")
        return tuple(map(_question, rows))

    def count_open(self, chat_id: int | None = None) -> int:
        """How many questions are open, in one chat or in all."""
        if chat_id is None:
            return int(self._db.execute("SELECT count(*) FROM questions WHERE status = 'open'").fetchone()[0])
        row = self._db.execute(
            "SELECT count(*) FROM questions WHERE status = 'open' AND chat = ?", (chat_id,)
        )
        return int(row.fetchone()[0])

    def record_placeholder(self, question_id: int, message_id: int) -> None:
        """The message that is to become the answer's first part."""
        self._db.execute("UPDATE questions SET placeholder = ? WHERE id = ?", (message_id, question_id))

    def record_parts(self, question_id: int, message_ids: Sequence[int]) -> None:
        """The messages that carry the answer's further parts, in order; replaces what was recorded."""
        self._db.execute(
            "UPDATE questions SET parts = ? WHERE id = ?", (json.dumps(list(message_ids)), question_id)
        )

    def finish_question(self, question_id: int, revision: int, status: Status, now: float) -> bool:
        """Close a question; False (and nothing changes) when it was edited meanwhile or is closed already."""
        done = self._db.execute(
            "UPDATE questions SET status = ?, finished = ? WHERE id = ? AND revision = ? AND status = 'open'",
            (status.value, now, question_id, revision),
        )
        return done.rowcount == 1

    def close_chat(self, chat_id: int, now: float) -> int:
        """Close what is open in a chat that no longer takes messages; how many that were."""
        done = self._db.execute(
            "UPDATE questions SET status = ?, finished = ? WHERE chat = ? AND status = 'open'",
            (Status.BLOCKED.value, now, chat_id),
        )
        return done.rowcount

    # Conversations

    def add_turn(self, question: Question, turn: StoredTurn) -> None:
        """Remember a turn; an edited question's turn takes the place of its first. Older ones are dropped."""
        record = [turn.question, turn.quoted, turn.hits, turn.documents]
        with self._transaction():
            self._db.execute(
                "INSERT INTO turns (chat, topic, question, record) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (question) DO UPDATE SET record = excluded.record",
                (*question.lane, question.id, json.dumps(record, ensure_ascii=False)),
            )
            self._db.execute(
                "DELETE FROM turns WHERE chat = ? AND topic = ? AND id NOT IN"
                " (SELECT id FROM turns WHERE chat = ? AND topic = ? ORDER BY id DESC LIMIT ?)",
                (*question.lane, *question.lane, KEPT_TURNS),
            )

    def turns(self, lane: LaneKey, before: int | None = None) -> tuple[StoredTurn, ...]:
        """The last turns, oldest first; with ``before`` only those of questions asked before that one."""
        rows = self._db.execute(
            "SELECT record FROM turns WHERE chat = ? AND topic = ? AND question < ? ORDER BY id",
            (*lane, 1 << 62 if before is None else before),
        )
        return tuple(_turn(row[0]) for row in rows)

    def forget_turns(self, lane: LaneKey) -> int:
        """Start a conversation over; how many turns were forgotten."""
        return self._db.execute("DELETE FROM turns WHERE chat = ? AND topic = ?", lane).rowcount

    # Feedback

    def add_feedback(self, question_id: int, user_id: int, verdict: str, reason: str, now: float) -> None:
        """Keep what a person thinks of an answer; their latest word counts."""
        self._db.execute(
            "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?)",
            (question_id, user_id, verdict, reason, now),
        )

    def feedback(self) -> Iterator[Feedback]:
        """All feedback with its questions, oldest first."""
        rows = self._db.execute(
            "SELECT f.question, q.chat, f.user, q.text, f.verdict, f.reason, f.at"
            " FROM feedback f JOIN questions q ON q.id = f.question ORDER BY f.at, f.question"
        )
        return (Feedback(*row) for row in rows.fetchall())

    # People

    def spend(self, user_id: int, now: float, *, per_minute: int, per_day: int) -> Spending:
        """Take one question off a person's budget. 0 means no limit. A refused question costs nothing.

        The day is the calendar day of the machine's time zone.
        """
        with self._transaction():
            if per_minute and self._spent(user_id, now - 60) >= per_minute:
                return Spending.TOO_FAST
            if per_day and self._spent(user_id, _midnight(now)) >= per_day:
                return Spending.USED_UP
            self._db.execute("INSERT INTO spending VALUES (?, ?)", (user_id, now))
            return Spending.ALLOWED

    def may_tell(self, stranger_id: int, now: float) -> bool:
        """Whether a stranger (a user or a chat) may be told now that they are one; then it counts as told."""
        with self._transaction():
            row = self._one("SELECT at FROM denials WHERE id = ?", stranger_id)
            if row is not None and now - row[0] < HOUR:
                return False
            self._db.execute("INSERT OR REPLACE INTO denials VALUES (?, ?)", (stranger_id, now))
            return True

    def language(self, owner_id: int) -> Language | None:
        """The language chosen by /lang for a user or a chat."""
        row = self._one("SELECT language FROM languages WHERE id = ?", owner_id)
        return None if row is None else Language(row[0])

    def set_language(self, owner_id: int, language: Language | None) -> None:
        """Keep a choice of language; None goes back to the client's."""
        if language is None:
            self._db.execute("DELETE FROM languages WHERE id = ?", (owner_id,))
        else:
            self._db.execute("INSERT OR REPLACE INTO languages VALUES (?, ?)", (owner_id, language.value))

    # Chats that became supergroups

    def move_chat(self, old: int, new: int) -> None:
        """Give everything of a chat the id that Telegram gave it."""
        if old == new:
            return
        with self._transaction():
            for table in _CHAT_TABLES:
                self._db.execute(f"UPDATE OR IGNORE {table} SET chat = ? WHERE chat = ?", (new, old))  # noqa: S608
            self._db.execute("UPDATE OR IGNORE languages SET id = ? WHERE id = ?", (new, old))
            self._db.execute("UPDATE moves SET new = ? WHERE new = ?", (new, old))
            self._db.execute("DELETE FROM moves WHERE old = ?", (new,))
            self._db.execute("INSERT OR REPLACE INTO moves VALUES (?, ?)", (old, new))

    def current_chat(self, chat_id: int) -> int:
        """The id that a chat has now."""
        row = self._one("SELECT new FROM moves WHERE old = ?", chat_id)
        return chat_id if row is None else int(row[0])

    def former_chats(self, chat_id: int) -> tuple[int, ...]:
        """The ids that a chat had before: access may be given to those."""
        return tuple(row[0] for row in self._db.execute("SELECT old FROM moves WHERE new = ?", (chat_id,)))

    # Buttons

    def add_buttons(self, payloads: Iterable[Payload], now: float, life: float = BUTTON_LIFE) -> list[str]:
        """Keep what buttons mean; their ids (12 of A-Z a-z 0-9 _ -, not to be guessed) in the same order."""
        rows = [
            (secrets.token_urlsafe(9), json.dumps(payload, ensure_ascii=False), now + life)
            for payload in payloads
        ]
        with self._transaction():
            self._db.executemany("INSERT INTO buttons VALUES (?, ?, ?)", rows)
        return [row[0] for row in rows]

    def button(self, button_id: str, now: float) -> dict[str, Any] | None:
        """What a button means; None when it is unknown or too old."""
        row = self._one("SELECT payload FROM buttons WHERE id = ? AND expires > ?", button_id, now)
        return None if row is None else json.loads(row[0])

    # Housekeeping

    def sweep(self, now: float) -> None:
        """Drop what no longer serves anybody. Open questions and feedback stay, with their questions."""
        with self._transaction():
            self._db.execute("DELETE FROM updates WHERE at < ?", (now - _KEPT_UPDATES,))
            self._db.execute("DELETE FROM spending WHERE at < ?", (now - _KEPT_UPDATES,))
            self._db.execute("DELETE FROM denials WHERE at < ?", (now - HOUR,))
            self._db.execute("DELETE FROM buttons WHERE expires < ?", (now,))
            self._db.execute(
                "DELETE FROM questions WHERE finished < ? AND id NOT IN (SELECT question FROM feedback)",
                (now - _KEPT_QUESTIONS,),
            )

    def _insert(self, asked: Asked) -> Question | None:
        row = self._db.execute(
            "INSERT INTO questions"
            " (chat, topic, message, revision, user, text, language, private, status, parts, created)"
            " VALUES (?, ?, ?, 1, ?, ?, ?, ?, 'open', '[]', ?)",
            (
                asked.chat_id,
                asked.topic_id,
                asked.message_id,
                asked.user_id,
                asked.text,
                asked.language.value,
                asked.is_private,
                asked.created,
            ),
        )
        return self.question(row.lastrowid or 0)

    def _spent(self, user_id: int, since: float) -> int:
        row = self._one("SELECT count(*) FROM spending WHERE user = ? AND at > ?", user_id, since)
        return int(row[0]) if row else 0

    def _one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._db.execute(sql, values).fetchone()
        return row

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _question(row: tuple[Any, ...]) -> Question:
    return Question(
        id=row[0],
        chat_id=row[1],
        topic_id=row[2],
        message_id=row[3],
        revision=row[4],
        user_id=row[5],
        text=row[6],
        language=Language(row[7]),
        is_private=bool(row[8]),
        status=Status(row[9]),
        placeholder_id=row[10],
        parts=tuple(json.loads(row[11])),
        created=row[12],
    )


def _turn(record: str) -> StoredTurn:
    question, quoted, hits, documents = json.loads(record)
    return StoredTurn(question, tuple(quoted), tuple(hits), tuple(documents))


def _midnight(now: float) -> float:
    day = time.localtime(now)
    return time.mktime((day.tm_year, day.tm_mon, day.tm_mday, 0, 0, 0, 0, 0, -1))
