from __future__ import annotations

import asyncio

import pytest

from bot.telegram.pace import GROUP, OVERALL, PRIVATE, Limit, Pace


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(asyncio, "sleep", self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


async def test_private_chat_bursts_and_then_waits(clock: Clock) -> None:
    pace = Pace(clock)
    for _ in range(PRIVATE.count):
        await pace.turn(7)
    assert clock.now == 1000.0
    await pace.turn(7)
    assert clock.now == 1000.0 + PRIVATE.seconds


async def test_group_takes_twenty_a_minute(clock: Clock) -> None:
    pace = Pace(clock)
    moments = []
    for _ in range(41):
        await pace.turn(-7)
        moments.append(clock.now - 1000.0)
    assert moments == [0.0] * 20 + [61.0] * 20 + [122.0]
    assert (GROUP.count, GROUP.seconds) == (20, 61.0)


async def test_all_chats_together_stay_under_the_overall_limit(clock: Clock) -> None:
    pace = Pace(clock)
    for chat in range(1, 2 * OVERALL.count + 1):
        await pace.turn(chat)
    assert clock.now == 1000.0 + OVERALL.seconds


async def test_hold_stops_one_chat_only(clock: Clock) -> None:
    pace = Pace(clock)
    pace.hold(7, 30.0)
    pace.hold(7, 5.0)  # a shorter wait asked for later does not end the longer one
    await pace.turn(8)
    assert clock.now == 1000.0
    assert pace.is_held(7)
    assert not pace.is_held(8)
    await pace.turn(7)
    assert clock.now == 1030.0
    assert not pace.is_held(7)


async def test_many_idle_chats_are_forgotten(clock: Clock) -> None:
    pace = Pace(clock)
    for chat in range(1, 3001):
        clock.now += 20.0
        await pace.turn(chat)
    assert len(pace._chats) <= 1000


async def test_two_who_wait_for_one_chat_both_get_their_turn() -> None:
    pace = Pace()
    pace.hold(7, 0.05)
    await asyncio.wait_for(asyncio.gather(pace.turn(7), pace.turn(7)), 1.0)


async def test_everybody_is_served_in_order_when_all_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram.pace.OVERALL", Limit(5, 0.05))
    pace, served = Pace(), list[int]()

    async def send(chat: int) -> None:
        await pace.turn(chat)
        served.append(chat)

    await asyncio.gather(*(send(chat) for chat in range(1, 31)))
    # Five at a time; those of one moment may come in any order.
    assert [(chat - 1) // 5 for chat in served] == [number // 5 for number in range(30)]
