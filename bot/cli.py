"""The ``anjiang`` command: retrieval's commands, and asking, a chat, the bot, settings, a check-up."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import typer

from bot.terminal.ask import add_ask
from bot.terminal.bot import add_bot
from bot.terminal.chat import add_chat
from bot.terminal.doctor import add_doctor
from bot.terminal.settings import add_config
from config.messages import Language
from retrieval.cli.app import add_commands, forgive_output, root_app
from retrieval.cli.state import State, requested_language

if TYPE_CHECKING:
    from retrieval.evaluation.runs import Ask

PROGRAM = "anjiang"


def build_app(language: Language) -> typer.Typer:
    """The whole command line in one language."""
    state = State(language, PROGRAM)
    app = root_app(state, state.text("help.anjiang"))
    add_ask(app, state)
    add_chat(app, state)
    add_bot(app, state)
    add_commands(app, state, _open_worded)
    add_config(app, state)
    add_doctor(app, state)
    return app


def _open_worded(state: State, questions: int) -> AbstractContextManager[Ask]:
    from bot.llm.evaluating import open_worded  # noqa: PLC0415

    return open_worded(state, questions)


def main() -> None:
    """Run ``anjiang`` with the process's arguments."""
    forgive_output()
    build_app(requested_language(sys.argv[1:]))()
