"""The benchmark's "whole" is what `anjiang eval` measures, and its parts rank by one measure each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.parts import HITS, Way, ranked, ranks
from retrieval.evaluation.measures import best_rank
from retrieval.evaluation.questions import load_dialogues
from retrieval.evaluation.runs import judge, run
from retrieval.search.candidates import gather
from retrieval.search.fusion import fuse
from retrieval.search.query import analyse
from retrieval.search.searcher import Searcher
from tests.retrieval.search.builders import open_searcher_of

DATA = Path(__file__).resolve().parents[1] / "data"

SPEECHES = {
    "灯会.txt": "在元宵灯会安全部署会上的讲话\n\n同志们：灯会现场每两小时清点一次人数，超过三千人立即限流。",
    "渡口.txt": "在渡口安全检查会上的讲话\n\n同志们：渡船离岸前逐人核对救生衣，缺一件也不得开航。",
}


@pytest.mark.parametrize("name", ["questions.jsonl", "dialogues.jsonl"])
def test_whole_is_what_eval_measures(example_searcher: Searcher, name: str) -> None:
    dialogues = load_dialogues(DATA / name)[::4]
    store = example_searcher.generation.store
    sources = {info.path: store.document(info.id).raw for info in store.document_infos()}
    judged = judge(list(run(example_searcher, dialogues)), sources)
    measured = ranks(example_searcher, dialogues)
    assert measured[Way.WHOLE] == [best_rank(each) for each in judged if each.question.answerable]
    assert {len(listed) for listed in measured.values()} == {len(measured[Way.WHOLE])}
    assert measured[Way.BM25] != measured[Way.VECTORS]


@pytest.mark.parametrize("question", ["春节期间安全要求是什么", "电动自行车能进电梯吗", "过年放炮仗咋管"])
def test_ranking_by_the_fused_measure_gives_the_hits_of_a_search_without_associations(
    example_searcher: Searcher, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.search.ranking.ASSOCIATED_WEIGHT", 0.0)
    query = analyse(question, example_searcher.glossary)
    vectors = example_searcher.encoder.encode_queries([probe.text for probe in query.probes])
    candidates = gather(example_searcher.generation, query, vectors)
    hits = ranked(example_searcher, candidates, fuse(candidates))
    searched = example_searcher.search(question, limit=HITS)
    assert [hit.passage.id for hit in hits] == [hit.passage.id for hit in searched]
    assert len(hits) == HITS


def test_bm25_alone_finds_nothing_without_a_common_word(tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    lines = [
        '{"id": "1", "question": "救生衣", "gold": [{"doc": "渡口.txt", "quote": "逐人核对救生衣"}]}',
        '{"id": "2", "question": "QWERTY", "gold": [{"doc": "灯会.txt", "quote": "超过三千人立即限流"}]}',
        '{"id": "3", "question": "灯会几点散场", "gold": [], "answerable": false}',
    ]
    questions.write_text("\n".join(lines), "utf-8")
    with open_searcher_of(tmp_path, SPEECHES) as searcher:
        measured = ranks(searcher, load_dialogues(questions))
    assert measured[Way.BM25] == [1, 10**6]
    assert max(measured[Way.VECTORS]) <= 2


def test_order_of_one_measure_and_what_is_left_out(tmp_path: Path) -> None:
    with open_searcher_of(tmp_path, SPEECHES) as searcher:
        query = analyse("人", searcher.glossary)
        candidates = gather(searcher.generation, query, searcher.encoder.encode_queries(["人"]))
        assert candidates.rows.size == 2
        both = ranked(searcher, candidates, np.asarray([1.0, 2.0], np.float32))
        other = ranked(searcher, candidates, np.asarray([2.0, 1.0], np.float32))
        assert [hit.passage.id for hit in both] == [hit.passage.id for hit in reversed(other)]
        one = ranked(searcher, candidates, np.asarray([-np.inf, 2.0], np.float32))
        assert [hit.passage.id for hit in one] == [both[0].passage.id]
