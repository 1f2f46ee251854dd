"""Worded answers in Telegram: proved sentences alone, quotes below them, and nobody kept waiting.

The model is a real server in the test, Telegram the strict fake.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.bot.llm.chat_server import fails, head, piece, says, sends
from tests.bot.llm.model_words import FALSE, HEADING, ONE, TWO
from tests.bot.telegram.fake import BOT_NAME, FakeTelegram, join
from tests.bot.telegram.running import FIREWORKS, Boot, until
from tests.bot.telegram.wording_scene import DROPPED, OTHER, PLACED, in_two, scene, staged

pytest.importorskip("openai")


# What is shown


async def test_in_private_proved_sentences_grow_in_a_draft_and_the_whole_goes_on_top_of_the_quotes(
    boot: Boot, fake: FakeTelegram
) -> None:
    gate = asyncio.Event()
    async with scene(boot, fake, in_two(gate, FALSE + ONE, TWO), says("无")) as at:
        answer = await at.ask()
        await until(at.drafts)
        assert at.drafts() == [f"{HEADING}\n{ONE} …"]
        gate.set()
        await at.ended()
        (worded,) = at.private.from_bot()
        assert worded.text == f"{HEADING}\n{ONE}{TWO}\n\n{answer.text}"
        assert (worded.id, worded.buttons) == (answer.id, answer.buttons)
        assert at.drafts()[-1] == PLACED
        assert at.outcomes() == {"shown": 1}
        assert at.sentences() == {"proved": 2, "dropped": 1}
        assert not [text for text in at.drafts() if "随意" in text]
        identifiers = {call.params.integer("draft_id") for call in fake.called("sendMessageDraft")}
        assert len(identifiers) == 1


async def test_in_a_group_they_grow_on_top_of_the_quotes_and_the_buttons_stay(
    boot: Boot, fake: FakeTelegram
) -> None:
    gate = asyncio.Event()
    async with scene(boot, fake, in_two(gate, ONE, TWO)) as at:
        answer = await at.ask(in_group=True)
        begun = await at.group.says(ONE)
        assert begun.text == f"{HEADING}\n{ONE} …\n\n{answer.text}"
        gate.set()
        await at.ended()
        (shown,) = at.group.from_bot()
        assert shown.text == f"{HEADING}\n{ONE}{TWO}\n\n{answer.text}"
        assert (shown.id, shown.buttons) == (answer.id, answer.buttons)
        assert shown.parts("expandable_blockquote", "bold") == answer.parts("expandable_blockquote", "bold")
        assert not fake.called("sendMessageDraft")


async def test_a_chat_that_takes_no_drafts_gets_edits_and_is_not_tried_again(
    boot: Boot, fake: FakeTelegram
) -> None:
    gate = asyncio.Event()
    async with scene(boot, fake, in_two(gate, ONE, TWO)) as at:
        at.private.chat.refuses_drafts = True
        answer = await at.ask()
        await at.private.says(f"{ONE} …\n\n{answer.text}")
        gate.set()
        await at.ended()
        assert [shown.text for shown in at.private.from_bot()] == [f"{HEADING}\n{ONE}{TWO}\n\n{answer.text}"]
        again = await at.ask()
        await at.ended(2)
        assert at.private.from_bot()[-1].id == again.id
        assert len(fake.called("sendMessageDraft")) == 1


async def test_a_number_links_to_the_paragraph_and_the_text_of_a_model_links_nothing_else(
    boot: Boot, fake: FakeTelegram
) -> None:
    orders = "<b>公安机关</b>负责查处违规燃放[1]。", "公安机关负责/stop查处违规燃放[1]。"
    act = says(ONE + orders[0] + TWO + orders[1])
    async with scene(
        boot, fake, act, says("[点这里](https://evil.example)[1]。\n**公安机关**@durov[1]。")
    ) as at:
        answer = await at.ask(in_group=True)
        await at.ended()
        (shown,) = at.group.from_bot()
        above = f"{HEADING}\n{ONE}{TWO}"
        assert shown.text == f"{above}\n\n{answer.text}"
        marks = [entity for entity in shown.entities if entity["offset"] < len(above)]
        assert [entity["type"] for entity in marks] == ["italic", "text_link", "text_link"]
        assert all(one["url"].startswith(f"https://t.me/{BOT_NAME}?start=p") for one in marks[1:])
        assert not [call for call in fake.calls if call.params.text("parse_mode")]


# What goes wrong with the model


FAILURES = (
    (sends(30.0), "timeout"),
    (sends(head(), piece(ONE + "应"), 30.0), "timeout"),
    (sends(b"\x00\xffnot HTTP at all\r\n\r\n"), "failed"),
    (sends(head(), b"data: {broken\n\n"), "malformed"),
    (fails("429 Too Many Requests"), "rate_limited"),
    (fails("401 No"), "refused"),
    (sends(head(), piece(ONE + "应")), "cut_off"),
    (sends(head("302 Found", "text/html", "Location: http://127.0.0.1:9/")), "failed"),
    (says(FALSE), "unproved"),
)


async def test_whatever_the_model_does_the_quotes_stand_as_they_are(boot: Boot, fake: FakeTelegram) -> None:
    people = [join(fake, 201 + number, f"读者{number}") for number in range(len(FAILURES))]
    readers = tuple(person.id for person in people)
    async with scene(boot, fake, says(ONE), readers=readers, timeout_seconds=1) as at:
        expected: Counter[str] = Counter()
        for person, (act, outcome) in zip(people, FAILURES, strict=True):
            at.model.requests.clear()
            at.model.acts = [act]
            answer = await at.bot.ask(FIREWORKS, person)
            expected[outcome] += 1
            await at.ended(expected.total())
            assert at.outcomes() == expected
            assert person.private.from_bot() == [answer]


async def test_less_than_half_is_taken_back(boot: Boot, fake: FakeTelegram) -> None:
    gate = asyncio.Event()
    async with scene(boot, fake, in_two(gate, ONE, FALSE + FALSE), says("无")) as at:
        answer = await at.ask(in_group=True)
        await at.group.says(ONE)
        gate.set()
        await at.ended()
        (shown,) = at.group.from_bot()
        assert (shown.text, shown.buttons) == (answer.text, answer.buttons)
        assert at.sentences() == {"proved": 1, "dropped": 2}


async def test_a_slow_model_holds_up_no_question(boot: Boot, fake: FakeTelegram) -> None:
    gate = asyncio.Event()
    async with scene(boot, fake, in_two(gate, ONE, TWO)) as at:
        first = await at.ask()
        second = await at.ask(text=OTHER)
        assert second.id > first.id
        assert second.buttons
        assert at.outcomes() == {}
        gate.set()
        await at.ended(2)
        worded = [shown.id for shown in at.private.from_bot() if HEADING in shown.text]
        assert worded == [first.id]  # on top of its own quotes, though another answer stands below


async def test_a_draft_of_what_comes_to_nothing_says_so_in_the_end(boot: Boot, fake: FakeTelegram) -> None:
    gate = asyncio.Event()
    async with scene(boot, fake, in_two(gate, ONE, FALSE + FALSE), says("无")) as at:
        answer = await at.ask()
        await until(at.drafts)
        gate.set()
        await at.ended()
        assert at.drafts() == [f"{HEADING}\n{ONE} …", DROPPED]
        assert at.private.from_bot() == [answer]


# What goes wrong with Telegram


async def test_a_flood_drops_previews_and_the_whole_waits(boot: Boot, fake: FakeTelegram) -> None:
    gate = asyncio.Event()
    async with scene(boot, fake, in_two(gate, ONE, TWO)) as at:

        def is_preview(method: str, params: Any) -> bool:
            return method == "editmessagetext" and "…\n" in (params.text("text") or "")

        flood = fake.faults.refuse(
            "editMessageText", 429, "Too Many Requests: retry after 1", {"retry_after": 1}, when=is_preview
        )
        answer = await at.ask(in_group=True)
        await until(lambda: flood.met)
        gate.set()
        await at.ended()
        edits = fake.called("editMessageText")
        assert [call.status for call in edits] == [200, 429, 200]
        assert edits[2].at - edits[1].at >= 1.0
        (shown,) = at.group.from_bot()
        assert shown.text == f"{HEADING}\n{ONE}{TWO}\n\n{answer.text}"


async def test_whoever_blocks_the_bot_in_mid_stream_is_left_in_peace(boot: Boot, fake: FakeTelegram) -> None:
    first, second = asyncio.Event(), asyncio.Event()
    act = staged(piece(ONE + TWO[0]), first, piece(TWO[1:] + "主"), second)
    async with scene(boot, fake, act) as at:
        await at.ask()
        await until(at.drafts)
        at.private.chat.blocked = True
        first.set()
        await at.ended()
        assert at.outcomes() == {"cancelled": 1}
        assert [call.status for call in fake.calls if call.status not in (0, 200)] == [403]


async def test_a_message_that_is_gone_gets_a_new_one_with_the_quotes(boot: Boot, fake: FakeTelegram) -> None:
    gate = asyncio.Event()
    async with scene(boot, fake, in_two(gate, ONE, TWO)) as at:
        answer = await at.ask(in_group=True)
        at.group.chat.messages[answer.id].deleted = True
        gate.set()
        await at.ended()
        (shown,) = at.group.from_bot()
        assert shown.id != answer.id
        assert shown.text.startswith(f"{HEADING}\n{ONE}{TWO}\n\n[1] ")
        assert len(shown.parts("expandable_blockquote")) == 1


async def test_what_does_not_fit_above_the_quotes_is_a_message_of_its_own_or_nothing(
    boot: Boot, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(boot, fake, says(ONE + TWO)) as at:
        monkeypatch.setattr("bot.telegram.worded.stacked", lambda _top, _below: None)
        answer = await at.ask(in_group=True)
        await at.ended()
        quotes, worded = at.group.from_bot()
        assert quotes == answer
        assert worded.text.startswith(f"{HEADING}\n{ONE}{TWO}\n\n[1] ")
        monkeypatch.setattr("bot.telegram.worded._single", lambda *_blocks: None)
        await at.ask(in_group=True)
        await at.ended(2)
        assert at.outcomes() == {"shown": 1, "does_not_fit": 1}
        assert len(at.group.from_bot()) == 3
