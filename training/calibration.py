"""The calibration that comes with the project, fitted to questions of several archives.

usage: python -m training.calibration OUT.json ARCHIVE:QUESTIONS.jsonl ... [--read 0.35] [--unread 0.4]

Weights start from nothing, unlike those of `anjiang calibrate`, which are held to these. The thresholds are
chosen by hand from what this prints: how many questions of each type are answered from which confidence on.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from config.settings import load_settings
from embeddings import Purpose, load_encoder
from retrieval.evaluation.fitting import Cut, Fitted, Line, Sample, fit_line, regression_of
from retrieval.evaluation.questions import load_dialogues
from retrieval.index.rebuild import rebuild_index
from retrieval.search.calibration_file import calibration_text
from retrieval.search.confidence import Calibration, Regression, Signals
from retrieval.search.opening import open_searcher
from retrieval.search.question import clean_question

LACKS = ("value_missing", "unsaid", "elsewhere", "unechoed", "in_domain")
READ = ("answers", "cosine", *LACKS)
UNREAD = ("coverage", "cosine", *LACKS)
STRENGTH = 1.0
"""Of the ridge towards nothing: a few hundred questions need hardly any."""
UNDECIDED = (0.25, 0.85)
"""Confidences without the cross-encoder between which it is asked; see docs/quality.md."""

THRESHOLDS = (0.3, 0.35, 0.4, 0.42, 0.45, 0.5, 0.55, 0.6)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked; ``signals`` None where a rule declined it."""

    kind: str
    answerable: bool
    signals: Signals | None


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--read", type=float, default=0.35)
    parser.add_argument("--unread", type=float, default=0.4)
    arguments = parser.parse_args(words)
    asked: list[Asked] = []
    for each in arguments.sets:
        archive, _, questions = each.partition(":")
        asked += ask_all(Path(archive), Path(questions))
    calibration = Calibration(
        read=fitted_line(asked, READ, arguments.read),
        unread=fitted_line(asked, UNREAD, arguments.unread),
        fitted={
            "questions": len(asked),
            "unanswerable": sum(not each.answerable for each in asked),
            "files": " ".join(each.partition(":")[2] for each in arguments.sets),
        },
        undecided=UNDECIDED,
    )
    arguments.out.write_text(calibration_text(calibration), "utf-8")
    for line in table(asked, calibration):
        print(line)


def ask_all(archive: Path, questions: Path) -> Iterator[Asked]:
    """Ask an archive all single questions of a file."""
    with tempfile.TemporaryDirectory() as folder:
        encoder = load_encoder(purpose=Purpose.QUERY)
        rebuild_index(archive, Path(folder), lambda: encoder, fingerprint=encoder.fingerprint)
        with open_searcher(load_settings(overrides={"index": Path(folder)})) as searcher:
            searcher.calibration = replace(searcher.calibration, undecided=None)
            for dialogue in load_dialogues(questions):
                if len(dialogue.turns) > 1:
                    continue
                question = dialogue.turns[0]
                considered = searcher.consider(clean_question(question.question))
                signals = None if considered.by_rule else considered.signals
                yield Asked(question.type, question.answerable, signals)


def fitted_line(asked: Sequence[Asked], names: Sequence[str], threshold: float) -> Regression:
    """A regression over some of the signals, with a threshold of one's own."""
    values = [[_value(each, name) for name in names] for each in asked]
    sample = Sample(
        np.asarray(values, np.float64),
        np.asarray([each.answerable for each in asked], np.bool_),
        np.asarray([_is_open(each, names) for each in asked], np.bool_),
    )
    used = sample.values[sample.open]
    spread = np.maximum(used.std(axis=0), 1e-9)
    line = fit_line(sample, Line(np.zeros(len(names) + 1), used.mean(axis=0), spread), STRENGTH)
    fitted = Fitted(line, STRENGTH, Cut(0.0, 0, 0, 0), np.empty(0))
    regression = regression_of(fitted, names)
    weights = {
        name: replace(each, **{part: round(getattr(each, part), 3) for part in ("weight", "mean", "spread")})
        for name, each in regression.weights.items()
    }
    return Regression(round(regression.intercept, 3), weights, threshold)


def table(asked: Sequence[Asked], calibration: Calibration) -> Iterator[str]:
    """Shares that would be answered, by type and threshold, with the cross-encoder and without."""
    by_kind: dict[tuple[bool, str], list[Asked]] = defaultdict(list)
    for each in asked:
        by_kind[not each.answerable, each.kind].append(each)
        by_kind[not each.answerable, "all"].append(each)
    for name, applied in (("read", calibration), ("unread", replace(calibration, read=None))):
        yield f"{name:24}" + "".join(f"{threshold:8}" for threshold in THRESHOLDS)
        for (declined, kind), those in sorted(by_kind.items()):
            chances = [
                applied.of(each.signals).confidence(each.signals) if each.signals else 0.0 for each in those
            ]
            shares = "".join(f"{np.mean([c >= t for c in chances]):8.3f}" for t in THRESHOLDS)
            yield f"{'not ' if declined else ''}{kind} ({len(those)})".ljust(24) + shares


def _is_open(asked: Asked, names: Sequence[str]) -> bool:
    """Whether confidence decides, by these signals: comparisons are not read by the cross-encoder."""
    signals = asked.signals
    return signals is not None and signals.coverage > 0 and set(names) <= signals.values.keys()


def _value(asked: Asked, name: str) -> float:
    return 0.0 if asked.signals is None else asked.signals.values.get(name, 0.0)


if __name__ == "__main__":
    main()
