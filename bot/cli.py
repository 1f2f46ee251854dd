"""The ``anjiang`` command: retrieval's commands, and asking, a chat, the bot, settings, a check-up."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import typer

from bot.terminal.ask import add_ask
from config.messages import Language
from retrieval.cli.root import forgive_output, root_app
from retrieval.cli.state import State, requested_language

if TYPE_CHECKING:
    from retrieval.evaluation.runs import Ask

PROGRAM = "anjiang"


def build_app(language: Language, *, only_ask: bool = False) -> typer.Typer:
    """The whole command line in one language, or what a question needs of it.

    Args:
        language: of help and messages.
        only_ask: whether no other command is: the others' seventeen modules take a thirtieth of an answer.
    """
    state = State(language, PROGRAM)
    app = root_app(state, state.text("help.anjiang"))
    add_ask(app, state)
    if only_ask:
        return app
    from bot.terminal.bot import add_bot  # noqa: PLC0415
    from bot.terminal.chat import add_chat  # noqa: PLC0415
    from bot.terminal.doctor import add_doctor  # noqa: PLC0415
    from bot.terminal.settings import add_config  # noqa: PLC0415
    from retrieval.cli.app import add_commands  # noqa: PLC0415

    add_chat(app, state)
    add_bot(app, state)
    add_commands(app, state, _open_worded)
    add_config(app, state)
    add_doctor(app, state)
    return app


def _open_worded(state: State, questions: int) -> AbstractContextManager[Ask]:
    from bot.llm.evaluating import open_worded  # noqa: PLC0415

    return open_worded(state, questions)


def asks_only(arguments: Sequence[str]) -> bool:
    """Whether a command line is sure to be a question: not where help may want all commands' names."""
    return arguments[:1] == ["ask"] and {"-h", "--help"}.isdisjoint(arguments)


def main() -> None:
    """Run ``anjiang`` with the process's arguments."""
    forgive_output()
    arguments = sys.argv[1:]
    build_app(requested_language(arguments), only_ask=asks_only(arguments))()
