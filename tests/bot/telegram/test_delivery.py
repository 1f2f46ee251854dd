"""Delivery through the fake Telegram: every fault, and how many messages the person sees in the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from telegram.request import HTTPXRequest

from bot.telegram import delivery as module
from bot.telegram import requests
from bot.telegram.delivery import (
    Delivery,
    DoubtfulError,
    GoneError,
    RefusedError,
    UnreachableError,
)
from bot.telegram.metrics import Metrics
from bot.telegram.records import Address, Asked, Question, Status
from bot.telegram.state import State
from config.messages import Language
from tests.bot.telegram.fake import TOKEN, FakeTelegram, Person, join, migrate, open_group

BOLD = MessageEntity(MessageEntity.BOLD, 0, 2)


class Desk:
    """A delivery over the fake, with what it works on."""

    def __init__(self, fake: FakeTelegram, state: State) -> None:
        self.fake = fake
        self.state = state
        self.metrics = Metrics()
        transport = {"transport": fake.transport()}
        self.bot = Bot(
            TOKEN,
            request=HTTPXRequest(httpx_kwargs=transport, read_timeout=0.05),
            get_updates_request=HTTPXRequest(httpx_kwargs=transport),
        )
        self.delivery = Delivery(self.bot, state, self.metrics)
        self.recorded: list[int] = []

    async def post(self, chat: int, text: str, stored: int | None = None, topic: int | None = None) -> int:
        return await self.delivery.post(
            Address(chat, topic),
            text,
            stored_id=stored,
            record=self.recorded.append,
            waiting="正在查…",
        )

    def question(self, chat: int, message: int = 1) -> Question:
        _, question = self.state.accept_question(Asked(chat, message, 11, "问", Language.ZH, 1.0), 9)
        assert question is not None
        return question


@pytest_asyncio.fixture
async def desk(fake: FakeTelegram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(requests, "_FIRST_WAIT", 0.01)
    monkeypatch.setattr(requests, "_LONGEST_WAIT", 0.05)
    desk = Desk(fake, State(tmp_path / "telegram.sqlite"))
    async with desk.bot:
        yield desk
    desk.state.close()


def shown(person: Person) -> list[str]:
    return [message.text for message in person.private.from_bot()]


async def test_post_is_a_recorded_placeholder_that_becomes_the_text(desk: Desk, wang: Person) -> None:
    message = await desk.post(wang.id, "答案")
    assert desk.recorded == [message]
    assert shown(wang) == ["答案"]
    assert [call.method for call in desk.fake.calls if call.chat] == ["sendmessage", "editmessagetext"]


async def test_post_with_a_recorded_message_sends_no_second_one(desk: Desk, wang: Person) -> None:
    message = await desk.post(wang.id, "答案")
    assert await desk.post(wang.id, "答案", message) == message  # "not modified" is done, too
    assert await desk.post(wang.id, "新答案", message) == message
    assert shown(wang) == ["新答案"]
    assert desk.recorded == [message]


async def test_post_into_a_deleted_message_sends_a_new_one(desk: Desk, wang: Person) -> None:
    message = await desk.post(wang.id, "答案")
    await desk.bot.delete_message(wang.id, message)
    other = await desk.post(wang.id, "新答案", message)
    assert other != message
    assert desk.recorded == [message, other]
    assert shown(wang) == ["新答案"]


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after", "bad_gateway", "garbage", "disconnect"])
async def test_edit_is_repeated_until_it_is_through(desk: Desk, wang: Person, fault: str) -> None:
    getattr(desk.fake.faults, fault)("editMessageText", times=3)
    await desk.post(wang.id, "答案")
    assert shown(wang) == ["答案"]
    assert len(desk.fake.called("editMessageText")) == 4


async def test_placeholder_that_may_have_arrived_leaves_at_most_itself(desk: Desk, wang: Person) -> None:
    desk.fake.faults.timeout_after("sendMessage")
    message = await desk.post(wang.id, "答案")
    assert shown(wang) == ["正在查…", "答案"]
    assert desk.recorded == [message]
    assert desk.fake.called("getMe")  # asked whether Telegram is there before it was sent again


async def test_placeholder_waits_for_telegram_to_be_there(desk: Desk, wang: Person) -> None:
    desk.fake.faults.timeout_before("sendMessage")
    down = desk.fake.faults.timeout_before("getMe", times=None)
    posting = asyncio.create_task(desk.post(wang.id, "答案"))
    await asyncio.sleep(0.2)
    assert len(desk.fake.called("sendMessage")) == 1
    desk.fake.faults.remove(down)
    await posting
    assert shown(wang) == ["答案"]


async def test_placeholders_that_all_vanish_are_given_up(desk: Desk, wang: Person) -> None:
    desk.fake.faults.timeout_before("sendMessage", times=None)
    with pytest.raises(UnreachableError):
        await desk.post(wang.id, "答案")
    assert len(desk.fake.called("sendMessage")) == 3


async def test_line_that_may_have_arrived_is_not_sent_again(desk: Desk, wang: Person) -> None:
    desk.fake.faults.timeout_after("sendMessage")
    with pytest.raises(DoubtfulError):
        await desk.delivery.send(Address(wang.id), "你好")
    assert shown(wang) == ["你好"]


async def test_line_that_never_left_is_sent_again(desk: Desk, wang: Person) -> None:
    desk.fake.faults.disconnect("sendMessage", times=3)
    await desk.delivery.send(Address(wang.id), "你好")
    assert shown(wang) == ["你好"]


async def test_outage_ends_in_unreachable_when_patience_does(
    desk: Desk, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REPLY_PATIENCE", 0.1)
    desk.fake.faults.outage = True
    with pytest.raises(UnreachableError):
        await desk.delivery.send(Address(wang.id), "你好")


async def test_flooded_answer_waits_and_arrives(desk: Desk, wang: Person) -> None:
    desk.fake.faults.flood("sendMessage", 1)
    begun = time.monotonic()
    await desk.post(wang.id, "答案")
    assert shown(wang) == ["答案"]
    assert time.monotonic() - begun >= 1.0


async def test_flooded_chat_holds_up_no_other_and_drops_typing_and_progress(desk: Desk, wang: Person) -> None:
    li = join(desk.fake, 12, "李")
    li.write("/start")
    message = await desk.post(li.id, "旧")
    desk.fake.faults.flood("editMessageText", 1, chat=li.id)
    waiting = asyncio.create_task(desk.post(li.id, "新", message))
    await asyncio.sleep(0.05)
    calls = len(desk.fake.calls)
    assert not await desk.delivery.typing(Address(li.id))
    assert not await desk.delivery.progress(Address(li.id), message, "进度")
    assert len(desk.fake.calls) == calls  # not even tried
    await desk.post(wang.id, "答案")
    assert not waiting.done()
    await waiting
    assert shown(li) == ["新"]


@pytest.mark.parametrize("fault", ["timeout_before", "bad_gateway", "disconnect", "flood"])
async def test_typing_and_progress_are_dropped_at_the_first_fault(
    desk: Desk, wang: Person, fault: str
) -> None:
    message = await desk.post(wang.id, "旧")
    for method, work in (
        ("sendChatAction", desk.delivery.typing(Address(wang.id))),
        ("editMessageText", desk.delivery.progress(Address(wang.id), message, "进度")),
    ):
        desk.fake.faults.clear()
        getattr(desk.fake.faults, fault)(method, *([1] if fault == "flood" else []))
        desk.delivery._requests._pace._held.clear()
        assert not await work
    assert shown(wang) == ["旧"]


async def test_blocked_chat_is_closed_and_left_alone(desk: Desk, wang: Person) -> None:
    first, second = desk.question(wang.id, 1), desk.question(wang.id, 2)
    wang.block()
    with pytest.raises(GoneError):
        await desk.post(wang.id, "答案")
    assert desk.state.open_questions() == ()
    for question in (first, second):
        found = desk.state.question(question.id)
        assert found is not None
        assert found.status is Status.BLOCKED
    assert len(desk.fake.called("sendMessage")) == 1


async def test_unknown_chat_is_gone_too(desk: Desk) -> None:
    with pytest.raises(GoneError):
        await desk.delivery.send(Address(4040), "你好")


async def test_moved_group_is_followed_with_all_that_is_known(desk: Desk, wang: Person) -> None:
    group = open_group(desk.fake, -500, "值班群", wang)
    question = desk.question(-500)
    moved = migrate(desk.fake, group, -1000000000500)
    await desk.post(-500, "答案")
    assert [message.text for message in moved.from_bot()] == ["答案"]
    assert desk.state.current_chat(-500) == -1000000000500
    found = desk.state.question(question.id)
    assert found is not None
    assert found.chat_id == -1000000000500


async def test_entities_that_telegram_refuses_cost_the_marks_once(desk: Desk, wang: Person) -> None:
    desk.fake.faults.entities("sendMessage", times=None)
    await desk.delivery.send(Address(wang.id), "你好", entities=[BOLD])
    assert shown(wang) == ["你好"]
    assert [call.status for call in desk.fake.called("sendMessage")] == [400, 200]


async def test_text_that_telegram_refuses_is_told_not_repeated(desk: Desk, wang: Person) -> None:
    with pytest.raises(RefusedError, match="too long"):
        await desk.delivery.send(Address(wang.id), "长" * 4097)
    with pytest.raises(RefusedError):
        await desk.delivery.send(Address(wang.id), "\u200b")
    assert [call.status for call in desk.fake.called("sendMessage")] == [400, 400]


async def test_topic_that_is_gone_gets_its_answer_in_the_group(desk: Desk, wang: Person) -> None:
    group = open_group(desk.fake, -1000000000700, "值班群", wang, topics=("防汛",))
    await desk.delivery.send(Address(group.chat.id, 4040), "你好")
    assert [message.text for message in group.from_bot()] == ["你好"]


async def test_answer_goes_into_its_topic(desk: Desk, wang: Person) -> None:
    group = open_group(desk.fake, -1000000000700, "值班群", wang, topics=("防汛", "防火"))
    topic = max(group.chat.topics)
    message = await desk.post(group.chat.id, "答案", topic=topic)
    assert group.chat.messages[message].thread == topic


async def test_keyboard_is_changed_and_absence_noticed(desk: Desk, wang: Person) -> None:
    message = await desk.post(wang.id, "答案")
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("👍", callback_data="x")]])
    assert await desk.delivery.set_keyboard(Address(wang.id), message, keys)
    assert await desk.delivery.set_keyboard(Address(wang.id), message, keys)
    assert wang.private.from_bot()[-1].buttons[0][0].text == "👍"
    assert not await desk.delivery.set_keyboard(Address(wang.id), 4040, keys)
    assert await desk.delivery.delete(Address(wang.id), message)
    assert not await desk.delivery.delete(Address(wang.id), message)


async def test_file_goes_out_and_comes_in(desk: Desk, wang: Person) -> None:
    await desk.delivery.document(Address(wang.id), "讲话".encode(), "讲话.txt", caption="原件")
    sent = wang.private.from_bot()[-1]
    assert sent.document == "讲话.txt"
    wang.send_document("新.txt", "内容".encode())
    updates = await desk.bot.get_updates()
    document = next(one.message.document for one in updates if one.message and one.message.document)
    desk.fake.faults.bad_gateway("getFile", times=2)
    assert await desk.delivery.download(document.file_id) == "内容".encode()
    with pytest.raises(RefusedError):
        await desk.delivery.download("nonsense")


async def test_callback_that_is_too_old_is_no_trouble(desk: Desk) -> None:
    assert not await desk.delivery.answer_callback("123")


async def test_burst_stays_below_what_telegram_refuses(desk: Desk, wang: Person) -> None:
    people = [join(desk.fake, 100 + number, f"人{number}") for number in range(20)]
    for person in people:
        person.write("/start")
    await asyncio.gather(*(desk.post(person.id, "答案") for person in people))
    assert all(shown(person) == ["答案"] for person in people)
    assert desk.fake.flood.refused == 0
