"""The measures against those of trec_eval, by way of ir_measures, on the same run."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
import pytest
from ir_measures import RR, R, Success, nDCG

from config.settings import load_settings
from retrieval.documents.decoding import decode
from retrieval.documents.types import Span
from retrieval.evaluation.measures import Judged, values_of
from retrieval.evaluation.questions import Gold, Question, load_dialogues
from retrieval.evaluation.runs import Answered, judge, run, write_run
from retrieval.search.opening import open_searcher
from retrieval.types import DocumentInfo, Evidence, Hit, Passage

ROOT = Path(__file__).resolve().parents[3]
RANKED = {
    **{f"success@{k}": Success @ k for k in (1, 3, 5, 10)},
    "ndcg@10": nDCG @ 10,
    "mrr@10": RR @ 10,
}
RECALL = {f"recall@{k}": R @ k for k in (1, 3, 5, 10)}
INFO = DocumentInfo("d", "a.txt", "0" * 64, "", None, None, None, None, None, None, None)


def qrels_of(row: Any, gold: list[tuple[str, int, int]]) -> dict[str, int]:
    """Relevance of each hit in a line of a run file: how much gold it is the first to hold.

    Gold that no hit holds is a document that the run does not have.
    """
    relevant: Counter[str] = Counter()
    for number, (path, start, end) in enumerate(gold):
        for hit in row["hits"]:
            inside = {at for span in hit["spans"] for at in range(span["start"], span["end"])}
            if hit["document"]["path"] == path and len(inside & set(range(start, end))) >= 0.6 * (
                end - start
            ):
                relevant[f"hit{hit['rank']}"] += 1
                break
        else:
            relevant[f"missed{number}"] = 1
    return dict(relevant)


def reference(
    measures: dict[str, Any], qrels: dict[str, dict[str, int]], rows: list[Any]
) -> dict[tuple[str, str], float]:
    """What ir_measures says of each question and measure."""
    scored = {row["id"]: {f"hit{hit['rank']}": -float(hit["rank"]) for hit in row["hits"]} for row in rows}
    wanted = {identity: scored[identity] for identity in qrels}
    names = {str(measure): name for name, measure in measures.items()}
    found = ir_measures.iter_calc(list(measures.values()), qrels, wanted)
    return {(each.query_id, names[str(each.measure)]): each.value for each in found}


def agree(judged: list[Judged], rows: list[Any]) -> int:
    """Compare question by question; how many could be compared in recall, too.

    A hit that holds two gold spans is one relevant document to trec_eval: there recall means something else.
    """
    qrels = {}
    for one, row in zip(judged, rows, strict=True):
        gold = [(path, span.start, span.end) for path, span in one.gold]
        if one.question.answerable and not one.question.any_of:
            qrels[one.question.id] = qrels_of(row, gold)
    ours = {one.question.id: values_of(one) for one in judged}
    for (identity, name), value in reference(RANKED, qrels, rows).items():
        assert ours[identity][name] == pytest.approx(value), (identity, name)
    single = {identity: relevant for identity, relevant in qrels.items() if max(relevant.values()) == 1}
    for (identity, name), value in reference(RECALL, single, rows).items():
        assert ours[identity][name] == pytest.approx(value), (identity, name)
    return len(single)


def test_a_real_run_measures_the_same(apart: Path, example_index: Path) -> None:
    dialogues = load_dialogues(ROOT / "tests/data/questions.jsonl")[::3]
    folder = ROOT / "examples/speeches"
    sources = {path.name: decode(path.read_bytes()).text for path in folder.iterdir()}
    with open_searcher(load_settings(overrides={"index": example_index})) as searcher:
        answered = list(run(searcher, dialogues))
    write_run(apart / "run.jsonl", answered)
    rows = [json.loads(line) for line in (apart / "run.jsonl").read_text("utf-8").splitlines()]
    assert agree(judge(answered, sources), rows) > 15


@pytest.mark.parametrize("seed", range(20))
def test_runs_drawn_at_random_measure_the_same(seed: int) -> None:
    """Gold of one to six places in a text of fifty, hits that hold none, one or several, some twice."""
    chance = np.random.default_rng(seed)
    answered, sources = [], {"a.txt": "".join(chr(0x4E00 + at) for at in range(50))}
    for number in range(12):
        starts = chance.choice(48, size=chance.integers(1, 7), replace=False)
        gold = tuple(Gold("a.txt", sources["a.txt"][at : at + 2]) for at in starts)
        places = [(int(at), int(length)) for at, length in chance.integers((0, 1), (49, 14), size=(15, 2))]
        spans = [Span(at, min(50, at + length)) for at, length in places]
        hits = tuple(
            Hit(Passage(str(at), "d", 0, (), "", "", (span,), "", "", ()), INFO, 0.0)
            for at, span in enumerate(spans)
        )
        asked = Question(str(number), "问", "factoid", gold)
        answered.append(Answered(asked, Evidence("问", (), hits[: chance.integers(16)], 0.5, False)))
    rows = [
        {
            "id": one.question.id,
            "hits": [
                {
                    "rank": rank,
                    "document": {"path": "a.txt"},
                    "spans": [{"start": span.start, "end": span.end} for span in hit.passage.spans],
                }
                for rank, hit in enumerate(one.evidence.hits, 1)
            ],
        }
        for one in answered
    ]
    agree(judge(answered, sources), rows)
