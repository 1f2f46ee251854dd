"""The client against a real server that speaks the protocol, well and badly."""

from __future__ import annotations

import gzip
import logging

import pytest

from bot.llm.chat import ChatError, Message, Role, Trouble
from tests.bot.llm.asking import KEY, opened
from tests.bot.llm.chat_server import DONE, Act, chat_server, fails, head, piece, says, sends

pytest.importorskip("openai")
MESSAGES = (Message(Role.SYSTEM, "规则"), Message(Role.USER, "问题"))
PACKED = head("200 OK", "text/event-stream", "Content-Encoding: gzip")
HTML = b"<html><body>sk-secret and words</body></html>"


async def asked(act: Act, *others: Act, seconds: int = 5, piece_seconds: float | None = None) -> str:
    async with chat_server(act, *others) as server, opened(server.url, seconds, piece_seconds) as chat:
        return "".join([part async for part in chat.stream(MESSAGES)])


async def test_an_answer_comes_in_pieces_and_the_request_is_the_protocol() -> None:
    async with chat_server(says("禁止燃放[1]。")) as server, opened(server.url) as chat:
        assert [part async for part in chat.stream(MESSAGES)] == ["禁止燃", "放[1", "]。"]
    (request,) = server.requests
    assert (request["model"], request["stream"], request["temperature"]) == ("m", True, 0)
    assert request["messages"] == [
        {"role": "system", "content": "规则"},
        {"role": "user", "content": "问题"},
    ]
    assert f"authorization: bearer {KEY}" in server.heads[0].lower()


async def test_what_the_environment_has_for_another_server_is_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", f"else-{name}")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer else-1\nX-Else: else-2")
    async with chat_server(says("好。")) as server, opened(server.url) as chat:
        assert "".join([part async for part in chat.stream(MESSAGES)]) == "好。"
    assert "else-" not in server.heads[0]
    assert f"authorization: bearer {KEY}" in server.heads[0].lower()
    sent = {line.partition(":")[0].lower() for line in server.heads[0].splitlines()[1:] if line}
    assert sent <= {
        "host", "connection", "accept", "accept-encoding", "content-type", "content-length", "user-agent",
        "authorization",
    }  # fmt: skip


async def test_a_last_chunk_without_choices_and_comments_are_passed_over() -> None:
    usage = b'data: {"id":"c","object":"chat.completion.chunk","choices":[],"usage":{"total_tokens":3}}\n\n'
    assert await asked(sends(head(), b": ping\n\n", piece("好"), piece(end="stop"), usage, DONE)) == "好"


async def test_one_failure_of_the_server_is_tried_again() -> None:
    assert await asked(fails("500 Oops", "retry-after-ms: 1"), says("好")) == "好"


@pytest.mark.parametrize(
    ("act", "trouble"),
    [
        (fails("401 Unauthorized"), Trouble.REFUSED),
        (fails("404 Not Found"), Trouble.REFUSED),
        (fails("307 Moved", "Location: http://127.0.0.1:9/"), Trouble.FAILED),
        (fails("429 Slow Down", "retry-after-ms: 1"), Trouble.RATE_LIMITED),
        (fails("500 Oops", "retry-after-ms: 1"), Trouble.FAILED),
        (sends(head(), piece("半"), b"", DONE), Trouble.CUT_OFF),
        (sends(head(), piece("半"), piece(end="length"), DONE), Trouble.CUT_OFF),
        (sends(head("200 OK", "text/event-stream", "Content-Length: 9999"), piece("半")), Trouble.CUT_OFF),
        (sends(head(), piece("半"), piece(end="content_filter"), DONE), Trouble.REFUSED),
        (sends(head(), b"data: {not json\n\n", DONE), Trouble.MALFORMED),
        (sends(head(), b"data: [1, 2]\n\n", DONE), Trouble.MALFORMED),
        (sends(head(), b'data: {"choices": 3}\n\n', DONE), Trouble.MALFORMED),
        (sends(head(), b'data: {"choices": [{"delta": null}]}\n\n', DONE), Trouble.MALFORMED),
        (sends(head(), piece(["not", "text"]), piece(end="stop"), DONE), Trouble.MALFORMED),
        (sends(head(), b'data: {"error": {"message": "sk-secret"}}\n\n'), Trouble.MALFORMED),
        (sends(head(), b'data: "\xff\xfe\xc3\x28"\n\n', DONE), Trouble.MALFORMED),
        (sends(head(), b"data: " + b"[" * 100_000 + b"\n\n"), Trouble.MALFORMED),
        (sends(head(kind="text/html"), HTML), Trouble.CUT_OFF),
        (sends(head(kind="application/json"), b'{"choices": []}'), Trouble.CUT_OFF),
        (sends(PACKED, gzip.compress(DONE)), Trouble.MALFORMED),
        (sends(b"garbage\r\n\r\n"), Trouble.FAILED),
        (sends(b""), Trouble.FAILED),
        (sends(head(), *[piece("长" * 1000)] * 10), Trouble.TOO_LONG),
        (sends(head(), b"data: " + b"x" * 4_100_000), Trouble.TOO_LONG),
    ],
)  # fmt: skip
async def test_every_failure_is_one_reason_and_says_nothing_else(
    act: Act, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with pytest.raises(ChatError) as caught:
        await asked(act)
    assert caught.value.trouble is trouble
    said = f"{caught.value}{caught.value!r}{caught.value.__cause__!r}{caplog.text}"
    assert not any(word in said for word in ("sk-", "words", "问题", "半"))


async def test_a_slow_server_is_not_waited_for() -> None:
    for act in (sends(30.0), sends(head(), 30.0), sends(head(), *(piece("好"), 0.4) * 9)):
        with pytest.raises(ChatError) as caught:
            await asked(act, seconds=1)
        assert caught.value.trouble is Trouble.TIMEOUT
    with pytest.raises(ChatError) as caught:
        await asked(sends(head(), piece("好"), 30.0), seconds=60, piece_seconds=0.1)
    assert caught.value.trouble is Trouble.TIMEOUT


async def test_nobody_listening_is_a_failure() -> None:
    async with opened("http://127.0.0.1:9/v1") as chat:
        with pytest.raises(ChatError) as caught:
            [part async for part in chat.stream(MESSAGES)]
        assert caught.value.trouble is Trouble.FAILED
        assert KEY not in repr(chat) + str(vars(chat))
