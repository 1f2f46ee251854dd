"""``trace``: where a formulation stands, from its first use to its latest wording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from retrieval.cli.options import Options, filters_from
from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    from retrieval.lineage.types import Lineage
    from retrieval.search.filters import Filters


def add_trace(app: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)
    words = options.argument("formulation", ...)
    picture = options.value("svg", "--svg", metavar="m_file")

    @app.command(
        "trace",
        cls=Command,
        help=state.text("help.trace"),
        epilog=state.text("help.trace_examples", program=state.program),
    )
    def trace(
        formulation: list[str] = words,
        *,
        document: str | None = options.document,
        speaker: str | None = options.speaker,
        year: int | None = options.year,
        svg: Path | None = picture,
        as_json: bool = options.as_json,
    ) -> None:
        _trace(state, " ".join(formulation), filters_from(document, speaker, year), svg, as_json)


def _trace(state: State, formulation: str, filters: Filters, svg: Path | None, as_json: bool) -> None:
    from retrieval.cli.reading import with_generation  # noqa: PLC0415
    from retrieval.lineage.trace import formulation_of, trace  # noqa: PLC0415
    from retrieval.outputs import refuse_unwritable  # noqa: PLC0415
    from retrieval.search.filters import ANY  # noqa: PLC0415

    wanted = formulation_of(formulation)
    if svg is not None:
        refuse_unwritable(svg)
    lineage = with_generation(state, lambda generation: trace(generation.store, wanted, filters))
    if as_json:
        from retrieval.lineage.output import lineage_json  # noqa: PLC0415

        state.print_json(lineage_json(lineage))
    else:
        from retrieval.cli.lineage import show_lineage  # noqa: PLC0415

        show_lineage(state.screen(), state, lineage, "archive" if filters == ANY else "chosen")
    if svg is not None:
        _draw(state, lineage, svg)


def _draw(state: State, lineage: Lineage, path: Path) -> None:
    from retrieval.lineage.timeline import timeline_svg  # noqa: PLC0415
    from retrieval.outputs import write_text  # noqa: PLC0415

    if not lineage.occurrences:
        state.say(state.text("trace.not_written", path=path))
        return
    write_text(path, timeline_svg(lineage, state.language))
    state.say(state.text("trace.written", path=path))
