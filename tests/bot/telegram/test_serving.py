"""Webhook, unreadable updates, proxies, and the work beside answering."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from bot.telegram import runner as runner_module
from bot.telegram.app import build_application
from bot.telegram.records import Asked, Status
from config.errors import BotError
from config.messages import Language
from config.settings import Settings, TelegramSettings
from tests.bot.telegram.fake import TOKEN, FakeTelegram
from tests.bot.telegram.running import Boot, RunningBot, bot_settings, free_port

QUESTION = "清明防火要注意什么"
OTHER = "电动自行车进电梯怎么管"
URL = "https://bot.example/hook.d/a+b"


async def by_webhook(boot: Boot, fake: FakeTelegram, **telegram: object) -> tuple[RunningBot, int]:
    port = free_port()
    fake.webhook.route["https://bot.example"] = ("127.0.0.1", port)
    running = await boot(start=False)
    running.settings = running.settings.model_copy(
        update={
            "telegram": running.settings.telegram.model_copy(
                update={"webhook_url": URL, "webhook_listen": f"127.0.0.1:{port}", **telegram}
            )
        }
    )
    starting = asyncio.create_task(running.start())
    await fake.world.changes.wait(lambda: fake.webhook.url or starting.done(), 20)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    return running, port


async def test_webhook_brings_questions_and_knows_its_secret(boot: Boot, fake: FakeTelegram) -> None:
    running, port = await by_webhook(boot, fake)
    try:
        assert fake.webhook.url == URL
        assert len(fake.webhook.secret) >= 32
        assert fake.polls == 0
        await running.ask(QUESTION)
        await running.ask(OTHER)
        assert fake.webhook.last_error == ""
        forged = {"update_id": 999_999, "message": {"message_id": 1, "date": 1, "text": "假"}}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            path, header = "/hook.d/a+b", "X-Telegram-Bot-Api-Secret-Token"
            assert (await http.post(path, json=forged)).status_code == 403
            assert (await http.post(path, json=forged, headers={header: "wrong"})).status_code == 403
            assert (await http.post("/hookxd/a+b", json=forged)).status_code == 404
            assert (await http.get(path)).status_code == 405
            good = {header: fake.webhook.secret}
            # What nobody can read must not come again and again.
            assert (await http.post(path, content=b"\xff{", headers=good)).status_code == 200
            assert (await http.post(path, json=[1], headers=good)).status_code == 200
    finally:
        await running.stop()
    assert fake.webhook.url == URL  # what comes meanwhile waits for the next start


async def test_polling_takes_the_place_of_a_webhook_without_losing_what_waits(
    boot: Boot, fake: FakeTelegram
) -> None:
    running, _ = await by_webhook(boot, fake)
    await running.stop()
    asked = running.reader.write(QUESTION)
    running = await boot()
    await running.answer(asked)
    assert fake.webhook.url == ""


async def test_webhook_keeps_the_secret_of_the_settings(boot: Boot, fake: FakeTelegram) -> None:
    settings = TelegramSettings.model_validate({"webhook_secret": "once-and-again"})
    running, _ = await by_webhook(boot, fake, webhook_secret=settings.webhook_secret)
    assert fake.webhook.secret == "once-and-again"
    await running.stop()


async def test_webhook_needs_https(boot: Boot) -> None:
    running = await boot(start=False)
    telegram = running.settings.telegram.model_copy(update={"webhook_url": "http://bot.example/"})
    running.settings = running.settings.model_copy(update={"telegram": telegram})
    with pytest.raises(BotError, match="https"):
        await running.start()


async def test_update_that_the_library_can_not_read_does_not_stop_the_others(
    running_bot: RunningBot, caplog: pytest.LogCaptureFixture
) -> None:
    fake = running_bot.fake
    with caplog.at_level(logging.CRITICAL, "bot.telegram.polling"):
        broken = {"callback_query": {"data": "no id, no sender"}}
        with fake.world.changes.lock:
            fake.world.tell_bot("message", {"message_id": "ten"} | broken)
        await running_bot.ask(QUESTION)
    await running_bot.idle()
    assert running_bot.services.state.count_open() == 0


async def test_question_left_open_in_a_running_bot_is_looked_after(
    boot: Boot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "_SYNC_SECONDS", 0.05)
    monkeypatch.setattr(runner_module, "_LOOK_AGAIN_SECONDS", 0.1)
    running = await boot()
    await running.ask("/start")  # a bot can't write first
    now = running.services.clock()
    for message, created in ((1, now), (2, now - 3600)):
        running.services.state.accept_question(
            Asked(running.reader.id, message, running.reader.id, QUESTION, Language.ZH, created), 9
        )
    shown = await running.answer(0, fits=lambda shown: "原文" in "".join(shown.labels))
    apology = await running.answer(0, fits=lambda shown: "请再问一次" in shown.text)
    await running.idle()
    assert {one.id for one in running.reader.private.from_bot()[1:]} == {shown.id, apology.id}
    stored = running.services.state.question_of(running.reader.id, 2)
    assert stored is not None
    assert stored.status is Status.APOLOGISED


async def test_event_loop_is_never_blocked_for_long(running_bot: RunningBot) -> None:
    await running_bot.ask(QUESTION)  # the first one loads what all others use
    late = []

    async def watch() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.002)
            late.append(time.perf_counter() - begun - 0.002)

    watching = asyncio.create_task(watch())
    first, second = running_bot.reader.write(OTHER), running_bot.admin.write(QUESTION)
    await running_bot.answer(first)
    await running_bot.answer(second, running_bot.admin)
    await running_bot.idle()
    watching.cancel()
    late.sort()
    assert late[-4] < 0.05  # the last three are what other programs on this machine cost


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_requests_go_through_the_proxy(tmp_path: Path, scheme: str) -> None:
    """The proxy is asked for Telegram's host; nobody looks its name up on this side."""
    asked = asyncio.get_running_loop().create_future()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun = await reader.read(64)
        if begun[:1] == b"\x05":  # SOCKS 5: no sign-on needed, then the request, then it is granted
            writer.write(b"\x05\x00")
            begun = await reader.read(64)
            writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50")
            await reader.read(1)
        if not asked.done():
            asked.set_result(begun)
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = bot_settings(tmp_path, tmp_path, tmp_path, proxy=f"{scheme}://127.0.0.1:{port}")
    application, services = build_application(settings)
    with closing(services.state):
        asking = asyncio.create_task(application.initialize())
        begun = await asyncio.wait_for(asked, 10)
        await asyncio.gather(asking, return_exceptions=True)
        for request in application.bot._request:
            await request.shutdown()
    server.close()
    await server.wait_closed()
    wanted = b"CONNECT api.telegram.org:443 " if scheme == "http" else b"\x10api.telegram.org\x01\xbb"
    assert wanted in begun


def test_own_server_has_files_beside_its_methods(tmp_path: Path) -> None:
    settings = bot_settings(tmp_path, tmp_path, tmp_path, base_url="http://127.0.0.1:8081/bot")
    application, services = build_application(settings)
    services.state.close()
    assert application.bot.base_url == f"http://127.0.0.1:8081/bot{TOKEN}"
    assert application.bot.base_file_url == f"http://127.0.0.1:8081/file/bot{TOKEN}"


def test_bot_without_token_is_told_where_to_get_one() -> None:
    with pytest.raises(BotError, match="BotFather"):
        build_application(Settings())


async def test_health_names_what_is_wrong_with_the_index(boot: Boot, tmp_path: Path) -> None:
    port = free_port()
    running = await boot(index=tmp_path / "nowhere", health_listen=f"127.0.0.1:{port}")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        found = json.loads((await http.get("/healthz")).text)
    assert found["ok"] is True  # starting it again would not help
    assert found["index"] is None
    assert "anjiang index" in found["trouble"]
    await running.stop()
