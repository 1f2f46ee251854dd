"""What is set, and where each value came from, to be shown."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr

from config.messages import Language, message
from config.redaction import MASK, redact
from config.settings import KEYS, Settings


@dataclass(frozen=True, slots=True)
class Explained:
    """One setting as ``anjiang config`` shows it: dotted key, printable value, where it came from."""

    key: str
    value: str
    origin: str


def explain(settings: Settings, language: Language = Language.EN) -> tuple[Explained, ...]:
    """Every setting, secrets masked, and where it came from."""
    unset = message("settings.not_set", language)
    return tuple(
        Explained(key, _shown(settings.value(key)) or unset, settings.origin(key).text(language))
        for key in KEYS
    )


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return redact(str(value))
