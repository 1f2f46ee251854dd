"""What came of it is asked, and what was to be is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.missing import lacks_value
from retrieval.search.outcomes import only_planned


@pytest.mark.parametrize(
    ("question", "found"),
    [
        # What is left.
        ("老旧泵站还剩几座没换", "从下月起用三十天时间，把全部46座老旧泵站换一遍。"),
        ("没有封堵的井口还有多少个没填", "全镇180个井口要逐个填埋，谁的井谁负责。"),
        ("还差几台报警器要装", "各厂要按每间一台的标准配齐报警器，共需300台。"),
        # How far it has come.
        ("到现在一共换了多少根软管", "对所有餐馆，软管要换成金属的，每根补助20元。"),
        ("截至目前奖金发出去多少", "设立举报奖金池50万元，查实的一次奖2000元。"),
        ("截止今天查封了几家作坊", "对小作坊要拉网排查，发现违规的，3日内查封。"),
        # Whether it is done.
        ("西门的天桥到现在建好了没有", "西门的天桥年底前要建成，由住建局牵头。"),
        ("灶间的报警器目前都装了吗", "灶间的报警器要在三个月内装齐。"),
        # Who came after.
        ("被撤的库长换成谁了", "库长对险情不闻不问，当场免职，各库要举一反三。"),
        ("接任的站长是谁", "渡口站长擅离职守，已经撤销职务。"),
        ("棉纺厂新厂长是谁", "棉纺厂的厂长被免去职务。"),
        # What was done with somebody.
        ("锁了安全门的那个店长后来怎么处理的", "店长把安全门锁上，说是怕小偷，险些酿成大祸。"),
        ("打瞌睡的司机咋处理了", "有个司机开着车打瞌睡，车子冲上了护栏，好在车上没有人。"),
        # Who was chosen.
        ("平安车间评上了谁", "年底要评选平安车间，每个车间奖一面锦旗。"),
        ("今年哪几个村当选示范村", "秋后评选5个示范村，镇里出钱修路。"),
        ("改造工程是哪家公司中标的", "改造工程要公开招标，不许打招呼。"),
        # The day.
        ("青石桥工地定在哪天复工", "青石桥工地的脚手架不验收，不得复工。"),
        ("游泳池几号开放", "水质没有检测合格的，游泳池一律不得开放。"),
    ],
)
def test_a_plan_does_not_tell_what_came_of_it(question: str, found: str) -> None:
    assert only_planned(question, found)
    assert lacks_value(question, found)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("老旧泵站还剩几座没换", "46座老旧泵站，换了40座，剩下的6座月底前换完。"),
        ("老旧泵站还剩几座没换", "46座老旧泵站里还有6座没有换。"),
        ("老旧泵站还剩几座没换", "46座老旧泵站，到上周为止完成了40座。"),
        ("离汛期还剩几天", "离汛期不到20天。"),
        ("还差几台报警器要装", "300台报警器里缺12台。"),
        # No count of them is told, so nothing says that it is about these.
        ("还剩几座没换", "软管要换成金属的。"),
        ("到现在一共换了多少根软管", "截至上周，软管换了四千根。"),
        ("到现在一共换了多少根软管", "已经更换软管四千根。"),
        ("截至目前奖金发出去多少", "今年以来兑现奖金31万元。"),
        ("奖金池有多少钱", "设立举报奖金池50万元，查实的一次奖2000元。"),
        ("西门的天桥到现在建好了没有", "西门的天桥建好了，下周通行。"),
        ("西门的天桥到现在建好了没有", "西门的天桥还在打桩。"),
        ("西门的天桥什么时候建好", "西门的天桥年底前要建成，由住建局牵头。"),
        ("被撤的库长换成谁了", "库长当场免职，由副镇长老梁接任。"),
        ("总指挥不在由谁顶替", "他离开，就由大队长上。"),
        ("锁了安全门的那个店长后来怎么处理的", "店长把安全门锁上，罚了五千元。"),
        ("锁安全门的怎么处理", "安全门不许上锁。"),
        ("那台旧锅炉后来怎么处理的", "那台旧锅炉拉到废品站去。"),
        ("平安车间评上了谁", "年底评选平安车间，铸造车间当选。"),
        ("平安车间评上了谁", "今年评出三个平安车间：铸造、锻造、热处理。"),
        ("平安车间评上了谁", "今年评选的平安车间是铸造车间。"),
        ("平安车间怎么评", "年底要评选平安车间，每个车间奖一面锦旗。"),
        ("护栏工程是哪家公司中标的", "护栏工程招标来了六家，最后由青禾路桥拿到。"),
        ("青石桥工地定在哪天复工", "青石桥工地不验收不得复工，定在3月8日复工。"),
        ("青石桥工地什么时候能复工", "青石桥工地的脚手架不验收，不得复工。"),
        ("", ""),
    ],
)
def test_what_is_told_or_asked_otherwise_is_no_lack(question: str, found: str) -> None:
    assert not only_planned(question, found)


@given(question=st.text(max_size=40), found=st.text(max_size=120))
def test_any_text_can_be_asked_and_found(question: str, found: str) -> None:
    assert only_planned(question, found) in (True, False)
