"""The edge of the program: every way a command can end becomes one line and an exit code.

0 done, 1 the work failed, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Callable

import typer

from config.errors import AnjiangError
from config.patterns import lazy_pattern
from config.redaction import redact
from retrieval.cli.state import State

FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130


def guarded(state: State, work: Callable[[], object]) -> int:
    """Do the work, say what went wrong if anything did, and return the exit code."""
    try:
        code = work()
        sys.stdout.flush()
    except BrokenPipeError:
        return _reader_gone()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except typer.Abort:
        code = INTERRUPTED
    except SystemExit as stop:
        code = stop.code
    except Exception as error:  # noqa: BLE001 - the one place where everything is caught
        return _failed(state, error)
    if code == INTERRUPTED:
        _complain(state, state.text("cli.interrupted"))
    return code if isinstance(code, int) else 0


def _failed(state: State, error: Exception) -> int:
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()
    if state.debug:
        sys.stderr.write(redact("".join(traceback.format_exception(error)), state.secrets()))
    if isinstance(error, AnjiangError):
        _complain(state, error.text(state.language))
        return error.exit_code
    if isinstance(error, typer.TyperException):
        _complain(state, usage_text(state, error))
        return WRONG_USAGE
    _complain(state, state.text("cli.internal", kind=type(error).__name__, reason=error))
    return FAILED


def usage_text(state: State, error: typer.TyperException) -> str:
    """A parser's complaint in the person's language, with the command that explains more.

    The parser's classes are private and its texts English, so they are told apart by name and by what
    they carry; one that is not known here is shown as it is.
    """
    context = getattr(error, "ctx", None)
    command = getattr(context, "command_path", "").rstrip() or state.program
    parameter = getattr(error, "param", None)
    metavar = getattr(parameter, "metavar", None) or getattr(parameter, "name", "")
    option = getattr(parameter, "param_type_name", "") == "option"
    key = _USAGE_KEYS.get(type(error).__name__, "cli.usage_other")
    low, high = getattr(parameter, "min", None), getattr(parameter, "max", None)
    if key == "cli.usage_bad_value" and low is not None and high is not None:
        key = "cli.usage_bad_number" if isinstance(low, int) else "cli.usage_bad_share"
    extra = _EXTRA.match(error.format_message())
    if key == "cli.usage_other" and extra is not None:
        key = "cli.usage_extra"
    return state.text(
        key,
        low=low,
        high=high,
        option=getattr(error, "option_name", ""),
        parameter=max(getattr(parameter, "opts", ()), key=len) if option else metavar,
        reason=error.message if key == "cli.usage_bad_value" else error.format_message(),
        extra=extra["words"] if extra else "",
        help=f"{command} --help",
    )


_EXTRA = lazy_pattern(r"Got unexpected extra argument(?:\(s\)|s)? \((?P<words>.*)\)\Z", re.DOTALL)
_USAGE_KEYS = {
    "NoSuchOption": "cli.usage_no_option",
    "MissingParameter": "cli.usage_missing",
    "BadParameter": "cli.usage_bad_value",
    "BadOptionUsage": "cli.usage_needs_value",
}


def _complain(state: State, text: str) -> None:
    state.say(redact(state.text("cli.error", text=text), state.secrets()))


def _reader_gone() -> int:
    """The reader of our output has closed it, as ``head`` does: be quiet."""
    _drop_output()
    return FAILED


def _drop_output() -> None:
    """What can't be written must not be tried again when Python shuts down, with an exit code of its own."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
