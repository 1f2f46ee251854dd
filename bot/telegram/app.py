"""Building the bot: the Bot API's client, the services, and the handlers on top of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeAlias

from telegram import LinkPreviewOptions, Update
from telegram.ext import Application, ApplicationBuilder, CallbackContext, Defaults
from telegram.request import BaseRequest, HTTPXRequest

from bot.live import Live
from bot.telegram.delivery import Delivery, UndeliveredError
from bot.telegram.lanes import Lanes
from bot.telegram.metrics import Metrics
from bot.telegram.services import Services
from bot.telegram.state import State
from bot.telegram.wordings import Wordings
from config.errors import BotError
from config.messages import Language
from config.settings import Settings, TelegramSettings

App: TypeAlias = Application[Any, Any, Any, Any, Any, Any]

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
)
"""What Telegram is asked to send. Reactions come only when they are named; inline mode stays off."""

SEARCH_THREADS = 2
"""Searches at a time: each uses several cores, and more at once only make all of them slower."""

_CONNECTIONS = 64
_READ_SECONDS, _CONNECT_SECONDS, _POOL_SECONDS = 8.0, 8.0, 60.0

_LOG = logging.getLogger(__name__)


class BotApplication(Application[Any, Any, Any, Any, Any, Any]):
    """An application that deals with each update once, however often Telegram delivers it."""

    def __init__(self, *, state: State, metrics: Metrics, clock: Callable[[], float], **options: Any) -> None:
        super().__init__(**options)
        self._state = state
        self._metrics = metrics
        self._clock = clock
        self._in_work: set[int] = set()

    async def process_update(self, update: object) -> None:
        """Deal with an update. One that is cut short is not remembered, so that it comes again."""
        if not isinstance(update, Update):
            await super().process_update(update)
            return
        self._metrics.updates.inc()
        if update.update_id in self._in_work or self._state.has_seen(update.update_id):
            self._metrics.duplicates.inc()
            return
        self._in_work.add(update.update_id)
        try:
            await super().process_update(update)
        finally:
            self._in_work.discard(update.update_id)
        self._state.mark_seen(update.update_id, self._clock())


def build_application(
    settings: Settings,
    *,
    language: Language = Language.ZH,
    request: BaseRequest | None = None,
    get_updates_request: BaseRequest | None = None,
    clock: Callable[[], float] = time.time,
) -> tuple[App, Services]:
    """A bot that is ready to be run by :class:`bot.telegram.runner.Runner`.

    Args:
        settings: the token must be among them.
        language: of a person whose client says nothing useful.
        request: what carries requests to Telegram; tests put a fake there.
        get_updates_request: the same for ``getUpdates``.
        clock: seconds since 1970.

    Raises:
        BotError: there is no token.
        StateError: the database can't be used.
    """
    from bot.telegram import handlers  # noqa: PLC0415 - they need the services, which are built here

    telegram = settings.telegram
    if telegram.token is None:
        raise BotError("bot.no_token")
    state, metrics = State(telegram.database), Metrics()
    application: App = (
        ApplicationBuilder()
        .application_class(BotApplication, {"state": state, "metrics": metrics, "clock": clock})
        .token(telegram.token.get_secret_value())
        .base_url(telegram.base_url)
        .base_file_url(_file_url(telegram.base_url))
        .request(request or _request(telegram, _CONNECTIONS))
        .get_updates_request(get_updates_request or _request(telegram, 1))
        .defaults(Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .concurrent_updates(True)
        .job_queue(None)
        .build()
    )
    lanes = Lanes(SEARCH_THREADS, telegram.deadline_seconds, lambda _: metrics.errors.labels("lane").inc())
    metrics.watch_queue(lambda: lanes.depth)
    delivery = Delivery(application.bot, state, metrics, clock=clock)
    wordings = Wordings(settings.llm, state, delivery, metrics, clock)
    services = Services(settings, state, lanes, delivery, Live(settings), metrics, wordings, language, clock)
    application.add_error_handler(_Failures(metrics))
    handlers.register(application, services)
    return application, services


class _Failures:
    """Logs what a handler raised. Nothing of it is shown in a chat."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self.__name__ = "failures"

    async def __call__(self, update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        error = context.error
        if isinstance(error, UndeliveredError):
            _LOG.info("not delivered: %s", error)
            return
        self._metrics.errors.labels("handler").inc()
        number = update.update_id if isinstance(update, Update) else "?"
        _LOG.error("dealing with update %s failed", number, exc_info=error)


def _request(telegram: TelegramSettings, connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=_READ_SECONDS,
        write_timeout=_READ_SECONDS,
        connect_timeout=_CONNECT_SECONDS,
        pool_timeout=_POOL_SECONDS,
        proxy=telegram.proxy,
    )


def _file_url(base_url: str) -> str:
    """Where files are downloaded: a Bot API server has them under /file/bot."""
    front, bot, back = base_url.rpartition("/bot")
    return f"{front}/file{bot}{back}"
