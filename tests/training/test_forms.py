"""The forms in which a passage is shown: alone, with a title, beside a neighbour that is no right answer."""

from __future__ import annotations

import random

from training.examples import Example
from training.forms import Forms

KITCHEN = Example(
    "厨房",
    "全镇餐饮座谈会（副镇长 邵一禾）",
    "灶台旁的油桶每晚打烊前搬到室外。",
    ("油桶放哪",),
    ("油烟机每季清洗。",),
)
GAS = Example("厨房", "", "燃气管每两年换一次，接头用卡箍拧紧。", ("管子多久换",))
EXITS = Example("厨房", "", "后门白天不得上锁，钥匙挂在门框上。", ("后门能锁吗",))
LIFT = Example(
    "电梯", "物业约谈会（科长 蒲青）", "电梯困人三十分钟内必须到场。", ("困人多久来",), ("电梯年检一次。",)
)
ALL = (KITCHEN, GAS, EXITS, LIFT)
NOBODY: frozenset[str] = frozenset()


def shown(example: Example, in_batch: frozenset[str], times: int = 400) -> list[str]:
    forms, chance = Forms.of(ALL), random.Random(7)
    return [forms.shown(example, in_batch, chance) for _ in range(times)]


def test_half_of_the_passages_stand_alone() -> None:
    alone = sum(form == KITCHEN.passage for form in shown(KITCHEN, NOBODY, 2000))
    assert 900 < alone < 1100  # 1000 expected, deviation 22


def test_a_quarter_stands_beside_a_neighbour_on_either_side() -> None:
    lines = [form.split("\n") for form in shown(KITCHEN, NOBODY, 2000)]
    beside = [rest for _, *rest in lines if len(rest) == 2]
    assert 420 < len(beside) < 580  # 500 expected, deviation 19
    assert {rest.index(KITCHEN.passage) for rest in beside} == {0, 1}


def test_own_title_is_kept_and_missing_one_is_borrowed() -> None:
    assert {form.split("\n")[0] for form in shown(KITCHEN, NOBODY)} == {KITCHEN.passage, KITCHEN.title}
    assert {form.split("\n")[0] for form in shown(GAS, NOBODY)} == {GAS.passage, KITCHEN.title, LIFT.title}


def test_neighbours_are_of_the_same_topic() -> None:
    others = {line for form in shown(GAS, frozenset({GAS.passage})) for line in form.split("\n")[1:]}
    assert others == {GAS.passage, KITCHEN.passage, EXITS.passage}


def test_a_neighbour_is_never_asked_for_in_the_same_batch() -> None:
    in_batch = frozenset({GAS.passage, KITCHEN.passage})
    lines = {line for form in shown(GAS, in_batch) for line in form.split("\n")}
    assert KITCHEN.passage not in lines
    assert EXITS.passage in lines


def test_near_misses_stand_in_where_no_neighbour_is_left() -> None:
    lines = {line for form in shown(LIFT, frozenset({LIFT.passage})) for line in form.split("\n")}
    assert lines == {LIFT.passage, LIFT.title, *LIFT.near_misses}
    bare = Example("电梯", LIFT.title, LIFT.passage, LIFT.queries)
    forms, chance = Forms.of((bare,)), random.Random(7)
    seen = {forms.shown(bare, frozenset({bare.passage}), chance) for _ in range(100)}
    assert seen == {bare.passage, f"{bare.title}\n{bare.passage}"}


def test_without_any_title_every_passage_stands_alone() -> None:
    forms = Forms.of((GAS, EXITS))
    assert {forms.shown(GAS, NOBODY, random.Random(seed)) for seed in range(50)} == {GAS.passage}


def test_general_passages_stand_alone() -> None:
    river = Example("河流", "", "清溪河全长四十公里，在柳湾汇入大江。", ("清溪河多长",))
    assert set(shown(river, NOBODY)) == {river.passage}
