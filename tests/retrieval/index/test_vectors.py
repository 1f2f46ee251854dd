from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest

import retrieval.index.vectors as subject
from config.errors import IndexDamagedError
from embeddings.types import FloatArray
from retrieval.index.vectors import Vectors, read_vectors, write_vectors

UNIT = np.asarray([[1, 0, 0], [0, 1, 0], [0.6, 0.8, 0], [0, 1, 0]], dtype=np.float32)


def saved(path: Path, vectors: FloatArray) -> Vectors:
    write_vectors(path, vectors)
    return read_vectors(path, count=len(vectors), dim=vectors.shape[1])


@pytest.fixture(params=["numpy", "faiss"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "faiss":
        monkeypatch.setattr(subject, "IN_MEMORY_ROWS", 0)
    return str(request.param)


def test_best_first_and_ties_by_row(tmp_path: Path, backend: str) -> None:
    rows, scores = saved(tmp_path / "v", UNIT).search(np.asarray([0, 1, 0], dtype=np.float32), 4)
    assert rows.tolist() == [1, 3, 2, 0]
    assert scores == pytest.approx([1.0, 1.0, 0.8, 0.0])
    assert rows.dtype == np.int64
    assert scores.dtype == np.float32


def test_asking_for_more_than_there_is_gives_all(tmp_path: Path, backend: str) -> None:
    vectors = saved(tmp_path / "v", UNIT)
    assert vectors.search(UNIT[0], 99)[0].tolist() == [0, 2, 1, 3]
    assert vectors.search(UNIT[0], 0)[0].tolist() == []


def test_tie_at_the_last_place_goes_to_the_lower_row(tmp_path: Path) -> None:
    assert saved(tmp_path / "v", UNIT).search(UNIT[1], 1)[0].tolist() == [1]


def test_vectors_come_back_by_row(tmp_path: Path, backend: str) -> None:
    vectors = saved(tmp_path / "v", UNIT)
    assert vectors.vectors([2, 0]).tolist() == UNIT[[2, 0]].tolist()
    assert vectors.vectors([]).shape == (0, 3)
    for row in (-1, 4):
        with pytest.raises(IndexError):
            vectors.vectors([row])


def test_both_ways_of_searching_agree_with_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = np.random.default_rng(7)
    many = generator.standard_normal((500, 24)).astype(np.float32)
    many /= np.linalg.norm(many, axis=1, keepdims=True)
    plain = saved(tmp_path / "v", many)
    monkeypatch.setattr(subject, "IN_MEMORY_ROWS", 0)
    through_faiss = read_vectors(tmp_path / "v", count=500, dim=24)
    reference = faiss.read_index(str(tmp_path / "v"))
    for query in many[:20]:
        scores, rows = reference.search(query[None, :], 30)
        for vectors in (plain, through_faiss):
            found, values = vectors.search(query, 30)
            assert found.tolist() == rows[0].tolist()
            assert values == pytest.approx(scores[0], abs=1e-6)


def test_no_vectors_is_no_result(tmp_path: Path) -> None:
    empty = saved(tmp_path / "v", np.empty((0, 3), dtype=np.float32))
    assert empty.search(UNIT[0], 5)[0].shape == (0,)


def test_query_of_another_shape_is_refused(tmp_path: Path) -> None:
    vectors = saved(tmp_path / "v", UNIT)
    for query in (UNIT, UNIT[0][:2]):
        with pytest.raises(ValueError, match="shape"):
            vectors.search(query, 1)


@pytest.mark.parametrize(
    "wrong",
    [UNIT * 2, UNIT.astype(np.float64), UNIT[0], np.full((1, 3), np.nan, dtype=np.float32)],
    ids=["not unit", "float64", "one axis", "nan"],
)
def test_other_than_unit_vectors_are_not_written(tmp_path: Path, wrong: FloatArray) -> None:
    with pytest.raises(ValueError, match=r"float32|length 1"):
        write_vectors(tmp_path / "v", wrong)
    assert not (tmp_path / "v").exists()


def test_other_counts_than_promised_are_damage(tmp_path: Path, backend: str) -> None:
    write_vectors(tmp_path / "v", UNIT)
    for count, dim in ((3, 3), (4, 2), (5, 3), (3, 4)):
        with pytest.raises(IndexDamagedError, match=r"not .* vectors of"):
            read_vectors(tmp_path / "v", count=count, dim=dim)


def test_index_of_another_metric_is_damage(tmp_path: Path) -> None:
    index = faiss.IndexFlatL2(3)
    index.add(UNIT)
    faiss.write_index(index, str(tmp_path / "v"))
    with pytest.raises(IndexDamagedError):
        read_vectors(tmp_path / "v", count=4, dim=3)


def test_vector_of_another_length_is_damage(tmp_path: Path, backend: str) -> None:
    write_vectors(tmp_path / "v", UNIT)
    data = bytearray((tmp_path / "v").read_bytes())
    data[-5] ^= 0x40  # the exponent of row 3's 1.0
    (tmp_path / "v").write_bytes(data)
    with pytest.raises(IndexDamagedError, match="vector 3 is not of length 1"):
        read_vectors(tmp_path / "v", count=4, dim=3)
