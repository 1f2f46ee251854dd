"""The bot's SQLite file: opening, transactions, bringing it to the disk.

Every call is one short transaction and is made on the event loop's own thread: a commit in WAL mode without
a sync takes well under a millisecond, and because no other handler runs in between, order is what it looks
like. A killed process loses nothing. :meth:`Database.sync`, called from another thread every few seconds,
brings the file to the disk, so a power cut may cost those seconds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bot.telegram import schema
from config.errors import StateError


class Database:
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
            found = schema.migrate(self._db)
        except (OSError, sqlite3.Error) as error:
            raise StateError("bot.database", path=path, reason=error) from error
        if found > len(schema.MIGRATIONS):
            self._db.close()
            raise StateError("bot.database_newer", path=path, found=found, known=len(schema.MIGRATIONS))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def sync(self) -> None:
        """Bring everything written so far to the disk. From any thread; may take as long as the disk does."""
        with closing(sqlite3.connect(self._path, timeout=1.0)) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

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
