"""``eval init``: a file of drafted questions from the speeches at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from config.errors import UsageError
from retrieval.cli.options import Options
from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    from retrieval.documents.types import Document

DRAFTS = 40
MAX_DRAFTS = 1000


def add_init(suite: typer.Typer, state: State) -> None:
    """Add the command."""
    text = state.text
    out_file = typer.Option(..., "--out", "-o", metavar=text("help.m_file"), help=text("help.draft_out"))
    count = typer.Option(
        DRAFTS,
        "--count",
        "-n",
        min=1,
        max=MAX_DRAFTS,
        metavar=text("help.m_number"),
        help=text("help.count", default=DRAFTS),
    )
    options = Options(state)

    @suite.command(
        "init",
        cls=Command,
        help=text("help.eval_init"),
        epilog=text("help.eval_init_examples", program=state.program),
    )
    def init(out: Path = out_file, count: int = count, as_json: bool = options.as_json) -> None:
        _init(state, out, count, as_json)


def _init(state: State, out: Path, count: int, as_json: bool) -> None:
    from retrieval.evaluation.drafts import drafts_text, draw_drafts  # noqa: PLC0415
    from retrieval.outputs import refuse_unwritable, write_text  # noqa: PLC0415

    refuse_unwritable(out)
    if out.exists():
        raise UsageError("eval.draft_exists", path=out)
    drafts = draw_drafts(list(_documents(state)), count)
    if not drafts:
        raise UsageError("eval.nothing_to_draft")
    write_text(out, drafts_text(drafts))
    unanswerable = sum(not draft.answerable for draft in drafts)
    if as_json:
        state.print_json({"path": str(out), "questions": len(drafts), "unanswerable": unanswerable})
    else:
        state.say(state.text("eval.written_drafts", path=out, count=len(drafts), unanswerable=unanswerable))


def _documents(state: State) -> Iterator[Document]:
    """The speeches: of the index where one is given, else of the archive as it is."""
    from retrieval.evaluation.sources import archive_documents  # noqa: PLC0415
    from retrieval.opening import open_index  # noqa: PLC0415

    settings = state.settings()
    if state.given("index") is not None:
        with open_index(settings, None) as generation:
            store = generation.store
            yield from (store.document(info.id) for info in store.document_infos())
    else:
        yield from archive_documents(state.archive(), settings.index)
