"""Worded answers in Telegram: proved sentences alone, quotes below them, and nobody kept waiting.

The model is a real server in the test, Telegram the strict fake.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from config.messages import Language, message
from tests.bot.llm.chat_server import (
    DONE,
    Act,
    ChatServer,
    chat_server,
    fails,
    head,
    piece,
    says,
    sends,
)
from tests.bot.telegram.fake import BOT_NAME, ChatWindow, FakeTelegram, Shown, join, open_group
from tests.bot.telegram.running import RunningBot, until

pytest.importorskip("openai")

Boot = Callable[..., Awaitable[RunningBot]]

QUESTION = "过年放炮仗咋管"
OTHER = "森林防火谁负责"
ONE = "最后，再强调一下春节期间的安全要求[1]。"
TWO = "一是管住烟花爆竹[1]。"
FALSE = "全市可以随意燃放[1]。"
HEADING = message("ask.worded", Language.ZH)
PLACED = message("telegram.draft_placed", Language.ZH)
DROPPED = message("telegram.draft_dropped", Language.ZH)
GROUP = -77


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Previews as fast as they come; how far apart they are in earnest is for `test_preview`."""
    monkeypatch.setattr("bot.telegram.wordings.PRIVATE_APART", 0.01)
    monkeypatch.setattr("bot.telegram.wordings.GROUP_APART", 0.01)


def staged(*parts: bytes | asyncio.Event) -> Act:
    """Bytes as they are; an event is waited for."""

    async def act(writer: Any) -> None:
        writer.write(head())
        for part in parts:
            if isinstance(part, bytes):
                writer.write(part)
                await writer.drain()
            else:
                await part.wait()

    return act


def in_two(gate: asyncio.Event, first: str, rest: str) -> Act:
    """A text whose second half waits for the gate; the beginning of it ends the first."""
    return staged(piece(first + rest[:1]), gate, piece(rest[1:]), piece(end="stop"), DONE)


@dataclass
class Scene:
    """A bot with a model, and where it is asked."""

    bot: RunningBot
    model: ChatServer
    group: ChatWindow

    @property
    def private(self) -> ChatWindow:
        return self.bot.reader.private

    def drafts(self) -> list[str]:
        return [str(one["text"]) for one in self.private.chat.drafts]

    def outcomes(self) -> dict[str, float]:
        return self._figures("worded", "outcome")

    def sentences(self) -> dict[str, float]:
        return self._figures("worded_sentences", "fate")

    def _figures(self, name: str, label: str) -> dict[str, float]:
        text = self.bot.services.metrics.text().decode()
        found = re.findall(rf'^anjiang_{name}_total{{{label}="(\w+)"}} ([\d.]+)', text, re.MULTILINE)
        return {key: float(value) for key, value in found if float(value)}

    async def ended(self, times: int = 1) -> None:
        """Wait until so many worded answers have come to something."""
        await until(lambda: sum(self.outcomes().values()) >= times)

    async def ask(self, *, in_group: bool = False, text: str = QUESTION) -> Shown:
        if in_group:
            return await self.bot.ask(f"/ask {text}", self.bot.reader, self.group)
        return await self.bot.ask(text)


@asynccontextmanager
async def scene(
    boot: Boot,
    fake: FakeTelegram,
    *acts: Act,
    rewrites: Act | None = None,
    readers: tuple[int, ...] = (),
    **llm: Any,
) -> AsyncIterator[Scene]:
    async with chat_server(*acts, rewrites=rewrites) as model:
        values: dict[str, Any] = {
            "base_url": model.url,
            "model": "m",
            "api_key": "sk-verysecret",
            "timeout_seconds": 5,
            "rewrite_seconds": 5 if rewrites else 0,
        }
        bot = await boot(readers=(102, GROUP, *readers), llm={**values, **llm})
        group = open_group(fake, GROUP, "值班组", bot.reader, bot.admin)
        yield Scene(bot, model, group)
        await bot.stop()


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
            answer = await at.bot.ask(QUESTION, person)
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


# Budget, stopping, editing, restarting


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
        answer = await at.bot.ask(QUESTION, at.bot.admin)  # another person's day
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
        asked = at.bot.reader.write(ask + QUESTION, window)
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
        asked = at.bot.reader.write(QUESTION)
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


# Other words for the question

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
    words = says('{"words": ["防溺水", "溺水", "水域", "警示牌", "救生", "巡查"]}')
    async with scene(boot, fake, fails("401 No"), rewrites=words) as at:
        first = await at.ask(text="娃下塘凫水有啥规定")
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
        at.bot.reader.edit(asked, QUESTION)
        await at.ended()
        assert at.outcomes() == {"cancelled": 1}
        await at.bot.idle()
        (shown,) = at.private.from_bot(asked)
        assert "公安机关负责查处违规燃放" in shown.text
        assert READ_AS not in shown.text
        texts = [call.params.text("text") or "" for call in fake.called("editMessageText")]
        assert [READ_AS in text for text in texts] == [False, True, True, False]
