"""Which session computes a call: all threads for one that comes alone, one thread for who comes meanwhile."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from embeddings import sessions
from embeddings.bert_graph import OUTPUT
from embeddings.prepare import prepare_model
from embeddings.sessions import Sessions, threads_of_one
from embeddings.types import FloatArray

IDS = [0, 7, 1, 8, 2, 8, 11, 2]


@pytest.fixture(scope="module")
def graph_sessions() -> Sessions:
    prepared = prepare_model("default")
    return Sessions(prepared.folder / prepared.manifest.onnx, 2)


def test_a_call_that_comes_alone_has_all_threads(graph_sessions: Sessions) -> None:
    graph_sessions.row(OUTPUT, IDS)
    graph_sessions.row(OUTPUT, IDS)
    assert "of_one_thread" not in vars(graph_sessions)
    assert graph_sessions.of_all_threads.get_session_options().intra_op_num_threads == 2


def test_who_comes_meanwhile_computes_with_one_and_gets_the_same(graph_sessions: Sessions) -> None:
    alone = graph_sessions.row(OUTPUT, IDS)
    with graph_sessions._alone:  # another call is being computed
        meanwhile = graph_sessions.row(OUTPUT, IDS)
    assert graph_sessions.of_one_thread.get_session_options().intra_op_num_threads == 1
    assert meanwhile.tolist() == alone.tolist()
    assert not graph_sessions._alone.locked()


def test_many_threads_get_what_one_gets(graph_sessions: Sessions) -> None:
    texts = [[0, *range(20, 20 + length), 2] for length in range(1, 25)]
    alone = [graph_sessions.row(OUTPUT, ids) for ids in texts]
    together = threading.Barrier(4)

    def ask(ids: list[int]) -> FloatArray:
        together.wait(timeout=60)
        return graph_sessions.row(OUTPUT, ids)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ask, texts))
    assert np.array_equal(found, alone)


def test_a_call_that_fails_leaves_all_threads_to_the_next(graph_sessions: Sessions) -> None:
    with pytest.raises(Exception, match="no such output"):
        graph_sessions.row("no such output", IDS)
    assert not graph_sessions._alone.locked()


@pytest.mark.parametrize(("there", "used"), [(1, 1), (2, 2), (64, 2)])
def test_a_question_takes_no_more_threads_than_there_are_cores(
    monkeypatch: pytest.MonkeyPatch, there: int, used: int
) -> None:
    monkeypatch.setattr(sessions, "usable_cores", lambda: there)
    assert threads_of_one() == used
