"""``eval compare``: two runs on the same questions, measure by measure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from retrieval.cli.options import Options
from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    from retrieval.evaluation.comparison import Change


def add_compare(suite: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)
    first_run = options.argument("first_run", ...)
    second_run = options.argument("second_run", ...)
    asked = typer.Option(
        ..., "--questions", "-q", metavar=state.text("help.m_questions"), help=state.text("help.asked")
    )

    @suite.command(
        "compare",
        cls=Command,
        help=state.text("help.eval_compare"),
        epilog=state.text("help.eval_compare_examples", program=state.program),
    )
    def compare_runs(
        first: Path = first_run,
        second: Path = second_run,
        questions: Path = asked,
        as_json: bool = options.as_json,
    ) -> None:
        _compare(state, first, second, questions, as_json)


def _compare(state: State, first: Path, second: Path, questions: Path, as_json: bool) -> None:
    from retrieval.evaluation.comparison import compare, comparison_json  # noqa: PLC0415
    from retrieval.evaluation.questions import load_dialogues  # noqa: PLC0415
    from retrieval.evaluation.recorded import read_run  # noqa: PLC0415
    from retrieval.evaluation.runs import judge  # noqa: PLC0415

    dialogues = load_dialogues(questions)
    runs = [read_run(path, dialogues) for path in (first, second)]
    texts = _texts(state)
    changes = compare(*(judge(run, texts) for run in runs))
    if as_json:
        state.print_json({"first": str(first), "second": str(second), **comparison_json(changes)})
    else:
        show_changes(state, str(first), str(second), changes)


def _texts(state: State) -> dict[str, str]:
    """The files that the gold quotes stand in: of the index where one is given, else of the archive."""
    from retrieval.evaluation.sources import archive_texts, stored_texts  # noqa: PLC0415
    from retrieval.opening import open_index  # noqa: PLC0415

    settings = state.settings()
    if state.given("index") is not None:
        with open_index(settings, None) as generation:
            return stored_texts(generation.store)
    return archive_texts(state.archive(), settings.index)


def show_changes(state: State, first: str, second: str, changes: Sequence[Change]) -> None:
    """Show how each measure differs between two runs, by their names."""
    from retrieval.cli.screen import ACCENT, FAINT, STRONG  # noqa: PLC0415
    from retrieval.cli.terminal import columns, padded  # noqa: PLC0415
    from retrieval.evaluation.intervals import LEVEL  # noqa: PLC0415

    screen = state.screen()
    screen.line((state.text("eval.runs_compared", first=first, second=second), FAINT))
    head = ("column_measure", "column_questions", "", "", "column_difference", "column_interval", "column_p")
    names = [state.text(f"eval.{key}") if key else "" for key in head]
    names[2:4] = ("甲", "乙") if state.language.value == "zh" else ("A", "B")
    rows = [tuple(names), *(_row(state, change) for change in changes)]
    widths = [max(columns(row[at]) for row in rows) for at in range(len(names))]
    for number, row in enumerate(rows):
        label = padded(row[0], widths[0])
        values = [
            " " * (width - columns(cell)) + cell for cell, width in zip(row[1:], widths[1:], strict=True)
        ]
        screen.line((label, STRONG if number == 0 else ACCENT), "  ", "  ".join(values))
    screen.line((state.text("eval.compare_note", level=f"{LEVEL:.0%}"), FAINT))


def _row(state: State, change: Change) -> tuple[str, ...]:
    from retrieval.evaluation.report import measure_name, shown  # noqa: PLC0415

    name, found = change.measure, change.difference
    return (
        measure_name(name, state.language),
        str(change.questions),
        shown(name, change.first),
        shown(name, change.second),
        shown(name, found.value, is_change=True),
        f"{shown(name, found.low, is_change=True)} … {shown(name, found.high, is_change=True)}",
        f"{found.p:.3f}" if found.p >= 0.001 else "<0.001",
    )
