"""A short, seeded run of the fuzz in ``benchmarks/telegram_fuzz.py``."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.telegram_fuzz import fuzz, without_pace
from benchmarks.telegram_fuzzer import GROUPS, READERS
from tests.bot.telegram.fake import FakeTelegram
from tests.bot.telegram.running import EXAMPLES, Boot


async def test_random_updates_raise_nothing_and_leave_no_chat_stuck(
    boot: Boot, fake: FakeTelegram, example_index: Path, tmp_path: Path
) -> None:
    archive, index = tmp_path / "speeches", tmp_path / "index"
    shutil.copytree(EXAMPLES, archive)
    shutil.copytree(example_index, index)
    fake.flood.overall = fake.flood.private = fake.flood.group = None
    with without_pace():
        running = await boot(
            index=index, archive=archive, readers=(102, *READERS, *GROUPS), rate_per_minute=60
        )
        outcome = await fuzz(running, 300, seed=7)
    assert outcome.errors == []
    assert outcome.stuck == []
    assert outcome.leaks == []
    assert len(outcome.kinds) == 11
