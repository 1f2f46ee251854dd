"""One request to Telegram through floods, moves and faults of the network; and how it may fail."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.telegram.metrics import Metrics
from bot.telegram.pace import Pace
from bot.telegram.state import State

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 15.0

# What httpx raises before a request left this machine.
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


class UndeliveredError(Exception):
    """A message did not get through; the subclass says what to think of that."""


class GoneError(UndeliveredError):
    """The chat takes no messages any more: blocked, kicked, deleted. Its open questions are closed."""


class DoubtfulError(UndeliveredError):
    """The message may or may not have arrived; sending it again could show it twice."""


class UnreachableError(UndeliveredError):
    """Telegram could not be reached for long; worth another try later."""


class RefusedError(UndeliveredError):
    """Telegram does not take this message, and would not take it a second time."""


class Requests:
    """Makes requests, each in its time, and says of each that failed what that means."""

    def __init__(self, state: State, metrics: Metrics, pace: Pace, clock: Callable[[], float]) -> None:
        self._state = state
        self._metrics = metrics
        self._pace = pace
        self._clock = clock

    async def insist(
        self,
        chat_id: int,
        request: Callable[[int], Awaitable[T]],
        *,
        may_repeat: bool,
        patience: float,
    ) -> T:
        """Make a request until it is through.

        Args:
            chat_id: whose pace and moves count; 0 for requests to no chat.
            request: called with the id that the chat has now.
            may_repeat: doing it twice does no harm.
            patience: seconds for which faults of the network are endured.

        Raises:
            BadRequest: Telegram does not take the request as it is.
            GoneError, DoubtfulError, UnreachableError: as their names say.
        """
        give_up = self._clock() + patience
        wait = _FIRST_WAIT
        while True:
            chat = self._state.current_chat(chat_id)
            if chat:
                await self._pace.turn(chat)
            try:
                return await request(chat)
            except RetryAfter as flood:
                self._metrics.flood_waits.inc()
                self._pace.hold(chat, _seconds(flood))
                continue  # Telegram said when: that is no outage, however long
            except ChatMigrated as moved:
                self._state.move_chat(chat, moved.new_chat_id)
                continue
            except Forbidden as error:
                raise self._gone(chat, error) from error
            except BadRequest:
                raise
            except NetworkError as error:
                if not may_repeat and not isinstance(error.__cause__, _NEVER_SENT):
                    raise DoubtfulError(str(error)) from error
                if self._clock() >= give_up:
                    raise UnreachableError(str(error)) from error
            self._metrics.retries.inc()
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    async def try_once(self, chat_id: int, request: Callable[[], Awaitable[object]]) -> bool:
        """Make a request if the chat is not held; whether it was done. Never raises, never waits."""
        if self._pace.is_held(chat_id):
            self._metrics.dropped.inc()
            return False
        try:
            await request()
        except RetryAfter as flood:
            self._metrics.flood_waits.inc()
            self._metrics.dropped.inc()
            if chat_id:
                self._pace.hold(chat_id, _seconds(flood))
            return False
        except TelegramError as error:
            _LOG.debug("left out: %s", error)
            return False
        return True

    async def preview(self, chat_id: int, request: Callable[[int], Awaitable[object]]) -> bool:
        """Make a request if the chat has a turn to spare; whether it was done. Never waits for a turn.

        Args:
            chat_id: whose pace and moves count.
            request: called with the id that the chat has now.

        Raises:
            BadRequest: Telegram does not take it.
            GoneError: the chat takes nothing any more.
        """
        chat = self._state.current_chat(chat_id)
        if not self._pace.take_spare(chat):
            self._metrics.dropped.inc()
            return False
        try:
            await request(chat)
        except RetryAfter as flood:
            self._metrics.flood_waits.inc()
            self._metrics.dropped.inc()
            self._pace.hold(chat, _seconds(flood))
            return False
        except Forbidden as error:
            raise self._gone(chat, error) from error
        except BadRequest:
            raise
        except TelegramError as error:
            _LOG.debug("left out: %s", error)
            return False
        return True

    def refusal(self, chat_id: int, error: BadRequest) -> UndeliveredError:
        """What a request that Telegram does not take means for the chat."""
        files_only = says(error, "rights to send photos", "rights to send documents")
        if not files_only and says(
            error, "chat not found", "have no rights", "not enough rights", "user is deactivated"
        ):
            return self._gone(chat_id, error)
        self._metrics.errors.labels("refused").inc()
        return RefusedError(str(error))

    def _gone(self, chat_id: int, error: TelegramError) -> GoneError:
        closed = self._state.close_chat(chat_id, self._clock())
        self._metrics.answers.labels("blocked").inc(closed)
        _LOG.info("a chat takes no messages any more (%s); %d open questions closed", error, closed)
        return GoneError(str(error))


def says(error: BadRequest, *parts: str) -> bool:
    """Whether an error's text holds one of some lower-case texts."""
    text = str(error).lower()
    return any(part in text for part in parts)


def _seconds(flood: RetryAfter) -> float:
    """The wait asked for: a number or a ``timedelta``, as ``PTB_TIMEDELTA`` has it."""
    asked: object = flood.retry_after
    return asked.total_seconds() if isinstance(asked, datetime.timedelta) else float(str(asked))
