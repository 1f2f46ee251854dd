"""The program's commands, run in the test's own process."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner, Result

from bot.cli import build_app
from config.messages import Language

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "speeches"
SPRING = "2024年春节前讲话.txt"
"""One of the example speeches."""


def run(*arguments: object, language: Language = Language.EN, stdin: str | None = None) -> Result:
    """``anjiang`` with these words."""
    return CliRunner().invoke(build_app(language), [str(argument) for argument in arguments], input=stdin)
