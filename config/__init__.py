"""Settings, errors, messages and logging: the bottom layer. Entry: :func:`load_settings`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.errors import AnjiangError, SettingsError

if TYPE_CHECKING:
    from config.settings import Settings, load_settings

__all__ = ["AnjiangError", "Settings", "SettingsError", "load_settings"]


def __getattr__(name: str) -> object:
    """The settings on first use: pydantic takes a quarter of a second, and every layer imports the errors."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from config import settings  # noqa: PLC0415 -- see above

    return getattr(settings, name)
