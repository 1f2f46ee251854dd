"""The kinds of values that settings hold, and what each kind accepts.

A validator's error type is the name of a message in ``config/messages/settings.toml``; its context fills the
fields of that message. The value itself is added by the caller, who knows whether it may be shown.
"""

from __future__ import annotations

import enum
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, SecretStr
from pydantic_core import PydanticCustomError

__all__ = [
    "Flag",
    "Ids",
    "Listen",
    "Location",
    "Proxy",
    "Secret",
    "Text",
    "Threads",
    "Url",
    "WebhookSecret",
    "number",
    "one_of",
]

_MAX_THREADS = 256
OFF = "off"
"""What a place to listen says when there is none."""

_FLAGS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
_WEB = ("http", "https")
_PROXIES = (*_WEB, "socks5", "socks5h")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise PydanticCustomError("bad_text", "not text")
    return value.strip()


def _path(value: object) -> Path:
    if not isinstance(value, str | Path) or not str(value).strip() or "\0" in str(value):
        raise PydanticCustomError("bad_path", "not a path")
    return Path(str(value).strip())


def number(low: int, high: int) -> BeforeValidator:
    """A validator of whole numbers from ``low`` to ``high``, also written as text."""
    return BeforeValidator(lambda value: _number(value, low, high))


def _number(value: object, low: int, high: int) -> int:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value.strip()):
        value = int(value)
    if type(value) is not int or not low <= value <= high:  # True is an int, too
        raise PydanticCustomError("bad_number", "out of range", {"low": low, "high": high})
    return value


def _flag(value: object) -> bool:
    found = _FLAGS.get(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise PydanticCustomError("bad_flag", "neither true nor false")
    return found


def one_of(choices: type[enum.StrEnum]) -> BeforeValidator:
    """A validator of a closed choice that names the choices when it refuses a value."""
    return BeforeValidator(lambda value: _choice(value, choices))


def _choice(value: object, choices: type[enum.StrEnum]) -> str:
    if not isinstance(value, str) or value.strip() not in tuple(choices):
        raise PydanticCustomError("bad_choice", "none of them", {"choices": ", ".join(choices)})
    return value.strip()


def _ids(value: object) -> tuple[int, ...]:
    """Numeric ids: a list, one number, or text with commas (a Chinese keyboard writes full-width ones)."""
    if isinstance(value, str):
        parts: list[object] = [part for part in re.split(r"[,，、\s]+", value) if part]
    else:
        parts = list(value) if isinstance(value, list | tuple) else [value]
    # int() alone would also take True, 1.5, "1_000" and digits of other scripts.
    if not all(re.fullmatch(r"-?[0-9]{1,19}", str(part)) and isinstance(part, str | int) for part in parts):
        raise PydanticCustomError("bad_ids", "not ids")
    return tuple(dict.fromkeys(int(str(part)) for part in parts))


def _url(value: object) -> str:
    return _address(value, _WEB, "bad_url")


def _proxy(value: object) -> str:
    return _address(value, _PROXIES, "bad_proxy")


def _address(value: object, schemes: tuple[str, ...], refusal: str) -> str:
    try:
        parts = urlsplit(value.strip()) if isinstance(value, str) else None
        good = parts is not None and parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        good = False
    if not good or re.search(r"\s", str(value).strip()):
        raise PydanticCustomError(refusal, "not an address")
    return str(value).strip()


def _listen(value: object) -> str:
    """HOST:PORT, or "off"."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        parts = urlsplit(f"//{text}")
        good = bool(parts.hostname) and parts.port is not None and parts.netloc == text and "@" not in text
    except ValueError:
        good = False
    if text != OFF and not good:
        raise PydanticCustomError("bad_listen", "not a place to listen")
    return text


def _secret(value: object) -> object:
    """A token or key: printable ASCII in one piece, because it travels in addresses and headers."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str) or not re.fullmatch(r"[!-~]+", text.strip()):
        raise PydanticCustomError("bad_secret", "not one word")
    return text.strip()


def _webhook_secret(value: object) -> object:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", text.strip()):
        raise PydanticCustomError("bad_webhook_secret", "not what Telegram takes")
    return text.strip()


Text = Annotated[str, BeforeValidator(_text)]
Location = Annotated[Path, BeforeValidator(_path)]
Threads = Annotated[int, number(0, _MAX_THREADS)]
Ids = Annotated[tuple[int, ...], BeforeValidator(_ids)]
Url = Annotated[str, BeforeValidator(_url)]
Secret = Annotated[SecretStr, BeforeValidator(_secret)]
WebhookSecret = Annotated[SecretStr, BeforeValidator(_webhook_secret)]
Proxy = Annotated[str, BeforeValidator(_proxy)]
Listen = Annotated[str, BeforeValidator(_listen)]
Flag = Annotated[bool, BeforeValidator(_flag)]
