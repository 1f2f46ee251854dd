"""How many questions of a day a model may be asked about, counted in SQLite for all processes at once."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from config.errors import StateError

_TABLE = """
    CREATE TABLE IF NOT EXISTS model_days (
        user INTEGER NOT NULL, day TEXT NOT NULL, asked INTEGER NOT NULL, told INTEGER NOT NULL,
        PRIMARY KEY (user, day)
    )
"""
_ONESELF = 0
_WAIT_SECONDS = 5.0
_PAUSE_SECONDS = 0.01


def day_of(now: float) -> str:
    """The calendar day in the process's time zone (TZ, or the machine's), such as 2026-03-05."""
    return time.strftime("%Y-%m-%d", time.localtime(now))


def spend(db: sqlite3.Connection, user_id: int, now: float, per_day: int) -> bool:
    """Take one question off a person's day, in one statement; False where none is left.

    Args:
        db: has the table ``model_days`` (user, day, asked, told).
        user_id: whose day.
        now: seconds since 1970.
        per_day: at least 1.
    """
    done = db.execute(
        "INSERT INTO model_days VALUES (?, ?, 1, 0) ON CONFLICT (user, day)"
        " DO UPDATE SET asked = asked + 1 WHERE asked < ?",
        (user_id, day_of(now), per_day),
    )
    return done.rowcount == 1


def spend_own(path: Path, now: float, per_day: int) -> bool:
    """Take one question off the day of whoever runs this program; False where none is left.

    Args:
        path: of the count, made where it is not there.
        now: seconds since 1970.
        per_day: at least 1.

    Raises:
        StateError: nobody can count there.
    """
    until = time.monotonic() + _WAIT_SECONDS
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        while True:
            try:
                return _spend_in(path, now, per_day)
            except sqlite3.OperationalError as error:
                # SQLite does not wait where two begin to write ahead, or one ends while another begins.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(_PAUSE_SECONDS)
    except (OSError, sqlite3.Error) as error:
        raise StateError("llm.not_counted", path=path, reason=error) from error


def _spend_in(path: Path, now: float, per_day: int) -> bool:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=_WAIT_SECONDS)) as db:
        # Else each question waits for the disk, and who counts besides for both.
        db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
        db.execute(_TABLE)
        db.execute("DELETE FROM model_days WHERE day < ?", (day_of(now),))
        return spend(db, _ONESELF, now, per_day)
