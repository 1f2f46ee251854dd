"""A whole bot in the test's own process: the real Application and Runner, the fake Telegram, a real index."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from telegram.request import HTTPXRequest
from typer.testing import CliRunner, Result

from bot.cli import build_app
from bot.telegram.app import App, build_application
from bot.telegram.polling import Timings
from bot.telegram.runner import Runner
from bot.telegram.services import Services
from config.messages import Language, message
from config.settings import LlmSettings, Settings, TelegramSettings
from tests.bot.telegram.fake import PATIENCE, TOKEN, ChatWindow, FakeTelegram, Person, Shown, join

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "speeches"

FIREWORKS = "过年放炮仗咋管"
GROUP = -1001000000001
"""A question that the example speeches answer, and a group that nobody is in yet."""

QUICK = Timings(poll=5.0, slack=2.0, first_wait=0.05, longest_wait=0.2, stop=5.0)

WAITING = frozenset(
    {"…"} | {message("telegram.searching", language) for language in (Language.ZH, Language.EN)}
)
"""What a message says while its answer is being looked for."""


class RunningBot:
    """One bot; ``admin`` and ``reader`` may use it, a ``stranger`` may not."""

    def __init__(self, fake: FakeTelegram, settings: Settings, timings: Timings) -> None:
        self.fake = fake
        self.settings = settings
        self.timings = timings
        self.admin = _person(fake, 101, "管理员")
        self.reader = _person(fake, 102, "读者")
        self.stranger = _person(fake, 103, "路人")
        self.application: App
        self.services: Services
        self.runner: Runner
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start and wait until updates are being fetched and the index answers."""
        request, polling = (HTTPXRequest(httpx_kwargs={"transport": self.fake.transport()}) for _ in range(2))
        self.application, self.services = build_application(
            self.settings, request=request, get_updates_request=polling, clock=self.fake.world.now
        )
        self.runner = Runner(
            self.application, self.services, timings=self.timings, get_updates_request=polling
        )
        self._stop.clear()
        polls, changes = self.fake.polls, self.fake.world.changes
        task = self._task = asyncio.create_task(self.runner.run(self._stop))
        task.add_done_callback(lambda _: changes.notify("ended"))
        await changes.wait(lambda: self.fake.polls > polls or task.done(), PATIENCE)
        if task.done():
            self._task = None
            task.result()

    async def stop(self) -> None:
        """As after SIGTERM."""
        self._stop.set()
        await self.ended()

    async def ended(self) -> None:
        """Wait until it has stopped; raises what it died of."""
        if self._task is not None:
            task, self._task = self._task, None
            async with asyncio.timeout(PATIENCE):
                await task

    async def ask(
        self,
        text: str,
        who: Person | None = None,
        where: ChatWindow | None = None,
        *,
        timeout: float = PATIENCE,
        **how: Any,
    ) -> Shown:
        """Write a text and wait for what is said to it: the first message below it, once it says its all."""
        who = who or self.reader
        asked = who.write(text, where, **how)
        return await self.answer(asked, who, where, timeout=timeout)

    async def answer(
        self,
        asked: int,
        who: Person | None = None,
        where: ChatWindow | None = None,
        *,
        fits: Callable[[Shown], bool] = lambda _: True,
        timeout: float = PATIENCE,
    ) -> Shown:
        """The bot's first settled message below ``asked``."""
        window = where or (who or self.reader).private
        return await window.wait_for(
            window.first(asked, lambda shown: shown.text not in WAITING and fits(shown)), timeout
        )

    async def idle(self) -> None:
        """Wait until every update was taken and every question dealt with."""
        found = await self.fake.world.changes.wait(lambda: not self.fake.world.updates, PATIENCE)
        assert found, "updates were not taken"
        async with asyncio.timeout(PATIENCE):
            await self.services.lanes.idle()


Boot = Callable[..., Awaitable[RunningBot]]
"""The fixture `boot`: starts a bot, with settings that are to be otherwise."""


def says(key: str, language: Language = Language.ZH, **values: object) -> str:
    """What the bot says, by the key in the catalogue's area "telegram"."""
    return message(f"telegram.{key}", language, **values)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until(look: Callable[[], Any], timeout: float = PATIENCE) -> None:
    """Wait for something inside the bot, which rings no bell."""
    async with asyncio.timeout(timeout):
        while not look():
            await asyncio.sleep(0.02)


def run_bot(environ: dict[str, str]) -> Result:
    """``anjiang bot`` in this process, in English, until it ends of itself; for a start that is refused."""
    switching, root = sys.getswitchinterval(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        return CliRunner().invoke(build_app(Language.EN), ["bot"], env=environ)
    finally:
        sys.setswitchinterval(switching)
        root.handlers[:] = handlers
        root.setLevel(level)


def bot_settings(
    folder: Path, index: Path, archive: Path, llm: dict[str, Any] | None = None, **telegram: Any
) -> Settings:
    """Settings of a bot for tests; ``telegram`` names what is to be otherwise, ``llm`` a model."""
    values: dict[str, Any] = {
        "token": TOKEN,
        "admins": (101,),
        "readers": (102,),
        "database": folder / "telegram.sqlite",
        "health_listen": "off",
    }
    return Settings(
        index=index,
        archive=archive,
        telegram=TelegramSettings(**{**values, **telegram}),
        llm=LlmSettings.model_validate(llm or {}),
    )


def _person(fake: FakeTelegram, number: int, name: str) -> Person:
    known = fake.world.users.get(number)
    return Person(fake, known) if known else join(fake, number, name)
