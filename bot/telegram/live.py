"""The index in force, held open: a new one is taken up while questions go on with the old one."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from config.errors import AnjiangError, IndexMismatchError, IndexMissingError
from config.settings import Settings
from embeddings import encoder_name
from retrieval.index.generation import current_name, open_generation
from retrieval.search.searcher import Searcher, open_searcher

LOOK_SECONDS = 1.0
"""How often a new generation is looked for."""

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


class Live:
    """The searcher of the generation in force. May be used from several threads."""

    def __init__(self, settings: Settings) -> None:
        """Open nothing yet; see :meth:`refresh`."""
        self._settings = settings
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self._held: _Held | None = None
        self._error: AnjiangError = IndexMissingError("index.missing", index=settings.index)

    @property
    def generation(self) -> str | None:
        """The name of the generation that answers; None when none does."""
        held = self._held
        return held.name if held else None

    @property
    def error(self) -> AnjiangError | None:
        """Why there is no index to ask; None when there is one."""
        return None if self._held else self._error

    def use(self, work: Callable[[Searcher], T]) -> T:
        """Do something with the searcher in force; it stays open until the work is done.

        Raises:
            AnjiangError: there is no usable index.
        """
        with self._borrowed() as searcher:
            return work(searcher)

    def refresh(self) -> bool:
        """Take up the generation in force if it is another one; whether it was. Blocks: seconds at first.

        Where it can't be opened, the one before goes on answering.

        Raises:
            AnjiangError: the index can't be read.
        """
        with self._refreshing:
            held = self._held
            try:
                name = current_name(self._settings.index)
                if held is not None and held.name == name:
                    return False
                searcher = _open(self._settings, held.searcher if held else None)
            except AnjiangError as error:
                self._error = error
                raise
            self._swap(_Held(searcher))
            return True

    async def watch(self, seconds: float = LOOK_SECONDS) -> None:
        """Take up new generations as they come, for ever. A lasting trouble is logged once."""
        told = ""
        while True:
            try:
                if await asyncio.to_thread(self.refresh):
                    _LOG.info("answering from %s", self.generation)
                told = ""
            except AnjiangError as error:
                if str(error) != told:
                    _LOG.warning("%s", error)
                told = str(error)
            await asyncio.sleep(seconds)

    def close(self) -> None:
        """Let go of the index as soon as nobody uses it."""
        self._swap(None)

    @contextmanager
    def _borrowed(self) -> Iterator[Searcher]:
        with self._lock:
            held = self._held
            if held is None:
                raise self._error
            held.users += 1
        try:
            yield held.searcher
        finally:
            self._give_back(held)

    def _swap(self, new: _Held | None) -> None:
        with self._lock:
            old, self._held = self._held, new
            if old is None:
                return
            old.users += 1
        self._give_back(old)

    def _give_back(self, held: _Held) -> None:
        with self._lock:
            held.users -= 1
            is_left = held.users == 0 and held is not self._held
        if is_left:
            held.searcher.close()


class _Held:
    """A searcher and how many use it just now."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        self.name = searcher.generation.path.name
        self.users = 0


def _open(settings: Settings, before: Searcher | None) -> Searcher:
    """Open the generation in force, with the encoder that is loaded already if it fits."""
    if before is not None:
        try:
            name = encoder_name(settings.embedding.model, settings.embedding.adapter)
            generation = open_generation(Path(settings.index), before.encoder.fingerprint, model=name)
        except IndexMismatchError:
            return open_searcher(settings)
        return Searcher(generation, before.encoder, before.glossary, before.judge, before.calibration)
    return open_searcher(settings)
