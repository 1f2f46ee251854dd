"""``trace``: where a formulation stands, from its first use to its latest wording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from config.errors import FontMissingError, UsageError
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
    into = options.value("picture", "--picture", metavar="m_file")

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
        picture: Path | None = into,
        as_json: bool = options.as_json,
    ) -> None:
        _trace(state, " ".join(formulation), filters_from(document, speaker, year), picture, as_json)


def _trace(state: State, formulation: str, filters: Filters, picture: Path | None, as_json: bool) -> None:
    from retrieval.cli.reading import with_generation  # noqa: PLC0415
    from retrieval.lineage.trace import formulation_of, trace  # noqa: PLC0415
    from retrieval.outputs import refuse_unwritable  # noqa: PLC0415
    from retrieval.search.filters import ANY  # noqa: PLC0415

    wanted = formulation_of(formulation)
    if picture is not None:
        if picture.suffix.lower() not in (".png", ".svg"):
            raise UsageError("trace.picture_kind", path=picture)
        refuse_unwritable(picture)
    lineage = with_generation(state, lambda generation: trace(generation.store, wanted, filters))
    if as_json:
        from retrieval.lineage.output import lineage_json  # noqa: PLC0415

        state.print_json(lineage_json(lineage))
    else:
        from retrieval.cli.lineage import show_lineage  # noqa: PLC0415

        show_lineage(state.screen(), state, lineage, "archive" if filters == ANY else "chosen")
    if picture is not None:
        _draw(state, lineage, picture)


def _draw(state: State, lineage: Lineage, path: Path) -> None:
    """Write the picture; where no font can draw it as PNG, as SVG beside it, and say so."""
    from retrieval.lineage.picture import timeline_png  # noqa: PLC0415
    from retrieval.lineage.timeline import timeline_svg  # noqa: PLC0415
    from retrieval.outputs import write_bytes, write_text  # noqa: PLC0415

    if not lineage.occurrences:
        state.say(state.text("trace.not_written", path=path))
        return
    svg = timeline_svg(lineage, state.language)
    try:
        if path.suffix.lower() == ".png":
            write_bytes(path, timeline_png(svg))
        else:
            write_text(path, svg)
    except FontMissingError as error:
        instead = path.with_suffix(".svg")
        write_text(instead, svg)
        raise FontMissingError("trace.svg_instead", reason=error, path=instead) from error
    state.say(state.text("trace.written", path=path))
