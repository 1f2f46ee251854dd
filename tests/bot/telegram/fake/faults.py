"""Faults on demand: what goes wrong with which call, how often."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from tests.bot.telegram.fake.wire import ApiError, Json, Params


class Way(Enum):
    """How a call goes wrong."""

    REFUSED = auto()  # an error answer, nothing happens
    TIMEOUT_BEFORE = auto()  # the request never arrives
    TIMEOUT_AFTER = auto()  # it is done, but the answer never arrives
    DISCONNECTED = auto()  # the connection breaks before anything happens
    GARBAGE = auto()  # a page of a proxy in place of JSON
    HANGS = auto()  # like TIMEOUT_BEFORE, after the whole time that the client is ready to wait


@dataclass
class Fault:
    """One kind of failure, for the calls it fits, ``times`` times (None: until removed)."""

    way: Way
    method: str | None = None
    times: int | None = 1
    chat: int | None = None
    error: ApiError | None = None
    when: Callable[[str, Params], bool] | None = None
    met: int = 0

    def fits(self, method: str, params: Params) -> bool:
        return (
            (self.times is None or self.met < self.times)
            and (self.method is None or self.method.lower() == method)
            and (self.chat is None or params.text("chat_id") == str(self.chat))
            and (self.when is None or self.when(method, params))
        )


class Faults:
    """The faults in force; the first that fits a call strikes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        # Telegram can't be reached at all while this is true.
        self.outage = False

    def strike(self, method: str, params: Params) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.fits(method, params):
                    fault.met += 1
                    return fault
        return None

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
        self.outage = False

    def refuse(
        self,
        method: str | None,
        code: int,
        description: str,
        parameters: Json | None = None,
        *,
        times: int | None = 1,
        chat: int | None = None,
        when: Callable[[str, Params], bool] | None = None,
    ) -> Fault:
        error = ApiError(code, description, parameters)
        return self.add(Fault(Way.REFUSED, method, times, chat, error, when))

    def flood(
        self, method: str | None, seconds: int, *, times: int | None = 1, chat: int | None = None
    ) -> Fault:
        """429: too many requests, come back after ``seconds``."""
        return self.refuse(
            method,
            429,
            f"Too Many Requests: retry after {seconds}",
            {"retry_after": seconds},
            times=times,
            chat=chat,
        )

    def bad_gateway(self, method: str | None, *, times: int | None = 1) -> Fault:
        return self.refuse(method, 502, "Bad Gateway", times=times)

    def entities(self, method: str | None, *, times: int | None = 1) -> Fault:
        """The server dislikes the entities of whatever carries some."""
        return self.refuse(
            method,
            400,
            "Bad Request: can't parse entities: entity beginning at UTF-16 offset 0 ends in a middle of a "
            "UTF-16 symbol at UTF-16 offset 1",
            times=times,
            when=lambda _, params: params.text("entities") not in (None, "", "[]"),
        )

    def timeout_before(self, method: str | None, *, times: int | None = 1) -> Fault:
        return self.add(Fault(Way.TIMEOUT_BEFORE, method, times))

    def timeout_after(self, method: str | None, *, times: int | None = 1) -> Fault:
        return self.add(Fault(Way.TIMEOUT_AFTER, method, times))

    def disconnect(self, method: str | None, *, times: int | None = 1) -> Fault:
        return self.add(Fault(Way.DISCONNECTED, method, times))

    def garbage(self, method: str | None, *, times: int | None = 1) -> Fault:
        return self.add(Fault(Way.GARBAGE, method, times))

    def hang(self, method: str | None, *, times: int | None = 1) -> Fault:
        return self.add(Fault(Way.HANGS, method, times))

    def remove(self, fault: Fault) -> None:
        with self._lock:
            self._faults = [one for one in self._faults if one is not fault]
