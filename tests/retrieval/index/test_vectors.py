from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faiss
import numpy as np
import pytest

import retrieval.index.approximate_vectors as approximate
import retrieval.index.vectors as subject
from config.errors import IndexDamagedError
from embeddings.types import FloatArray
from retrieval.index.approximate_vectors import ApproximateVectors
from retrieval.index.joined import join_vectors
from retrieval.index.vectors import SAMPLE, Vectors, is_exact, read_vectors, write_vectors

UNIT = np.asarray([[1, 0, 0], [0, 1, 0], [0.6, 0.8, 0], [0, 1, 0]], dtype=np.float32)


def saved(path: Path, vectors: FloatArray, centre: FloatArray | None = None) -> Vectors:
    write_vectors(path, vectors, centre)
    return read_vectors(path, count=len(vectors), dim=vectors.shape[1])


@pytest.fixture(params=["exact", "approximate"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "approximate":
        monkeypatch.setattr(subject, "EXACT_ROWS", 0)
    return str(request.param)


@pytest.fixture
def approximately(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "EXACT_ROWS", 0)


def near_each_other(count: int, dim: int = 32, seed: int = 7) -> FloatArray:
    """Unit vectors as texts have them: most of each is common to all, the rest comes in groups."""
    random = np.random.default_rng(seed)
    groups = random.standard_normal((50, dim), np.float32)[random.integers(0, 50, count)]
    vectors = np.float32(0.5) + groups + np.float32(0.8) * random.standard_normal((count, dim), np.float32)
    unit: FloatArray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


@pytest.fixture(scope="module")
def many() -> FloatArray:
    return near_each_other(20_000, 256)


@pytest.fixture(scope="module")
def written(many: FloatArray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "v"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subject, "EXACT_ROWS", 0)
        write_vectors(path, many)
    return path


@pytest.fixture
def large(approximately: None, written: Path, many: FloatArray, monkeypatch: pytest.MonkeyPatch) -> Vectors:
    monkeypatch.setattr(approximate, "COMPARED", 0)
    monkeypatch.setattr(approximate, "LEAST", 500)
    return read_vectors(written, count=len(many), dim=many.shape[1])


def test_best_first_and_ties_by_row(tmp_path: Path, backend: str) -> None:
    rows, scores = saved(tmp_path / "v", UNIT).search(np.asarray([0, 1, 0], dtype=np.float32), 4)
    assert rows.tolist() == [1, 3, 2, 0]
    assert scores == pytest.approx([1.0, 1.0, 0.8, 0.0], abs=2e-3)
    assert rows.dtype == np.int64
    assert scores.dtype == np.float32


def test_asking_for_more_than_there_is_gives_all(tmp_path: Path, backend: str) -> None:
    vectors = saved(tmp_path / "v", UNIT)
    assert vectors.search(UNIT[0], 99)[0].tolist() == [0, 2, 1, 3]
    assert vectors.search(UNIT[0], 0)[0].tolist() == []


@pytest.mark.parametrize("owned", [None, [True, False, True, True]])
@pytest.mark.parametrize("allowed", [None, [True, True, False, True]])
def test_the_nearest_are_those_that_a_search_finds(
    tmp_path: Path, backend: str, owned: list[bool] | None, allowed: list[bool] | None
) -> None:
    vectors = saved(tmp_path / "v", UNIT)
    if owned is not None:
        vectors = join_vectors([vectors], np.asarray(owned))
    may = None if allowed is None else np.asarray(allowed)
    expected = {row for row in range(4) if (owned or [True] * 4)[row] and (allowed or [True] * 4)[row]}
    for count in (2, 3, 4, 9):
        found = vectors.nearest(UNIT[2], count, may).tolist()
        assert sorted(found) == sorted(vectors.search(UNIT[2], count, may)[0].tolist())
        assert count < 4 or set(found) == expected


def test_exact_cosines_are_those_of_the_query_whatever_was_asked_before(tmp_path: Path) -> None:
    vectors = saved(tmp_path / "v", UNIT)
    assert vectors.search(UNIT[0], 4)[0].tolist() == [0, 2, 1, 3]
    assert vectors.cosines([2, 1], UNIT[[1, 0]]).tolist() == pytest.approx(np.asarray([[0.8, 0.6], [1, 0]]))
    assert vectors.search(UNIT[0], 1, np.asarray([False, True, True, True]))[0].tolist() == [2]


def test_tie_at_the_last_place_goes_to_the_lower_row(tmp_path: Path) -> None:
    assert saved(tmp_path / "v", UNIT).search(UNIT[1], 1)[0].tolist() == [1]


def test_vectors_come_back_by_row(tmp_path: Path, backend: str) -> None:
    vectors = saved(tmp_path / "v", UNIT)
    assert vectors.vectors([2, 0]) == pytest.approx(UNIT[[2, 0]], abs=2e-3)
    assert vectors.vectors([]).shape == (0, 3)
    for row in (-1, 4):
        with pytest.raises(IndexError):
            vectors.vectors([row])


def test_exact_search_agrees_with_the_library(tmp_path: Path) -> None:
    many = near_each_other(500)
    plain = saved(tmp_path / "v", many)
    reference = faiss.read_index(str(tmp_path / "v"))
    for query in many[:20]:
        scores, rows = reference.search(query[None, :], 30)
        found, values = plain.search(query, 30)
        assert found.tolist() == rows[0].tolist()
        assert values == pytest.approx(scores[0], abs=1e-6)


def asked_about(vectors: FloatArray, count: int) -> FloatArray:
    """Queries with a cosine of about 0.8 to one of the vectors."""
    random = np.random.default_rng(8)
    picked = vectors[:: len(vectors) // count]
    queries = picked + random.standard_normal(picked.shape, np.float32) / np.float32(20)
    unit: FloatArray = queries / np.linalg.norm(queries, axis=1, keepdims=True)
    return unit


def test_approximate_search_finds_what_exact_search_finds(large: Vectors, many: FloatArray) -> None:
    queries = asked_about(many, 100)
    found = [set(large.search(query, 10)[0].tolist()) for query in queries]
    exact = [set(np.argsort(-cosines)[:10].tolist()) for cosines in queries @ many.T]
    assert np.mean([len(a & b) / 10 for a, b in zip(found, exact, strict=True)]) >= 0.98


@pytest.mark.usefixtures("approximately")
def test_a_score_is_the_cosine_of_what_is_kept(tmp_path: Path) -> None:
    # About (0.5, 0.5, 0) it is (0.1, 0.3, 0), kept as (42, 127, 0): 42.33 is rounded. A byte is what makes
    # the length 1: 17893 s^2 + 169 s = 0.5, so s = 0.00236593.
    vectors = saved(tmp_path / "v", UNIT, np.asarray([0.5, 0.5, 0], np.float32))
    first, second = 0.5 + 42 * 0.00236593, 0.5 + 127 * 0.00236593
    assert vectors.vectors([2])[0] == pytest.approx([first, second, 0], abs=1e-6)
    queries = np.asarray([[1, 0, 0], [0.6, 0.8, 0]], np.float32)
    expected = [[0, 0.8], [first, 0.6 * first + 0.8 * second]]
    assert vectors.cosines([1, 2], queries) == pytest.approx(np.asarray(expected), abs=1e-6)
    assert vectors.search(queries[0], 2)[1] == pytest.approx([1, first], abs=1e-6)


@pytest.mark.usefixtures("approximately")
def test_vectors_are_kept_about_their_mean(tmp_path: Path) -> None:
    centre = saved(tmp_path / "v", UNIT).centre
    assert centre == pytest.approx(UNIT.mean(axis=0))
    # What all say alike is its own mean: that is shortened, so that something is left to keep.
    same = saved(tmp_path / "same", UNIT[[2, 2]])
    assert same.centre == pytest.approx(0.9 * UNIT[2])
    assert same.vectors([0, 1]) == pytest.approx(UNIT[[2, 2]], abs=2e-3)


def test_cosines_are_those_of_each_row_with_each_query(tmp_path: Path, backend: str) -> None:
    many = near_each_other(5000)  # more than are compared at a time
    vectors = saved(tmp_path / "v", many)
    rows = np.arange(4999, -1, -1)
    assert vectors.cosines(rows, many[:3]) == pytest.approx(many[rows] @ many[:3].T, abs=5e-3)
    assert vectors.cosines([], many[:3]).shape == (0, 3)
    for row in (-1, 5000):
        with pytest.raises(IndexError):
            vectors.cosines([row], many[:3])


@pytest.mark.parametrize("share", [0.5, 0.02, 0.0004])
def test_the_nearest_of_the_allowed_rows_are_found(large: Vectors, many: FloatArray, share: float) -> None:
    allowed = np.random.default_rng(9).random(20_000) < share
    rows = np.flatnonzero(allowed)
    wanted = min(10, rows.size)
    for query in asked_about(many, 20):
        found, scores = large.search(query, 10, allowed)
        exact = rows[np.argsort(-(many[rows] @ query))[:10]]
        assert np.isin(found, exact).sum() >= wanted - 1
        assert found.size == wanted
        assert (np.diff(scores) <= 0).all()


def test_allowed_rows_far_from_the_query_are_found(large: Vectors, many: FloatArray) -> None:
    far = np.argsort(many @ many[0])[:7000]  # a third of all, and none of those that the codes name first
    allowed = np.zeros(20_000, np.bool_)
    allowed[far] = True
    found, scores = large.search(many[0], 10, allowed)
    assert allowed[found].all()
    # Thousands are equally far, so ranks say nothing here.
    assert scores == pytest.approx(np.sort(many[far] @ many[0])[::-1][:10], abs=2e-3)


def test_no_more_than_is_allowed_is_found(tmp_path: Path, backend: str) -> None:
    vectors = saved(tmp_path / "v", UNIT)
    allowed = np.asarray([True, False, False, True])
    assert vectors.search(UNIT[1], 4, allowed)[0].tolist() == [3, 0]
    assert vectors.search(UNIT[1], 1, allowed)[0].tolist() == [3]
    assert vectors.search(UNIT[1], 4, np.zeros(4, np.bool_))[0].tolist() == []
    with pytest.raises(ValueError, match="allowed"):
        vectors.search(UNIT[1], 4, allowed[:3])


@pytest.mark.usefixtures("approximately")
def test_all_rows_can_be_had_in_order(tmp_path: Path) -> None:
    many = near_each_other(3000)
    rows, scores = saved(tmp_path / "v", many).search(many[0], 3000)
    assert sorted(rows.tolist()) == list(range(3000))
    assert (np.diff(scores) <= 0).all()


@pytest.mark.usefixtures("approximately")
def test_vectors_taken_over_again_and_again_stay_the_same(tmp_path: Path) -> None:
    many = near_each_other(2000)
    first = saved(tmp_path / "v0", many)
    kept = first.vectors(np.arange(2000))
    assert np.linalg.norm(kept, axis=1) == pytest.approx(np.ones(2000), abs=1e-6)
    # New rows come with each rewriting, as speeches do.
    vectors = kept
    for turn in range(1, 6):
        vectors = np.concatenate([vectors, near_each_other(500, seed=turn)])
        vectors = saved(tmp_path / f"v{turn}", vectors, first.centre).vectors(np.arange(len(vectors)))
    assert vectors[:2000].tobytes() == kept.tobytes()


@pytest.mark.usefixtures("approximately")
def test_equal_vectors_are_kept_once(tmp_path: Path) -> None:
    many = near_each_other(1000)
    write_vectors(tmp_path / "once", many)
    write_vectors(tmp_path / "thrice", np.tile(many, (3, 1)))
    # 2,000 rows more: 4 bytes each say which vector they have.
    assert (tmp_path / "thrice").stat().st_size == (tmp_path / "once").stat().st_size + 4 * 2000
    once, thrice = (
        read_vectors(tmp_path / "once", count=1000, dim=32),
        read_vectors(tmp_path / "thrice", count=3000, dim=32),
    )
    kept = once.vectors(np.arange(1000))
    assert thrice.vectors(np.arange(3000)).tobytes() == np.tile(kept, (3, 1)).tobytes()
    assert thrice.cosines([7, 1007, 2007], many[:2]).tolist() == once.cosines([7] * 3, many[:2]).tolist()


@pytest.mark.usefixtures("approximately")
def test_rows_of_one_vector_are_found_in_order_and_may_be_forbidden(tmp_path: Path) -> None:
    vectors = saved(tmp_path / "v", np.concatenate([UNIT, UNIT]))
    assert vectors.search(UNIT[1], 5)[0].tolist() == [1, 3, 5, 7, 2]
    assert vectors.search(UNIT[1], 3)[0].tolist() == [1, 3, 5]
    allowed = np.asarray([True, False, False, True, False, False, True, True])
    assert vectors.search(UNIT[1], 8, allowed)[0].tolist() == [3, 7, 6, 0]
    assert vectors.search(UNIT[1], 1, np.isin(np.arange(8), [0, 6]))[0].tolist() == [6]


@pytest.mark.usefixtures("approximately")
def test_what_is_said_often_leaves_room_for_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approximate, "COPIES", 2)
    often = np.concatenate([np.tile(UNIT[1], (6, 1)), UNIT[[2, 2, 2, 0]]])
    vectors = saved(tmp_path / "v", often)
    assert vectors.search(UNIT[1], 4)[0].tolist() == [0, 1, 6, 7]
    assert vectors.search(UNIT[1], 5)[0].tolist() == [0, 1, 6, 7, 9]
    assert vectors.search(UNIT[1], 4, np.arange(10) > 4)[0].tolist() == [5, 6, 7, 9]
    # Where different vectors don't fill what is asked for, all their rows may.
    assert vectors.search(UNIT[1], 10)[0].tolist() == list(range(10))


@pytest.mark.usefixtures("approximately")
def test_what_comes_anew_shares_the_bytes_that_were_taken_over(tmp_path: Path) -> None:
    many = near_each_other(1000)
    before = saved(tmp_path / "before", many)
    kept = before.vectors(np.arange(1000))
    write_vectors(tmp_path / "after", np.concatenate([kept, many]), before.centre)
    assert (tmp_path / "after").stat().st_size < (tmp_path / "before").stat().st_size + 5 * 1000


@pytest.mark.parametrize("dim", [1, 3, 5, 6, 30, 33])
@pytest.mark.usefixtures("approximately")
def test_any_number_of_components_will_do(tmp_path: Path, dim: int) -> None:
    many = near_each_other(800, dim)
    vectors = saved(tmp_path / "v", many)
    rows, scores = vectors.search(many[5], 3)
    assert scores[0] == pytest.approx((many @ many[5]).max(), abs=5e-3)
    assert rows.size == 3


def test_the_way_is_chosen_by_the_number_of_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_exact(50_000)
    assert not is_exact(50_001)
    monkeypatch.setattr(subject, "EXACT_ROWS", 3)
    assert saved(tmp_path / "small", UNIT[:3])._backend.__class__ is not ApproximateVectors
    assert saved(tmp_path / "large", UNIT)._backend.__class__ is ApproximateVectors


def test_a_sample_is_spread_over_the_rows_and_made_once(tmp_path: Path, backend: str) -> None:
    vectors = saved(tmp_path / "v", UNIT)
    assert vectors.sample == pytest.approx(UNIT, abs=2e-3)
    assert vectors.sample is vectors.sample
    many = near_each_other(5000)
    sample = saved(tmp_path / "many", many).sample
    assert sample.shape == (SAMPLE, 32)
    assert sample[[0, -1]] == pytest.approx(many[[0, -1]], abs=5e-3)


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


@pytest.mark.parametrize(
    "second",
    [0x7F800000, 0x7F7FFFFF, 0x7F800001, 0x3F802189, 0x3F7FBCED],
    ids=["infinite", "square overflows", "signalling NaN", "1.001023", "0.998976"],
)
def test_vector_of_another_length_is_damage(tmp_path: Path, second: int) -> None:
    write_vectors(tmp_path / "v", UNIT)
    data = (tmp_path / "v").read_bytes()
    # Row 3 ends in 1.0, 0.0: its second component stands in the last eight bytes but four.
    (tmp_path / "v").write_bytes(data[:-8] + second.to_bytes(4, "little") + data[-4:])
    with pytest.raises(IndexDamagedError, match="vector 3 is not of length 1"):
        read_vectors(tmp_path / "v", count=4, dim=3)


@pytest.mark.parametrize("length", [1.00099, 0.99901])
def test_vectors_a_little_longer_or_shorter_than_one_are_read(tmp_path: Path, length: float) -> None:
    write_vectors(tmp_path / "v", UNIT * np.float32(length))
    assert read_vectors(tmp_path / "v", count=4, dim=3).vectors([1])[0, 1] == np.float32(length)


def test_a_file_cut_short_is_damage(tmp_path: Path, backend: str) -> None:
    write_vectors(tmp_path / "v", UNIT)
    data = (tmp_path / "v").read_bytes()
    for size in (0, 10, len(data) // 2, len(data) - 1):
        (tmp_path / "v").write_bytes(data[:size])
        with pytest.raises(IndexDamagedError, match=r"^\S*part/v\b|part/v"):
            read_vectors(tmp_path / "v", count=4, dim=3, label="part/v")


@pytest.mark.usefixtures("approximately")
def test_no_changed_byte_reaches_the_library(tmp_path: Path) -> None:
    many = near_each_other(64, 8)
    write_vectors(tmp_path / "v", many)
    data = (tmp_path / "v").read_bytes()
    head, bytes_end = approximate._HEADER.size, approximate._HEADER.size + 64 * 8
    for at in [*range(head), *range(bytes_end, len(data), 7)]:
        changed = bytearray(data)
        changed[at] ^= 0xFF
        (tmp_path / "v").write_bytes(changed)
        with pytest.raises(IndexDamagedError):
            read_vectors(tmp_path / "v", count=64, dim=8)


@pytest.mark.usefixtures("approximately")
def test_changed_bytes_of_vectors_are_other_numbers_and_nothing_worse(tmp_path: Path) -> None:
    many = near_each_other(64, 8)
    write_vectors(tmp_path / "v", many)
    data = bytearray((tmp_path / "v").read_bytes())
    start = approximate._HEADER.size
    data[start : start + 64 * 8] = bytes([0x80]) * (64 * 8)
    (tmp_path / "v").write_bytes(data)
    rows, scores = read_vectors(tmp_path / "v", count=64, dim=8).search(many[0], 5)
    assert rows.size == 5
    assert np.isfinite(scores).all()


def test_several_threads_find_the_same(large: Vectors, many: FloatArray) -> None:
    queries = list(asked_about(many, 50))
    alone = [large.search(query, 10)[0].tolist() for query in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda query: large.search(query, 10)[0].tolist(), queries)) == alone


def test_rows_that_name_their_vectors_are_written_as_if_each_had_its_own(
    tmp_path: Path, backend: str, many: FloatArray
) -> None:
    places = np.random.default_rng(5).integers(0, 900, 3000)
    centre = many[:900].mean(axis=0) / 2
    write_vectors(tmp_path / "named", many[:1000], centre, places=places)  # the last hundred have no row
    write_vectors(tmp_path / "own", many[places], centre)
    assert (tmp_path / "named").read_bytes() == (tmp_path / "own").read_bytes()
