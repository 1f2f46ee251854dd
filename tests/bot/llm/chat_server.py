"""A real HTTP server that speaks /v1/chat/completions, well or badly, and says what it is told."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.llm.prompting import REWRITING

Act = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class ChatServer:
    """Answers each request by the next act, the last one again and again; keeps what it was sent.

    Requests for other words of a question go by ``rewrites`` and are kept apart.
    """

    acts: list[Act]
    rewrites: Act
    url: str = ""
    requests: list[Any] = field(default_factory=list)
    rewritings: list[Any] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = next(
                int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:")
            )
            request = json.loads(await reader.readexactly(length))
            self.heads.append(head)
            if request["messages"][0]["content"] == REWRITING:
                self.rewritings.append(request)
                await self.rewrites(writer)
                return
            self.requests.append(request)
            await self.acts[min(len(self.requests), len(self.acts)) - 1](writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def chat_server(*acts: Act, rewrites: Act | None = None) -> AsyncIterator[ChatServer]:
    chat = ChatServer(list(acts), rewrites or says("{}"))
    server = await asyncio.start_server(chat.serve, "127.0.0.1", 0)
    chat.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield chat
    finally:
        server.close()


def head(status: str = "200 OK", kind: str = "text/event-stream", *more: str) -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Type: {kind}", "Connection: close", *more)
    return "\r\n".join((*lines, "", "")).encode()


def piece(text: Any = None, end: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {} if text is None else {"content": text}, "finish_reason": end}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def sends(*parts: bytes | float) -> Act:
    """Bytes as they are; a number is a pause in seconds."""

    async def act(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            if isinstance(part, bytes):
                writer.write(part)
                await writer.drain()
            else:
                await asyncio.sleep(part)

    return act


def says(text: str) -> Act:
    """A whole answer, three characters a piece."""
    pieces = [piece(text[at : at + 3]) for at in range(0, len(text), 3)]
    return sends(head(), *pieces, piece(end="stop"), DONE)


def fails(status: str, *more: str) -> Act:
    return sends(head(status, "application/json", *more), b'{"error": {"message": "sk-secret and words"}}')


@contextmanager
def chat_server_beside(*acts: Act, rewrites: Act | None = None) -> Iterator[ChatServer]:
    """The server on a loop of its own, beside a program that has one of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    running = chat_server(*acts, rewrites=rewrites)
    try:
        yield asyncio.run_coroutine_threadsafe(running.__aenter__(), loop).result(10)
        asyncio.run_coroutine_threadsafe(running.__aexit__(None, None, None), loop).result(10)
    finally:
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end_all() -> None:
    """What a client gave up, the server still goes on with."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
