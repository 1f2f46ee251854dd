"""Fetching updates: long polling that notices when it is dead, and survives when Telegram is."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.telegram.app import ALLOWED_UPDATES
from bot.telegram.metrics import Metrics
from config.errors import BotError

_LOG = logging.getLogger(__name__)
_RENEW_AFTER = 3  # failures in a row: then the connections may be what is broken

Take = Callable[[Sequence[Update]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Timings:
    """How patient the bot is, in seconds; tests are less so.

    Attributes:
        poll: how long Telegram holds a request for updates open. A request that is lost on the way costs as
            much, and ``slack``, before anybody notices: hence not longer.
        slack: how much longer than that an answer may take before the request is given up.
        conflicts: so many conflicts within ``conflict_window`` mean that another bot is there to stay.
        stop: for the questions in work when the bot stops; all else of stopping fits into 3 s more.
        too_old: an open question older than that gets an apology at the start.
    """

    poll: float = 10.0
    slack: float = 5.0
    first_wait: float = 1.0
    longest_wait: float = 15.0
    conflicts: int = 4
    conflict_window: float = 120.0
    stop: float = 6.0
    too_old: float = 600.0

    @property
    def unhealthy(self) -> float:
        """Without an answer for so long, something is wrong."""
        return 3 * self.poll


class Polling:
    """One loop of ``getUpdates``. An update is confirmed after it was taken, never before."""

    def __init__(
        self, bot: Bot, request: BaseRequest | None, metrics: Metrics, take: Take, timings: Timings
    ) -> None:
        """Fetch nothing yet.

        Args:
            bot: initialised.
            request: the one that carries ``getUpdates``; renewed when it seems broken.
            metrics: told of every answered request.
            take: deals with updates; they are confirmed once it returns.
            timings: see there.
        """
        self._bot = bot
        self._request = request
        self._metrics = metrics
        self._take = take
        self._timings = timings
        self._offset: int | None = None
        self._conflicts: deque[float] = deque(maxlen=timings.conflicts)
        self._failures = 0

    async def run(self) -> None:
        """Fetch until cancelled.

        Raises:
            BotError: the token is refused, or another program polls with it all the time.
        """
        while True:
            try:
                updates = await self._fetch()
            except InvalidToken:
                # Its text holds the token.
                raise BotError("bot.token_refused") from None
            except Conflict:
                await self._conflict()
            except RetryAfter as flood:
                self._metrics.flood_waits.inc()
                asked: Any = flood.retry_after
                await asyncio.sleep(asked.total_seconds())
            except (TelegramError, TimeoutError) as error:
                await self._failed(error)
            else:
                self._answered()
                if updates:
                    await self._take(updates)
                    self._offset = updates[-1].update_id + 1

    async def confirm(self) -> None:
        """Tell Telegram what was taken, so that it does not come again. For after :meth:`run`.

        Raises:
            TelegramError: it can't be told.
        """
        if self._offset is not None:
            await self._bot.get_updates(self._offset, limit=1, timeout=0, allowed_updates=ALLOWED_UPDATES)

    async def _fetch(self) -> Sequence[Update]:
        timings = self._timings
        # The library's own timeout covers each read, not the whole: a trickling answer could hang for ever.
        async with asyncio.timeout(timings.poll + timings.slack):
            try:
                return await self._bot.get_updates(
                    self._offset,
                    timeout=int(timings.poll) or 1,
                    read_timeout=timings.slack,
                    allowed_updates=ALLOWED_UPDATES,
                )
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                # Telegram's objects grow faster than the library: one that it can't read must not stop all.
                _LOG.error("updates could not be read as they came (%r)", error)
                return await self._readable()

    async def _readable(self) -> Sequence[Update]:
        """The same updates, one by one, without those that can't be read; at least the last's number."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library would rather have its own method called
            raw: Any = await self._bot.do_api_request(
                "getUpdates", {"offset": self._offset, "timeout": 0} if self._offset else {"timeout": 0}
            )
        updates = []
        for data in raw:
            try:
                updates.append(Update.de_json(data, self._bot))
            except (KeyError, TypeError, ValueError, AttributeError):
                _LOG.error("update %s is left out", data.get("update_id"))
                self._metrics.errors.labels("update").inc()
                updates.append(Update(data["update_id"]))
        return updates

    def _answered(self) -> None:
        if self._failures:
            _LOG.warning("Telegram answers again")
        self._failures = 0
        self._metrics.polled()

    async def _failed(self, error: Exception) -> None:
        self._failures += 1
        self._metrics.errors.labels("poll").inc()
        if self._failures == 1:
            _LOG.warning("Telegram does not answer (%s); trying on", type(error).__name__)
        if self._failures % _RENEW_AFTER == 0 and self._request is not None:
            await self._request.shutdown()
            await self._request.initialize()
        wait = self._timings.first_wait * 2 ** min(self._failures - 1, 10)
        await asyncio.sleep(min(wait, self._timings.longest_wait))

    async def _conflict(self) -> None:
        now = asyncio.get_running_loop().time()
        self._conflicts.append(now)
        _LOG.warning("another program receives messages with the same token")
        full = len(self._conflicts) == self._conflicts.maxlen
        if full and now - self._conflicts[0] < self._timings.conflict_window:
            raise BotError("bot.conflict")
        await asyncio.sleep(2 * self._timings.first_wait)
