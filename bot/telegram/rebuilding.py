"""Rebuilding the index from the chat: one at a time, in a child process, told about as it goes."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.messages import Language
from config.settings import Settings

_LINE_LIMIT = 64 * 2**20  # a report names every file
_ROOT = str(Path(__file__).resolve().parents[2])  # where the packages lie, installed or not
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild is; ``phase`` is a value of :class:`retrieval.index.report.Phase`."""

    phase: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of it: the report as ``anjiang index --json`` prints it, and in one line."""

    report: dict[str, Any]
    summary: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Why it failed, in one line; "" when the child died without a word."""

    reason: str


Event = Progress | Finished | Failed


class Rebuilder:
    """Runs rebuilds for one bot."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._is_running = False

    @property
    def is_running(self) -> bool:
        """Whether a rebuild is under way."""
        return self._is_running

    async def run(self, language: Language) -> AsyncGenerator[Event, None]:
        """Rebuild, and tell how it goes; the last event is Finished or Failed.

        When the caller goes away, so does the child; the index before stays in force.

        Raises:
            RuntimeError: one is running already; look at :attr:`is_running` first.
        """
        if self._is_running:
            raise RuntimeError("a rebuild is running")
        self._is_running = True
        try:
            async with aclosing(self._events(language)) as events:
                async for event in events:
                    yield event
        finally:
            self._is_running = False

    async def _events(self, language: Language) -> AsyncGenerator[Event, None]:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # a folder "bot" where the bot happens to run is not this package
            "-m",
            "bot.telegram.rebuild_child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (_ROOT, os.getenv("PYTHONPATH"))))},
            limit=_LINE_LIMIT,
        )
        last: Event | None = None
        try:
            if child.stdin is None or child.stdout is None:
                raise RuntimeError("a child without pipes")
            child.stdin.write(self._order(language))
            child.stdin.close()
            async for line in child.stdout:
                last = _event(json.loads(line))
                if isinstance(last, Progress):
                    yield last
            code = await child.wait()
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if isinstance(last, Finished | Failed):
            yield last
        else:
            _LOG.error("the rebuild ended with exit code %s and without a report", code)
            yield Failed("")

    def _order(self, language: Language) -> bytes:
        settings = self._settings
        milvus = settings.milvus.model_dump(mode="json", exclude_none=True)
        if (
            settings.milvus.token is not None
        ):  # a dump masks it; the pipe is between these two processes alone
            milvus["token"] = settings.milvus.token.get_secret_value()
        chosen = {
            "archive": str(settings.archive),
            "index": str(settings.index),
            "embedding": settings.embedding.model_dump(mode="json"),
            "retrieval": {"backend": settings.retrieval.backend.value},
            "milvus": milvus,
        }
        return json.dumps({"language": language.value, "settings": chosen}).encode()


def _event(line: dict[str, Any]) -> Event:
    if "error" in line:
        return Failed(line["error"])
    if "report" in line:
        return Finished(line["report"], line["summary"])
    return Progress(line["phase"], line["done"], line["total"])
