"""``ask``: one question, one answer."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import typer

from retrieval.cli.options import Options, filters_from
from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    from bot.answer import Answer
    from retrieval.search.filters import Filters
    from retrieval.search.rewriting import Rewriting

DEFAULT_LIMIT = 10

_UNCOLLECTED = 200_000
"""New objects before garbage is looked for: more than a question makes. It leaves a megabyte of it."""


def add_ask(app: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)
    at_most = options.limit(DEFAULT_LIMIT)

    @app.command(
        "ask",
        cls=Command,
        help=state.text("help.ask"),
        epilog=state.text("help.ask_examples", program=state.program),
    )
    def ask(
        question: list[str] = options.question,
        *,
        limit: int = at_most,
        document: str | None = options.document,
        speaker: str | None = options.speaker,
        year: int | None = options.year,
        as_json: bool = options.as_json,
        no_llm: bool = options.no_llm,
    ) -> None:
        _expect_no_second()
        _ask(
            state,
            " ".join(question),
            filters_from(document, speaker, year),
            limit,
            as_json=as_json,
            no_llm=no_llm,
        )


def _expect_no_second() -> None:
    """Spare this process what only pays off with more questions; called before numpy is loaded."""
    gc.set_threshold(_UNCOLLECTED)
    # One question has no work for numpy's threads, which wait for some by spinning.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _ask(state: State, asked: str, filters: Filters, limit: int, *, as_json: bool, no_llm: bool) -> None:
    from bot.answer import answer, answer_again, answer_json  # noqa: PLC0415
    from retrieval.cli.reading import with_searcher  # noqa: PLC0415
    from retrieval.search.question import clean_question  # noqa: PLC0415

    settings = state.settings()  # what is wrong with them is told first
    question = clean_question(asked)
    given = with_searcher(
        state,
        lambda searcher: answer(searcher, question, filters=filters, limit=limit, language=state.language),
    )

    def again(rewriting: Rewriting) -> Answer | None:
        # Opened anew: the quotes were on the screen before anybody knew that there is more to look for.
        return with_searcher(
            state,
            lambda searcher: answer_again(
                searcher, given, rewriting, filters=filters, limit=limit, language=state.language
            ),
        )

    wording = None
    if (settings.llm.base_url or settings.llm.model) and not no_llm:
        from bot.terminal.worded import Wording  # noqa: PLC0415

        wording = Wording(state)
    if as_json:
        state.print_json(answer_json(wording.improve(given, again) if wording else given))
        return
    from bot.terminal.answers import show_answer  # noqa: PLC0415

    screen = state.screen()
    if screen.is_terminal:
        screen.blank()  # parts the first quote from the command line above it
    show_answer(screen, state, given)
    if wording:
        wording.show(screen, given, again)
