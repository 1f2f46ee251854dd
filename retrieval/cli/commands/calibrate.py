"""``calibrate``: fit confidence and its threshold to the questions of an archive."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from retrieval.cli.options import Options
from retrieval.cli.parsing import Command
from retrieval.cli.state import SETTINGS_FILE, State

if TYPE_CHECKING:
    from retrieval.evaluation.questions import Dialogue
    from retrieval.evaluation.refit import Measured, Refit
    from retrieval.search.confidence import Calibration
    from retrieval.search.searcher import Searcher

TARGET = 0.05
LEAST_TARGET, MOST_TARGET = 0.005, 0.5


def add_calibrate(app: typer.Typer, state: State) -> None:
    """Add the command."""
    text = state.text
    options = Options(state)
    questions = options.argument("questions", ...)
    out_file = typer.Option(
        None, "--out", "-o", metavar=text("help.m_file"), help=text("help.calibration_out")
    )
    share = typer.Option(
        TARGET,
        "--target",
        min=LEAST_TARGET,
        max=MOST_TARGET,
        metavar=text("help.m_share"),
        help=text("help.target_share", default=TARGET),
    )

    @app.command(
        "calibrate",
        cls=Command,
        help=text("help.calibrate"),
        epilog=text("help.calibrate_examples", program=state.program),
    )
    def calibrate(
        questions: Path = questions,
        out: Path | None = out_file,
        target: float = share,
        as_json: bool = options.as_json,
    ) -> None:
        _calibrate(state, questions, out, target, as_json)


def _calibrate(state: State, questions: Path, out: Path | None, target: float, as_json: bool) -> None:
    from retrieval.outputs import refuse_same, refuse_unwritable, write_text  # noqa: PLC0415
    from retrieval.search.calibration_file import calibration_text  # noqa: PLC0415

    if out is not None:
        refuse_unwritable(out)
        refuse_same(questions, [out])
    found, drafts = _refit(state, questions, target)
    if drafts:
        state.say(state.text("eval.drafts", count=drafts))
    if as_json:
        state.print_json(_json(found))
    else:
        _show(state, found, target)
    if out is None:
        state.say(state.text("calibrate.not_written"))
        return
    write_text(out, calibration_text(found.calibration))
    state.say(state.text("calibrate.written", path=out, settings=SETTINGS_FILE))


def _refit(state: State, questions: Path, target: float) -> tuple[Refit, int]:
    """The fit, and how many of the questions nobody has checked."""
    from retrieval.cli.building import searcher_for_questions  # noqa: PLC0415
    from retrieval.evaluation.questions import load_dialogues  # noqa: PLC0415
    from retrieval.evaluation.refit import check_counts, refit  # noqa: PLC0415
    from retrieval.search.calibration_file import shipped_calibration  # noqa: PLC0415

    dialogues = load_dialogues(questions)
    turns = [turn for dialogue in dialogues for turn in dialogue.turns]
    check_counts([turn.answerable for turn in turns])
    settings = state.settings()
    # The calibration in force may be the one of another model that this run shall replace.
    retrieval = settings.retrieval.model_copy(update={"calibration": None})
    settings = settings.model_copy(update={"retrieval": retrieval})
    with searcher_for_questions(state, settings) as searcher:
        measured = _measured(state, searcher, dialogues)
        encoder, cross_encoder = searcher.encoder.fingerprint, _judge_of(searcher)
    fitted: dict[str, str | int | float] = {
        "questions": len(measured),
        "unanswerable": sum(not each.answerable for each in measured),
        "target": target,
        "file": questions.name,
    }
    found = refit(
        measured,
        shipped_calibration(),
        target,
        encoder=encoder,
        cross_encoder=cross_encoder,
        fitted=fitted,
    )
    return found, sum(turn.draft for turn in turns)


def _measured(state: State, searcher: Searcher, dialogues: Sequence[Dialogue]) -> list[Measured]:
    """The signals of each question whose answer the confidence decides."""
    from retrieval.cli.building import ProgressBars  # noqa: PLC0415
    from retrieval.evaluation.refit import Measured  # noqa: PLC0415
    from retrieval.evaluation.runs import consider  # noqa: PLC0415

    # Weights are fitted to questions that were all read.
    searcher.calibration = replace(searcher.calibration, undecided=None)
    measured = []
    with ProgressBars(state) as bars:
        bars.begin(state.text("eval.answering"), sum(len(dialogue.turns) for dialogue in dialogues))
        for question, considered in consider(searcher, dialogues):
            bars.advance(1)
            if considered.evidence.answerable and considered.signals is None:
                continue  # a place in the last answer was pointed to: confidence had no part in it
            signals = None if considered.by_rule else considered.signals
            measured.append(Measured(question.answerable, signals))
    return measured


def _judge_of(searcher: Searcher) -> str:
    return searcher.judge.fingerprint if searcher.judge is not None else ""


def _show(state: State, found: Refit, target: float) -> None:
    from retrieval.cli.screen import ACCENT, FAINT, STRONG  # noqa: PLC0415
    from retrieval.cli.terminal import columns, padded  # noqa: PLC0415

    text, screen = state.text, state.screen()
    facts = found.calibration.fitted
    questions, unanswerable = int(facts["questions"]), int(facts["unanswerable"])
    screen.line(
        text(
            "calibrate.questions",
            questions=questions,
            answerable=questions - unanswerable,
            unanswerable=unanswerable,
            declined=found.declined,
        )
    )
    screen.blank()
    rows = [("", text("calibrate.before"), text("calibrate.after"))]
    rows += [(text(key), before, after) for key, before, after in _figures(found)]
    widths = [max(columns(row[at]) for row in rows) for at in range(3)]
    for number, (label, *values) in enumerate(rows):
        cells = [" " * (width - columns(cell)) + cell for cell, width in zip(values, widths[1:], strict=True)]
        style = STRONG if number == 0 else ""
        screen.line((padded(label, widths[0]), ACCENT), "  ", ("  ".join(cells), style))
    screen.blank()
    stayed = math.isinf(found.strength)
    screen.line((text("calibrate.stayed" if stayed else "calibrate.moved"), FAINT))
    screen.line(_promise(state, found, target))


def _figures(found: Refit) -> list[tuple[str, str, str]]:
    from retrieval.search.calibration_file import shipped_calibration  # noqa: PLC0415

    def threshold(of: Calibration) -> str:
        regression = of.read if found.calibration.read is not None and of.read is not None else of.unread
        return f"{regression.threshold:.2f}"

    names = {
        "eval.answered_when_answerable": "answered_when_answerable",
        "eval.answered_when_not": "answered_when_not",
        "eval.area": "area",
        "calibrate.brier": "brier",
    }
    rows = [
        (key, f"{getattr(found.before, name):.3f}", f"{getattr(found.after, name):.3f}")
        for key, name in names.items()
    ]
    return [
        *rows,
        ("calibrate.threshold", threshold(shipped_calibration()), threshold(found.calibration)),
    ]


def _promise(state: State, found: Refit, target: float) -> str:
    """What the threshold keeps, in plain words."""
    from retrieval.evaluation.fitting import questions_needed  # noqa: PLC0415

    cut = found.cut
    values = {
        "unanswerable": cut.unanswerable,
        "allowed": cut.allowed,
        "expected": f"{cut.expected:.1%}",
        "upper": f"{cut.upper:.1%}",
        "target": f"{target:.1%}",
    }
    if cut.expected > target + 1e-9:
        needed = questions_needed(target)
        return state.text("calibrate.too_few", needed=needed, **values)
    return state.text("calibrate.promise", **values)


def _json(found: Refit) -> dict[str, Any]:
    import json  # noqa: PLC0415
    from dataclasses import asdict  # noqa: PLC0415

    from retrieval.search.calibration_file import calibration_text  # noqa: PLC0415

    return {
        "before": asdict(found.before),
        "after": asdict(found.after),
        "strength": None if math.isinf(found.strength) else found.strength,
        "declined_by_rule": found.declined,
        "expected_false_answers": round(found.cut.expected, 4),
        "upper_bound_95": round(found.cut.upper, 4),
        "calibration": json.loads(calibration_text(found.calibration)),
    }
