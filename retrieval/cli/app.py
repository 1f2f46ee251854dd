"""Building the typer app in one language: the root command and retrieval's subcommands."""

from __future__ import annotations

import sys

import typer

from config.messages import Language
from retrieval.cli.commands.calibrate import add_calibrate
from retrieval.cli.commands.evaluate import OpenWorded, add_eval
from retrieval.cli.commands.index import add_index
from retrieval.cli.commands.meta import add_meta
from retrieval.cli.commands.read import add_read
from retrieval.cli.commands.search import add_search
from retrieval.cli.commands.show import add_show
from retrieval.cli.commands.stats import add_stats
from retrieval.cli.commands.trace import add_trace
from retrieval.cli.commands.verify import add_verify
from retrieval.cli.root import forgive_output, root_app
from retrieval.cli.state import State, requested_language


def build_app(language: Language, program: str = "python -m retrieval") -> typer.Typer:
    """The app with retrieval's own commands."""
    state = State(language, program)
    app = root_app(state, state.text("help.retrieval"))
    add_commands(app, state)
    return app


def main() -> None:
    """Run ``python -m retrieval`` with the process's arguments."""
    forgive_output()
    build_app(requested_language(sys.argv[1:]))()


def add_commands(app: typer.Typer, state: State, open_worded: OpenWorded | None = None) -> None:
    """Add retrieval's commands in the order in which a newcomer needs them.

    Args:
        app: the command line.
        state: of the run.
        open_worded: what ``eval --llm`` answers with, of a layer above.
    """
    for add in (add_index, add_read, add_meta, add_search, add_show, add_stats, add_trace, add_verify):
        add(app, state)
    add_eval(app, state, open_worded)
    add_calibrate(app, state)
