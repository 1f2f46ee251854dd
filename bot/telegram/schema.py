"""The bot's database: tables, and the steps from one version to the next."""

from __future__ import annotations

import sqlite3

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE updates (id INTEGER PRIMARY KEY, at REAL NOT NULL);

    CREATE TABLE questions (
        id INTEGER PRIMARY KEY,
        chat INTEGER NOT NULL, topic INTEGER, message INTEGER NOT NULL, revision INTEGER NOT NULL,
        user INTEGER NOT NULL, text TEXT NOT NULL, language TEXT NOT NULL, private INTEGER NOT NULL,
        status TEXT NOT NULL, placeholder INTEGER, parts TEXT NOT NULL, created REAL NOT NULL,
        finished REAL,
        UNIQUE (chat, message)
    );
    CREATE INDEX questions_open ON questions (chat) WHERE status = 'open';

    CREATE TABLE turns (
        id INTEGER PRIMARY KEY, chat INTEGER NOT NULL, topic INTEGER NOT NULL,
        question INTEGER NOT NULL UNIQUE, record TEXT NOT NULL
    );
    CREATE INDEX turns_chat ON turns (chat, topic);

    CREATE TABLE feedback (
        question INTEGER NOT NULL, user INTEGER NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (question, user)
    );

    CREATE TABLE spending (user INTEGER NOT NULL, at REAL NOT NULL);
    CREATE INDEX spending_user ON spending (user, at);

    CREATE TABLE denials (id INTEGER PRIMARY KEY, at REAL NOT NULL);

    CREATE TABLE languages (id INTEGER PRIMARY KEY, language TEXT NOT NULL);

    CREATE TABLE moves (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);

    CREATE TABLE buttons (id TEXT PRIMARY KEY, payload TEXT NOT NULL, expires REAL NOT NULL);
    """,
    """
    CREATE TABLE model_days (
        user INTEGER NOT NULL, day TEXT NOT NULL, asked INTEGER NOT NULL, told INTEGER NOT NULL,
        PRIMARY KEY (user, day)
    );

    ALTER TABLE questions ADD COLUMN previewed INTEGER NOT NULL DEFAULT 0;
    """,
)
"""Step *n* takes a database of version *n* to version *n + 1*. Steps are only ever added."""


def migrate(connection: sqlite3.Connection) -> int:
    """Bring a database to the newest version, each step in a transaction of its own.

    Returns:
        The version it had; larger than ``len(MIGRATIONS)`` when a newer program wrote it, and then nothing
        is changed.
    """
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    for version, step in enumerate(MIGRATIONS[found:], found + 1):
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {step}; PRAGMA user_version = {version}; COMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.rollback()
            raise
    return found
