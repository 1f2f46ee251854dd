"""How the fake hands out updates, by polling and by webhook, and what its faults break."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest
from telegram import Bot, ForceReply, MessageEntity
from telegram.error import BadRequest, Conflict, NetworkError, RetryAfter, TimedOut

from tests.bot.telegram.clients import client
from tests.bot.telegram.fake import TOKEN, FakeTelegram, Person, open_group, served

# Updates


async def test_updates_come_again_until_they_are_confirmed(bot: Bot, wang: Person) -> None:
    wang.write("一")
    wang.write("二")
    first = await bot.get_updates()
    assert [u.message.text for u in first if u.message] == ["/start", "一", "二"]
    assert await bot.get_updates() == first
    assert await bot.get_updates(offset=first[1].update_id) == first[1:]
    assert await bot.get_updates(offset=first[2].update_id + 1) == ()


async def test_a_negative_offset_forgets_what_came_before(bot: Bot, wang: Person) -> None:
    wang.write("一")
    assert len(await bot.get_updates(offset=-1)) == 1
    assert len(await bot.get_updates()) == 1


async def test_polling_waits_for_an_update(bot: Bot, wang: Person) -> None:
    (start,) = await bot.get_updates()
    poll = asyncio.ensure_future(bot.get_updates(offset=start.update_id + 1, timeout=30))
    await wang.private.wait_for(lambda: wang.fake.polls == 2)
    assert not poll.done()
    wang.write("一")
    async with asyncio.timeout(5):
        assert len(await poll) == 1


async def test_a_second_poller_ends_the_first(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    (start,) = await bot.get_updates()
    first = asyncio.ensure_future(bot.get_updates(offset=start.update_id + 1, timeout=30))
    await wang.private.wait_for(lambda: fake.polls == 2)
    second = asyncio.ensure_future(client(fake).get_updates(timeout=30))
    with pytest.raises(Conflict, match=r"(?i)terminated by other getUpdates"):
        await first
    wang.write("一")
    assert len(await second) == 1


async def test_reactions_come_only_when_asked_for(bot: Bot, wang: Person) -> None:
    sent = await bot.send_message(wang.id, "答")
    wang.react(sent.message_id, "👍")
    await bot.get_updates(offset=-1, allowed_updates=["message", "message_reaction"])
    wang.react(sent.message_id, "👎")
    last = (await bot.get_updates())[-1].message_reaction
    assert last is not None
    assert [reaction.to_dict()["emoji"] for reaction in last.new_reaction] == ["👎"]


async def test_an_edit_of_a_person_comes_as_an_edited_message(bot: Bot, wang: Person) -> None:
    asked = wang.write("问一")
    wang.edit(asked, "问二")
    edited = (await bot.get_updates())[-1].edited_message
    assert edited is not None
    assert (edited.message_id, edited.text) == (asked, "问二")


# Webhook


async def test_a_webhook_excludes_polling(bot: Bot) -> None:
    await bot.set_webhook("https://bot.example/hook", secret_token="s3")
    assert (await bot.get_webhook_info()).url == "https://bot.example/hook"
    with pytest.raises(Conflict, match=r"(?i)webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


@pytest.mark.parametrize(
    ("url", "secret", "error"),
    [
        ("http://bot.example", "s", "HTTPS"),
        ("https://bot.example:8080", "s", "ports"),
        ("https://b.example", "密", "secret"),
    ],
)
async def test_a_webhook_is_checked(bot: Bot, url: str, secret: str, error: str) -> None:
    with pytest.raises(BadRequest, match=rf"(?i){error}"):
        await bot.set_webhook(url, secret_token=secret)


async def test_a_webhook_is_delivered_to_with_its_secret_until_it_says_yes(
    fake: FakeTelegram, bot: Bot, wang: Person
) -> None:
    heads: list[str] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        size = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        assert size is not None
        await reader.readexactly(int(size.group(1)))
        heads.append(head)
        status = "500 Sorry" if len(heads) == 1 else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    fake.webhook.route["https://bot.example"] = server.sockets[0].getsockname()[:2]
    await bot.set_webhook("https://bot.example/hook", secret_token="s3")
    await wang.private.wait_for(lambda: not fake.world.updates)
    await bot.delete_webhook()
    server.close()
    assert len(heads) == 2
    assert all(head.startswith("POST /hook") for head in heads)
    assert all("X-Telegram-Bot-Api-Secret-Token: s3" in head for head in heads)


# Faults and limits


async def test_faults_strike_the_calls_they_are_for(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    fake.faults.flood("sendMessage", 7)
    with pytest.raises(RetryAfter) as raised:
        await bot.send_message(wang.id, "一")
    assert raised.value._retry_after.total_seconds() == 7
    fake.faults.bad_gateway("sendMessage")
    with pytest.raises(NetworkError, match=r"(?i)Bad Gateway"):
        await bot.send_message(wang.id, "二")
    fake.faults.timeout_before("sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(wang.id, "三")
    assert not wang.private.from_bot()
    fake.faults.timeout_after("sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(wang.id, "四")
    assert [shown.text for shown in wang.private.from_bot()] == ["四"]
    await bot.send_message(wang.id, "五")
    assert [call.status for call in fake.called("sendMessage")] == [429, 502, 0, 0, 200]


async def test_entity_errors_leave_plain_texts_alone(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    fake.faults.entities("sendMessage", times=None)
    await bot.send_message(wang.id, "安")
    with pytest.raises(BadRequest, match=r"(?i)can't parse entities"):
        await bot.send_message(wang.id, "安", entities=[MessageEntity("bold", 0, 1)])


async def test_nothing_gets_through_an_outage(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    fake.faults.outage = True
    with pytest.raises(NetworkError, match=r"(?i)ConnectError"):
        await bot.send_message(wang.id, "安")
    fake.faults.outage = False
    await bot.send_message(wang.id, "安")


async def test_a_page_of_a_proxy_is_not_an_answer(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    fake.faults.garbage("sendMessage")
    with pytest.raises(NetworkError, match=r"(?i)502"):
        await bot.send_message(wang.id, "安")


async def test_a_group_takes_twenty_messages_a_minute(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    group = open_group(fake, -77, "组", wang)
    for _ in range(20):
        await bot.send_message(group.id, "安")
    with pytest.raises(RetryAfter):
        await bot.send_message(group.id, "安")
    await bot.send_message(wang.id, "安")


# On a port


async def test_the_served_fake_speaks_http(fake: FakeTelegram, wang: Person) -> None:
    with served(fake) as server:
        async with Bot(TOKEN, base_url=server.base_url, base_file_url=server.base_file_url) as bot:
            await bot.send_message(wang.id, "安", reply_markup=ForceReply())
            wang.send_document("a.bin", b"\0\r\n\r\n1")
            message = (await bot.get_updates())[-1].message
            assert message is not None
            assert message.document is not None
            file = await message.document.get_file()
            assert await file.download_as_bytearray() == b"\0\r\n\r\n1"
            fake.faults.timeout_after("sendMessage")
            with pytest.raises(TimedOut):
                await bot.send_message(wang.id, "全", read_timeout=0.2)
            fake.faults.outage = True
            with pytest.raises(NetworkError):
                await bot.send_message(wang.id, "第")
            fake.faults.outage = False
            await bot.send_message(wang.id, "一")
    assert [shown.text for shown in wang.private.from_bot()] == ["安", "全", "一"]


async def test_a_poller_that_hangs_up_does_not_end_the_next(fake: FakeTelegram, wang: Person) -> None:
    with served(fake) as server:
        async with httpx.AsyncClient() as http:
            url = f"{server.base_url}{TOKEN}/getUpdates"
            await http.post(url, data={"offset": "-1"})
            with pytest.raises(httpx.ReadTimeout):
                await http.post(url, data={"offset": "1000000000", "timeout": "30"}, timeout=0.2)
            poll = asyncio.ensure_future(http.post(url, data={"timeout": "30"}, timeout=10))
            await wang.private.wait_for(lambda: fake.polls == 3)
            wang.write("一")
            answer = await poll
    assert [update["message"]["text"] for update in answer.json()["result"]] == ["一"]
