"""``eval``: ask a file of questions and measure what comes back; with it ``eval compare``, ``eval init``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from retrieval.cli.commands.evaluate_compare import add_compare
from retrieval.cli.commands.evaluate_init import add_init
from retrieval.cli.options import Options
from retrieval.cli.parsing import Command, Suite
from retrieval.cli.state import State

if TYPE_CHECKING:
    from retrieval.evaluation.questions import Dialogue
    from retrieval.evaluation.runs import Answered
    from retrieval.evaluation.summary import Summary

_HITS = 10  # the measures look no deeper


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a run shall leave behind, each only where it is given."""

    run: Path | None
    summary: Path | None
    html: Path | None


@dataclass(frozen=True, slots=True)
class _Done:
    """A run that was made: the answers, the files' texts by path, the encoder's name."""

    answered: list[Answered]
    sources: dict[str, str]
    model: str


def add_eval(app: typer.Typer, state: State) -> None:
    """Add the command and its subcommands."""
    options = Options(state)
    questions = options.argument("questions", ...)
    out_file = options.value("out", "--out", "-o", metavar="m_file")
    summary_file = options.value("summary", "--summary", metavar="m_file")
    html_file = options.value("html", "--html", metavar="m_file")
    suite = typer.Typer(cls=Suite, rich_markup_mode=None)

    @suite.command(
        Suite.OWN,
        cls=Command,
        hidden=True,
        help=state.text("help.eval"),
        epilog=state.text("help.eval_examples", program=state.program),
    )
    def evaluate(
        questions: Path = questions,
        out: Path | None = out_file,
        summary: Path | None = summary_file,
        html: Path | None = html_file,
        as_json: bool = options.as_json,
    ) -> None:
        _evaluate(state, questions, _Wanted(out, summary, html), as_json)

    add_compare(suite, state)
    add_init(suite, state)
    app.add_typer(suite, name="eval", help=state.text("help.eval"))


def _evaluate(state: State, questions: Path, wanted: _Wanted, as_json: bool) -> None:
    from retrieval.evaluation.questions import load_dialogues  # noqa: PLC0415
    from retrieval.evaluation.runs import judge, write_run  # noqa: PLC0415
    from retrieval.evaluation.summary import summary_json, summary_of  # noqa: PLC0415
    from retrieval.outputs import refuse_same, refuse_unwritable  # noqa: PLC0415

    dialogues = load_dialogues(questions)
    outputs = [path for path in (wanted.run, wanted.summary, wanted.html) if path is not None]
    for path in outputs:
        refuse_unwritable(path)
    refuse_same(questions, outputs)
    done = _run(state, dialogues)
    if wanted.run is not None:
        write_run(wanted.run, done.answered)
        state.say(state.text("eval.written", path=wanted.run, count=len(done.answered)))
    summary = summary_of(judge(done.answered, done.sources))
    _write(state, summary, wanted, questions, done.model)
    if summary.drafts:
        state.say(state.text("eval.drafts", count=summary.drafts))
    if lacking := sum(one.question.answerable and not one.gold for one in summary.run):
        state.say(state.text("eval.without_gold", count=lacking))
    if as_json:
        state.print_json(summary_json(summary))
    else:
        _show(state, summary)


def _run(state: State, dialogues: tuple[Dialogue, ...]) -> _Done:
    from retrieval.cli.building import ProgressBars, searcher_for_questions  # noqa: PLC0415
    from retrieval.evaluation.runs import run  # noqa: PLC0415
    from retrieval.evaluation.sources import stored_texts  # noqa: PLC0415

    answered = []
    with searcher_for_questions(state, state.settings()) as searcher, ProgressBars(state) as bars:
        bars.begin(state.text("eval.answering"), sum(len(dialogue.turns) for dialogue in dialogues))
        for one in run(searcher, dialogues, limit=_HITS):
            answered.append(one)
            bars.advance(1)
        generation = searcher.generation
        return _Done(answered, stored_texts(generation.store), generation.manifest.model)


def _write(state: State, summary: Summary, wanted: _Wanted, questions: Path, model: str) -> None:
    import json  # noqa: PLC0415

    from retrieval.evaluation.report import About, html_report  # noqa: PLC0415
    from retrieval.evaluation.summary import summary_json  # noqa: PLC0415
    from retrieval.outputs import write_text  # noqa: PLC0415

    if wanted.summary is not None:
        text = json.dumps(summary_json(summary), ensure_ascii=False, indent=2)
        write_text(wanted.summary, text + "\n")
        state.say(state.text("eval.written_summary", path=wanted.summary))
    if wanted.html is not None:
        settings = state.settings()
        archive = state.given("index") or settings.archive or settings.index
        about = About(questions.name, Path(str(archive)).resolve().name, model)
        write_text(wanted.html, html_report(summary, about, state.language))
        state.say(state.text("eval.written_report", path=wanted.html))


def _show(state: State, summary: Summary) -> None:
    from retrieval.cli.screen import ACCENT  # noqa: PLC0415
    from retrieval.evaluation.measures import MEASURES, summarise  # noqa: PLC0415
    from retrieval.evaluation.misses import find_misses  # noqa: PLC0415
    from retrieval.evaluation.report import measure_name, shown  # noqa: PLC0415

    whole, curve = summary.whole, summary.curve
    rows = [("questions", f"{whole.answerable}"), ("unanswerable", f"{whole.unanswerable}")]
    labelled = [(state.text(f"eval.{key}"), value) for key, value in rows]
    for name in MEASURES:
        value = "–"
        if (figure := whole.measures.get(name)) is not None:
            one = figure.estimate
            value = f"{shown(name, one.value)}  {shown(name, one.low)} – {shown(name, one.high)}"
        labelled.append((measure_name(name, state.language), value))
    if curve.area is not None and curve.coverage_allowed is not None:
        area = f"{curve.area.value:.3f}  {curve.area.low:.3f} – {curve.area.high:.3f}"
        labelled.append((state.text("eval.area"), area))
        labelled.append((state.text("eval.coverage_allowed"), f"{curve.coverage_allowed:.3f}"))
    if summary.reliability.error is not None:
        labelled.append((state.text("eval.calibration_error"), f"{summary.reliability.error:.3f}"))
    labelled.append((state.text("eval.not_verbatim"), str(summarise(summary.run)["quotes_not_verbatim"])))
    labelled.append((state.text("eval.misses"), str(len(find_misses(summary.run)))))
    state.screen().aligned([((name, ACCENT), value) for name, value in labelled])
