"""What a searcher of one question has begun in another thread ends with it.

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
from embeddings import Purpose, onnx
from retrieval.search.opening import open_searcher


@pytest.fixture
def slowly_opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes each session of the encoder that has been opened, late."""
    opened: list[str] = []

    def slow(
        graph: Path, threads: int, *, keep: bool, really: Callable[..., object] = onnx.open_session
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
