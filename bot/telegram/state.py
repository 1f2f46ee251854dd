"""What the bot must not forget, in one SQLite file: questions, conversations, feedback, budgets, buttons."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.llm.budget import day_of, spend
from bot.telegram.ledger import Ledger
from bot.telegram.records import Feedback, Spending
from config.messages import Language

HOUR = 3600.0
DAY = 24 * HOUR
BUTTON_LIFE = 30 * DAY
"""How long a button under an answer works."""

_KEPT_UPDATES = 2 * DAY  # Telegram itself forgets updates after one
_KEPT_QUESTIONS = 90 * DAY
_CHAT_TABLES = ("questions", "turns")

Payload = Mapping[str, Any]


class State(Ledger):
    """The whole database. Only for the thread that made it, except :meth:`sync`."""

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

    def spend_on_model(self, user_id: int, now: float, per_day: int) -> bool:
        """Take one request to the language model off a person's day; 0 means no limit."""
        return not per_day or spend(self._db, user_id, now, per_day)

    def may_tell_model_spent(self, user_id: int, now: float) -> bool:
        """Whether a person may be told now that their day's requests are spent; then it counts as told."""
        done = self._db.execute(
            "UPDATE model_days SET told = 1 WHERE user = ? AND day = ? AND told = 0", (user_id, day_of(now))
        )
        return done.rowcount == 1

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
            self._db.execute("DELETE FROM model_days WHERE day < ?", (day_of(now - _KEPT_UPDATES),))
            self._db.execute("DELETE FROM denials WHERE at < ?", (now - HOUR,))
            self._db.execute("DELETE FROM buttons WHERE expires < ?", (now,))
            self._db.execute(
                "DELETE FROM questions WHERE finished < ? AND id NOT IN (SELECT question FROM feedback)",
                (now - _KEPT_QUESTIONS,),
            )

    def _spent(self, user_id: int, since: float) -> int:
        row = self._one("SELECT count(*) FROM spending WHERE user = ? AND at > ?", user_id, since)
        return int(row[0]) if row else 0


def _midnight(now: float) -> float:
    day = time.localtime(now)
    return time.mktime((day.tm_year, day.tm_mon, day.tm_mday, 0, 0, 0, 0, 0, -1))
