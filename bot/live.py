"""The index in force, held open: a new one is taken up while questions go on with the old one.

Where it proves damaged, while it is opened, in the middle of a question or when all of it is hashed, the
newest other generation that is whole stands in for it, until a rebuild puts another one in force.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TypeVar

from config.errors import AnjiangError, IndexDamagedError, IndexMismatchError, IndexMissingError
from config.settings import Settings
from embeddings import encoder_name
from retrieval.index.recovery import damage_behind, damage_of
from retrieval.opening import name_in_force, open_index
from retrieval.search.opening import open_searcher
from retrieval.search.searcher import Searcher

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
        self._damaged: dict[str, IndexDamagedError] = {}
        self._error: AnjiangError = IndexMissingError("index.missing", index=settings.index)

    @property
    def generation(self) -> str | None:
        """The name of the generation that answers; None when none does."""
        held = self._held
        return held.name if held else None

    @property
    def error(self) -> AnjiangError | None:
        """Why there is no index to ask, or why another generation stands in; None when all is well."""
        held = self._held
        return held.searcher.generation.damage if held else self._error

    def use(self, work: Callable[[Searcher], T]) -> T:
        """Do something with the searcher in force; it stays open until the work is done.

        Work that damage cuts short is begun anew with the generation that stands in.

        Raises:
            AnjiangError: there is no usable index.
        """
        while True:  # each round passes one more generation over
            with self._borrowed() as held:
                try:
                    return work(held.searcher)
                except Exception as error:
                    damage = damage_behind(error, held.searcher.generation)
                    if damage is None:
                        raise
                self._pass_over(held, damage)

    def refresh(self) -> bool:
        """Take up the generation in force if it is another one; whether it was. Blocks: seconds at first.

        Where it is damaged, another one stands in. Where nothing can be opened, the one before goes on
        answering.

        Raises:
            AnjiangError: the index can't be read.
        """
        with self._refreshing:
            held = self._held
            try:
                current = _current(self._settings)
            except AnjiangError as error:
                self._error = error
                raise
            if held is not None and held.current == current:
                return False
            self._open(current)
            return True

    def examine(self) -> None:
        """Hash every file of the generation that answers, once; another one stands in where it is damaged.

        What the damage is, is said by ``error``.
        """
        try:
            with self._borrowed() as held:
                if not held.is_examined:
                    damage = damage_of(held.searcher.generation)
                    held.is_examined = True
                    if damage is not None:
                        self._pass_over(held, damage)
        except AnjiangError as error:
            _LOG.debug("nothing to examine: %s", error)

    async def watch(self, seconds: float = LOOK_SECONDS) -> None:
        """Take up new generations as they come and examine each, for ever. Lasting trouble is logged once."""
        told = ""
        while True:
            try:
                if await asyncio.to_thread(self.refresh):
                    _LOG.info("answering from %s", self.generation)
                await asyncio.to_thread(self.examine)
                trouble = self.error
            except AnjiangError as error:
                trouble = error
            text = str(trouble or "")
            if text and text != told:
                _LOG.warning("%s", text)
            told = text
            await asyncio.sleep(seconds)

    def close(self) -> None:
        """Let go of the index as soon as nobody uses it."""
        self._swap(None)

    @contextmanager
    def _borrowed(self) -> Iterator[_Held]:
        with self._lock:
            held = self._held
            if held is None:
                raise self._error
            held.users += 1
        try:
            yield held
        finally:
            self._give_back(held)

    def _pass_over(self, held: _Held, damage: IndexDamagedError) -> None:
        """Have another generation stand in for a damaged one; nothing answers where there is none."""
        with self._refreshing:
            self._damaged[held.name] = damage
            if self._held is not held:
                return  # somebody else was faster
            try:
                self._open(_current(self._settings))
            except AnjiangError:
                self._swap(None)
                raise

    def _open(self, current: str | None) -> None:
        held = self._held
        try:
            with _without_pauses():
                searcher = _open(self._settings, self._damaged, held.searcher if held else None)
        except AnjiangError as error:
            self._error = error
            if isinstance(error, IndexMissingError):
                self._damaged.clear()  # a new index begins with the same names
            raise
        self._swap(_Held(searcher, current))

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
    """A searcher, how many use it just now, and what was said to be in force when it was opened."""

    def __init__(self, searcher: Searcher, current: str | None) -> None:
        self.searcher = searcher
        self.name = searcher.generation.path.name
        self.current = current
        self.users = 0
        self.is_examined = False


def _current(settings: Settings) -> str | None:
    """What names the index in force, whether it can be read or not: where it stays the same, so does that."""
    try:
        return name_in_force(settings)
    except IndexDamagedError as error:
        return str(error)


def _open(settings: Settings, damaged: Mapping[str, IndexDamagedError], before: Searcher | None) -> Searcher:
    """Open the generation in force, or what stands in, with the encoder that is loaded already if it fits."""
    if before is not None:
        try:
            name = encoder_name(settings.embedding.model, settings.embedding.adapter)
            generation = open_index(settings, before.encoder.fingerprint, damaged=damaged, model=name)
        except IndexMismatchError:
            return open_searcher(settings, damaged)
        searcher = Searcher(generation, before.encoder, before.glossary, before.judge, before.calibration)
        # What fails here fails with a question too, and is dealt with there.
        with suppress(Exception):
            searcher.warm()
        return searcher
    return open_searcher(settings, damaged)


@contextmanager
def _without_pauses() -> Iterator[None]:
    """Keep the garbage collector from stopping questions while very many objects come to stay.

    It stops every thread, for 40 ms at 65,000 objects, and looks at all of them again whenever a quarter has
    come to them. What is there in the end is not looked at any more: a searcher has no cycles and goes
    without the collector. Cycles that died meanwhile stay, a few kilobytes a swap.
    """
    was_enabled = gc.isenabled()
    if gc.get_freeze_count():
        gc.collect()  # a moment: all that was there after the last opening is exempt
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
