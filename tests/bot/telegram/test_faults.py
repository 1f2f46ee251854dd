"""What may go wrong on the way to Telegram and back: each question is answered, once, or the bot says why."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

import httpx
import pytest

from bot.telegram.app import SEARCH_THREADS
from config.errors import BotError
from config.messages import Language, message
from config.settings import load_settings
from retrieval.cli.building import build_index
from retrieval.cli.state import State
from tests.bot.telegram.fake import TOKEN, FakeTelegram, Shown, Way, join, migrate, open_group
from tests.bot.telegram.running import WAITING, Boot, RunningBot, free_port, until

QUESTION = "清明防火要注意什么"
OTHER = "电动自行车进电梯怎么管"


@asynccontextmanager
async def slow_search(running: RunningBot) -> AsyncIterator[None]:
    """Keep every search thread busy for the length of a ``with``: questions meet real slowness."""
    until = threading.Event()
    busy = [
        asyncio.ensure_future(running.services.lanes.run_search(until.wait)) for _ in range(SEARCH_THREADS)
    ]
    await asyncio.sleep(0)
    try:
        yield
    finally:
        until.set()
        await asyncio.gather(*busy)


def answers(running: RunningBot, after: int = 0) -> list[Shown]:
    """The bot's messages in the reader's chat that are more than a placeholder."""
    return [shown for shown in running.reader.private.from_bot(after) if shown.text not in WAITING]


# 429


async def test_typing_is_dropped_in_a_flood_and_the_answer_arrives(running_bot: RunningBot) -> None:
    fake = running_bot.fake
    fake.faults.flood("sendChatAction", 1, times=None)
    async with slow_search(running_bot):
        asked = running_bot.reader.write(QUESTION)
        await running_bot.reader.private.wait_for(lambda: fake.called("sendChatAction"))
    shown = await running_bot.answer(asked)
    assert shown.buttons
    assert [call.status for call in fake.called("sendChatAction")] == [429]
    assert running_bot.reader.private.actions() == []
    assert len(answers(running_bot)) == 1


async def test_an_answer_waits_as_long_as_telegram_asks_and_holds_up_nobody_else(
    running_bot: RunningBot,
) -> None:
    fake, reader, admin = running_bot.fake, running_bot.reader, running_bot.admin
    fake.faults.flood("editMessageText", 2, chat=reader.id)
    asked = reader.write(QUESTION)
    await reader.private.wait_for(lambda: fake.called("editMessageText"))
    await running_bot.ask(OTHER, admin)
    assert not answers(running_bot)
    await running_bot.answer(asked)
    first, second = fake.called("editMessageText", lambda call: call.chat == reader.id)
    assert (first.status, second.status) == (429, 200)
    assert second.at - first.at >= 2.0
    assert len(reader.private.from_bot()) == 1


async def test_a_flood_before_the_first_message_is_waited_for(running_bot: RunningBot) -> None:
    running_bot.fake.faults.flood("sendMessage", 1)
    await running_bot.ask(QUESTION)
    assert len(running_bot.reader.private.from_bot()) == 1


# Faults of the network and of Telegram


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
@pytest.mark.parametrize("way", [Way.DISCONNECTED, Way.TIMEOUT_BEFORE, Way.TIMEOUT_AFTER, Way.GARBAGE])
async def test_a_broken_request_costs_no_answer_and_makes_no_second_one(
    running_bot: RunningBot, way: Way, method: str
) -> None:
    fault = {
        Way.DISCONNECTED: running_bot.fake.faults.disconnect,
        Way.TIMEOUT_BEFORE: running_bot.fake.faults.timeout_before,
        Way.TIMEOUT_AFTER: running_bot.fake.faults.timeout_after,
        Way.GARBAGE: running_bot.fake.faults.garbage,
    }[way](method)
    await running_bot.ask(QUESTION)
    await running_bot.idle()
    assert fault.met == 1
    assert len(answers(running_bot)) == 1
    # A message that was delivered without the bot's knowing may be left over, and is only a placeholder.
    stray = way is Way.TIMEOUT_AFTER and method == "sendMessage"
    assert len(running_bot.reader.private.from_bot()) <= 1 + stray
    assert running_bot.services.state.count_open() == 0


async def test_a_bad_gateway_is_knocked_at_again(running_bot: RunningBot) -> None:
    running_bot.fake.faults.bad_gateway("editMessageText", times=2)
    await running_bot.ask(QUESTION)
    assert [call.status for call in running_bot.fake.called("editMessageText")] == [502, 502, 200]
    assert len(running_bot.reader.private.from_bot()) == 1


async def test_an_edit_that_was_done_all_the_same_counts_as_done(running_bot: RunningBot) -> None:
    running_bot.fake.faults.timeout_after("editMessageText")
    await running_bot.ask(QUESTION)
    await running_bot.idle()
    # The second edit is refused as changing nothing, and that is well.
    assert [call.status for call in running_bot.fake.called("editMessageText")] == [0, 400]
    assert running_bot.services.state.count_open() == 0


async def test_entities_that_telegram_refuses_cost_the_marks_and_not_the_text(
    running_bot: RunningBot,
) -> None:
    running_bot.fake.faults.entities("editMessageText", times=None)
    shown = await running_bot.ask(QUESTION)
    assert [call.status for call in running_bot.fake.called("editMessageText")] == [400, 200]
    assert not shown.parts("expandable_blockquote", "bold", "text_link")
    assert shown.labels


async def test_a_placeholder_that_the_person_deleted_is_replaced(running_bot: RunningBot) -> None:
    reader = running_bot.reader
    async with slow_search(running_bot):
        asked = reader.write(QUESTION)
        placeholder = await reader.private.wait_for(reader.private.first(asked))
        reader.private.chat.messages[placeholder.id].deleted = True
    shown = await running_bot.answer(asked)
    assert shown.id != placeholder.id
    assert len(reader.private.from_bot()) == 1


async def test_question_that_waited_too_long_gets_an_apology_in_its_place(
    boot: Boot, fake: FakeTelegram
) -> None:
    running = await boot(timings={"stop": 0.1})
    hold = fake.faults.bad_gateway("editMessageText", times=None)
    running.reader.write(QUESTION)
    await running.reader.private.wait_for(lambda: fake.called("editMessageText"))
    await running.stop()
    fake.faults.remove(hold)
    with closing(sqlite3.connect(running.settings.telegram.database)) as database, database:
        database.execute("UPDATE questions SET created = created - 3600")
    again = await boot()
    await again.reader.private.says("请再问一次")
    await again.idle()
    assert len(again.reader.private.from_bot()) == 1
    assert again.services.state.count_open() == 0


# People and groups that go away


async def test_whoever_blocks_the_bot_is_left_in_peace_until_they_come_back(running_bot: RunningBot) -> None:
    fake, reader = running_bot.fake, running_bot.reader
    async with slow_search(running_bot):
        asked = reader.write(QUESTION)
        await reader.private.wait_for(reader.private.first(asked))
        reader.write(OTHER)
        await reader.private.wait_for(lambda: running_bot.services.state.count_open() == 2)
        reader.block()
    await running_bot.idle()
    assert running_bot.services.state.count_open() == 0
    refused = [call for call in fake.calls if call.status == 403]
    assert len(refused) == 1  # the second question is closed with the first, untried
    assert (await running_bot.ask(OTHER, running_bot.admin)).labels
    reader.unblock()
    assert (await running_bot.ask("清明上坟能不能烧纸")).labels


async def test_a_group_that_moves_takes_its_answer_and_its_access_along(
    fake: FakeTelegram, boot: Boot
) -> None:
    running = await boot(readers=(-77,))
    group = open_group(fake, -77, "值班组", running.stranger)
    async with slow_search(running):
        asked = running.stranger.write(f"/ask {QUESTION}", group)
        await group.wait_for(group.first(asked))
        moved = migrate(fake, group, -1001234567890, announce=False)
    await moved.wait_for(moved.first(0, lambda shown: bool(shown.labels)))
    assert len(moved.from_bot()) == 1
    asked = running.stranger.write(f"/ask {OTHER}", moved)
    assert (await running.answer(asked, where=moved)).labels


async def test_a_group_that_tells_of_its_move_is_known_at_its_new_place(
    fake: FakeTelegram, boot: Boot
) -> None:
    running = await boot(readers=(-77,))
    group = open_group(fake, -77, "值班组", running.stranger)
    assert (await running.ask(f"/ask {QUESTION}", running.stranger, group)).labels
    moved = migrate(fake, group, -1001234567890)
    assert (await running.ask(f"/ask {OTHER}", running.stranger, moved)).labels


# Receiving


async def test_a_second_bot_on_the_token_makes_the_first_say_so_and_stop(
    fake: FakeTelegram, boot: Boot
) -> None:
    running = await boot(timings={"conflicts": 3})

    async def rival() -> None:
        async with httpx.AsyncClient(transport=fake.transport()) as http:
            while True:
                await http.post(f"https://api.telegram.org/bot{TOKEN}/getUpdates", data={"timeout": "1"})

    other = asyncio.ensure_future(rival())
    try:
        with pytest.raises(BotError) as raised:
            await running.ended()
    finally:
        other.cancel()
        with suppress(asyncio.CancelledError):
            await other
    assert raised.value.text(Language.EN) == message("bot.conflict", Language.EN)


async def test_one_conflict_as_after_a_restart_is_survived(fake: FakeTelegram, boot: Boot) -> None:
    running = await boot(timings={"conflicts": 3})
    async with httpx.AsyncClient(transport=fake.transport()) as http:
        await http.post(f"https://api.telegram.org/bot{TOKEN}/getUpdates", data={"timeout": "0"})
    await running.ask(QUESTION)
    assert 409 in [call.status for call in fake.called("getUpdates")]


async def test_a_refused_token_is_said_without_the_token(boot: Boot, fake: FakeTelegram) -> None:
    running = await boot(start=False)
    fake.token = "5000000001:" + "Another" * 5
    with pytest.raises(BotError) as raised:
        await running.start()
    assert TOKEN not in raised.value.text(Language.EN)
    assert raised.value.text(Language.EN) == message("bot.token_refused", Language.EN)


async def test_an_outage_delays_questions_and_loses_none(running_bot: RunningBot) -> None:
    fake, reader = running_bot.fake, running_bot.reader
    async with slow_search(running_bot):
        before = reader.write(QUESTION)
        await reader.private.wait_for(reader.private.first(before))
        fake.faults.outage = True
    meanwhile = running_bot.admin.write(OTHER)
    # Long enough for several attempts of either side.
    await fake.world.changes.wait(lambda: answers(running_bot), 1.0)
    assert not answers(running_bot)
    assert not running_bot.admin.private.from_bot()
    fake.faults.outage = False
    await running_bot.answer(before)
    await running_bot.answer(meanwhile, running_bot.admin)
    await running_bot.idle()
    assert len(reader.private.from_bot()) == 1
    assert len(running_bot.admin.private.from_bot()) == 1


async def test_a_bot_that_starts_in_an_outage_serves_after_it(boot: Boot, fake: FakeTelegram) -> None:
    fake.faults.outage = True
    starting = asyncio.ensure_future(boot())
    await fake.world.changes.wait(lambda: False, 0.5)
    assert not starting.done()
    fake.faults.outage = False
    await (await starting).ask(QUESTION)


async def test_polling_that_dies_silently_is_noticed_and_mended(boot: Boot, fake: FakeTelegram) -> None:
    port = free_port()
    running = await boot(timings={"poll": 1.0, "slack": 0.5}, health_listen=f"127.0.0.1:{port}")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:

        async def health(status: int) -> httpx.Response:
            while (found := await http.get("/healthz")).status_code != status:
                await asyncio.sleep(0.02)
            return found

        async with asyncio.timeout(60):
            await health(200)
            dead = fake.faults.hang("getUpdates", times=None)
            await until(lambda: dead.met)
            asked = running.reader.write(QUESTION)
            await health(503)
            assert running.services.metrics.poll_age() > running.timings.unhealthy
            assert "anjiang_poll_age_seconds" in (await http.get("/metrics")).text
            assert not answers(running)
            fake.faults.remove(dead)
            await running.answer(asked)
            assert (await health(200)).json()["ok"] is True


# The index


async def test_a_new_index_is_taken_up_under_load_without_losing_a_question(
    boot: Boot, fake: FakeTelegram, example_index: Path, tmp_path: Path
) -> None:
    archive, index = tmp_path / "speeches", tmp_path / "index"
    shutil.copytree(Path(__file__).resolve().parents[3] / "examples" / "speeches", archive)
    shutil.copytree(example_index, index)
    people = [join(fake, 201 + number, f"读者{number}") for number in range(8)]
    readers = (102, *(person.id for person in people))
    running = await boot(index=index, archive=archive, readers=readers, rate_per_minute=0)
    before = running.services.live.generation
    (archive / "防汛值守讲话.txt").write_text(
        "在全镇防汛值守会议上的讲话\n镇长 贺长河\n（2024年6月3日）\n同志们：\n"
        "青石水库的坝顶道路今晚起封闭，看守人员两小时换一班，水位过了警戒线就敲锣。\n",
        "utf-8",
    )
    rebuilding = asyncio.ensure_future(
        asyncio.to_thread(build_index, load_settings(), archive, index, state=State(Language.EN, "anjiang"))
    )
    asked = 0
    while not rebuilding.done() or running.services.live.generation == before:
        pair = people[asked % 8], people[(asked + 1) % 8]
        first, second = (person.write(text) for person, text in zip(pair, (QUESTION, OTHER), strict=True))
        await running.answer(first, pair[0])
        await running.answer(second, pair[1])
        asked += 2
        assert asked < 400, "the new index was never taken up"
    await rebuilding
    assert "两小时换一班" in (await running.ask("青石水库看守人员多久换一班")).text
    await running.idle()
    everything = [shown for person in people for shown in person.private.from_bot()]
    assert len(everything) == asked
    assert all(shown.labels for shown in everything)


async def test_without_an_index_people_are_told_and_one_is_taken_up_when_it_comes(
    boot: Boot, example_index: Path, tmp_path: Path
) -> None:
    running = await boot(index=tmp_path / "index")
    shown = await running.ask(QUESTION)
    assert shown.text == message("telegram.no_index", Language.ZH)
    shutil.copytree(example_index, tmp_path / "index")
    await until(lambda: running.services.live.generation)
    assert (await running.ask(OTHER)).labels
