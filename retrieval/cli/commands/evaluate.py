"""``eval``: ask a file of questions and measure what comes back; with it ``eval compare``, ``eval init``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from config.errors import UsageError
from retrieval.cli.commands.evaluate_compare import add_compare
from retrieval.cli.commands.evaluate_init import add_init
from retrieval.cli.options import Options
from retrieval.cli.parsing import Command, Suite
from retrieval.cli.state import State

if TYPE_CHECKING:
    from retrieval.evaluation.comparison import Change
    from retrieval.evaluation.questions import Dialogue
    from retrieval.evaluation.runs import Answered, Ask
    from retrieval.evaluation.summary import Summary
    from retrieval.search.searcher import Searcher

_HITS = 10  # the measures look no deeper


OpenWorded = Callable[[State, int], AbstractContextManager["Ask"]]
"""Makes ready to answer so many questions in the second mode, in which a language model words quotes."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a run shall leave behind, each only where it is given."""

    run: Path | None
    summary: Path | None
    html: Path | None

    @property
    def worded_run(self) -> Path | None:
        """The run of the second mode beside that of the first: run.jsonl, run.llm.jsonl."""
        return self.run and self.run.with_name(f"{self.run.stem}.llm{self.run.suffix}")


@dataclass(frozen=True, slots=True)
class _Done:
    """What was made: the answers, those of the second mode if any, the texts by path, the encoder's name."""

    answered: list[Answered]
    worded: list[Answered]
    sources: dict[str, str]
    model: str


@dataclass(frozen=True, slots=True)
class _Modes:
    """A run measured, and the run of the second mode with what differs, if there is one."""

    first: Summary
    second: Summary | None = None
    changes: tuple[Change, ...] = ()


def add_eval(app: typer.Typer, state: State, open_worded: OpenWorded | None = None) -> None:
    """Add the command and its subcommands.

    Args:
        app: the command line.
        state: of the run.
        open_worded: the second mode; None where nobody offers one, and ``--llm`` is refused.
    """
    options = Options(state)
    questions = options.argument("questions", ...)
    out_file = options.value("out", "--out", "-o", metavar="m_file")
    summary_file = options.value("summary", "--summary", metavar="m_file")
    html_file = options.value("html", "--html", metavar="m_file")
    with_llm = options.flag("eval_llm", "--llm")
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
        *,
        out: Path | None = out_file,
        summary: Path | None = summary_file,
        html: Path | None = html_file,
        llm: bool = with_llm,
        as_json: bool = options.as_json,
    ) -> None:
        if llm and open_worded is None:
            raise UsageError("eval.no_llm", program=state.program)
        _evaluate(state, questions, _Wanted(out, summary, html), as_json, open_worded if llm else None)

    add_compare(suite, state)
    add_init(suite, state)
    app.add_typer(suite, name="eval", help=state.text("help.eval"))


def _evaluate(
    state: State, questions: Path, wanted: _Wanted, as_json: bool, open_worded: OpenWorded | None
) -> None:
    from retrieval.evaluation.questions import load_dialogues  # noqa: PLC0415
    from retrieval.evaluation.runs import write_run  # noqa: PLC0415
    from retrieval.outputs import refuse_same, refuse_unwritable  # noqa: PLC0415

    dialogues = load_dialogues(questions)
    runs = [wanted.run, wanted.worded_run if open_worded else None]
    outputs = [path for path in (*runs, wanted.summary, wanted.html) if path is not None]
    for path in outputs:
        refuse_unwritable(path)
    refuse_same(questions, outputs)
    done = _run(state, dialogues, open_worded)
    for file, answered in zip(runs, (done.answered, done.worded), strict=True):
        if file is not None:
            write_run(file, answered)
            state.say(state.text("eval.written", path=file, count=len(answered)))
    modes = _measured(done)
    _write(state, modes, wanted, questions, done.model)
    if modes.first.drafts:
        state.say(state.text("eval.drafts", count=modes.first.drafts))
    if lacking := sum(one.question.answerable and not one.gold for one in modes.first.run):
        state.say(state.text("eval.without_gold", count=lacking))
    if as_json:
        state.print_json(_modes_json(modes))
    else:
        _show_modes(state, modes)


def _run(state: State, dialogues: tuple[Dialogue, ...], open_worded: OpenWorded | None) -> _Done:
    from retrieval.cli.building import ProgressBars, searcher_for_questions  # noqa: PLC0415
    from retrieval.evaluation.runs import in_quotes, run  # noqa: PLC0415
    from retrieval.evaluation.sources import stored_texts  # noqa: PLC0415

    total = sum(len(dialogue.turns) for dialogue in dialogues)

    def answers(searcher: Searcher, bars: ProgressBars, label: str, ask: Ask) -> list[Answered]:
        bars.begin(state.text(label), total)
        answered = []
        for one in run(searcher, dialogues, limit=_HITS, ask=ask):
            answered.append(one)
            bars.advance(1)
        return answered

    with ExitStack() as stack:
        # What is wrong with the settings of the second mode is told before anything is built.
        ask = stack.enter_context(open_worded(state, total)) if open_worded else None
        searcher = stack.enter_context(searcher_for_questions(state, state.settings()))
        bars = stack.enter_context(ProgressBars(state))
        first = answers(searcher, bars, "eval.answering", in_quotes)
        second = answers(searcher, bars, "eval.wording", ask) if ask else []
        generation = searcher.generation
        return _Done(first, second, stored_texts(generation.store), generation.manifest.model)


def _measured(done: _Done) -> _Modes:
    from retrieval.evaluation.comparison import compare  # noqa: PLC0415
    from retrieval.evaluation.runs import judge  # noqa: PLC0415
    from retrieval.evaluation.summary import summary_of  # noqa: PLC0415

    first = judge(done.answered, done.sources)
    if not done.worded:
        return _Modes(summary_of(first))
    second = judge(done.worded, done.sources)
    return _Modes(summary_of(first), summary_of(second), compare(first, second))


def _modes_json(modes: _Modes) -> dict[str, Any]:
    """The summary; that of the second mode and what differs stand in it under names of their own."""
    from retrieval.evaluation.comparison import comparison_json  # noqa: PLC0415
    from retrieval.evaluation.summary import summary_json  # noqa: PLC0415

    found = summary_json(modes.first)
    if modes.second is None:
        return found
    return {**found, "llm": summary_json(modes.second), "comparison": comparison_json(modes.changes)}


def _write(state: State, modes: _Modes, wanted: _Wanted, questions: Path, model: str) -> None:
    import json  # noqa: PLC0415

    from retrieval.evaluation.report import About, html_report  # noqa: PLC0415
    from retrieval.outputs import write_text  # noqa: PLC0415

    if wanted.summary is not None:
        text = json.dumps(_modes_json(modes), ensure_ascii=False, indent=2)
        write_text(wanted.summary, text + "\n")
        state.say(state.text("eval.written_summary", path=wanted.summary))
    if wanted.html is not None:
        settings = state.settings()
        archive = state.given("index") or settings.archive or settings.index
        about = About(questions.name, Path(str(archive)).resolve().name, model)
        page = html_report(modes.first, about, state.language, modes.second, modes.changes)
        write_text(wanted.html, page)
        state.say(state.text("eval.written_report", path=wanted.html))


def _show_modes(state: State, modes: _Modes) -> None:
    from retrieval.cli.commands.evaluate_compare import show_changes  # noqa: PLC0415
    from retrieval.cli.screen import ACCENT  # noqa: PLC0415
    from retrieval.evaluation.measures import OF_WORDING  # noqa: PLC0415
    from retrieval.evaluation.report import measure_name  # noqa: PLC0415

    _show(state, modes.first)
    if modes.second is None:
        return
    screen, figures = state.screen(), modes.second.whole.measures
    screen.blank()
    show_changes(state, state.text("eval.mode_quotes"), state.text("eval.mode_llm"), modes.changes)
    screen.blank()
    rows = [(measure_name(name, state.language), figures[name]) for name in OF_WORDING if name in figures]
    screen.aligned([((name, ACCENT), f"{one.estimate.value:.3f}  ({one.questions})") for name, one in rows])


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
