"""What admins do: take up a new index, rebuild it, export feedback, look after the bot's health."""

from __future__ import annotations

import asyncio
import csv
import io
import time
from typing import Any

from bot.telegram.formatted import BOLD, Part, joined, one_line, pack, plain
from bot.telegram.handlers.look import Values
from bot.telegram.handlers.talk import Talk
from bot.telegram.rebuilding import Failed, Finished, Progress, Rebuilder
from bot.telegram.services import Services
from config.errors import AnjiangError

PROGRESS_SECONDS = 3.0
"""Least time between two edits that show progress: Telegram slows down who edits more often."""

_REBUILDING = -2
"""In place of a topic: a rebuild takes minutes, and nothing waits behind it."""

_LISTED = 8  # files of each kind in a report
_BAR = 10
_FEEDBACK = "feedback.csv"
_COLUMNS = ("time", "question_id", "question", "verdict", "reason", "user", "chat")


class Admin:
    """The commands of admins of one bot."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._rebuilder = Rebuilder(services.settings)

    async def reload(self, talk: Talk, _argument: str) -> None:
        """``/reload``: take up the index in force now."""
        try:
            changed = await asyncio.to_thread(self._services.live.refresh)
        except AnjiangError as error:
            await talk.say(error.text(talk.language))
            return
        trouble = self._services.live.error
        key = "reloaded" if changed else "reload_same"
        said = talk.text(key, generation=self._services.live.generation)
        await talk.say(trouble.text(talk.language) if trouble else said)

    async def index(self, talk: Talk, _argument: str) -> None:
        """``/index``: rebuild, with live progress. The chat goes on meanwhile."""
        if self._services.settings.archive is None:
            await talk.say(talk.text("no_archive"))
        elif self._rebuilder.is_running:
            await talk.say(talk.text("index_running"))
        else:
            lane = (talk.address.chat_id, _REBUILDING)
            self._services.lanes.submit(lane, lambda: talk.guarded(lambda: self._rebuild(talk)))

    async def press_index(self, talk: Talk, under: int | None, values: Values) -> str:  # noqa: ARG002 - a Press
        """The button that offers a rebuild."""
        if not talk.is_admin:
            return talk.text("admins_only")
        await self.index(talk, "")
        return ""

    async def feedback(self, talk: Talk, _argument: str) -> None:
        """``/feedback``: what people thought, as a table that a spreadsheet opens."""
        kept = list(self._services.state.feedback())
        if not kept:
            await talk.say(talk.text("feedback_none"))
            return
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(_COLUMNS)
        for one in kept:
            moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(one.at))
            row = (
                moment,
                one.question_id,
                _cell(one.question),
                one.verdict,
                one.reason,
                one.user_id,
                one.chat_id,
            )
            writer.writerow(row)
        ups = sum(one.verdict == "up" for one in kept)
        await self._services.delivery.document(
            talk.address,
            table.getvalue().encode("utf-8-sig"),
            _FEEDBACK,
            caption=talk.text("feedback_caption", count=len(kept), up=ups, down=len(kept) - ups),
        )

    async def health(self, talk: Talk, _argument: str) -> None:
        """``/health``: is everything well."""
        services = self._services
        registry, live = services.metrics.registry, services.live

        def figure(name: str, **labels: str) -> int:
            return int(registry.get_sample_value(f"anjiang_{name}", labels) or 0)

        trouble = live.error
        lines = [
            talk.text("health_index", generation=live.generation)
            if trouble is None
            else trouble.text(talk.language),
            talk.text("health_poll", seconds=int(services.metrics.poll_age())),
            # This command is in the queue itself.
            talk.text("health_queue", depth=services.lanes.depth - 1, open=services.state.count_open()),
            talk.text(
                "health_answers",
                answered=figure("answers_total", outcome="answered"),
                unanswerable=figure("answers_total", outcome="unanswerable"),
                failed=figure("answers_total", outcome="failed"),
            ),
            talk.text("health_uptime", hours=f"{figure('uptime_seconds') / 3600:.1f}"),
        ]
        sign = "✅" if trouble is None else "⚠️"
        await talk.say("\n".join([f"{sign} {lines[0]}", *lines[1:]]))

    async def _rebuild(self, talk: Talk) -> None:
        if self._rebuilder.is_running:
            await talk.say(talk.text("index_running"))
            return
        shown = await talk.say(talk.text("index_started"))
        told = time.monotonic()
        async for event in self._rebuilder.run(talk.language):
            if isinstance(event, Finished):
                await self._finished(talk, shown, event)
            elif isinstance(event, Failed):
                reason = event.reason or talk.text("index_died")
                await talk.change(shown, talk.text("index_failed", reason=reason))
            elif time.monotonic() - told >= PROGRESS_SECONDS:
                told = time.monotonic()
                await self._services.delivery.progress(talk.address, shown, _progress(talk, event))

    async def _finished(self, talk: Talk, shown: int, event: Finished) -> None:
        part = _report(talk, event)
        try:
            await asyncio.to_thread(self._services.live.refresh)
        except AnjiangError as error:
            await talk.change(shown, error.text(talk.language))
            return
        if not await talk.change(shown, part):
            await talk.say(part)


def _progress(talk: Talk, event: Progress) -> str:
    share = event.done / event.total if event.total else 1.0
    filled = round(_BAR * share)
    bar = "▓" * filled + "░" * (_BAR - filled)
    return f"{talk.text(f'phase_{event.phase}')}\n{bar} {event.done}/{event.total}"


def _report(talk: Talk, event: Finished) -> Part:
    """What a rebuild found, file by file as far as that is readable."""
    report: dict[str, Any] = event.report
    signs = (("+", "new"), ("~", "changed"), ("−", "removed"))
    lines = [plain(line) for sign, key in signs for line in _listed(sign, report[key])]
    skipped = [f"{one['path']}：{one['text']}" for one in report["skipped"]]
    return pack(
        [
            plain(talk.text("index_done")).marked(BOLD),
            plain(event.summary),
            joined([*lines, *map(plain, _listed("!", skipped))]),
        ]
    )[0]


def _listed(sign: str, names: list[str]) -> list[str]:
    more = [f"{sign} …（{len(names)}）"] if len(names) > _LISTED else []
    return [f"{sign} {one_line(name, 80)}" for name in names[:_LISTED]] + more


def _cell(text: str) -> str:
    """A person's words that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
