"""Building the typer app in one language: the root command, its options, and retrieval's subcommands."""

# Annotations are evaluated here: typer reads them, and they hold texts of the chosen language.

import sys
from pathlib import Path
from typing import Annotated

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
from retrieval.cli.parsing import Root
from retrieval.cli.state import State, requested_language
from retrieval.cli.version import version_text


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


def root_app(state: State, about: str) -> typer.Typer:
    """An app without commands: the options that all of them share, and what happens without any.

    Args:
        state: filled in by the options.
        about: what the program does, for its help.
    """
    app = typer.Typer(
        cls=Root,
        help=about,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=True,
        context_settings={"obj": state, "help_option_names": ["-h", "--help"]},
    )
    text = state.text

    def show_version(asked: bool) -> None:
        if asked:
            print(version_text())  # noqa: T201
            raise typer.Exit

    @app.callback()
    def begin(
        context: typer.Context,
        *,
        archive: Annotated[
            Path | None, typer.Option(metavar=text("help.m_folder"), help=text("help.archive"))
        ] = None,
        index: Annotated[
            Path | None, typer.Option(metavar=text("help.m_folder"), help=text("help.index_folder"))
        ] = None,
        config: Annotated[
            Path | None, typer.Option(metavar=text("help.m_file"), help=text("help.config_file"))
        ] = None,
        lang: Annotated[Language | None, typer.Option(metavar="zh|en", help=text("help.lang"))] = None,
        verbose: Annotated[bool, typer.Option("--verbose", help=text("help.verbose"))] = False,
        debug: Annotated[bool, typer.Option("--debug", help=text("help.debug"))] = False,
        _version: Annotated[
            bool, typer.Option("--version", is_eager=True, callback=show_version, help=text("help.version"))
        ] = False,
    ) -> None:
        overrides = {"archive": archive, "index": index, "language": lang and lang.value}
        state.begin(config=config, overrides=overrides, verbose=verbose, debug=debug)
        if context.invoked_subcommand is None:
            print(context.get_help())  # noqa: T201

    return app


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


def forgive_output() -> None:
    """Let terminals that can't show a character show a question mark instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
