"""The root command and its subcommands as typer classes.

Help is in the person's language, global options may stand before or after the subcommand, and every error
goes through the edge. typer's own parser classes are private: their objects are looked at here, never built.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from typer.core import TyperCommand, TyperGroup

from config.errors import UsageError
from retrieval.cli.edge import guarded
from retrieval.cli.help import command_help, root_help
from retrieval.cli.state import State

_ROOT_ONLY = {"version", "_version", "help", "install_completion", "show_completion"}


class Command(TyperCommand):
    """A subcommand whose help is in the person's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help text."""
        formatter.write(command_help(_state(ctx), self, ctx, global_options(ctx.find_root().command)))


class Root(TyperGroup):
    """The program itself."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,  # noqa: ARG002 - one name in all help texts and hints
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line; leaves with an exit code, or gives it back when not ``standalone_mode``."""
        state: State = self.context_settings["obj"]
        run: Callable[..., object] = super().main
        code = guarded(
            state,
            lambda: run(args, state.program, complete_var, False, windows_expand_args, **extra),
        )
        if standalone_mode:
            sys.exit(code)
        return code

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the root's part of the line, wherever in the line it stands."""
        return super().parse_args(ctx, hoisted(args, global_options(self), strict=not ctx.resilient_parsing))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the subcommand.

        Raises:
            UsageError: there is none of that name; the message offers the nearest, or asks it as a question.
        """
        name = args[0]
        if name not in self.commands and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, self.commands, 1)
            key = "cli.usage_no_command_near" if near else "cli.usage_no_command"
            asking = "ask" if "ask" in self.commands else "search"
            raise UsageError(
                key, name=name[:40], near="".join(near), asking=asking, program=_state(ctx).program
            )
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help text."""
        formatter.write(root_help(_state(ctx), self, ctx))


class Suite(TyperGroup):
    """A subcommand with subcommands of its own beside what it does itself.

    What it does itself is its hidden command `OWN`: ``eval QUESTIONS`` is that command with QUESTIONS,
    ``eval init`` is another. A file with the name of a subcommand is written ``./init``.
    """

    OWN = "run"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the suite's own command where no subcommand is named; ``--help`` alone is the suite's."""
        asked = args[0] if args else ""
        named = asked in self.commands and not self.commands[asked].hidden
        if not named and asked not in ctx.help_option_names and not (ctx.resilient_parsing and not args):
            args = [self.OWN, *args]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; the suite's own one has no name of its own in usage and hints."""
        name, command, rest = super().resolve_command(ctx, args)
        return "" if name == self.OWN else name, command, rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help text: of the suite's own command, with the other ones listed."""
        shared = global_options(ctx.find_root().command)
        others = {name: each for name, each in self.commands.items() if not each.hidden}
        formatter.write(command_help(_state(ctx), self.commands[self.OWN], ctx, shared, others))


def global_options(root: Any) -> list[Any]:
    """The root's options that may stand after the subcommand as well."""
    return [option for option in root.params if option.name not in _ROOT_ONLY]


def hoisted(arguments: Sequence[str], options: Iterable[Any], *, strict: bool = True) -> list[str]:
    """The command line with global options moved to its front; nothing after ``--`` is moved.

    Raises:
        UsageError: an option that takes a value is the last word.
    """
    flags = {name: option.is_flag for option in options for name in option.opts}
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        name, equals, _ = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif name not in flags or (equals and flags[name]):
            rest.append(word)
        elif equals or flags[name]:
            front.append(word)
        elif (value := next(words, None)) is not None:
            front += [word, value]
        elif strict:
            raise UsageError("cli.usage_needs_value", option=name, help="--help")
    return front + rest


def _state(context: Any) -> State:
    state: State = context.find_root().obj
    return state
