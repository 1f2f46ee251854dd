"""Help texts: what a command does, its arguments and options, and examples that can be pasted."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from retrieval.cli.state import State
from retrieval.cli.terminal import columns, padded, wrapped

_MAX_WIDTH = 100  # longer lines are hard to read, however wide the window is
_MAX_TERM = 28
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_BUILT_IN = {
    "help": "cli.help_help",
    "install_completion": "cli.help_install",
    "show_completion": "cli.help_show",
}
_NONE: Mapping[str, Any] = {}


def root_help(state: State, command: Any, context: Any) -> str:
    """Help of the whole program: its commands and options."""
    return "".join(
        (
            _intro(state, command, context),
            _section(state, "cli.help_commands", _commands(command.commands)),
            _section(state, "cli.help_options", _rows(state, command.get_params(context))),
            _paragraph("\n" + state.text("cli.help_more", program=state.program)),
        )
    )


def command_help(
    state: State, command: Any, context: Any, shared: Iterable[Any], others: Mapping[str, Any] = _NONE
) -> str:
    """Help of one subcommand.

    Args:
        state: of this run.
        command: the typer command.
        context: its context.
        shared: the options of the root that may stand here too.
        others: subcommands of this one, by name.
    """
    parameters = command.get_params(context)
    arguments = [(p.metavar or p.name, p.help or "") for p in parameters if p.param_type_name == "argument"]
    options = [p for p in parameters if p.param_type_name == "option"]
    text = _intro(state, command, context)
    text += _section(state, "cli.help_commands", _commands(others))
    text += _section(state, "cli.help_arguments", arguments)
    text += _section(state, "cli.help_options", _rows(state, options))
    text += _section(state, "cli.help_shared", _rows(state, shared))
    if command.epilog:
        text += "\n" + _heading(state.text("cli.help_examples")) + "\n"
        text += "".join(f"  {line}\n" for line in command.epilog.splitlines())
    return text


def _intro(state: State, command: Any, context: Any) -> str:
    arguments = [_usage_word(p) for p in command.params if p.param_type_name == "argument"]
    path = context.command_path.rstrip()
    words = [path, state.text("cli.help_usage_options"), *arguments]
    if hasattr(command, "commands"):
        words = [path, state.text("cli.help_usage_command")]
    usage = f"{_heading(state.text('cli.help_usage'))}  {' '.join(words)}\n"
    return usage + "\n" + _paragraph(command.help or "")


def _commands(commands: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, (each.help or "").split("\n")[0]) for name, each in commands.items() if not each.hidden]


def _usage_word(parameter: Any) -> str:
    word = parameter.metavar or parameter.name
    word += "…" if parameter.nargs == -1 else ""
    return word if parameter.required else f"[{word}]"


def _rows(state: State, options: Iterable[Any]) -> list[tuple[str, str]]:
    rows = []
    for option in options:
        if getattr(option, "hidden", False):
            continue
        names = ", ".join(sorted(option.opts, key=len))
        if not option.is_flag and option.metavar:
            names += f" {option.metavar}"
        built_in = _BUILT_IN.get(option.name)
        rows.append((names, state.text(built_in) if built_in else option.help or ""))
    return rows


def _section(state: State, key: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    term = min(_MAX_TERM, max(columns(name) for name, _ in rows))
    indent = " " * (term + 4)
    text = "\n" + _heading(state.text(key)) + "\n"
    for name, explanation in rows:
        lines = wrapped(explanation, _help_width() - len(indent))
        if columns(name) > term:
            text += f"  {name}\n" + "".join(f"{indent}{line}\n" for line in lines)
        else:
            text += f"  {padded(name, term)}  {lines[0]}\n" + "".join(
                f"{indent}{line}\n" for line in lines[1:]
            )
    return text


def _paragraph(text: str) -> str:
    return "".join(line + "\n" for line in wrapped(text, _help_width()))


def _heading(text: str) -> str:
    styled = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return f"{_BOLD}{text}{_PLAIN}" if styled else text


def _help_width() -> int:
    return min(_MAX_WIDTH, shutil.get_terminal_size().columns)
