from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from retrieval.index.recent import Recent


def test_what_was_not_asked_for_longest_goes_first() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (1, None, 3)


def test_a_newer_value_takes_the_place_of_the_older() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    recent.put("a", 3)
    recent.put("c", 4)
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (3, None, 4)


def test_several_are_asked_for_at_once() -> None:
    recent: Recent[str, int] = Recent(3)
    for key, value in (("a", 1), ("b", 2), ("c", 3)):
        recent.put(key, value)
    assert recent.kept(["b", "x", "a", "b"]) == {"b": 2, "a": 1}
    recent.put("d", 4)
    assert recent.kept(["a", "b", "c", "d"]) == {"a": 1, "b": 2, "d": 4}


def test_many_threads_never_exceed_what_is_kept() -> None:
    recent: Recent[int, int] = Recent(10)

    def work(start: int) -> bool:
        for key in range(start, start + 500):
            recent.put(key, key * 2)
            if recent.get(key - 5) not in (None, (key - 5) * 2):
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(0, 800, 100)))
    assert len(recent) == 10
