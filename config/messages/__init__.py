"""The one catalogue of everything a person reads, in Chinese and English.

``config/messages/AREA.toml`` holds the messages of one area as ``[name]`` tables with ``zh`` and ``en``;
a key is ``"area.name"``. Placeholders are ``{name}`` fields filled with plain ``str`` values, so text from
documents and users is data and is never interpreted.
"""

from __future__ import annotations

import enum
import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path

from config.patterns import lazy_pattern

__all__ = ["Language", "language_of", "message"]

_FIELD = lazy_pattern(r"\{([a-z_]+)\}")


class Language(enum.StrEnum):
    """The languages that the catalogue is written in."""

    ZH = "zh"
    EN = "en"


def message(key: str, language: Language, **values: object) -> str:
    """The text of one message with its fields filled.

    Raises:
        KeyError: the catalogue has no such key, or a field has no value (a programmer's mistake).
    """
    area, _, name = key.partition(".")
    template = _area(area)[name][language.value]
    return _FIELD.sub(lambda field: str(values[field[1]]), template)


def language_of(environ: Mapping[str, str], override: str = "") -> Language:
    """The language that a person's settings and locale ask for; Chinese unless they say English.

    Args:
        environ: the process environment; ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` are read in that order.
        override: "zh" or "en" from the settings; anything else means "ask the locale".
    """
    if override in tuple(Language):
        return Language(override)
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return Language.EN if locale.lower().startswith("en") else Language.ZH


@functools.cache
def _area(area: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name(f"{area}.toml").read_text("utf-8"))
