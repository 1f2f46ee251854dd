"""Questions and what was said before them, as the bot's database keeps them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bot.conversation import KEPT_TURNS
from bot.telegram.database import Database
from bot.telegram.records import Acceptance, Asked, LaneKey, Question, Status, StoredTurn
from config.messages import Language

_QUESTION = (
    "SELECT id, chat, topic, message, revision, user, text, language, private, status, placeholder, parts,"
    " created FROM questions"
)


class Ledger(Database):
    """Updates, questions and turns."""

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
            _QUESTION + " WHERE chat = ? AND (placeholder = ?"  # noqa: S608 - no text of anybody is in it
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
            "UPDATE questions SET status = ?, finished = ?, previewed = 0"
            " WHERE id = ? AND revision = ? AND status = 'open'",
            (status.value, now, question_id, revision),
        )
        return done.rowcount == 1

    def is_answered(self, question_id: int, revision: int) -> bool:
        """Whether the answer of this revision stands: it was given, and the question not edited since."""
        return (
            self._one(
                "SELECT 1 FROM questions WHERE id = ? AND revision = ? AND status = ?",
                question_id,
                revision,
                Status.ANSWERED.value,
            )
            is not None
        )

    def record_preview(self, question_id: int, *, is_shown: bool) -> None:
        """Note that the answer's message shows, or shows no longer, the beginning of a worded answer."""
        self._db.execute("UPDATE questions SET previewed = ? WHERE id = ?", (is_shown, question_id))

    def reopen_previewed(self, now: float) -> int:
        """Have answers given again that a bot left with the beginning of a worded one; how many.

        They count as asked now: whoever asked has had an answer, and is owed no apology.
        """
        done = self._db.execute(
            "UPDATE questions SET status = 'open', finished = NULL, created = ?, previewed = 0"
            " WHERE previewed = 1",
            (now,),
        )
        return done.rowcount

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
