"""The webhook: where it points, and the thread that delivers to it as Telegram does."""

from __future__ import annotations

import http.client
import json
import re
import threading
from urllib.parse import urlsplit

from tests.bot.telegram.fake.wire import ApiError, Json, Params, bad_request
from tests.bot.telegram.fake.world import World

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_RETRY = 0.2  # seconds between deliveries of the same update


class Webhook:
    """``setWebhook`` and its kin; ``route`` plays the proxy in front of the bot."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.url = ""
        self.secret = ""
        self.max_connections = 40
        self.last_error = ""
        # The proxy: "https://bot.example" -> ("127.0.0.1", 8443). Deliveries go nowhere without it.
        self.route: dict[str, tuple[str, int]] = {}
        self._thread: threading.Thread | None = None

    def set(self, params: Params) -> bool:
        url = params.text("url") or ""
        if not url:
            return self.delete(params)
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if parts.port not in (None, 443, 80, 88, 8443):
            raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        secret = params.text("secret_token") or ""
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        allowed = params.json("allowed_updates", list)
        if allowed is not None:
            self._world.allowed = allowed
        if params.flag("drop_pending_updates"):
            self._world.updates.clear()
        self.url, self.secret = url, secret
        self.max_connections = params.integer("max_connections") or 40
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._deliver, name="webhook", daemon=True)
            self._thread.start()
        self._world.changes.notify("updates")
        return True

    def delete(self, params: Params) -> bool:
        if params.flag("drop_pending_updates"):
            self._world.updates.clear()
        self.url = self.secret = ""
        self._world.changes.notify("updates")
        return True

    def info(self, params: Params) -> Json:
        known: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._world.updates),
        }
        if self.url:
            known["max_connections"] = self.max_connections
        if self.last_error:
            known |= {"last_error_message": self.last_error, "last_error_date": int(self._world.now())}
        return known

    def _deliver(self) -> None:
        """One update after the other, each until the bot says 2xx."""
        changes = self._world.changes
        while self.url:
            changes.block(lambda: not self.url or self._world.updates, 60)
            with changes.lock:
                if not self.url or not self._world.updates:
                    continue
                update = self._world.updates[0]
                url, secret = self.url, self.secret
            self.last_error = self._post(url, secret, update)
            with changes.lock:
                if not self.last_error:
                    self._world.confirm(update["update_id"] + 1)
                    continue
            changes.block(lambda: not self.url, _RETRY)

    def _post(self, url: str, secret: str, update: Json) -> str:
        """Deliver once; what went wrong, or nothing."""
        parts = urlsplit(url)
        target = self.route.get(f"https://{parts.netloc}")
        if target is None:
            return "Failed to resolve host"
        headers = {"Content-Type": "application/json"}
        if secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        connection = http.client.HTTPConnection(*target, timeout=5)
        try:
            connection.request("POST", parts.path or "/", json.dumps(update), headers)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            return f"Connection failed: {error}"
        finally:
            connection.close()
        if 200 <= response.status < 300:
            return ""
        return ApiError(response.status, f"Wrong response from the webhook: {response.status}").description
