"""Takes secrets out of text before a person or a log sees it."""

from __future__ import annotations

from collections.abc import Iterable

from config.patterns import lazy_pattern

__all__ = ["MASK", "redact"]

MASK = "********"

# A Telegram bot token, wherever it stands (in an address it follows "/bot"), and a password in an address.
_TOKEN = lazy_pattern(r"\d+:[A-Za-z0-9_-]{30,}")
_PASSWORD = lazy_pattern(r"(?<=://)[^/@\s]*:[^/@\s]*(?=@)")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` with the given secrets, and everything shaped like a token or password, replaced by a mask.

    Args:
        text: anything that is about to be shown.
        secrets: exact texts; the longest goes first, so that one inside another leaves no rest.
    """
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _PASSWORD.sub(MASK, _TOKEN.sub(MASK, text))
