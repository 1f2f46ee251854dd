"""An index on a server answers as the same index in files does; the server is Milvus Lite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from embeddings.types import FloatArray
from retrieval.index.generation import Generation, open_generation
from retrieval.index.lexical_files import Lexical
from retrieval.index.tokens import tokenize
from retrieval.index.vectors import Vectors
from retrieval.milvus import vectors as remote_vectors
from retrieval.milvus import within
from retrieval.milvus.generation import open_in_force
from retrieval.milvus.lexical import Numbering
from retrieval.milvus.names import NO_TERM
from retrieval.milvus.part import as_text, from_text
from retrieval.milvus.publishing import publish
from retrieval.milvus.rows import terms_of
from retrieval.search.glossary import load_glossary
from retrieval.search.searcher import Searcher
from tests.retrieval.index.helpers import FINGERPRINT, HashingEncoder, rebuild, speech, write_archive
from tests.retrieval.milvus.lite import lite

Pair = tuple[Generation, Generation]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The same index in files and on a server; some of its documents are gone, some recent."""
    folder = tmp_path_factory.mktemp("milvus")
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr("retrieval.index.writing.MANY_PASSAGES", 1)
        patch.setattr("retrieval.index.writing.RECENT_SHARE", 0.5)
        write_archive(folder / "archive", [f"第{number}类隐患" for number in range(8)])
        rebuild(folder / "archive", folder / "index")
        (folder / "archive" / "3.txt").unlink()
        (folder / "archive" / "2.txt").write_text(speech("电动自行车充电😀"), "utf-8")
        rebuild(folder / "archive", folder / "index")
        server = stack.enter_context(lite(folder))
        publish(folder / "index", server, settle=0)
        local = stack.enter_context(open_generation(folder / "index", FINGERPRINT))
        assert local.manifest.recent is not None
        yield local, stack.enter_context(open_in_force(folder / "index", server, FINGERPRINT))


def owned(generation: Generation) -> list[int]:
    rows: list[int] = np.flatnonzero(generation.store.owners.owned_passages()).tolist()
    return rows


def vectors_of(generation: Generation) -> tuple[Vectors, Vectors]:
    return generation.passage_vectors, generation.sentence_vectors


def probe(text: str) -> FloatArray:
    vector: FloatArray = HashingEncoder().encode_queries([text])[0]
    return vector


def test_documents_and_passages_are_the_same(both: Pair) -> None:
    local, remote = (generation.store for generation in both)
    rows = owned(both[0])
    assert remote.documents == local.documents
    assert remote.passages(rows) == local.passages(rows)
    assert remote.speakers().keys() == local.speakers().keys()
    for info in local.document_infos():
        assert remote.document(info.id) == local.document(info.id)
    first = local.passages(rows[:1])[0]
    assert remote.passages_by_id([first.id]) == {first.id: first}
    assert remote.neighbours(rows[1]) == local.neighbours(rows[1])


def test_vectors_and_cosines_are_the_same(both: Pair) -> None:
    local, remote = both
    queries = np.stack([probe("电动自行车"), probe("隐患清单")])
    rows = owned(local)
    np.testing.assert_array_equal(remote.passage_vectors.vectors(rows), local.passage_vectors.vectors(rows))
    np.testing.assert_allclose(
        remote.passage_vectors.cosines([rows[3], rows[0], rows[3]], queries),
        local.passage_vectors.cosines([rows[3], rows[0], rows[3]], queries),
        atol=1e-6,
    )
    assert remote.sentence_passage.tolist() == local.sentence_passage.tolist()
    # What is gone is in no sample: the server has no vectors of it.
    assert len(rows) < local.passage_vectors.count
    for here, there in zip(vectors_of(local), vectors_of(remote), strict=True):
        np.testing.assert_array_equal(there.sample, here.sample)


@pytest.mark.parametrize("runs", [within.RUNS, 2])
def test_nearest_rows_are_the_same_filtered_or_not(
    both: Pair, runs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(within, "RUNS", runs)
    local, remote = (generation.sentence_vectors for generation in both)
    every_third = np.arange(local.count) % 3 == 0
    for allowed in (None, every_third, np.zeros(local.count, np.bool_)):
        for k in (1, 7, 40):
            near, scores = local.search(probe("充电桩整改"), k, allowed)
            found, products = remote.search(probe("充电桩整改"), k, allowed)
            assert found.size == near.size
            np.testing.assert_allclose(products, scores, atol=1e-6)  # equal texts may change places
            assert allowed is None or allowed[found].all()


def test_bm25_is_the_same_for_every_term(both: Pair) -> None:
    local, remote = (generation.lexical for generation in both)
    kept = owned(both[0])
    terms = {term for passage in both[0].store.passages(kept) for term in tokenize(passage.text)}
    assert len(terms) > 100
    for term in [*sorted(terms)[::7], "无此词"]:
        assert remote.rows(term).tolist() == local.rows(term).tolist(), term
        assert remote.idf(term) == local.idf(term)
    for together in (["整改", "清单"], ["各单", "无此词"], ["充电"], ["第五", "隐患", "隐患", "第"]):
        assert remote.rows_of_all(together).tolist() == local.rows_of_all(together).tolist()
    weights = dict.fromkeys(sorted(terms)[::11], 0.7)
    rows = np.asarray(kept)
    np.testing.assert_allclose(remote.rank(weights).scores(rows), local.rank(weights).scores(rows), rtol=1e-5)
    for allowed in (None, np.arange(local.passage_count) % 2 == 0):
        ranked = local.rank(weights)
        best, found = ranked.best(5, allowed), remote.rank(weights).best(5, allowed)
        np.testing.assert_allclose(np.sort(ranked.scores(found)), np.sort(ranked.scores(best)), rtol=1e-5)
    assert remote.rank({"无此词": 1.0}).best(5).size == 0


def test_rows_of_a_term_beyond_one_answer_are_all_found(both: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.milvus.lexical.MOST", 4)
    local, remote = (generation.lexical for generation in both)
    assert local.rows("安全").size + local.rows("整改").size > 8
    assert remote.rows("整改").tolist() == local.rows("整改").tolist()


def test_cosines_that_a_search_leaves_out_are_fetched(both: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """An approximate index on a server may miss rows even among those that are named."""
    local, remote = both
    rows, queries = owned(local), np.stack([probe("充电")])
    monkeypatch.setattr(remote_vectors, "among", lambda asked: within.among(asked[:3]))
    np.testing.assert_allclose(
        remote.passage_vectors.cosines(rows, queries),
        local.passage_vectors.cosines(rows, queries),
        atol=1e-6,
    )


def test_a_question_finds_and_quotes_the_same(both: Pair) -> None:
    searchers = [Searcher(generation, HashingEncoder(), load_glossary()) for generation in both]
    for question in ("电动自行车充电有什么要求", "第5类隐患怎么整改", "第一项任务是什么"):
        local, remote = (searcher.ask(question) for searcher in searchers)
        assert [hit.passage for hit in remote.hits] == [hit.passage for hit in local.hits]
        assert remote.quotes == local.quotes
        assert remote.answerable == local.answerable


@given(arrays.arrays(np.bool_, st.integers(0, 40)), st.integers(1, 4))
def test_filters_stand_for_the_allowed_rows_once_each(allowed: np.ndarray, runs: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(within, "RUNS", runs)
        expressions = list(within.filters(allowed))
    met = [row for text in expressions for row in range(allowed.size) if eval(text, {"row": row})]
    assert sorted(met) == np.flatnonzero(allowed).tolist()


def test_text_without_terms_has_a_number_of_its_own(both: Pair) -> None:
    lexical = both[0].lexical
    assert isinstance(lexical, Lexical)
    numbering = Numbering(lexical.parts)
    first, second = terms_of(["整改，整改", "——"], np.asarray([1.0, 1.0], np.float32), numbering)
    # 整, 改 and 整改 stand twice each: tf / (tf + 1).
    assert first == {numbering.number(term): pytest.approx(2 / 3) for term in ("整", "改", "整改")}
    assert second == {NO_TERM: 1.0}


@given(st.text())
def test_record_survives_as_text(text: str) -> None:
    import json

    record = json.dumps([text + "\ud800\\"], ensure_ascii=False).encode("utf-8", "surrogatepass")
    as_text(record).encode("utf-8")  # what travels
    assert json.loads(from_text(as_text(record))) == [text + "\ud800\\"]
