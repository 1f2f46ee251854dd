"""A run in figures: means, intervals, types and curves, worked out by hand."""

from __future__ import annotations

import json

import pytest

from retrieval.documents.types import Span
from retrieval.evaluation.measures import Judged
from retrieval.evaluation.questions import Gold, Question
from retrieval.evaluation.summary import summary_json, summary_of
from retrieval.types import DocumentInfo, Evidence, Hit, Passage, Quote

INFO = DocumentInfo("d", "a.txt", "0" * 64, "讲话", None, None, None, None, None, None, None)


def judged(
    kind: str, rank: int, *, quoted: bool = True, answerable: bool = True, draft: bool = False
) -> Judged:
    """A question whose gold stands in the hit of that rank (0: in none)."""
    gold = Span(0, 10)
    spans = [gold if place == rank else Span(20, 30) for place in range(1, 6)]
    hits = tuple(
        Hit(Passage(str(place), "d", 0, (), "", "", (span,), "文", "", ()), INFO, 1 / place)
        for place, span in enumerate(spans, 1)
    )
    quotes = (Quote("一二三四五六七八九十", gold, INFO, (), "", "", "1"),) if quoted else ()
    question = Question(
        f"{kind}{rank}", "问", kind, (Gold("a.txt", "一"),) if answerable else (), (), answerable, draft=draft
    )
    golds = (("a.txt", gold),) if answerable else ()
    return Judged(question, Evidence("问", quotes, hits, 0.5 + 0.1 * rank, quoted), golds)


RUN = [
    judged("number", 1),
    judged("number", 2),
    judged("list", 1, quoted=False),
    judged("list", 0, draft=True),
    judged("other", 0, quoted=False, answerable=False),
]


def test_figures_by_type_are_those_of_their_questions() -> None:
    summary = summary_of(RUN)
    assert list(summary.by_type) == ["list", "number", "other"]
    number = summary.by_type["number"]
    assert (number.answerable, number.unanswerable) == (2, 0)
    assert number.measures["success@1"].estimate.value == 0.5
    assert number.measures["mrr@10"].estimate.value == 0.75
    assert number.measures["quote_precision"].questions == 2
    assert summary.by_type["list"].measures["quote_precision"].questions == 1
    assert set(summary.by_type["other"].measures) == {"answered_when_not"}
    assert summary.whole.measures["success@1"].estimate.value == 0.5
    assert summary.drafts == 1


def test_every_mean_has_an_interval_that_holds_it() -> None:
    for figures in (summary_of(RUN).whole, *summary_of(RUN).by_type.values()):
        assert figures.measures
        for name, one in figures.measures.items():
            low, high = one.estimate.low, one.estimate.high
            assert low - 1e-9 <= one.estimate.value <= high + 1e-9, name
            assert one.questions <= figures.answerable + figures.unanswerable


def test_json_has_means_intervals_types_and_curves() -> None:
    found = json.loads(json.dumps(summary_json(summary_of(RUN))))
    assert (found["questions"], found["unanswerable"], found["drafts"]) == (4, 1, 1)
    assert found["success@1"] == 0.5
    # Two of four questions: a sixteenth of the samples has none of them, a sixteenth has only them.
    assert found["intervals"]["success@1"] == {"low": 0.0, "high": 1.0, "questions": 4}
    assert found["by_type"]["number"]["mrr@10"] == 0.75
    assert found["by_type"]["number"]["intervals"]["mrr@10"] == {"low": 0.5, "high": 1.0, "questions": 2}
    assert found["by_type"]["other"] == {
        "questions": 0,
        "unanswerable": 1,
        "answered_when_not": 0.0,
        "intervals": {"answered_when_not": {"low": 0.0, "high": 0.0, "questions": 1}},
    }
    # Confidences 0.6, 0.7, 0.6, 0.5 against 0.5: three wins and one level.
    assert found["confidence_auroc"] == found["risk_coverage"]["area"]["value"] == 0.875
    assert found["risk_coverage"]["points"][0] == {"threshold": 0.7, "false_answers": 0.0, "coverage": 0.25}
    assert [each["questions"] for each in found["reliability"]] == [0, 0, 0, 0, 0, 2, 2, 1, 0, 0]
    assert found["reliability"][0]["answerable"] is None
    assert found["method"]["level"] == 0.95
    assert found["calibration_error"] == pytest.approx((2 * 0.0 + 2 * 0.4 + 1 * 0.3) / 5)


def test_same_run_same_figures() -> None:
    assert summary_json(summary_of(RUN)) == summary_json(summary_of(list(RUN)))


def test_nothing_at_all_is_measured_as_such() -> None:
    found = summary_json(summary_of([]))
    assert (found["questions"], found["success@1"], found["by_type"]) == (0, None, {})
    assert found["risk_coverage"] == {"area": None, "points": []}
    assert found["calibration_error"] is None
