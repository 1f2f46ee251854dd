"""What other words for a question find, in Telegram: it joins the answer and is worded with it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from config.messages import Language, message
from tests.bot.llm.chat_server import Act, fails, says, sends
from tests.bot.llm.model_words import ONE
from tests.bot.telegram.fake import FakeTelegram
from tests.bot.telegram.running import FIREWORKS, Boot, until
from tests.bot.telegram.wording_scene import scene, staged

pytest.importorskip("openai")

DUTY = "值班有什么要求"
WORDS = says('{"words": ["领导带班", "防汛"]}')
READ_AS = message("ask.read_as", Language.ZH, words="“防汛”")


@pytest.mark.parametrize("in_group", [True, False])
async def test_what_other_words_find_joins_the_answer_and_is_worded_with_it(
    boot: Boot, fake: FakeTelegram, *, in_group: bool
) -> None:
    gate, never = asyncio.Event(), asyncio.Event()

    async def late(writer: Any) -> None:
        await gate.wait()
        await WORDS(writer)

    async with scene(boot, fake, staged(never), rewrites=late) as at:
        window = at.group if in_group else at.private
        first = await at.ask(in_group=in_group, text=DUTY)
        assert "双人双岗" not in first.text
        direct, _, _ = first.text.partition("\n\n[1] ")
        gate.set()
        wider = await window.says(READ_AS)
        assert wider.id == first.id
        assert wider.text.startswith(f"{direct}\n\n{READ_AS}\n\n")
        assert "24小时双人双岗值班" in wider.text.removeprefix(direct)
        assert len(wider.labels) == len(first.labels) + 1
        await until(lambda: len(at.model.requests) == 1)
        asked = at.model.requests[0]["messages"][1]["content"]
        assert "双人双岗" in asked
        assert len(window.from_bot()) == 1


async def test_what_was_not_found_is_found_in_other_words(boot: Boot, fake: FakeTelegram) -> None:
    words = says('{"words": ["防溺水", "水域", "水塘", "河段", "警示牌", "救生"]}')
    async with scene(boot, fake, fails("401 No"), rewrites=words) as at:
        first = await at.ask(text="水库边怎么防溺水")
        await at.ended()
        (shown,) = at.private.from_bot()
        assert shown.id == first.id
        assert shown.parts("expandable_blockquote")
        assert at.outcomes() == {"refused": 1}


@pytest.mark.parametrize("rewrites", [says('{"words": ["红烧肉"]}'), sends(30.0)])
async def test_words_that_add_nothing_leave_the_answer_as_it_is(
    boot: Boot, fake: FakeTelegram, rewrites: Act
) -> None:
    async with scene(boot, fake, says(ONE), rewrites=rewrites, rewrite_seconds=1) as at:
        shown = await at.ask(text="量子计算机的纠错码怎么设计")
        await at.ended()
        assert at.private.from_bot() == [shown]
        assert (at.outcomes(), at.model.requests) == ({"not_found": 1}, [])


async def test_an_edit_while_quotes_are_added_waits_for_them_and_covers_them(
    boot: Boot, fake: FakeTelegram
) -> None:
    never = asyncio.Event()
    async with scene(boot, fake, staged(never), rewrites=WORDS) as at:
        # The bot tries again after half a second, and must not do so over the other answer.
        failed = fake.faults.refuse(
            "editMessageText",
            502,
            "Bad Gateway",
            when=lambda _method, params: READ_AS in (params.text("text") or ""),
        )
        asked = at.bot.reader.write(DUTY)
        await until(lambda: failed.met)
        at.bot.reader.edit(asked, FIREWORKS)
        await at.ended()
        assert at.outcomes() == {"cancelled": 1}
        await at.bot.idle()
        (shown,) = at.private.from_bot(asked)
        assert "公安机关负责查处违规燃放" in shown.text
        assert READ_AS not in shown.text
        texts = [call.params.text("text") or "" for call in fake.called("editMessageText")]
        assert [READ_AS in text for text in texts] == [False, True, True, False]
