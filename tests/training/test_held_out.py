from __future__ import annotations

from training.examples import Example
from training.held_out import FIRST, HELD_OUT, split

EXAMPLES = [
    Example(topic="值守", title="", passage=f"第{number}号岗亭双人值守。", queries=(f"{number}号岗亭几个人",))
    for number in range(FIRST + 40)
]


def test_what_is_written_later_is_learned_and_changes_nothing_of_what_is_held_out() -> None:
    learned, held_out = split(EXAMPLES[:FIRST])
    more, same = split(EXAMPLES)
    assert same == held_out
    assert more == [*learned, *EXAMPLES[FIRST:]]


def test_no_example_is_lost_or_learned_though_held_out() -> None:
    learned, held_out = split(EXAMPLES)
    assert len(held_out) == HELD_OUT
    assert sorted(each.passage for each in learned + held_out) == sorted(each.passage for each in EXAMPLES)


def test_of_few_a_tenth_is_held_out() -> None:
    learned, held_out = split(EXAMPLES[:57])
    assert (len(learned), len(held_out)) == (52, 5)
