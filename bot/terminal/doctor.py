"""``doctor``: the check-up on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from retrieval.cli.options import Options
from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    from bot.doctor import Check


_NAME_COLUMNS = 8  # of the longest name in either language


def add_doctor(app: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)

    @app.command(
        "doctor",
        cls=Command,
        help=state.text("help.doctor"),
        epilog=state.text("help.doctor_examples", program=state.program),
    )
    def doctor(as_json: bool = options.as_json) -> None:
        _doctor(state, as_json)


def _doctor(state: State, as_json: bool) -> None:
    from bot.doctor import Doctor, Level  # noqa: PLC0415

    # Settings that can't be read end the check-up: everything else hangs on them.
    settings = state.settings()
    checks: list[Check] = []
    for check in Doctor(settings, state.language).examine():
        checks.append(check)
        if not as_json:
            _show(state, check)
    healthy = all(check.level is not Level.FAIL for check in checks)
    if as_json:
        listed = [{"check": check.name, "level": check.level.value, "text": check.text} for check in checks]
        state.print_json({"ok": healthy, "checks": listed})
    if not healthy:
        raise typer.Exit(1)


def _show(state: State, check: Check) -> None:
    from bot.doctor import Level  # noqa: PLC0415
    from retrieval.cli.screen import BAD, FAIR, GOOD, styled  # noqa: PLC0415
    from retrieval.cli.terminal import padded  # noqa: PLC0415

    sign, style = {Level.OK: ("✓", GOOD), Level.WARN: ("!", FAIR), Level.FAIL: ("✗", BAD)}[check.level]
    name = padded(state.text(f"doctor.name_{check.name}"), _NAME_COLUMNS)
    screen = state.screen()
    screen.block(styled(check.text), (f"{sign} {name} ", style))
