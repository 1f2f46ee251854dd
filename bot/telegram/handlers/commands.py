"""Commands of everybody, and the list of all commands with who may use them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import Update
from telegram.ext import CallbackContext

from bot.telegram.handlers.access import Role
from bot.telegram.handlers.addressed import command_of
from bot.telegram.handlers.links import linker, passage_in
from bot.telegram.handlers.look import Values, show_passage
from bot.telegram.handlers.other import Other
from bot.telegram.handlers.questions import may_spend
from bot.telegram.handlers.talk import Talk, talk_of
from bot.telegram.keyboards import HITS_SHOWN, Action, Button, hit_buttons
from bot.telegram.rendering import render_hits
from bot.telegram.services import Services
from config.messages import Language
from retrieval.search.question import clean_question

Run = Callable[[Talk, str], Awaitable[None]]

_SEARCHED = 20
"""Hits of ``/search``: four messages of them."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what it does, and from which role on.

    ``name`` has two texts in the catalogue: ``menu_NAME`` for the menu and the help. ``at_once``: it waits
    for no question before it.
    """

    name: str
    run: Run
    role: Role = Role.READER
    in_groups: bool = True
    at_once: bool = False


class Commands:
    """Takes commands and runs them in the chat's order."""

    def __init__(self, services: Services, commands: tuple[Command, ...], other: Other) -> None:
        self._services = services
        self._other = other
        self._commands = {command.name: command for command in commands}

    async def __call__(self, update: Update, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """One command; one that is unknown, or not for this person or place, gets a line."""
        talk = talk_of(self._services, update)
        given = command_of(update.message, context.bot) if update.message is not None else None
        if talk is None:
            return
        if given is None:
            await self._other(update, context)
            return
        name, argument = given
        command = self._commands.get(name)
        if command is None:
            talk.submit(lambda: _say(talk, talk.text("unknown_command")))
        elif talk.role < command.role:
            talk.submit(lambda: _say(talk, talk.text("admins_only")))
        elif not talk.is_private and not command.in_groups:
            talk.submit(lambda: _say(talk, talk.text("private_only")))
        else:
            submit = talk.submit_look if command.at_once else talk.submit
            submit(lambda: command.run(talk, argument))


async def start(talk: Talk, argument: str) -> None:
    """``/start``: a greeting, or the paragraph that a deep link names."""
    passage_id = passage_in(argument)
    if passage_id is not None:
        await show_passage(talk, passage_id)
        return
    await talk.say(talk.text("welcome"))


async def help_text(talk: Talk, _argument: str) -> None:
    """``/help``: what this person can do here."""
    key = "help" if talk.is_private else "help_group"
    lines = [talk.text(key, bot=talk.services.delivery.bot_name)]
    if talk.role is Role.ADMIN:
        lines.append(talk.text("help_admin"))
    await talk.say("\n\n".join(lines))


async def search(talk: Talk, argument: str) -> None:
    """``/search WORDS``: the passages themselves, no answer."""
    if not argument:
        await talk.say(talk.text("search_what"))
        return
    question = clean_question(argument)
    if not may_spend(talk):
        return
    hits = await talk.services.search(lambda searcher: searcher.search(question, limit=_SEARCHED))
    if not hits:
        await talk.say(talk.text("no_hits"))
        return
    passages = [hit.passage.id for hit in hits]
    shown = hits[:HITS_SHOWN]
    part = render_hits(shown, 1, talk.language, linker(talk.services))
    await talk.say(part, hit_buttons(shown, passages, 0, talk.language))


async def new(talk: Talk, _argument: str) -> None:
    """``/new``: forget what was talked about."""
    talk.services.state.forget_turns(talk.lane)
    await talk.say(talk.text("forgotten"))


async def stop(talk: Talk, _argument: str) -> None:
    """``/stop``: give up this person's worded answers that are being written."""
    stopped = talk.services.wordings.stop(talk.lane, talk.user_id or talk.address.chat_id)
    await talk.say(talk.text("stopped" if stopped else "nothing_to_stop"))


async def language(talk: Talk, argument: str) -> None:
    """``/lang [zh|en|auto]``: of this chat."""
    chosen = argument.strip().lower()
    if chosen in (*Language, "auto"):
        await _choose(talk, chosen)
        return
    labels = {"zh": "中文", "en": "English", "auto": talk.text("lang_auto")}
    row = [Button(label, Action.LANGUAGE, {"language": value}) for value, label in labels.items()]
    await talk.say(talk.text("lang_which"), [row])


async def press_language(talk: Talk, under: int | None, values: Values) -> str:
    """A language was chosen by button."""
    line = _keep_language(talk, values["language"])
    if under is not None:
        await talk.change(under, line)
    return ""


async def _choose(talk: Talk, chosen: str) -> None:
    await talk.say(_keep_language(talk, chosen))


def _keep_language(talk: Talk, chosen: str) -> str:
    """Keep the choice and confirm it in the language chosen."""
    kept = None if chosen == "auto" else Language(chosen)
    talk.services.state.set_language(talk.address.chat_id, kept)
    return _in(talk, kept or talk.services.language).text("lang_auto_set" if kept is None else "lang_set")


def _in(talk: Talk, language: Language) -> Talk:
    return Talk(
        talk.services,
        talk.address,
        talk.user_id,
        language,
        talk.role,
        talk.is_private,
        talk.message_id,
    )


async def _say(talk: Talk, line: str) -> None:
    await talk.say(line)
