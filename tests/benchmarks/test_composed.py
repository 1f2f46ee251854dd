"""The stand-in encoder: unit vectors that depend on nothing but the text, near where clauses are shared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks.composed import CLAUSES_FILE, ComposingEncoder, clauses_of, composing_encoder
from embeddings import Purpose, load_encoder

TEXTS = [
    "对筒仓要坚持每季度抽查一次，由水利局牵头组织，3月7日前报送结果。",
    "对筒仓要坚持每季度抽查一次，由水利局牵头组织，11月28日前报送结果。",
    "要深刻吸取事故教训，真正做到警钟长鸣。",
    "在凤鸣县粮库安全调度会上的讲话｜方建平，副县长｜一、认清形势",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("composed")


@pytest.fixture(scope="module")
def encoder(folder: Path) -> Iterator[ComposingEncoder]:
    with composing_encoder(folder) as opened:
        yield opened


def test_clauses_end_at_marks_and_places_and_know_no_figures() -> None:
    assert clauses_of("在凤鸣县粮库会上，查了17处；3天报。") == ["在凤鸣县", "粮库会上", "查了5处", "5天报"]
    assert clauses_of("。") == ["。"]


def test_a_text_has_one_vector_of_length_1_whatever_comes_with_it(
    encoder: ComposingEncoder, folder: Path
) -> None:
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.shape == (4, encoder.dim)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    with composing_encoder(folder) as again:
        for at in (3, 1, 0, 2):
            np.testing.assert_allclose(again.encode_passages([TEXTS[at]])[0], vectors[at], atol=1e-6)
    assert (folder / CLAUSES_FILE).exists()


def test_texts_that_differ_in_figures_are_near_and_not_the_same(encoder: ComposingEncoder) -> None:
    first, figures, other, _ = encoder.encode_passages(TEXTS)
    assert 0.94 < first @ figures < 0.98
    assert first @ other < 0.6


def test_an_index_of_it_is_never_taken_for_one_of_the_default_model(encoder: ComposingEncoder) -> None:
    assert encoder.fingerprint != load_encoder(purpose=Purpose.QUERY).fingerprint
