"""How often answers say the words of their questions again, counted by hand."""

from __future__ import annotations

import pytest

from training.echoes import counted, file_text
from training.examples import Example


def test_shares_worked_out_by_hand() -> None:
    # 卸油 is asked three times and twice said again, 炮仗 asked once and never said.
    asked = [
        Example("", "", "罐区卸油要接地", ("卸油",)),
        Example("", "", "站内卸油要有人", ("卸油", "炮仗")),
        Example("", "", "烟花要限放", ("卸油",)),
    ]
    # 卸油 stands in two passages, alone in its class: its own 2/3 is what is usual there.
    # Nothing that no passage has is ever said again, so 炮仗 is drawn towards 0.
    assert counted(asked) == pytest.approx({"卸油": (2 + 2 / 3) / 4, "炮仗": 0.0})


def test_few_questions_are_drawn_towards_what_is_usual() -> None:
    # Both stand in one passage. Of four questions with either three are answered in its words.
    asked = [Example("", "", "罐区卸油", ("卸油", "卸油", "怎么卸油")), Example("", "", "烟花", ("电梯",))]
    shares = counted([*asked, Example("", "", "电梯", ("锅炉",))])
    # Of 卸油, asked three times, and 电梯, asked once and not answered so, 3/4 are usual.
    assert shares["卸油"] == pytest.approx((3 + 3 / 4) / 4)
    assert shares["电梯"] == pytest.approx((0 + 3 / 4) / 2)


def test_titles_and_numerals_do_not_count() -> None:
    shares = counted([Example("", "县长的讲话", "十天查完", ("县长十天",))])
    assert shares == {"县长": 0.0}


def test_file_has_pairs_in_order_with_digits_of_what_surprises() -> None:
    # -ln 0.3 is 1.204, three steps of 0.4; -ln 0.9 is 0.105, none; -ln 0.001 is 6.9, more than nine.
    assert file_text({"卸油": 0.7, "娃娃": 0.1, "井下": 0.999}) == "井下9\n卸油3\n"
