from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.sharing import Sharing

# Vector 0 has the rows 0, 2, 5; vector 1 the row 1; vector 2 the rows 3 and 4.
SHARING = Sharing.of(np.asarray([0, 2, 5, 1, 3, 4], np.int32), np.asarray([3, 1, 2], np.int32))


def test_first_rows_of_each_vector() -> None:
    rows, counts = SHARING.rows_of(np.asarray([2, 0]), None, 2)
    assert (rows.tolist(), counts.tolist()) == ([3, 4, 0, 2], [2, 2])


def test_first_allowed_rows_of_each_vector() -> None:
    allowed = np.asarray([False, True, True, False, False, True])
    rows, counts = SHARING.rows_of(np.asarray([0, 1, 2]), allowed, 2)
    assert (rows.tolist(), counts.tolist()) == ([2, 5, 1], [2, 1, 0])


@given(st.data())
def test_rows_are_those_of_their_vector_up_to_so_many(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, 6), min_size=1, max_size=8))
    order = data.draw(st.permutations(range(sum(sizes))))
    each = np.split(np.asarray(order, np.int32), np.cumsum(sizes)[:-1])
    each = [np.sort(rows) for rows in each]
    sharing = Sharing.of(np.concatenate(each), np.asarray(sizes, np.int32))
    places = data.draw(st.permutations(range(len(sizes))))[: data.draw(st.integers(1, len(sizes)))]
    allowed = data.draw(st.none() | st.lists(st.booleans(), min_size=len(order), max_size=len(order)))
    most = data.draw(st.integers(1, 6))
    permitted = np.asarray([True] * len(order) if allowed is None else allowed)
    rows, counts = sharing.rows_of(
        np.asarray(places), None if allowed is None else np.asarray(allowed, np.bool_), most
    )
    expected = [[row for row in each[at].tolist() if permitted[row]][:most] for at in places]
    assert rows.tolist() == [row for some in expected for row in some]
    assert counts.tolist() == [len(some) for some in expected]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=8), st.data())
def test_vectors_that_an_allowed_row_has(sizes: list[int], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(sum(sizes))))
    each = np.split(np.asarray(order, np.int32), np.cumsum(sizes)[:-1])
    sharing = Sharing.of(np.concatenate(each), np.asarray(sizes, np.int32))
    allowed = np.asarray(data.draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order))))
    expected = [bool(allowed[rows].any()) for rows in each]
    places = np.asarray(data.draw(st.lists(st.integers(0, len(sizes) - 1), min_size=1)))
    assert sharing.has_any(places, allowed).tolist() == [expected[at] for at in places]
    assert sharing.places_of(allowed).tolist() == np.flatnonzero(expected).tolist()
