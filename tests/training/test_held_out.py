from __future__ import annotations

from training.examples import Example
from training.held_out import DISTRACTORS, FIRST, HELD_OUT, later_set, split

EXAMPLES = [
    Example(topic="值守", title="", passage=f"第{number}号岗亭双人值守。", queries=(f"{number}号岗亭几个人",))
    for number in range(FIRST + 40)
]


def test_what_is_written_later_changes_nothing_of_what_was_there() -> None:
    before, after = split(EXAMPLES[:FIRST]), split(EXAMPLES)
    assert (after.first, after.held_out) == (before.first, before.held_out)
    assert (before.later, before.later_held_out) == ((), ())


def test_every_fifth_of_what_is_written_later_is_held_out() -> None:
    parts = split(EXAMPLES)
    assert parts.later_held_out == tuple(EXAMPLES[FIRST + row] for row in (0, 5, 10, 15, 20, 25, 30, 35))
    assert parts.later[:5] == tuple(EXAMPLES[FIRST + row] for row in (1, 2, 3, 4, 6))


def test_no_example_is_lost_or_learned_though_held_out() -> None:
    parts = split(EXAMPLES)
    assert len(parts.held_out) == HELD_OUT
    everywhere = [*parts.learned, *parts.held_out, *parts.later_held_out]
    assert sorted(each.passage for each in everywhere) == sorted(each.passage for each in EXAMPLES)


def test_of_few_a_tenth_is_held_out() -> None:
    parts = split(EXAMPLES[:57])
    assert (len(parts.first), len(parts.held_out)) == (52, 5)


def test_later_questions_are_asked_among_all_later_passages_and_some_of_the_first() -> None:
    parts = split(EXAMPLES)
    asked = later_set(parts)
    assert len(asked.passages) == 40 + DISTRACTORS
    assert asked.questions[1] == f"{FIRST + 5}号岗亭几个人"
    assert asked.passages[asked.right[1][0]] == f"第{FIRST + 5}号岗亭双人值守。"
    assert not {each.passage for each in parts.held_out} & set(asked.passages)
