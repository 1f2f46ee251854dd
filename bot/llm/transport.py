"""HTTP for a server that nobody vouches for: so many bytes and no more, none of them packed.

It is told nothing but the request: the package ``openai`` would add what the environment has for another
server (OPENAI_ORG_ID, OPENAI_CUSTOM_HEADERS with keys in them) and what machine this is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2

from bot.llm.chat import ChatError, Trouble

_SENT = frozenset(
    ("host", "connection", "accept", "accept-encoding", "content-type", "content-length", "user-agent")
)


def bounded_client(most_bytes: int, seconds: float, key: str) -> httpx2.AsyncClient:
    """A client whose responses end with `ChatError` beyond ``most_bytes``; redirects are not followed.

    Args:
        most_bytes: of one response.
        seconds: for each step of a request.
        key: what the server knows us by.
    """
    return httpx2.AsyncClient(
        transport=_Bounded(most_bytes, key),
        timeout=seconds,
        headers={"Accept-Encoding": "identity"},
        follow_redirects=False,
    )


class _Bounded(httpx2.AsyncHTTPTransport):
    def __init__(self, most_bytes: int, key: str) -> None:
        super().__init__()
        self._most_bytes = most_bytes
        self._authorization = f"Bearer {key}"

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        for name in set(request.headers) - _SENT:
            del request.headers[name]
        request.headers["Authorization"] = self._authorization
        response = await super().handle_async_request(request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)  # noqa: S101 -- for the type checker
        if response.headers.get("Content-Encoding", "identity") != "identity":
            await response.stream.aclose()  # a few bytes of it may unpack to gigabytes
            raise ChatError(Trouble.MALFORMED)
        response.stream = _Counted(response.stream, self._most_bytes)
        return response


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, most_bytes: int) -> None:
        self._stream = stream
        self._left = most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self._stream:
            self._left -= len(data)
            if self._left < 0:
                raise ChatError(Trouble.TOO_LONG)
            yield data

    async def aclose(self) -> None:
        await self._stream.aclose()
