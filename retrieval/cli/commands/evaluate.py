"""``eval``: ask a file of questions and measure what comes back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from config.errors import SettingsError
from retrieval.cli.options import Options
from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    from config.settings import Settings
    from retrieval.evaluation.questions import Dialogue
    from retrieval.evaluation.runs import Answered

_HITS = 10  # the measures look no deeper


def add_eval(app: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)
    questions = options.argument("questions", ...)
    out_file = options.value("out", "--out", "-o", metavar="m_file")

    @app.command(
        "eval",
        cls=Command,
        help=state.text("help.eval"),
        epilog=state.text("help.eval_examples", program=state.program),
    )
    def evaluate(
        questions: Path = questions, out: Path | None = out_file, as_json: bool = options.as_json
    ) -> None:
        _evaluate(state, questions, out, as_json)


def _evaluate(state: State, questions: Path, out: Path | None, as_json: bool) -> None:
    from retrieval.evaluation.measures import summarise  # noqa: PLC0415
    from retrieval.evaluation.questions import load_dialogues  # noqa: PLC0415
    from retrieval.evaluation.runs import judge, write_run  # noqa: PLC0415

    dialogues = load_dialogues(questions)
    settings = state.settings()
    if state.given("index") is not None:
        answered, sources = _answer(state, settings, dialogues)
    else:
        if settings.archive is None:
            raise SettingsError("settings.archive_not_set")
        with tempfile.TemporaryDirectory(prefix="anjiang-eval-") as folder:
            answered, sources = _answer_fresh(state, settings, Path(folder), dialogues)
    if out is not None:
        write_run(out, answered)
        state.say(state.text("eval.written", path=out, count=len(answered)))
    summary = summarise(judge(answered, sources))
    if as_json:
        state.print_json(summary)
    else:
        _show(state, summary)


def _answer_fresh(
    state: State, settings: Settings, folder: Path, dialogues: tuple[Dialogue, ...]
) -> tuple[list[Answered], dict[str, str]]:
    """Answer from an index of the archive as it is now, which nobody else sees."""
    from retrieval.cli.building import ProgressBars, build_index  # noqa: PLC0415

    assert settings.archive is not None  # noqa: S101 - the caller has checked it
    with ProgressBars(state) as bars:
        build_index(settings, settings.archive, folder, state=state, progress=bars)
    return _answer(state, settings.model_copy(update={"index": folder}), dialogues)


def _answer(
    state: State, settings: Settings, dialogues: tuple[Dialogue, ...]
) -> tuple[list[Answered], dict[str, str]]:
    from retrieval.cli.building import ProgressBars  # noqa: PLC0415
    from retrieval.evaluation.runs import run  # noqa: PLC0415
    from retrieval.search.searcher import open_searcher  # noqa: PLC0415

    searcher = open_searcher(settings)
    answered = []
    with ProgressBars(state) as bars:
        bars.begin(state.text("eval.answering"), sum(len(dialogue.turns) for dialogue in dialogues))
        for one in run(searcher, dialogues, limit=_HITS):
            answered.append(one)
            bars.advance(1)
    store = searcher.generation.store
    sources = {info.path: store.document(info.id).raw for info in store.document_infos()}
    return answered, sources


def _show(state: State, summary: dict[str, float | int | None]) -> None:
    from retrieval.cli.screen import ACCENT  # noqa: PLC0415

    rows = []
    for name, value in summary.items():
        label, _, depth = name.partition("@")
        key = "mrr" if label == "mrr" else "success" if label == "success" else name
        shown = "–" if value is None else f"{value:g}" if isinstance(value, int) else f"{value:.3f}"
        rows.append(((state.text(f"eval.{key}", k=depth), ACCENT), shown))
    state.screen().aligned(rows)
