"""``index``: make the index say what the folder of speeches says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from config.errors import SettingsError, UsageError
from retrieval.cli.options import Options
from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    from retrieval.cli.screen import Screen
    from retrieval.index.report import RebuildReport

_SHOWN_PATHS = 20
"""Paths listed of one kind; ``--json`` and ``--verbose`` have all of them."""


def add_index(app: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)
    folder = options.argument("folder", None)
    everything = options.flag("full", "--full")
    rehearse = options.flag("dry_run", "--dry-run")
    target = options.value("to", "--to", metavar="m_to")

    @app.command(
        "index",
        cls=Command,
        help=state.text("help.index"),
        epilog=state.text("help.index_examples", program=state.program),
    )
    def index(
        folder: Path | None = folder,
        full: bool = everything,
        dry_run: bool = rehearse,
        to: str | None = target,
        as_json: bool = options.as_json,
    ) -> None:
        if to is not None:
            _copy(state, to, as_json, alone=folder is None and not full and not dry_run)
            return
        if folder is not None:
            state.override("archive", folder)
        _index(state, full, dry_run, as_json)


def _index(state: State, full: bool, dry_run: bool, as_json: bool) -> None:
    from retrieval.cli.building import ProgressBars, build_index  # noqa: PLC0415

    settings = state.settings()
    if settings.archive is None:
        raise SettingsError("cli.no_folder", program=state.program)
    with ProgressBars(state) as bars:
        report = build_index(
            settings,
            settings.archive,
            settings.index,
            state=state,
            full=full,
            dry_run=dry_run,
            progress=bars,
        )
    if as_json:
        state.print_json(report.as_json(state.language))
    else:
        _show(state.screen(), state, report)


def _copy(state: State, to: str, as_json: bool, *, alone: bool) -> None:
    """Copy the index as it is.

    Raises:
        UsageError: the target is unknown, or a rebuild is asked for besides.
    """
    from config.settings import Backend  # noqa: PLC0415 -- loads pydantic, which --help does without
    from retrieval.cli.building import ProgressBars, copy_index  # noqa: PLC0415

    if to != Backend.MILVUS:
        raise UsageError("milvus.unknown_target", target=to)
    if not alone:
        raise UsageError("milvus.copy_alone", program=state.program)
    settings = state.settings()
    with ProgressBars(state) as bars:
        done = copy_index(settings, settings.index, state=state, progress=bars)
    if as_json:
        state.print_json(done.as_json())


def _show(screen: Screen, state: State, report: RebuildReport) -> None:
    from retrieval.cli.reasons import show_groups  # noqa: PLC0415
    from retrieval.cli.screen import BAD, FAINT, FAIR, GOOD, STRONG  # noqa: PLC0415
    from retrieval.index.reasons import doubt_groups, skipped_groups  # noqa: PLC0415

    if report.unusable is not None:
        screen.line((state.text("index.full_broken", error=report.unusable.text(state.language)), FAIR))
    _show_paths(screen, state, ("+", GOOD), report.new)
    _show_paths(screen, state, ("~", FAIR), report.changed)
    _show_paths(screen, state, ("→", FAIR), [f"{old} → {new}" for old, new in report.renamed])
    _show_paths(screen, state, ("-", BAD), report.removed)
    left_out = [one for one in report.skipped if not one.is_copy]
    copies = [one for one in report.skipped if one.is_copy]
    show_groups(screen, state, "index.skipped_title", skipped_groups(left_out, state.language), "!")
    show_groups(screen, state, "index.copies_title", skipped_groups(copies, state.language), "=")
    show_groups(screen, state, "index.doubts_title", doubt_groups(report.warnings, state.language), "?")
    left_over = [f"{path}  {reason.text(state.language)}" for path, reason in report.left_over]
    _show_paths(screen, state, ("?", FAIR), left_over)
    if report.vectors is not None:
        screen.line((report.vectors.as_text(state.language), FAINT))
    summary = report.summary(state.language)
    head, mark, rest = summary.partition("；" if "；" in summary else ";")
    screen.line((head, STRONG), mark, (rest, FAINT))


def _show_paths(screen: Screen, state: State, sign: tuple[str, str], paths: Sequence[str]) -> None:
    from retrieval.cli.screen import FAINT, styled  # noqa: PLC0415

    shown = paths if state.verbose else paths[:_SHOWN_PATHS]
    for path in shown:
        screen.block(styled((path, "")), (f"{sign[0]} ", sign[1]))
    if len(shown) < len(paths):
        screen.line(
            (f"{sign[0]} ", sign[1]), (state.text("cli.more_paths", count=len(paths) - len(shown)), FAINT)
        )
