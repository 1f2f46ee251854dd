"""What a searcher opens: how many threads encode; and what it has begun in another thread ends with it.

ONNX Runtime reads the environment while it opens a session: a thread that outlived its searcher could meet
a changed variable and crash the process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config.errors import IndexMissingError
from config.settings import load_settings
from embeddings import Purpose, onnx, sessions
from retrieval.search import candidates
from retrieval.search.opening import open_searcher


@pytest.fixture
def slowly_opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes each session of the encoder that has been opened, late."""
    opened: list[str] = []

    def slow(
        graph: Path, threads: int, *, keep: bool, really: Callable[..., object] = sessions.open_session
    ) -> object:
        time.sleep(0.2)
        session = really(graph, threads, keep=keep)
        opened.append(graph.name)
        return session

    monkeypatch.setattr(onnx, "open_session", slow)
    return opened


def test_closing_waits_for_a_session_that_no_question_needed(
    example_index: Path, slowly_opened: list[str]
) -> None:
    settings = load_settings(overrides={"index": example_index})
    with open_searcher(settings, purpose=Purpose.ONE_QUERY):
        assert slowly_opened == []
    assert slowly_opened == ["model.onnx"]


def test_an_index_that_cannot_be_opened_waits_for_it_too(tmp_path: Path, slowly_opened: list[str]) -> None:
    settings = load_settings(overrides={"index": tmp_path / "none"})
    with pytest.raises(IndexMissingError):
        open_searcher(settings, purpose=Purpose.ONE_QUERY)
    assert slowly_opened == ["model.onnx"]


def test_what_is_closed_encodes_again(example_index: Path, slowly_opened: list[str]) -> None:
    settings = load_settings(overrides={"index": example_index})
    with open_searcher(settings, purpose=Purpose.ONE_QUERY) as searcher:
        encoder = searcher.encoder
    assert encoder.encode_queries(["值班"]).shape == (1, encoder.dim)
    assert slowly_opened == ["model.onnx", "model.onnx"]


@pytest.mark.parametrize(("many", "threads"), [(10**9, 2), (1, 1)])
def test_where_terms_are_ranked_meanwhile_a_question_is_encoded_on_one_core(
    example_index: Path, monkeypatch: pytest.MonkeyPatch, many: int, threads: int
) -> None:
    monkeypatch.setattr(sessions, "usable_cores", lambda: 4)
    monkeypatch.setattr(candidates, "MANY_PASSAGES", many)
    with open_searcher(load_settings(overrides={"index": example_index})) as searcher:
        assert isinstance(searcher.encoder, onnx.OnnxEncoder)
        assert searcher.encoder._threads == threads


def test_the_setting_decides_how_many_cores_encode(example_index: Path) -> None:
    settings = load_settings(overrides={"index": example_index, "embedding.threads": 3})
    with open_searcher(settings) as searcher:
        assert isinstance(searcher.encoder, onnx.OnnxEncoder)
        assert searcher.encoder._threads == 3
