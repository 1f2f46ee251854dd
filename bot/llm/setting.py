"""Whether the settings name a language model that can be asked, and how long it takes to begin."""

from __future__ import annotations

import time
from contextlib import aclosing
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.llm.chat import ChatError, Message, Role, Trouble
from config.errors import AnjiangError, ExtraNotInstalledError, SettingsError

if TYPE_CHECKING:
    from config.settings import LlmSettings

_GREETING = (Message(Role.USER, "只回答一个字：好"),)


def is_set(settings: LlmSettings) -> bool:
    """Whether answers are to be worded."""
    return bool(settings.base_url and settings.model)


def trouble(settings: LlmSettings) -> AnjiangError | None:
    """What keeps a model that somebody set from being asked; None where all is well, or nothing set."""
    values = {"llm.base_url": settings.base_url, "llm.model": settings.model}
    given = [name for name, value in values.items() if value]
    if not given:
        return None
    if len(given) < len(values):
        (missing,) = values.keys() - given
        return SettingsError("llm.half_set", given=given[0], missing=missing)
    return None if find_spec("openai") else ExtraNotInstalledError("llm.not_installed")


async def seconds_to_begin(settings: LlmSettings) -> float:
    """How long the model takes to the first piece of a short text; importing the client is not counted.

    Raises:
        ExtraNotInstalledError: the package is missing.
        ChatError: it gave nothing.
    """
    from bot.llm.client import OpenAIChat  # noqa: PLC0415 -- a second of imports

    model = OpenAIChat(settings)
    try:
        begun = time.perf_counter()
        async with aclosing(model.stream(_GREETING)) as pieces:
            async for _ in pieces:
                return time.perf_counter() - begun
        raise ChatError(Trouble.MALFORMED)  # an end without any text
    finally:
        await model.close()
