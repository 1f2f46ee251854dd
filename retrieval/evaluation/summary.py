"""A run in figures: every measure with its interval, over all questions and by type; the JSON summary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from retrieval.evaluation.calibration import ALLOWED, Reliability, RiskCoverage, reliability, risk_coverage
from retrieval.evaluation.intervals import LEVEL, RESAMPLES, SEED, Estimate, estimates
from retrieval.evaluation.measures import MEASURES, OF_WORDING, Judged, summarise, values_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's mean over the questions it applies to, with its interval, and how many they are."""

    estimate: Estimate
    questions: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The measures of some questions.

    Attributes:
        answerable: how many of the questions are.
        unanswerable: how many are not.
        measures: by name, in the order of `MEASURES` and `OF_WORDING`; those that
            apply to no question are left out.
    """

    answerable: int
    unanswerable: int
    measures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that is measured of a run.

    Attributes:
        run: what was measured, in the order of the questions.
        whole: over all questions.
        by_type: over those of each type, by name.
        drafts: questions that nobody has looked at yet.
    """

    run: tuple[Judged, ...]
    whole: Figures
    by_type: Mapping[str, Figures]
    curve: RiskCoverage
    reliability: Reliability
    drafts: int


def summary_of(run: Sequence[Judged]) -> Summary:
    """Measure a run."""
    types: dict[str, list[Judged]] = defaultdict(list)
    for judged in run:
        types[judged.question.type].append(judged)
    return Summary(
        run=tuple(run),
        whole=_figures(run),
        by_type={name: _figures(types[name]) for name in sorted(types)},
        curve=risk_coverage(run),
        reliability=reliability(run),
        drafts=sum(judged.question.draft for judged in run),
    )


def summary_json(summary: Summary) -> Json:
    """The JSON summary: means at its top, None where nothing was measured; intervals and curves below.

    Where quotes were worded, ``of_wording`` has what that alone is measured by.
    An interval is {"low", "high", "questions"}, the last of them the number of questions measured.
    """
    curve = summary.curve
    of_wording = {
        name: {"estimate": _rounded(one.estimate.value), "questions": one.questions}
        for name, one in summary.whole.measures.items()
        if name in OF_WORDING
    }
    return {
        **summarise(summary.run),
        "confidence_auroc": _rounded(curve.area.value if curve.area else None),
        "coverage_at_5pct_false_answers": _rounded(curve.coverage_allowed),
        "calibration_error": _rounded(summary.reliability.error),
        "drafts": summary.drafts,
        **({"of_wording": of_wording} if of_wording else {}),
        "intervals": _intervals(summary.whole),
        "by_type": {
            name: {
                "questions": figures.answerable,
                "unanswerable": figures.unanswerable,
                **{measure: _rounded(one.estimate.value) for measure, one in figures.measures.items()},
                "intervals": _intervals(figures),
            }
            for name, figures in summary.by_type.items()
        },
        "risk_coverage": {
            "area": curve.area and {key: _rounded(value) for key, value in asdict(curve.area).items()},
            "points": [{key: _rounded(value) for key, value in asdict(p).items()} for p in curve.points],
        },
        "reliability": [_bin_json(each) for each in map(asdict, summary.reliability.bins)],
        "method": {"level": LEVEL, "resamples": RESAMPLES, "seed": SEED, "false_answers_allowed": ALLOWED},
    }


def _figures(run: Sequence[Judged]) -> Figures:
    values = [values_of(judged) for judged in run]
    answerable = sum(judged.question.answerable for judged in run)
    # Measures of the same questions are drawn together: one bootstrap for all of them.
    groups: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for name in (*MEASURES, *OF_WORDING):
        if rows := tuple(at for at, each in enumerate(values) if name in each):
            groups[rows].append(name)
    found: dict[str, Figure] = {}
    for rows, names in groups.items():
        columns = np.asarray([[values[at][name] for name in names] for at in rows], np.float64)
        for name, estimate in zip(names, estimates(columns), strict=True):
            found[name] = Figure(estimate, len(rows))
    measures = {name: found[name] for name in (*MEASURES, *OF_WORDING) if name in found}
    return Figures(answerable, len(run) - answerable, measures)


def _intervals(figures: Figures) -> Json:
    return {
        name: {
            "low": _rounded(one.estimate.low),
            "high": _rounded(one.estimate.high),
            "questions": one.questions,
        }
        for name, one in figures.measures.items()
    }


def _bin_json(one: Json) -> Json:
    share = one["answerable"]
    return {
        "low": one["low"],
        "high": one["high"],
        "questions": one["questions"],
        "confidence": _rounded(one["confidence"]),
        "answerable": share and {key: _rounded(value) for key, value in share.items()},
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
