"""A thing is spoken of, and what is asked of it is not told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.missing import lacks_value
from retrieval.search.untold import speaks_without_telling


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("场长的月薪是多少", "钱不凑手，先从场长的月薪里扣。今年投入八十万元修坝。"),
        ("巡坝队有多少人", "巡坝队夜里轮班。全镇有水库12座。"),
        ("泵站的功率是多少", "泵站的功率不够，要换。"),
        ("哪个厂子漏得最严重", "雨下了一夜，六家厂子进了水，垫高的货没湿。"),
        ("哪条巷子的线最乱", "老城的线乱，三天内理清。"),
        ("谁家的柴堆得最高", "柴堆离灶屋不得少于五米。"),
        ("写检查的是哪个县区", "完不成的县区，主要负责人写检查；每个县区再查一遍。"),
        ("摔了孩子的是哪个镇的", "有个镇的秋千没有验收，孩子摔断了腿。"),
    ],
)
def test_it_is_spoken_of_and_not_told(question: str, found: str) -> None:
    assert speaks_without_telling(question, found)
    assert lacks_value(question, found)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("场长的月薪是多少", "场长的月薪六千元，先扣一半。"),
        ("巡坝队有多少人", "巡坝队夜里轮班，每班四人。"),
        ("巡坝队有多少人", "夜里有四十人巡坝。"),
        ("免费领的有多少人", "老人全部免费领。"),
        ("哪个厂子漏得最严重", "六家厂子进了水，首当其冲的是棉纺厂。"),
        ("哪一类案子最多", "案子里加油站15件，窨井盖31件，群租房22件。"),
        ("哪里最要紧", "要紧的是水边。"),
        ("最高的是多少度", "窑里有九百度。"),
        ("写检查的是哪个县区", "青口县写检查，别的县区要引以为戒。"),
        ("摔了孩子的是哪个镇的", "白沙镇的秋千没有验收，孩子摔断了腿。"),
        ("哪几个村要练两次", "河湾下面的三个村要练两次。"),
        ("", ""),
    ],
)
def test_it_is_told_or_something_else_is_asked(question: str, found: str) -> None:
    assert not speaks_without_telling(question, found)


@given(question=st.text(max_size=40), found=st.text(max_size=120))
def test_any_text_can_be_asked_and_found(question: str, found: str) -> None:
    assert speaks_without_telling(question, found) in (True, False)
