"""Throws random updates at the whole bot over the fake Telegram: no exception, no chat that stays stuck.

usage: python -m benchmarks.telegram_fuzz [--updates N] [--seed N]

Texts of every alphabet and length, commands right and wrong, edits, presses of buttons that exist and that
don't, reactions, files, stickers, polls and every other kind of message, from admins, readers and strangers,
in private chats, groups and topics; updates twice and in the wrong order; requests that fail. Afterwards
nothing may be in the log as an error, no question may be open, and every chat that may ask must be answered.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree

from benchmarks.telegram_fuzzer import GROUPS, QUESTION, READERS, Fuzzer
from bot.telegram import pace
from config.messages import Language
from config.settings import load_settings
from retrieval.cli.building import build_index
from retrieval.cli.state import State
from tests.bot.telegram.fake import FakeTelegram
from tests.bot.telegram.running import QUICK, RunningBot, bot_settings

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "speeches"


@dataclass
class Outcome:
    """What a run was like."""

    updates: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    stuck: list[int] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        return not (self.errors or self.stuck or self.leaks)


# What the library cannot read is said and left out, and a page of a proxy is no answer: as it should be.
_KNOWN = ("Error while parsing updates", "updates could not be read", "is left out")


class Recorder(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        if record.name.startswith("telegram.request") or any(known in said for known in _KNOWN):
            return
        self.lines.append(logging.Formatter().format(record))


async def fuzz(running: RunningBot, updates: int, seed: int, *, faults: bool = True) -> Outcome:
    """Throw so many updates at a bot that runs, and see what is left."""
    fuzzer, outcome, started = Fuzzer(running.fake, seed), Outcome(), time.monotonic()
    recorder = Recorder()
    logging.getLogger().addHandler(recorder)
    world = running.fake.world
    first = world.tell_bot("poll", {}) or 0
    world.confirm(first + 1)
    try:
        while outcome.updates < updates:
            for _ in range(min(fuzzer.random.randint(1, 60), updates - outcome.updates)):
                fuzzer.act()
                outcome.updates += 1
            if fuzzer.random.random() < 0.3:
                fuzzer.disorder()
            if faults and fuzzer.random.random() < 0.3:
                fuzzer.trouble()
            if fuzzer.random.random() < 0.1:
                world.clock_offset += fuzzer.random.choice((30, 3600, 86400))
            await _taken(running)
        running.fake.faults.clear()
        await _taken(running)
        async with asyncio.timeout(120):
            await running.services.lanes.idle()
        await _still_answers(running, fuzzer, outcome)
    finally:
        logging.getLogger().removeHandler(recorder)
    outcome.kinds = fuzzer.kinds
    outcome.errors = recorder.lines
    outcome.leaks = list(_leaks(fuzzer))
    outcome.seconds = time.monotonic() - started
    return outcome


async def _taken(running: RunningBot) -> None:
    taken = await running.fake.world.changes.wait(lambda: not running.fake.world.updates, 120)
    if not taken:
        raise AssertionError(f"{len(running.fake.world.updates)} updates are not taken")
    async with asyncio.timeout(120):
        while running.services.lanes.depth > 100:
            await asyncio.sleep(0.01)


async def _still_answers(running: RunningBot, fuzzer: Fuzzer, outcome: Outcome) -> None:
    """Whoever may ask is answered, a day later."""
    world = running.fake.world
    world.clock_offset += 2 * 86400
    places = [(person, person.private, QUESTION) for person in (*fuzzer.readers, fuzzer.admin)]
    places += [(fuzzer.readers[0], group, f"/ask {QUESTION}") for group in fuzzer.groups]
    for who, where, text in places:
        asked = who.write(text, where)
        try:
            await running.answer(asked, who, where, fits=lambda shown: bool(shown.labels), timeout=20)
        except AssertionError:
            outcome.stuck.append(where.id)
    await running.services.lanes.idle()
    if running.services.state.count_open():
        outcome.stuck.append(0)


def _leaks(fuzzer: Fuzzer) -> Iterator[str]:
    """Words of the archive that a stranger was shown."""
    for stranger in fuzzer.strangers:
        for shown in stranger.private.from_bot():
            if shown.labels or shown.document or str(stranger.id) not in shown.text:
                yield shown.text


@contextmanager
def without_pace() -> Iterator[None]:
    """Let the bot send as fast as it can: the limits of Telegram are tested elsewhere, and take minutes."""
    before = pace.PRIVATE, pace.GROUP, pace.OVERALL
    pace.PRIVATE = pace.GROUP = pace.OVERALL = pace.Limit(1_000_000, 1.0)
    try:
        yield
    finally:
        pace.PRIVATE, pace.GROUP, pace.OVERALL = before


async def run(folder: Path, updates: int, seed: int) -> Outcome:
    """A bot over a copy of the examples, and the fuzz."""
    archive, index = folder / "speeches", folder / "index"
    copytree(EXAMPLES, archive)
    build_index(load_settings(), archive, index, state=State(Language.EN, "anjiang"))
    fake = FakeTelegram()
    fake.flood.overall = fake.flood.private = fake.flood.group = None
    fake.world.keep_history = False
    readers = (102, *READERS, *GROUPS)
    settings = bot_settings(folder, index, archive, readers=readers, rate_per_minute=60, daily_budget=100_000)
    with without_pace():
        running = RunningBot(fake, settings, QUICK)
        await running.start()
        try:
            return await fuzz(running, updates, seed)
        finally:
            await running.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--updates", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(run(Path(folder), arguments.updates, arguments.seed))
    print(
        json.dumps(
            {
                "updates": outcome.updates,
                "seconds": round(outcome.seconds, 1),
                "kinds": dict(outcome.kinds),
                "errors": len(outcome.errors),
                "stuck": outcome.stuck,
                "leaks": len(outcome.leaks),
            }
        )
    )
    for line in [*outcome.errors[:10], *outcome.leaks[:10]]:
        print(line, file=sys.stderr)
    return 0 if outcome.is_good else 1


if __name__ == "__main__":
    raise SystemExit(main())
