"""The estimate of when reading ends, on a clock of its own: near the truth early, and calm."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from retrieval.index.pace import Pace, expected_seconds
from retrieval.index.reading import _ordered
from retrieval.index.sources import Source

Cost = Callable[[Source], float]


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def simulate(sources: Sequence[Source], cost: Cost, readers: int) -> tuple[float, list[tuple[float, float]]]:
    """Seconds that reading takes, and the whole time as it was estimated, by when (seconds)."""
    clock = Clock()
    pace = Pace(sources, readers, clock, 1.0)
    assert pace.seconds_left == pytest.approx(1 + sum(map(expected_seconds, sources)) / readers)
    clock.now += 1
    waiting = list(reversed(_ordered(sources)))
    tie = itertools.count()
    busy: list[tuple[float, int, Source]] = []
    told: list[tuple[float, float]] = []
    second = clock.now + 1
    while waiting or busy:
        while waiting and len(busy) < readers:
            source = waiting.pop()
            pace.begin(source)
            heapq.heappush(busy, (clock.now + cost(source), next(tie), source))
        while second < busy[0][0]:
            clock.now, second = second, second + 1
            told.append((clock.now - 100, clock.now - 100 + pace.seconds_left))
        clock.now, _, source = heapq.heappop(busy)
        pace.finish(source)
        told.append((clock.now - 100, clock.now - 100 + pace.seconds_left))
    return clock.now - 100, told


def texts(count: int) -> list[Source]:
    return [Source(f"{number}.txt", 9_000 + 100 * (number % 50)) for number in range(count)]


def archive_with_scans() -> list[Source]:
    scans = [Source(f"{number}.jpg", 400_000 + 9_000 * number) for number in range(60)]
    words = [Source(f"{number}.docx", 30_000 + 700 * (number % 70)) for number in range(400)]
    return sorted([*texts(1000), *words, *scans], key=lambda source: source.path)


def slower(times: float, *, uneven: float = 0.0, images: float = 1.0) -> Cost:
    """Each source takes so many times what is expected, more or less, and images still more."""
    chance = random.Random(7)
    factors: dict[Source, float] = {}

    def cost(source: Source) -> float:
        if source not in factors:
            factors[source] = times * chance.uniform(1 - uneven, 1 + uneven)
            factors[source] *= images if source.path.endswith(".jpg") else 1.0
        return expected_seconds(source) * factors[source]

    return cost


@pytest.mark.parametrize("readers", [1, 2, 8])
@pytest.mark.parametrize(
    "cost",
    [slower(1), slower(4, uneven=0.5), slower(0.3, uneven=0.5), slower(2, images=4), slower(1, images=0.2)],
    ids=["as expected", "slow machine", "fast machine", "slow scans", "fast scans"],
)
def test_from_a_tenth_on_the_estimate_is_near_and_calm(cost: Cost, readers: int) -> None:
    whole, told = simulate(archive_with_scans(), cost, readers)
    late = [(at, estimate) for at, estimate in told if at >= max(0.1 * whole, 10)]
    assert all(0.6 * whole <= estimate <= 1.6 * whole for _, estimate in late)
    for (at, before), (later, after) in itertools.pairwise(late):
        assert abs(after - before) <= 0.03 * whole + 0.5 * (later - at)


def test_scans_at_the_end_of_the_alphabet_do_not_surprise() -> None:
    # By files alone 96% would seem done when only the scans, 95% of the time, are left.
    sources = [*texts(960), *(Source(f"z{number}.png", 500_000) for number in range(40))]
    whole, told = simulate(sources, slower(1), 2)
    assert whole == pytest.approx((sum(map(expected_seconds, sources))) / 2, rel=0.1)
    assert all(estimate == pytest.approx(whole, rel=0.15) for _, estimate in told)


def test_a_file_that_takes_longer_than_all_others_is_waited_for() -> None:
    slow, *others = [Source("a.docx", 40_000), *texts(50)]
    clock = Clock()
    pace = Pace([slow, *others], 2, clock)
    pace.begin(slow)
    for source in others:
        pace.begin(source)
        clock.now += 0.02
        pace.finish(source)
    clock.now += 60
    assert 0 < pace.seconds_left < 5
    assert 0.9 < pace.share < 1
    pace.finish(slow)
    clock.now += 60
    assert pace.seconds_left == pytest.approx(0, abs=0.01)
    assert pace.share == pytest.approx(1)


def test_the_first_files_are_of_every_kind_and_then_the_longest() -> None:
    sources = [
        *texts(10), Source("a.docx", 1 << 20), Source("b.docx", 2 << 20), Source("c.jpg", 9_000), Source("d"),
    ]  # fmt: skip
    ordered = _ordered(sources)
    assert sorted(ordered, key=lambda one: one.path) == sorted(sources, key=lambda one: one.path)
    assert {one.path.rpartition(".")[2] for one in ordered[:6]} == {"txt", "docx", "jpg", "d"}
    rest = [expected_seconds(one) for one in ordered[6:]]
    assert rest == sorted(rest, reverse=True)
