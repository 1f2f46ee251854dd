"""The root command without any subcommand: the options that all of them share."""

# Annotations are evaluated here: typer reads them, and they hold texts of the chosen language.

import sys
from pathlib import Path
from typing import Annotated

import typer

from config.messages import Language
from retrieval.cli.parsing import Root
from retrieval.cli.state import State
from retrieval.cli.version import version_text


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


def forgive_output() -> None:
    """Let terminals that can't show a character show a question mark instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
