from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest

from embeddings.types import FloatArray
from retrieval.index.store import Store
from retrieval.index.store_writer import StoreWriter
from retrieval.search import candidates as module
from retrieval.search.candidates import _stand_out, fetch_ahead, gather, rank_by_terms
from retrieval.search.glossary import load_glossary
from retrieval.search.query import Probe, Query, analyse
from retrieval.search.searcher import Searcher
from retrieval.types import Evidence, Reason
from tests.retrieval.index.helpers import speech
from tests.retrieval.search.builders import open_searcher_of
from tests.retrieval.search.builders import query as built

FILES = {"1.txt": speech("防汛抗旱"), "2.txt": speech("森林防火"), "3.txt": speech("道路交通")}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    with open_searcher_of(tmp_path_factory.mktemp("candidates"), FILES) as opened:
        yield opened


def encoded(searcher: Searcher, query: Query) -> FloatArray:
    return searcher.encoder.encode_queries([probe.text for probe in query.probes])


def test_standard_deviations_above_the_background_worked_out_by_hand() -> None:
    # Probe 1: mean 0.5, deviation 0.1; probe 2: mean 0.2, deviation 0.2.
    background = np.asarray([[0.4, 0.0], [0.6, 0.4]], np.float32)
    cosines = np.asarray([[0.7, 0.6], [0.5, 0.0]], np.float32)
    alone = _stand_out(cosines[:, :1], background[:, :1], np.asarray([1.0], np.float32))
    assert alone == pytest.approx([2.0, 0.0], abs=1e-5)
    # (0.7: +2, 0.6: +2) and (0.5: 0, 0.0: -1), the second probe three times as heavy.
    both = _stand_out(cosines, background, np.asarray([1.0, 3.0], np.float32))
    assert both == pytest.approx([2.0, -0.75], abs=1e-5)
    assert both.dtype == np.float32


def test_background_without_spread_gives_finite_numbers() -> None:
    same = np.full((3, 1), 0.5, np.float32)
    assert _stand_out(same, same, np.asarray([1.0], np.float32)).tolist() == [0.0, 0.0, 0.0]


def test_coverage_is_the_share_of_what_the_question_can_score(searcher: Searcher) -> None:
    query = built(林防=1.0, 无此=1.0)
    found = gather(searcher.generation, query, encoded(searcher, query))
    lexical = searcher.generation.lexical
    most = lexical.idf("林防") + lexical.idf("无此")
    expected = lexical.scores({"林防": 1.0})[found.rows] / most
    assert found.coverage == pytest.approx(expected)
    assert 0 < found.coverage.max() < 0.5  # an unknown word is the rarest of all: it weighs most


def test_question_without_terms_has_no_coverage(searcher: Searcher) -> None:
    query = analyse("😀", load_glossary())
    found = gather(searcher.generation, query, encoded(searcher, query))
    assert found.rows.size
    assert not found.coverage.any()
    assert not found.proposed[:, 0].any()


def test_whatever_one_ranking_proposes_all_measure(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POOL", 1)
    query = analyse("森林防火第二项任务", load_glossary())
    vectors = encoded(searcher, query)
    found = gather(searcher.generation, query, vectors)
    generation = searcher.generation
    lexical = generation.lexical.scores(query.terms)
    near = generation.passage_vectors.search(vectors[0], 1)[0]
    nearest = generation.sentence_passage[generation.sentence_vectors.search(vectors[0], 2)[0]]
    assert found.rows[found.proposed[:, 0]].tolist() == [int(lexical.argmax())]
    assert found.rows[found.proposed[:, 1]].tolist() == near.tolist()
    assert found.rows[found.proposed[:, 2]].tolist() == sorted({*nearest.tolist()})
    assert found.rows.tolist() == sorted({int(lexical.argmax()), *near.tolist(), *nearest.tolist()})
    assert found.proposed.any(axis=1).all()
    for array in (found.coverage, found.passage, found.sentence, found.first_sentence):
        assert array.shape == found.rows.shape
    assert np.isfinite(found.passage).all()


def test_sentences_of_a_passage_are_measured_in_order(searcher: Searcher) -> None:
    query = analyse("森林防火", load_glossary())
    vectors = encoded(searcher, query)
    generation = searcher.generation
    found = gather(generation, query, vectors)
    every = generation.sentence_vectors.vectors(list(range(generation.store.sentence_count))) @ vectors[0]
    for position, row in enumerate(found.rows.tolist()):
        said = generation.store.passages([row])[0].sentences
        first = int(found.first_sentence[position])
        expected = (every[first : first + len(said)] - every.mean()) / every.std()
        assert found.nearness(position) == pytest.approx(expected, abs=1e-3)
        assert found.sentence[position] == found.nearness(position).max()
        assert generation.sentence_passage[first] == row
    assert found.cosine == pytest.approx(float(every.max()))


def test_nearness_is_that_of_the_probe_which_is_nearest(searcher: Searcher) -> None:
    query = Query("问", {}, {}, (Probe("无关的话", 1.0), Probe("森林防火", 1.0)), built().shape)
    vectors = encoded(searcher, query)
    generation = searcher.generation
    every = generation.sentence_vectors.vectors(list(range(generation.store.sentence_count))) @ vectors.T
    found = gather(generation, query, vectors)
    assert every.max(axis=0).argmax() == 1
    assert found.cosine == pytest.approx(float(every.max()))


def test_only_what_is_allowed_is_proposed(searcher: Searcher) -> None:
    query = analyse("森林防火", load_glossary())
    allowed = np.zeros(searcher.generation.store.passage_count, np.bool_)
    allowed[[0, 2]] = True
    found = gather(searcher.generation, query, encoded(searcher, query), allowed)
    assert found.rows.tolist() == [0, 2]
    whole = gather(searcher.generation, query, encoded(searcher, query))
    # The measures stay comparable: the background is that of the whole index.
    assert found.passage == pytest.approx(whole.passage[np.isin(whole.rows, [0, 2])])


def test_rankings_beside_each_other_give_the_same(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = analyse("森林防火", load_glossary())
    vectors = encoded(searcher, query)
    alone = gather(searcher.generation, query, vectors)
    monkeypatch.setattr(module, "MANY_PASSAGES", 0)
    ranked = rank_by_terms(searcher.generation, query)
    together = gather(searcher.generation, query, vectors, ranked=ranked)
    for one, other in zip(astuple(alone), astuple(together), strict=True):
        assert np.array_equal(one, other)


def test_what_the_terms_rank_best_is_fetched_ahead_as_long_as_there_is_time(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 1)
    generation = searcher.generation
    ranked = rank_by_terms(generation, analyse("森林防火第二项任务", load_glossary()))
    ranking, best = ranked
    by_terms = best[np.argsort(-ranking.scores(best))].tolist()
    fetched: list[int] = []
    monkeypatch.setattr(Store, "passages", lambda _, rows: fetched.extend(rows.tolist()))
    # Asked once before anything is done, then before each passage: time for two of them.
    left = iter([True, True, True, False])
    fetch_ahead(generation, ranked, lambda: next(left))
    assert len(by_terms) > 2
    assert fetched == by_terms[:2]


def test_nothing_allowed_gives_nothing(searcher: Searcher) -> None:
    query = analyse("森林防火", load_glossary())
    none = np.zeros(searcher.generation.store.passage_count, np.bool_)
    found = gather(searcher.generation, query, encoded(searcher, query), none)
    assert (found.rows.size, found.cosine, found.sentences.size, found.proposed.shape) == (0, -1.0, 0, (0, 3))


def test_generation_without_documents_gives_nothing(searcher: Searcher, tmp_path: Path) -> None:
    StoreWriter(tmp_path / "empty.sqlite").finish()
    generation = replace(searcher.generation, store=Store(tmp_path / "empty.sqlite"))
    with Searcher(generation, searcher.encoder, searcher.glossary) as empty:
        query = analyse("森林防火", load_glossary())
        assert gather(generation, query, encoded(empty, query)).rows.size == 0
        assert empty.search("森林防火") == ()
        assert empty.ask("森林防火") == Evidence(
            "森林防火", (), (), 0.0, answerable=False, reason=Reason.NOTHING
        )


def test_index_of_one_passage_answers_with_it(tmp_path: Path) -> None:
    with open_searcher_of(tmp_path, {"1.txt": "关于值班的讲话\n\n各单位要严格值班纪律，不得离岗。\n"}) as one:
        assert one.generation.store.passage_count == 1
        (hit,) = one.search("值班")
        assert hit.found_by == ("bm25", "passage", "sentence")
        assert 0 <= hit.score <= 1
