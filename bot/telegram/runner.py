"""Running a bot: starting under any weather, fetching, stopping within ten seconds.

The library's ``run_polling`` has no deadline at the end, and confirms updates that nobody has dealt with.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from telegram import Bot, Update
from telegram.error import InvalidToken, TelegramError
from telegram.request import BaseRequest

from bot.telegram.app import ALLOWED_UPDATES, App
from bot.telegram.polling import Polling, Timings
from bot.telegram.recovery import recover
from bot.telegram.services import Services
from bot.telegram.web import close, serve_health, serve_webhook
from config.errors import AnjiangError, BotError

if TYPE_CHECKING:
    from tornado.httpserver import HTTPServer

INTAKE_SECONDS = 5.0
"""How long fetching waits for updates to be dealt with; slower ones go on beside it."""

_SYNC_SECONDS = 5.0
_SWEEP_SECONDS = 3600.0
_LOOK_AGAIN_SECONDS = 30.0

_LOG = logging.getLogger(__name__)


class Runner:
    """One bot from start to end."""

    def __init__(
        self,
        application: App,
        services: Services,
        *,
        timings: Timings | None = None,
        get_updates_request: BaseRequest | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            application: as ``build_application`` gives it.
            services: given with it.
            timings: how patient to be.
            get_updates_request: renewed when polling seems dead.
        """
        self._application = application
        self._services = services
        self._timings = timings or Timings()
        self._polling = Polling(
            application.bot, get_updates_request, services.metrics, self.take, self._timings
        )
        self._beside: set[asyncio.Task[Any]] = set()
        self._taking: set[asyncio.Task[None]] = set()
        self._fetching: asyncio.Task[None] | None = None
        self._servers: list[HTTPServer | None] = []

    @property
    def bot(self) -> Bot:
        """The client of the Bot API."""
        bot: Bot = self._application.bot
        return bot

    async def run(self, stop: asyncio.Event, started: Callable[[str], None] | None = None) -> None:
        """Start, go on until ``stop`` is set, and stop.

        Args:
            stop: from the outside.
            started: told the bot's name once it receives messages.

        Raises:
            BotError: the bot can't run, or can't go on; one line says why.
        """
        stopping = asyncio.create_task(stop.wait())
        starting = asyncio.create_task(self.start())
        try:
            await asyncio.wait({stopping, starting}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                await starting
                if started is not None:
                    started(self.bot.username)
                if self._fetching is not None:
                    await asyncio.wait({stopping, self._fetching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            failure = self._failure()
            await self.stop()
        if failure is not None:
            raise failure

    async def start(self) -> None:
        """Start everything; returns when updates are being fetched.

        Raises:
            BotError: the token is refused, or an address can't be listened at.
        """
        services = self._services
        # Health is served from the first moment: a bot that waits for Telegram is one that should be seen.
        self._servers.append(serve_health(services, self._timings.unhealthy))
        opening = asyncio.create_task(asyncio.to_thread(self._open_index))
        await self._reach_telegram()
        await opening
        await self._application.start()
        self._go(services.live.watch())
        self._go(self._keep_house())
        self._go(self._publish())
        services.state.reopen_previewed(services.clock())
        self._look_for_open()
        if services.settings.telegram.webhook_url is None:
            await self._insist(lambda: self.bot.delete_webhook(drop_pending_updates=False))
            self._fetching = asyncio.create_task(self._polling.run(), name="polling")
        else:
            self._fetching = asyncio.create_task(self._wait_for_webhook(), name="webhook")
            await self._open_webhook()

    async def stop(self) -> None:
        """Stop within ``Timings.stop`` and three seconds; what is unfinished stays open in the database."""
        services = self._services
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)
        for server in self._servers[1:]:
            await close(server)
        if self._taking:
            await asyncio.wait(self._taking, timeout=0.5)
        drained, _ = await asyncio.gather(services.lanes.drain(self._timings.stop), services.wordings.close())
        if not drained:
            _LOG.warning("%d questions stay open until the next start", services.state.count_open())
        for task in self._beside | self._taking:
            task.cancel()
        await asyncio.gather(*self._beside, *self._taking, return_exceptions=True)
        with suppress(TelegramError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._polling.confirm()
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                if self._application.running:
                    await self._application.stop()
                await self._application.shutdown()
        for server in self._servers[:1]:
            await close(server)
        services.live.close()
        services.state.close()

    async def take(self, updates: Sequence[Update]) -> None:
        """Deal with updates, in order as far as they don't wait for something."""
        tasks = {asyncio.create_task(self._application.process_update(update)) for update in updates}
        self._taking |= tasks
        for task in tasks:
            task.add_done_callback(self._taken)
        await asyncio.wait(tasks, timeout=INTAKE_SECONDS)

    def _taken(self, task: asyncio.Task[None]) -> None:
        self._taking.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("an update failed", exc_info=error)

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._beside.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._services.metrics.errors.labels("background").inc()
            _LOG.error("work in the background failed", exc_info=error)

    def _failure(self) -> BaseException | None:
        task = self._fetching
        return task.exception() if task is not None and task.done() and not task.cancelled() else None

    def _open_index(self) -> None:
        # Where there is none, people are told so plainly; the watch says why and goes on looking.
        with suppress(AnjiangError):
            self._services.live.refresh()

    async def _reach_telegram(self) -> None:
        await self._insist(self._application.initialize)

    async def _insist(self, work: Any) -> None:
        """Repeat something until Telegram is there for it."""
        wait, failures = self._timings.first_wait, 0
        while True:
            try:
                await work()
            except InvalidToken:
                raise BotError("bot.token_refused") from None  # the library's text holds the token
            except TelegramError as error:
                failures += 1
                if failures == 1:
                    _LOG.warning("Telegram does not answer (%s); trying on", type(error).__name__)
            else:
                return
            await asyncio.sleep(wait)
            wait = min(2 * wait, self._timings.longest_wait)

    def _look_for_open(self) -> None:
        from bot.telegram.handlers.answering import answer_question  # noqa: PLC0415 - see app

        recover(self._services, answer_question, self._timings.too_old)

    async def _publish(self) -> None:
        """Put up the menus of commands; nobody needs them to ask, so this may take its time."""
        from bot.telegram import handlers  # noqa: PLC0415 - see app

        await self._insist(lambda: handlers.publish(self._services, self.bot))

    async def _keep_house(self) -> None:
        """Bring the database to the disk, drop what is old, look after questions that nobody works on."""
        services = self._services
        loop = asyncio.get_running_loop()
        swept = looked = loop.time()
        services.state.sweep(services.clock())
        while True:
            await asyncio.sleep(_SYNC_SECONDS)
            await asyncio.to_thread(services.state.sync)
            now = loop.time()
            if now - swept >= _SWEEP_SECONDS:
                swept = now
                services.state.sweep(services.clock())
            if now - looked >= _LOOK_AGAIN_SECONDS:
                looked = now
                if services.lanes.depth == 0 and services.state.count_open():
                    self._look_for_open()

    async def _open_webhook(self) -> None:
        telegram = self._services.settings.telegram
        url = telegram.webhook_url or ""
        if not url.startswith("https://"):
            raise BotError("bot.webhook_needs")
        secret = telegram.webhook_secret
        word = secrets.token_urlsafe(32) if secret is None else secret.get_secret_value()
        self._servers.append(serve_webhook(self._services, self.bot, self.take, word))
        await self._insist(
            lambda: self.bot.set_webhook(
                url,
                secret_token=word,
                allowed_updates=ALLOWED_UPDATES,
                drop_pending_updates=False,
                max_connections=1,  # more would let the questions of a chat overtake each other
            )
        )

    async def _wait_for_webhook(self) -> None:
        """Nothing comes while nobody asks: a request now and then shows that Telegram is there."""
        while True:
            with suppress(TelegramError):
                await self.bot.get_me()
                self._services.metrics.polled()
            await asyncio.sleep(self._timings.poll)
