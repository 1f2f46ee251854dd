"""What the bot serves over HTTP: its health and figures, and Telegram's webhook."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from prometheus_client import CONTENT_TYPE_LATEST
from telegram import Bot, Update
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from bot.telegram.polling import Take
from bot.telegram.services import Services
from config.errors import BotError
from config.fields import OFF
from config.messages import Language

_LARGEST_UPDATE = 1 << 20
_HEADER = "X-Telegram-Bot-Api-Secret-Token"

_LOG = logging.getLogger(__name__)


def serve_health(services: Services, unhealthy: float) -> HTTPServer | None:
    """Serve ``/healthz`` and ``/metrics``; None when that is switched off.

    Args:
        services: of the bot.
        unhealthy: seconds without an answer of Telegram after which something is wrong.

    Raises:
        BotError: nothing can listen there.
    """
    listen = services.settings.telegram.health_listen
    if listen == OFF:
        return None
    application = Application(
        [
            ("/healthz", _Health, {"services": services, "unhealthy": unhealthy}),
            ("/metrics", _Metrics, {"services": services}),
        ]
    )
    return _listen("telegram.health_listen", listen, application)


def serve_webhook(services: Services, bot: Bot, take: Take, secret: str) -> HTTPServer:
    """Serve the path of ``telegram.webhook_url`` to whoever knows the secret.

    Raises:
        BotError: nothing can listen there.
    """
    telegram = services.settings.telegram
    path = urlsplit(telegram.webhook_url or "").path or "/"
    options = {"bot": bot, "take": take, "secret": secret, "answered": services.metrics.polled}
    application = Application([(_exactly(path), _Webhook, options)])
    return _listen("telegram.webhook_listen", telegram.webhook_listen, application)


def health(services: Services, unhealthy: float) -> dict[str, Any]:
    """What ``/healthz`` says: ``ok`` is false when Telegram has not answered for too long."""
    age = services.metrics.poll_age()
    error = services.live.error
    return {
        "ok": age <= unhealthy,
        "poll_age": round(age, 1),
        "queue": services.lanes.depth,
        "open": services.state.count_open(),
        "index": services.live.generation,
        "trouble": None if error is None else error.text(Language.EN),
    }


class _Health(RequestHandler):
    def initialize(self, services: Services, unhealthy: float) -> None:
        self._services = services
        self._unhealthy = unhealthy

    def get(self) -> None:
        found = health(self._services, self._unhealthy)
        self.set_status(200 if found["ok"] else 503)
        self.write(json.dumps(found, ensure_ascii=False) + "\n")
        self.set_header("Content-Type", "application/json")


class _Metrics(RequestHandler):
    def initialize(self, services: Services) -> None:
        self._services = services

    def get(self) -> None:
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.write(self._services.metrics.text())


class _Webhook(RequestHandler):
    def initialize(self, bot: Bot, take: Take, secret: str, answered: Callable[[], None]) -> None:
        self._bot = bot
        self._take = take
        self._secret = secret
        self._answered = answered

    async def post(self) -> None:
        said = self.request.headers.get(_HEADER, "")
        if not hmac.compare_digest(said.encode(), self._secret.encode()):
            self.set_status(403)
            return
        try:
            update = Update.de_json(json.loads(self.request.body), self._bot)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # Telegram would send it again for ever; there is nothing in it for anybody.
            _LOG.error("an update could not be read (%r)", error)
            return
        self._answered()
        # Telegram takes the update off its list with this answer: it is written down by then.
        await self._take([update])


def _listen(setting: str, listen: str, application: Application) -> HTTPServer:
    parts = urlsplit(f"//{listen}")
    try:
        sockets = bind_sockets(parts.port or 0, parts.hostname)
    except OSError as error:
        raise BotError("bot.no_address", setting=setting, value=listen, reason=error.strerror) from error
    server = HTTPServer(application, max_buffer_size=_LARGEST_UPDATE, xheaders=False)
    server.add_sockets(sockets)
    return server


def _exactly(path: str) -> str:
    return "".join(f"\\{sign}" if not sign.isalnum() and sign.isascii() else sign for sign in path)


async def close(server: HTTPServer | None) -> None:
    """Listen no longer, and let go of the connections."""
    if server is not None:
        server.stop()
        async with asyncio.timeout(1):
            await server.close_all_connections()
