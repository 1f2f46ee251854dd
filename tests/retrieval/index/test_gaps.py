from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.gaps import is_wide, pack, unpack, unpack_all


def test_rows_become_their_distances() -> None:
    # Of 300 passages a term in one takes two bytes a distance, one in two takes a byte.
    data, sizes, frequencies = pack(np.asarray([299, 0, 2, 2, 280]), np.asarray([1, 4]), 300)
    assert frequencies.tolist() == [1, 3]
    assert is_wide(frequencies, 300).tolist() == [True, False]
    # 300 is 44 and 1 times 256; 278 after passage 2 is 255, which goes on, and 23.
    assert data.tolist() == [44, 1, 1, 2, 0, 255, 23]
    assert sizes.tolist() == [2, 5]


def test_a_distance_of_just_what_goes_on_leads_there() -> None:
    data, _, _ = pack(np.asarray([0, 255]), np.asarray([2]), 256)
    assert data.tolist() == [1, 255, 0]
    assert unpack(data, wide=False).tolist() == [0, 255]


def test_no_terms_are_no_bytes() -> None:
    nothing = np.empty(0, np.int64)
    data, sizes, frequencies = pack(nothing, nothing, 0)
    assert (data.size, sizes.size, frequencies.size) == (0, 0, 0)
    assert [part.tolist() for part in unpack_all(data, sizes, wide=True)] == [[], []]


TERMS = st.lists(st.lists(st.integers(0, 199_999), min_size=1, max_size=5).map(sorted), max_size=6)


@given(TERMS, st.sampled_from([200_000, 1_000_000]), st.lists(st.integers(1, 900), max_size=2))
def test_rows_come_back(terms: list[list[int]], passages: int, frequent: list[int]) -> None:
    terms = [*terms, *(list(range(0, 200_000, 230 * step)) for step in frequent)]
    sizes = np.asarray([len(rows) for rows in terms], dtype=np.int64)
    rows = np.asarray([row for term in terms for row in term], dtype=np.int64)
    data, taken, frequencies = pack(rows, sizes, passages)
    assert frequencies.tolist() == [len(set(term)) for term in terms]
    wide = is_wide(frequencies, passages)
    pieces = np.split(data, np.cumsum(taken))[:-1]
    assert [unpack(piece, wide=bool(is_)).tolist() for piece, is_ in zip(pieces, wide, strict=True)] == terms
    for kind in (False, True):
        own = np.concatenate(
            [data[:0], *(piece for piece, is_ in zip(pieces, wide, strict=True) if is_ == kind)]
        )
        found, counts = unpack_all(own, taken[wide == kind], wide=kind)
        expected = [term for term, is_ in zip(terms, wide, strict=True) if is_ == kind]
        assert counts.tolist() == [len(term) for term in expected]
        assert found.tolist() == [row for term in expected for row in term]
