"""A chat-completions server (OpenAI, DeepSeek, Qwen, Ollama, vLLM), through the package ``openai``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.llm.chat import ChatError, Message, Trouble
from config.errors import ExtraNotInstalledError

if TYPE_CHECKING:
    from config.settings import LlmSettings

MOST_CHARACTERS = 6000
"""Of one answer. Twelve long sentences have fewer; a server that repeats itself is stopped there."""

MOST_BYTES = 4_000_000
"""Of one response; each piece of a few characters comes in some 300 bytes of JSON."""

_RETRIES = 1
_NO_KEY = "none"  # else the package takes OPENAI_API_KEY, which is for another server


class OpenAIChat:
    """The model of the settings. For one event loop; close it there.

    Args:
        settings: with ``base_url`` and ``model`` set.
        piece_seconds: how long the next piece of a text may take; ``timeout_seconds`` unless given.

    Raises:
        ExtraNotInstalledError: the package is missing.
    """

    def __init__(self, settings: LlmSettings, piece_seconds: float | None = None) -> None:
        openai = _package()
        from bot.llm.transport import bounded_client  # noqa: PLC0415

        self._model = settings.model
        self._seconds = float(settings.timeout_seconds)
        self._piece_seconds = min(piece_seconds or self._seconds, self._seconds)
        key = settings.api_key.get_secret_value() if settings.api_key else _NO_KEY
        self._client = openai.AsyncOpenAI(
            base_url=settings.base_url,
            api_key=key,
            timeout=self._seconds,
            max_retries=_RETRIES,
            http_client=bounded_client(MOST_BYTES, self._seconds, key),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        """The answer in pieces; see `bot.llm.chat.ChatModel`."""
        deadline = asyncio.get_running_loop().time() + self._seconds
        with _told(Trouble.FAILED):
            async with asyncio.timeout_at(deadline):
                chunks = await self._client.chat.completions.create(
                    model=self._model,
                    messages=[{"role": one.role.value, "content": one.text} for one in messages],
                    temperature=0,
                    stream=True,
                )
        characters = 0
        with _told(Trouble.CUT_OFF):
            async with chunks:
                async for piece in self._pieces(chunks, deadline):
                    characters += len(piece)
                    if characters > MOST_CHARACTERS:
                        raise ChatError(Trouble.TOO_LONG)
                    yield piece

    async def _pieces(self, chunks: Any, deadline: float) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        coming = aiter(chunks)
        end: object = None
        while True:
            async with asyncio.timeout_at(min(deadline, loop.time() + self._piece_seconds)):
                chunk = await anext(coming, None)
            if chunk is None:
                break
            if not chunk.choices:  # a last one may tell only what was used
                continue
            choice = chunk.choices[0]
            end = choice.finish_reason or end
            piece = choice.delta.content
            if piece is not None and not isinstance(piece, str):
                raise ChatError(Trouble.MALFORMED)
            if piece:
                yield piece
        if end != "stop":
            raise ChatError(Trouble.REFUSED if end == "content_filter" else Trouble.CUT_OFF)


def _package() -> Any:
    try:
        import openai  # noqa: PLC0415
    except ImportError:
        raise ExtraNotInstalledError("llm.not_installed") from None
    return openai


@contextmanager
def _told(lost: Trouble) -> Iterator[None]:
    """Every failure as one reason, without what caused it: texts of errors quote requests and answers.

    Args:
        lost: what it means that the connection ends.
    """
    import httpx2  # noqa: PLC0415
    import openai  # noqa: PLC0415

    try:
        yield
    except (openai.APITimeoutError, httpx2.TimeoutException, TimeoutError):
        raise ChatError(Trouble.TIMEOUT) from None
    except openai.RateLimitError:
        raise ChatError(Trouble.RATE_LIMITED) from None
    except openai.APIStatusError as error:
        refused = 400 <= error.status_code < 500
        raise ChatError(Trouble.REFUSED if refused else Trouble.FAILED) from None
    except openai.APIConnectionError as error:
        inner = error.__cause__
        raise inner if isinstance(inner, ChatError) else ChatError(lost) from None
    except httpx2.HTTPError:
        raise ChatError(lost) from None
    except (openai.OpenAIError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
        raise ChatError(Trouble.MALFORMED) from None
