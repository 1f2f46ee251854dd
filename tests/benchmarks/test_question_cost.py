"""The benchmark of a question's cost: every way answers, and each is measured once a question."""

from __future__ import annotations

from benchmarks.question import WARMING, measured
from retrieval.search.searcher import Searcher


def test_ways_take_turns_question_by_question(example_searcher: Searcher) -> None:
    asked: list[str] = []

    def search(text: str) -> object:
        asked.append(text)
        return example_searcher.search(text)

    questions = ["电动自行车能进电梯吗", "过年放炮仗咋管", "谁值班"]
    found = measured({"nothing": len, "search": search}, questions)
    assert asked == [*questions[:WARMING], *questions]
    assert [len(times) for times in (*found["nothing"], *found["search"])] == [3] * 4
    # Wall time of each question, without exception: finding takes longer than counting its characters.
    assert all(less < more for less, more in zip(found["nothing"][0], found["search"][0], strict=True))
