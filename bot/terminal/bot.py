"""``bot``: the archive in Telegram, until it is stopped."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import typer

from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    import asyncio

    from config.settings import Settings

LAST_RESORT_SECONDS = 9.5
"""After a signal the process is gone by then, whatever hangs. What is unfinished is in the database."""

SWITCH_SECONDS = 0.001
"""How long a thread that computes keeps another one waiting for Python. A step of the event loop that writes
to the database waits several times: taking in a question, 0.5 ms alone, was seen to take four times as long
at worst with Python's 5 ms as with this."""


def add_bot(app: typer.Typer, state: State) -> None:
    """Add the command."""

    @app.command(
        "bot",
        cls=Command,
        help=state.text("help.bot"),
        epilog=state.text("help.bot_examples", program=state.program),
    )
    def bot() -> None:
        import asyncio  # noqa: PLC0415 -- thirty modules, which other commands need not wait for

        from bot.llm.setting import trouble  # noqa: PLC0415

        settings = state.settings()
        telegram = settings.telegram
        if not telegram.admins and not telegram.readers:
            state.say(state.text("bot.nobody"))
        if without_model := trouble(settings.llm):
            state.say(without_model.text(state.language))
        sys.setswitchinterval(SWITCH_SECONDS)
        asyncio.run(_run(state, settings))


async def _run(state: State, settings: Settings) -> None:
    from filelock import FileLock, Timeout  # noqa: PLC0415

    from bot.telegram.app import build_application  # noqa: PLC0415
    from bot.telegram.runner import Runner  # noqa: PLC0415
    from config.errors import BotError  # noqa: PLC0415

    database = settings.telegram.database
    database.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(f"{database}.lock", timeout=0).acquire()
    except Timeout:
        raise BotError("bot.database_busy", path=database) from None
    with lock:
        application, services = build_application(settings, language=state.language)
        runner = Runner(application, services)
        await runner.run(_stop_on_signal(), lambda name: state.say(state.text("bot.started", name=name)))


def _stop_on_signal() -> asyncio.Event:
    """Set at the first SIGTERM or SIGINT; the second one ends the process at once."""
    import asyncio  # noqa: PLC0415 -- see above

    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def begin() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        last_resort = threading.Timer(LAST_RESORT_SECONDS, os._exit, (0,))
        last_resort.daemon = True
        last_resort.start()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, begin)
    return stop
