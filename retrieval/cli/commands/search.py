"""``search``: the passages nearest to a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from retrieval.cli.options import Options, filters_from
from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    from retrieval.search.filters import Filters

DEFAULT_LIMIT = 5  # more than a screenful is rarely read


def add_search(app: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)
    at_most = options.limit(DEFAULT_LIMIT)

    @app.command(
        "search",
        cls=Command,
        help=state.text("help.search"),
        epilog=state.text("help.search_examples", program=state.program),
    )
    def search(
        question: list[str] = options.question,
        *,
        limit: int = at_most,
        document: str | None = options.document,
        speaker: str | None = options.speaker,
        year: int | None = options.year,
        as_json: bool = options.as_json,
    ) -> None:
        _search(state, " ".join(question), filters_from(document, speaker, year), limit, as_json)


def _search(state: State, asked: str, filters: Filters, limit: int, as_json: bool) -> None:
    from retrieval.cli.reading import with_searcher  # noqa: PLC0415
    from retrieval.search.output import search_json  # noqa: PLC0415
    from retrieval.search.question import clean_question  # noqa: PLC0415

    state.settings()  # what is wrong with them is told first
    question = clean_question(asked)
    hits = with_searcher(state, lambda searcher: searcher.search(question, filters=filters, limit=limit))
    if as_json:
        state.print_json(search_json(question, hits))
        return
    from retrieval.cli.citations import show_hit  # noqa: PLC0415

    screen = state.screen()
    if not hits:
        screen.line(state.text("cli.no_hits"))
    for rank, hit in enumerate(hits, 1):
        if rank > 1 or screen.is_terminal:
            screen.blank()
        show_hit(screen, state, rank, hit, question)
