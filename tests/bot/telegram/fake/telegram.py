"""The fake Bot API: takes requests, applies faults, answers; in-process or from a server."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.bot.telegram.fake.faults import Faults, Way
from tests.bot.telegram.fake.limits import FloodControl
from tests.bot.telegram.fake.methods import Methods
from tests.bot.telegram.fake.webhooks import Webhook
from tests.bot.telegram.fake.wire import ApiError, Json, Params, bad_request, read_params
from tests.bot.telegram.fake.world import BOT_ID, World

TOKEN = f"{BOT_ID}:{'Fake' * 8}Fak"
MAX_POLL = 50


class NeverAnswered(Exception):
    """The client waits in vain; ``whole_time`` says whether it must wait as long as it is ready to."""

    def __init__(self, whole_time: bool = False) -> None:
        super().__init__()
        self.whole_time = whole_time


class Disconnected(Exception):
    """The connection breaks."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that arrived, and how it was answered: an HTTP status, or 0 for none."""

    method: str
    params: Params
    status: int
    at: float

    @property
    def chat(self) -> int | None:
        return self.params.integer("chat_id")


class FakeTelegram:
    """One bot's Telegram: ``world`` to look at, ``faults`` and ``flood`` to make trouble."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.world = World()
        self.faults = Faults()
        self.flood = FloodControl()
        self.methods = Methods(self.world)
        self.webhook = Webhook(self.world)
        self.calls: deque[Call] = deque(maxlen=100_000)
        self.polls = 0
        self._poll = 0
        self._lock = threading.Lock()

    def transport(self) -> httpx.MockTransport:
        """The fake as transport of an ``HTTPXRequest``, without a socket."""
        return httpx.MockTransport(self._handle)

    def called(self, method: str, where: Callable[[Call], bool] = lambda _: True) -> list[Call]:
        """The calls of that method so far, refused ones included."""
        return [call for call in list(self.calls) if call.method == method.lower() and where(call)]

    async def respond(self, path: str, query: str, content_type: str, body: bytes) -> tuple[int, str, bytes]:
        """Status, content type and body for a request; raises NeverAnswered or Disconnected."""
        if self.faults.outage:
            raise Disconnected
        if path.startswith(f"/file/bot{self.token}/"):
            return self._download(path.removeprefix(f"/file/bot{self.token}/"))
        try:
            method = self._method(path)
            params = read_params(content_type, body, query)
        except ApiError as error:
            return error.code, "application/json", error.body()
        return await self._call(method, params)

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        """What the transport of a client calls."""
        url = urlsplit(str(request.url))
        path = httpx.URL(str(request.url)).path
        body = await request.aread()
        await asyncio.sleep(0)
        try:
            status, kind, answer = await self.respond(
                path, url.query, request.headers.get("content-type", ""), body
            )
        except NeverAnswered as never:
            if never.whole_time:
                await asyncio.sleep(request.extensions.get("timeout", {}).get("read") or 5)
            raise httpx.ReadTimeout("no answer", request=request) from None
        except Disconnected:
            raise httpx.ConnectError("can't be reached", request=request) from None
        return httpx.Response(status, headers={"content-type": kind}, content=answer)

    def _method(self, path: str) -> str:
        name, _, method = path.removeprefix("/bot").partition("/")
        if not path.startswith("/bot") or not method or ":" not in name:
            raise ApiError(404, "Not Found")
        if name != self.token:
            raise ApiError(401, "Unauthorized")
        return method.lower()

    async def _call(self, method: str, params: Params) -> tuple[int, str, bytes]:
        fault = self.faults.strike(method, params)
        way = fault.way if fault else None
        if way is Way.DISCONNECTED:
            self._log(method, params, 0)
            raise Disconnected
        if way in (Way.TIMEOUT_BEFORE, Way.HANGS):
            self._log(method, params, 0)
            raise NeverAnswered(way is Way.HANGS)
        if way is Way.GARBAGE:
            self._log(method, params, 502)
            return 502, "text/html", b"<html><head><title>502 Bad Gateway</title></head></html>"
        try:
            if fault and fault.error:
                raise fault.error
            result = await self._perform(method, params)
            status, answer = 200, json.dumps({"ok": True, "result": result}).encode()
        except ApiError as error:
            status, answer = error.code, error.body()
        if way is Way.TIMEOUT_AFTER:
            self._log(method, params, 0)
            raise NeverAnswered
        self._log(method, params, status)
        return status, "application/json", answer

    async def _perform(self, method: str, params: Params) -> Any:
        if method == "getupdates":
            return await self._get_updates(params)
        own = {
            "setwebhook": self.webhook.set,
            "deletewebhook": self.webhook.delete,
            "getwebhookinfo": self.webhook.info,
        }
        perform = own.get(method) or self.methods.by_name.get(method)
        if perform is None:
            raise ApiError(404, "Not Found: method not found")
        with self.world.changes.lock:
            chat_id = params.values.get("chat_id", "")
            if chat_id.lstrip("-").isdigit():
                self.flood.check(method, int(chat_id))
            return perform(params)

    async def _get_updates(self, params: Params) -> list[Json]:
        limit = params.integer("limit")
        timeout = params.integer("timeout") or 0
        allowed = params.json("allowed_updates", list)
        with self.world.changes.lock:
            if self.webhook.url:
                raise ApiError(
                    409,
                    "Conflict: can't use getUpdates method while webhook is active; "
                    "use deleteWebhook to delete the webhook first",
                )
            if limit is not None and not 1 <= limit <= 100:
                raise bad_request("limit must be between 1 and 100")
            if allowed is not None:
                self.world.allowed = allowed
            self._poll += 1
            self.polls += 1
            mine = self._poll
            self.world.confirm(params.integer("offset"))
            self.world.changes.notify("updates")
        await self.world.changes.wait(
            lambda: self.world.updates or self._poll != mine, min(timeout, MAX_POLL), key="updates"
        )
        with self.world.changes.lock:
            if self._poll != mine:
                raise ApiError(
                    409,
                    "Conflict: terminated by other getUpdates request; "
                    "make sure that only one bot instance is running",
                )
            return list(self.world.updates)[: limit or 100]

    def _download(self, path: str) -> tuple[int, str, bytes]:
        file_id = path.removeprefix("documents/").partition(".")[0]
        with self.world.changes.lock:
            if not path.startswith("documents/") or file_id not in self.world.files:
                return 404, "application/json", ApiError(404, "Not Found").body()
            return 200, "application/octet-stream", self.world.files[file_id][1]

    def _log(self, method: str, params: Params, status: int) -> None:
        self.calls.append(Call(method, params, status, time.monotonic()))
        self.world.changes.notify("calls")
