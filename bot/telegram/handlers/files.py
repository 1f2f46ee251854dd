"""Files from admins: into the archive with a report, and out of it after a question."""

from __future__ import annotations

import asyncio

from telegram import Update
from telegram.ext import CallbackContext

from bot.telegram.formatted import one_line
from bot.telegram.handlers.look import Values
from bot.telegram.handlers.other import Other
from bot.telegram.handlers.talk import Talk, talk_of
from bot.telegram.intake import Duplicate, add_file, check_file, find_files, render_added, take_out
from bot.telegram.keyboards import Action, Button
from bot.telegram.services import Services

_OFFERED = 8


class Files:
    """Takes documents. From readers they are what any other message without words is."""

    def __init__(self, services: Services, other: Other) -> None:
        self._services = services
        self._other = other
        # Two files of one name, sent together, must not look for a free name at the same time.
        self._adding = asyncio.Lock()

    async def __call__(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """A file in a private chat."""
        said = update.message
        talk = talk_of(self._services, update)
        if said is None or said.document is None or talk is None:
            return
        if not talk.is_admin or not talk.is_private:
            await self._other(update, context)
            return
        document = said.document
        name = document.file_name or "讲话"
        talk.submit(lambda: self._add(talk, document.file_id, name, document.file_size or 0))

    async def remove(self, talk: Talk, argument: str) -> None:
        """``/remove NAME``: take a file out of the archive, after a question."""
        settings = self._services.settings
        archive = settings.archive
        if archive is None:
            await talk.say(talk.text("no_archive"))
            return
        if not argument:
            await talk.say(talk.text("remove_which"))
            return
        paths = await talk.services.lanes.run_search(lambda: find_files(archive, settings.index, argument))
        if not paths:
            await talk.say(talk.text("remove_none"))
        elif len(paths) > 1:
            named = "\n".join(one_line(path, 80) for path in paths[:_OFFERED])
            await talk.say(talk.text("remove_many", names=named))
        else:
            row = [
                Button(talk.text("button_remove"), Action.REMOVE, {"path": paths[0]}),
                Button(talk.text("button_keep"), Action.CANCEL, {}),
            ]
            await talk.say(talk.text("remove_sure", name=one_line(paths[0])), [row])

    async def press_remove(self, talk: Talk, under: int | None, values: Values) -> str:
        """The answer "yes" to that question."""
        archive = self._services.settings.archive
        if not talk.is_admin:
            return talk.text("admins_only")
        if archive is None:
            return talk.text("no_archive")
        path: str = values["path"]
        gone = await talk.services.lanes.run_search(lambda: take_out(archive, path))
        line = talk.text("removed" if gone else "remove_none", name=one_line(path))
        rows = [[rebuild_button(talk)]] if gone else []
        if under is None or not await talk.change(under, line, rows):
            await talk.say(line, rows)
        return ""

    async def press_cancel(self, talk: Talk, under: int | None, values: Values) -> str:  # noqa: ARG002 - a Press
        """The answer "no"."""
        if under is not None:
            await talk.change(under, talk.text("kept"))
        return ""

    async def _add(self, talk: Talk, file_id: str, name: str, size: int) -> None:
        settings = self._services.settings
        archive = settings.archive
        if archive is None:
            await talk.say(talk.text("no_archive"))
            return
        check_file(name, size)
        await self._services.delivery.typing(talk.address)
        data = await self._services.delivery.download(file_id)
        check_file(name, len(data))
        async with self._adding:
            added = await talk.services.lanes.run_search(
                lambda: add_file(archive, settings.index, name, data)
            )
        if isinstance(added, Duplicate):
            await talk.say(talk.text("file_known", name=one_line(added.path)))
        else:
            await talk.say(render_added(added, talk.language), [[rebuild_button(talk)]])


def rebuild_button(talk: Talk) -> Button:
    """Offer a rebuild."""
    return Button(talk.text("button_rebuild"), Action.REBUILD, {})
