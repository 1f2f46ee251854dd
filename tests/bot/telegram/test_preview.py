"""Previews: the newest state at a pace, never after the whole, and never in an answer's way."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from bot.telegram.formatted import BOLD, MAX_MARKS, MAX_UNITS, Formatted, plain, stacked
from bot.telegram.pace import GROUP, OVERALL, PRIVATE, Pace
from bot.telegram.preview import Preview
from bot.telegram.wordings import GROUP_APART, PRIVATE_APART


async def test_only_the_newest_is_shown_and_so_far_apart() -> None:
    shown: list[tuple[str, float]] = []
    clock = asyncio.get_running_loop().time

    async def put(text: str) -> None:
        shown.append((text, clock()))

    began = clock()
    async with Preview(put, 0.05) as preview:
        for number in range(100):
            preview.show(str(number))
            await asyncio.sleep(0.002)
    assert [int(text) for text, _ in shown] == sorted({int(text) for text, _ in shown})
    assert all(later - earlier >= 0.05 for earlier, later in pairwise([began, *(at for _, at in shown)]))
    assert (PRIVATE_APART, GROUP_APART) == (1.0, 3.5)  # what Telegram endures


async def test_what_is_on_its_way_arrives_before_the_end_and_nothing_after_it() -> None:
    done: list[str] = []
    began, gate = asyncio.Event(), asyncio.Event()

    async def put(text: str) -> None:
        began.set()
        await gate.wait()
        done.append(text)

    async def through() -> None:
        async with Preview(put, 0.0) as preview:
            preview.show("一")
            await began.wait()
            preview.show("二")
        done.append("全文")

    task = asyncio.create_task(through())
    await began.wait()
    await asyncio.sleep(0)
    gate.set()
    await task
    assert done == ["一", "全文"]


def test_a_preview_takes_a_turn_only_while_answers_would_have_half_of_them_left() -> None:
    now = 1000.0
    for chat, limit in ((7, PRIVATE), (-7, GROUP)):
        pace = Pace(lambda: now)
        taken = [pace.take_spare(chat) for _ in range(limit.count)]
        assert taken == [True] * (limit.count // 2) + [False] * (limit.count - limit.count // 2)
    pace = Pace(lambda: now)
    assert sum(pace.take_spare(chat) for chat in range(1, 100)) == OVERALL.count // 2
    now += PRIVATE.seconds
    assert pace.take_spare(1)
    pace.hold(1, 5.0)
    assert not pace.take_spare(1)
    assert pace.take_spare(2)


def test_a_message_goes_below_another_text_with_its_marks_or_not_at_all() -> None:
    below = (plain("下").marked(BOLD) + "面").to_part()
    whole = stacked(Formatted("𠮷上").marked(BOLD), below)
    assert whole is not None
    assert whole.text == "𠮷上\n\n下面"
    assert [(one.offset, one.length) for one in whole.entities] == [(0, 3), (5, 1)]
    room = MAX_UNITS - len("\n\n下面")
    assert stacked(Formatted("长" * room), below) is not None
    assert stacked(Formatted("长" * (room + 1)), below) is None
    many = Formatted("".join("多" for _ in range(MAX_MARKS)))
    for _ in range(MAX_MARKS):
        many = many.marked(BOLD)
    assert stacked(many, below) is None
