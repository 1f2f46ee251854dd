from __future__ import annotations

import importlib.util
import json
import sys
from math import log2
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.types import Span
from retrieval.evaluation.measures import (
    MEASURES,
    NEVER,
    Judged,
    best_rank,
    covered,
    fact_recall,
    gold_ranks,
    gold_spans,
    ndcg,
    quote_precision,
    recall,
    summarise,
    values_of,
)
from retrieval.evaluation.questions import Gold, Question, load_dialogues
from retrieval.evaluation.summary import summary_json, summary_of
from retrieval.search.output import evidence_json
from retrieval.types import DocumentInfo, Evidence, Hit, Passage, Quote

SCORER = (Path(__file__).resolve().parents[3] / "../shared/eval/score.py").resolve()

A = "要严格执行值班纪律。要全面排查风险隐患。要及时报告突发情况。"
B = "水库一律空库运行，堤坝一天两巡。"
SOURCES = {"甲/a.txt": A, "b.txt": B}


def info(path: str) -> DocumentInfo:
    return DocumentInfo(path, path, "0" * 64, path, None, None, None, None, None, None, None)


def hit(path: str, *spans: tuple[int, int]) -> Hit:
    placed = tuple(Span(*span) for span in spans)
    return Hit(Passage(f"{path}{spans}", path, 0, (), "", "", placed, "文", "", ()), info(path), 0.5)


def quote(path: str, start: int, end: int) -> Quote:
    return Quote(SOURCES[path][start:end], Span(start, end), info(path), (), "", "", "p")


def judged(
    gold: tuple[tuple[str, tuple[int, int]], ...] = (("甲/a.txt", (10, 20)),),
    hits: tuple[Hit, ...] = (),
    quotes: tuple[Quote, ...] = (),
    facts: tuple[str, ...] = (),
    answerable: bool = True,
    answered: bool = True,
    confidence: float = 0.5,
    identity: str = "q",
    kind: str = "factoid",
    any_of: bool = False,
) -> Judged:
    golds = tuple(Gold(path.rsplit("/")[-1], SOURCES[path][slice(*span)]) for path, span in gold)
    question = Question(identity, "问", kind, golds, facts, answerable, any_of)
    evidence = Evidence("问", quotes, hits, confidence, answered)
    return Judged(question, evidence, tuple((path, Span(*span)) for path, span in gold))


def test_share_of_a_gold_span_that_is_covered() -> None:
    gold = Span(10, 20)
    assert covered(gold, [Span(0, 10), Span(20, 30)]) == 0.0
    assert covered(gold, [Span(0, 16)]) == 0.6
    assert covered(gold, [Span(8, 13), Span(15, 99)]) == 0.8
    assert covered(gold, [Span(0, 99)]) == 1.0
    assert covered(gold, []) == 0.0
    assert covered(Span(5, 5), [Span(0, 9)]) == 0.0


def test_hit_is_right_from_sixty_percent_on() -> None:
    wrong = (hit("b.txt", (10, 20)), hit("甲/a.txt", (0, 15)))
    assert best_rank(judged(hits=(*wrong, hit("甲/a.txt", (14, 30))))) == 3
    assert best_rank(judged(hits=(*wrong, hit("甲/a.txt", (15, 30))))) == 10**6
    assert best_rank(judged(hits=(hit("甲/a.txt", (10, 12), (15, 19)), *wrong))) == 1
    assert best_rank(judged()) == 10**6


def test_any_of_several_gold_spans_makes_a_hit_right() -> None:
    gold = (("甲/a.txt", (0, 10)), ("b.txt", (0, 8)))
    assert best_rank(judged(gold, hits=(hit("甲/a.txt", (20, 30)), hit("b.txt", (0, 16))))) == 2


def test_facts_are_looked_for_in_the_quotes_without_white_space_and_width() -> None:
    quotes = (quote("甲/a.txt", 0, 5), quote("甲/a.txt", 5, 10))
    facts = ("值 班", "执行值班", "空库", "值班纪律")  # the second one lies across the two quotes
    assert fact_recall(judged(quotes=quotes, facts=facts)) == 0.75
    assert fact_recall(judged(quotes=quotes, facts=facts, answered=False)) == 0.0
    assert fact_recall(judged(quotes=(), facts=facts)) == 0.0


def test_full_width_digits_are_the_same_fact() -> None:
    evidence = Evidence(
        "问", (Quote("２４ 小时\n值班", Span(0, 8), info("b.txt"), (), "", "", "p"),), (), 1, True
    )
    question = Question("q", "问", "factoid", (), ("24小时值班",))
    assert fact_recall(Judged(question, evidence, ())) == 1.0


def test_quote_is_on_gold_beyond_thirty_percent() -> None:
    on, barely_not, elsewhere = (
        quote("甲/a.txt", 16, 30),
        quote("甲/a.txt", 17, 30),
        quote("b.txt", 0, 16),
    )
    assert quote_precision(judged(quotes=(on, barely_not, elsewhere))) == pytest.approx(1 / 3)


THREE = (("甲/a.txt", (0, 10)), ("甲/a.txt", (10, 20)), ("b.txt", (0, 8)))
"""Gold spans of which `TWO_OF_THREE` has two in its second hit and the last one in no hit."""

TWO_OF_THREE = (hit("b.txt", (9, 16)), hit("甲/a.txt", (0, 20)), hit("甲/a.txt", (0, 10)))


def test_recall_is_the_share_of_gold_spans() -> None:
    found = judged(THREE, TWO_OF_THREE)
    assert gold_ranks(found) == (2, 2, NEVER)
    assert [recall(found, depth) for depth in (1, 2, 3)] == [0.0, 2 / 3, 2 / 3]
    assert recall(judged((), TWO_OF_THREE), 3) == 0.0


def test_ndcg_gains_what_a_hit_is_the_first_to_hold() -> None:
    # The second hit gains 2, the third repeats what the second has; ideally 2 stands first and then 1.
    assert ndcg(judged(THREE, TWO_OF_THREE)) == pytest.approx((2 / log2(3)) / (2 + 1 / log2(3)))
    assert ndcg(judged(hits=(hit("甲/a.txt", (10, 20)),))) == 1.0
    assert ndcg(judged((), TWO_OF_THREE)) == 0.0
    beyond = (*[hit("b.txt", (n, n + 1)) for n in range(10)], hit("甲/a.txt", (10, 20)))
    assert ndcg(judged(hits=beyond)) == 0.0


def test_ideal_order_goes_no_deeper_than_ten() -> None:
    many = tuple(("甲/a.txt", (at, at + 1)) for at in range(12))
    first = judged(many, (hit("甲/a.txt", (0, 1)),))
    assert ndcg(first) == pytest.approx(1 / sum(1 / log2(1 + rank) for rank in range(1, 11)))


def test_where_any_gold_will_do_the_first_one_found_counts() -> None:
    found = judged(THREE, TWO_OF_THREE, any_of=True)
    assert [recall(found, depth) for depth in (1, 2)] == [0.0, 1.0]
    assert ndcg(found) == pytest.approx(1 / log2(3))


def test_measures_of_one_question_are_those_that_apply_to_it() -> None:
    everywhere = {name for name in MEASURES if name.startswith(("success", "recall", "ndcg", "mrr"))}
    assert set(values_of(judged(answered=False))) == everywhere | {"answered_when_answerable"}
    full = values_of(judged(quotes=(quote("甲/a.txt", 10, 20),), facts=("排查",)))
    assert tuple(full) == tuple(name for name in MEASURES if name != "answered_when_not")
    assert values_of(judged((), answerable=False)) == {"answered_when_not": 1.0}


def example_run() -> list[Judged]:
    return [
        judged(  # found first, both facts
            hits=(hit("甲/a.txt", (10, 20)),),
            quotes=(quote("甲/a.txt", 10, 20),),
            facts=("排查", "隐患"),
            confidence=0.9,
            identity="q1",
        ),
        judged(  # found third, one fact of two, one quote of two on gold
            hits=(hit("b.txt", (0, 9)), hit("甲/a.txt", (0, 10)), hit("甲/a.txt", (12, 30))),
            quotes=(quote("b.txt", 0, 8), quote("甲/a.txt", 10, 20)),
            facts=("隐患", "值班"),
            confidence=0.6,
            identity="q2",
            kind="list",
        ),
        judged(  # found twelfth, declined
            hits=(*[hit("b.txt", (n, n + 1)) for n in range(11)], hit("甲/a.txt", (10, 20))),
            facts=("隐患",),
            answered=False,
            confidence=0.1,
            identity="q3",
        ),
        judged(
            identity="q4", hits=(hit("b.txt", (0, 9)),), quotes=(quote("b.txt", 0, 4),)
        ),  # never, no facts
        judged((), quotes=(quote("b.txt", 0, 4),), answerable=False, confidence=0.7, identity="q5"),
        judged((), answerable=False, answered=False, confidence=0.2, identity="q6", kind="list"),
    ]


def test_summary_worked_out_by_hand() -> None:
    assert summarise(example_run()) == {
        "questions": 4,
        "unanswerable": 2,
        "success@1": 0.25,
        "success@3": 0.5,
        "success@5": 0.5,
        "success@10": 0.5,
        "recall@1": 0.25,
        "recall@3": 0.5,
        "recall@5": 0.5,
        "recall@10": 0.5,
        "ndcg@10": round((1 + 1 / log2(4)) / 4, 4),
        "mrr@10": round((1 + 1 / 3) / 4, 4),
        "fact_recall": round((1 + 0.5 + 0) / 3, 4),
        "quote_precision": round((1 + 0.5 + 0) / 3, 4),
        "answer_chars": round((10 + 18 + 4) / 3, 4),
        "answered_when_answerable": 0.75,
        "answered_when_not": 0.5,
        "quotes": 5,
        "quotes_not_verbatim": 0,
    }


def test_nothing_measured_is_none() -> None:
    summary = summarise([])
    assert (summary["questions"], summary["unanswerable"]) == (0, 0)
    assert set(summary.values()) == {0, None}
    declined = summarise([judged(answered=False)])
    assert (declined["quote_precision"], declined["answer_chars"]) == (None, None)


def test_gold_is_looked_for_in_files_of_its_name() -> None:
    question = Question("q", "问", "t", (Gold("b.txt", "堤坝"), Gold("甲/a.txt", "隐患")))
    assert gold_spans(question, SOURCES | {"乙/b.txt": "堤"}) == (
        ("b.txt", Span(9, 11)),
        ("甲/a.txt", Span(17, 19)),
    )
    # Two files of one name: the one that has the words.
    assert gold_spans(question, {"1/b.txt": "无", "2/b.txt": "堤坝", "甲/a.txt": A})[0][0] == "2/b.txt"
    with pytest.raises(LookupError, match=r"q: b\.txt: 堤坝"):
        gold_spans(question, {"a.txt": "堤坝"})


def test_part_of_a_name_is_no_name() -> None:
    with pytest.raises(LookupError):
        gold_spans(Question("q", "问", "t", (Gold("b.txt", "堤坝"),)), {"ab.txt": "堤坝"})


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    if not SCORER.exists():
        pytest.skip("the reference scorer is not here")
    spec = importlib.util.spec_from_file_location("reference_scorer", SCORER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reference(
    scorer: ModuleType,
    run: list[Judged],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> dict[str, Any]:
    """What the reference scorer says of the same run."""
    for path, text in SOURCES.items():
        (folder / "archive" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "archive" / path).write_text(text, "utf-8")
    asked = [
        {
            "id": one.question.id,
            "question": one.question.question,
            "type": one.question.type,
            "gold": [{"doc": gold.doc, "quote": gold.quote} for gold in one.question.gold],
            "facts": one.question.facts,
            "answerable": one.question.answerable,
        }
        for one in run
    ]
    answered = [
        {"id": one.question.id, **evidence_json(one.evidence, mode="extractive", answer="")} for one in run
    ]
    for name, rows in (("questions", asked), ("run", answered)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    files = [str(folder / "questions.jsonl"), str(folder / "run.jsonl")]
    flags = ["--archive", str(folder / "archive"), "--json", "--by-type"]
    monkeypatch.setattr(sys, "argv", ["score.py", *files, *flags])
    assert scorer.main() == 0
    scored: dict[str, Any] = json.loads(capsys.readouterr().out)
    return scored


def test_measures_agree_with_the_reference_scorer(
    scorer: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = example_run()
    theirs = reference(scorer, run, tmp_path, monkeypatch, capsys)
    ours = summary_json(summary_of(run))
    common = set(ours) & set(theirs) - {"by_type"}
    assert common == set(theirs) - {"by_type"}, "the scorer has a measure that eval lacks"
    assert {key: ours[key] for key in common} == {key: theirs[key] for key in common}
    assert theirs["quotes_not_verbatim"] == 0
    for kind, scored in theirs["by_type"].items():
        measured = ours["by_type"][kind]
        assert {key: measured[key] for key in scored if key != "n"} == {
            key: value for key, value in scored.items() if key != "n"
        }
        assert measured["questions"] == scored["n"]
    assert set(theirs["by_type"]) == {"factoid", "list"}
    # The files that the scorer reads are ours to read, too.
    loaded = [turn for one in load_dialogues(tmp_path / "questions.jsonl") for turn in one.turns]
    assert loaded == [one.question for one in run]
    assert [gold_spans(question, SOURCES) for question in loaded] == [one.gold for one in run]


spans = st.tuples(st.integers(0, 29), st.integers(1, 30)).map(lambda s: Span(min(s), max(s)))


@given(spans, st.lists(spans, max_size=4))
def test_coverage_is_that_of_counting_characters(gold: Span, candidates: list[Span]) -> None:
    apart: list[Span] = []
    for span in sorted(candidates):
        if not apart or apart[-1].end <= span.start:
            apart.append(span)
    counted = sum(any(span.start <= at < span.end for span in apart) for at in range(gold.start, gold.end))
    expected = counted / (gold.end - gold.start) if gold.end > gold.start else 0.0
    assert covered(gold, apart) == pytest.approx(expected)
