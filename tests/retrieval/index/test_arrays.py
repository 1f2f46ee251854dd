from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from config.errors import IndexDamagedError
from retrieval.index.arrays import read_array


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lengths.npy"
    np.save(path, np.arange(2000, dtype=np.int32))
    return path


@pytest.mark.parametrize("is_mapped", [False, True])
def test_numbers_come_back(file: Path, *, is_mapped: bool) -> None:
    assert read_array(file, "lengths", np.int32, is_mapped=is_mapped).tolist() == list(range(2000))


def test_an_array_too_small_to_be_mapped_is_read(tmp_path: Path) -> None:
    np.save(tmp_path / "none.npy", np.empty(0, np.int32))
    assert read_array(tmp_path / "none.npy", "none", np.int32, is_mapped=True).size == 0


@pytest.mark.parametrize("is_mapped", [False, True])
@pytest.mark.parametrize("bit", range(8))
def test_a_bit_of_the_head_that_is_changed_is_told_as_damage_or_does_not_matter(
    file: Path, bit: int, *, is_mapped: bool
) -> None:
    whole = file.read_bytes()
    told = [
        at
        for at in range(128)  # the head: a magic string, a version, a length, a Python dict, blanks
        if _damage(file, whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :], is_mapped=is_mapped)
    ]
    assert set(range(10)) <= set(told)
    assert len(told) > 60


def _damage(file: Path, content: bytes, *, is_mapped: bool) -> IndexDamagedError | None:
    """What is told of a file; without it the numbers must be right."""
    file.write_bytes(content)
    try:
        found = read_array(file, "lengths", np.int32, is_mapped=is_mapped)
    except IndexDamagedError as error:
        return error
    assert found.tolist() == list(range(2000))
    return None


def test_damage_is_told_in_one_line(file: Path) -> None:
    whole = file.read_bytes()
    error = _damage(file, whole.replace(b"{", b"(", 1), is_mapped=False)
    assert error is not None
    assert error.values["file"] == "lengths"
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    "other",
    [np.zeros((2, 2), np.int32), np.zeros(4, np.int64), np.asarray([None], object)],
    ids=["two dimensions", "longer numbers", "objects"],
)
def test_other_arrays_are_told_as_damage(tmp_path: Path, other: np.ndarray) -> None:
    np.save(tmp_path / "other.npy", other)
    with pytest.raises(IndexDamagedError):
        read_array(tmp_path / "other.npy", "other", np.int32)


def test_a_file_that_is_gone_is_told_as_damage(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError):
        read_array(tmp_path / "gone.npy", "gone", np.int32)
