from __future__ import annotations

import pytest

from training.associations import counted, file_text
from training.examples import Example


def examples(together: int, apart: int) -> list[Example]:
    """Some whose question says 炮仗 and whose passage says 烟花, and some about something else."""
    met = [Example("", "", "烟花", ("炮仗",))] * together
    return met + [Example("", "", "锅炉", ("电梯",))] * apart


def test_strength_worked_out_by_hand() -> None:
    # 8 of 40 where chance lets 8 * 8 / 40 = 1.6: ln 5 = 1.609, of which 8 / 11; 8 ln 5 - 6.4 = 6.5 suffices.
    assert counted(examples(8, 32))["炮仗"] == pytest.approx({"烟花": 1.6094379 * 8 / 11})


def test_pairs_that_meet_too_seldom_or_no_more_than_by_chance_do_not_go_together() -> None:
    # 4 of 20: the same mutual information, but 4 ln 5 - 3.2 = 3.2 is too little; of 8 of 30 it is ln 3.75.
    assert "炮仗" not in counted(examples(4, 16))
    assert "炮仗" not in counted(examples(8, 22))
    # Two of ten thousand are enough, as far beyond chance as that; one is not.
    assert "炮仗" in counted(examples(2, 9998))
    assert "炮仗" not in counted(examples(1, 9999))


def test_a_pair_does_not_go_with_itself() -> None:
    same = [Example("", "", "炮仗", ("炮仗",))] * 8
    assert counted(same + examples(0, 32)).get("炮仗") is None


def test_file_has_pairs_in_order_and_the_strongest_first_in_halves() -> None:
    found = {"过年": {"春节": 2.9, "年关": 2.9, "除夕": 3.2}, "炮仗": {"烟花": 99.0, "零售": 0.1}}
    assert file_text(found) == "炮仗 烟花9零售1\n过年 除夕6年关6春节6\n"
