"""Worded answers that are spent, stopped, asked anew or broken off, and what then stands in the chat."""

from __future__ import annotations

import asyncio

import pytest

from config.messages import Language, message
from tests.bot.llm.chat_server import piece, says
from tests.bot.llm.model_words import ONE, TWO
from tests.bot.telegram.fake import BOT_NAME, FakeTelegram
from tests.bot.telegram.running import FIREWORKS, Boot, until
from tests.bot.telegram.wording_scene import OTHER, in_two, scene, staged

pytest.importorskip("openai")


async def test_a_day_s_budget_is_told_once_and_a_restart_does_not_renew_it(
    boot: Boot, fake: FakeTelegram
) -> None:
    spent = message("telegram.model_spent", Language.ZH, most=1)
    async with scene(boot, fake, says(ONE + TWO), daily_budget=1) as at:
        await at.ask()
        await at.ended()
        for times in (2, 3):
            await at.ask()
            await at.ended(times)
        assert at.outcomes() == {"shown": 1, "budget": 2}
        assert [shown.text for shown in at.private.from_bot()].count(spent) == 1
        await at.bot.stop()
        await at.bot.start()
        await at.ask()
        await at.ended()
        assert at.outcomes() == {"budget": 1}
        assert [shown.text for shown in at.private.from_bot()].count(spent) == 1
        assert len(at.model.requests) == 1
        answer = await at.bot.ask(FIREWORKS, at.bot.admin)  # another person's day
        assert answer.buttons
        await until(lambda: len(at.model.requests) == 2)
        await at.ended(2)


async def test_stop_takes_back_what_was_begun_for_this_person_at_once(boot: Boot, fake: FakeTelegram) -> None:
    gate = asyncio.Event()
    async with scene(boot, fake, in_two(gate, ONE, TWO)) as at:
        answer = await at.ask(in_group=True)
        await at.group.says(ONE)
        for who, line in ((at.bot.admin, "nothing_to_stop"), (at.bot.reader, "stopped")):
            asked = who.write(f"/stop@{BOT_NAME}", at.group)
            told = await at.bot.answer(asked, who, at.group)
            assert told.text == message(f"telegram.{line}", Language.ZH)
        await at.ended()
        shown = at.group.from_bot()[0]
        assert (shown.text, shown.buttons) == (answer.text, answer.buttons)
        assert at.outcomes() == {"cancelled": 1}


async def test_without_a_model_there_is_no_stop_and_nothing_is_asked(boot: Boot, fake: FakeTelegram) -> None:
    async with scene(boot, fake, says(ONE), model=None) as at:
        assert (await at.bot.ask("/stop")).text == message("telegram.unknown_command", Language.ZH)
        await at.ask()
        await at.bot.idle()
        assert (at.model.requests, at.outcomes()) == ([], {})


@pytest.mark.parametrize("in_group", [True, False])
async def test_an_edited_question_gets_its_own_answer_and_nothing_of_the_first(
    boot: Boot, fake: FakeTelegram, *, in_group: bool
) -> None:
    gate, never = asyncio.Event(), asyncio.Event()
    async with scene(boot, fake, in_two(gate, ONE, TWO), staged(never)) as at:
        window, ask = (at.group, "/ask ") if in_group else (at.private, "")
        asked = at.bot.reader.write(ask + FIREWORKS, window)
        first = await at.bot.answer(asked, where=window)
        await until(lambda: len(at.model.requests) == 1)
        at.bot.reader.edit(asked, ask + OTHER, window)
        await until(lambda: len(at.model.requests) == 2)
        gate.set()
        (shown,) = window.from_bot(asked)
        assert shown.id == first.id
        assert shown.text != first.text
        assert ONE not in shown.text
        assert at.outcomes() == {"cancelled": 1}


async def test_editing_a_question_removes_the_worded_message_of_the_first(
    boot: Boot, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = asyncio.Event()
    monkeypatch.setattr("bot.telegram.worded.stacked", lambda _top, _below: None)
    async with scene(boot, fake, says(ONE + TWO), staged(never)) as at:
        asked = at.bot.reader.write(FIREWORKS)
        await at.ended()
        assert len(at.private.from_bot(asked)) == 2
        at.bot.reader.edit(asked, "红烧肉怎么做")
        await at.bot.idle()
        (shown,) = at.private.from_bot(asked)
        assert ONE not in shown.text


async def test_a_stopping_bot_takes_back_what_it_began(boot: Boot, fake: FakeTelegram) -> None:
    never = asyncio.Event()
    async with scene(boot, fake, staged(piece(ONE + "应"), never)) as at:
        answer = await at.ask(in_group=True)
        await at.group.says(ONE)
        await at.bot.stop()
        (shown,) = at.group.from_bot()
        assert (shown.text, shown.buttons) == (answer.text, answer.buttons)


async def test_what_a_bot_left_half_worded_is_quotes_again_after_its_start(
    boot: Boot, fake: FakeTelegram
) -> None:
    never = asyncio.Event()
    async with scene(boot, fake, staged(piece(ONE + "应"), never)) as at:
        answer = await at.ask(in_group=True)
        await at.group.says(ONE)
        fake.faults.outage = True  # as if it were killed: nothing more reaches Telegram
        await at.bot.stop()
        fake.faults.outage = False
        assert ONE in at.group.from_bot()[0].text
        fake.world.clock_offset += 3600.0
        await at.bot.start()
        shown = await at.group.wait_for(at.group.first(0, lambda one: one.text == answer.text))
        assert shown.labels == answer.labels
        assert len(at.group.from_bot()) == 1
