"""``config``: every setting, its value, and where it came from."""

from __future__ import annotations

import typer

from retrieval.cli.options import Options
from retrieval.cli.parsing import Command
from retrieval.cli.state import State


def add_config(app: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)

    @app.command(
        "config",
        cls=Command,
        help=state.text("help.config"),
        epilog=state.text("help.config_examples", program=state.program),
    )
    def config(as_json: bool = options.as_json) -> None:
        from config.explaining import explain  # noqa: PLC0415

        settings = state.settings()
        rows = explain(settings, state.language)
        if as_json:
            state.print_json([{"key": row.key, "value": row.value, "origin": row.origin} for row in rows])
        else:
            _show(state, [(row.key, row.value, row.origin) for row in rows])


def _show(state: State, rows: list[tuple[str, str, str]]) -> None:
    from retrieval.cli.screen import ACCENT, FAINT, styled  # noqa: PLC0415
    from retrieval.cli.terminal import columns  # noqa: PLC0415

    screen = state.screen()
    left = max(columns(key) for key, _, _ in rows)
    for key, value, origin in rows:
        screen.block(styled(value, (f"  {origin}", FAINT)), (key.ljust(left + 2), ACCENT))
