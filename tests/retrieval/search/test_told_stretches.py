"""Stretches of time that are asked for by both ends."""

from __future__ import annotations

import pytest

from retrieval.search.told_stretches import tells_stretch


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("开渔前的检修从哪天到哪天", "检修从7月3日起到8月12日，一条船都不能少。"),
        ("封山从几号搞到几号", "4月1日至5月20日封山。"),
        ("封山封到什么时候", "4月1日至5月20日封山。"),
        ("检修起止", "检修7月3日开始，8月12日收尾。"),
        ("大车夜里几点到几点要停", "货车凌晨1时至4时停车休息。"),
        ("中午几点到几点不让上架子", "中午十二点到三点架子上不留人。"),
        ("中午几点到几点不让上架子", "架子上12:00-15:00不留人。"),
    ],
)
def test_it_is_told(question: str, told: str) -> None:
    assert tells_stretch(question, told)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        # Days are asked for and hours told, and the other way round.
        ("清淤从几号到几号", "清淤那天早上七点到九点封路。"),
        ("清淤几点到几点", "清淤从3月2日到3月9日。"),
        ("清淤从几号到几号", "清淤3月2日开工。"),
        ("从哪里到哪里封路", "3月2日到9日封路。"),
        ("封路几天", "3月2日到9日封路。"),
        ("", ""),
    ],
)
def test_it_is_not_told_or_not_asked(question: str, told: str) -> None:
    assert not tells_stretch(question, told)
