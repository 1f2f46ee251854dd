"""Something beside what is asked for is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.missing import lacks_value
from retrieval.search.others import tells_another


@pytest.mark.parametrize(
    ("question", "found"),
    [
        # A part of a total.
        ("水泵一共300台，柳溪镇分到多少", "全县新配水泵300台，6月前到位。"),
        ("补助里区二院能分到多少", "区二院的隐患有7处，全区统筹补助90万元，优先给村卫生室。"),
        ("巡查任务二车间摊到多少", "全厂每月巡查200次，一车间承担120次。"),
        # Another group.
        ("第四组去哪几个镇", "督查分成5个组，第一组去北山镇，第二组去青口镇，其余的会后通知。"),
        ("第三批关停哪些窑口", "第一批关停12座窑口，第二批关停9座。"),
        ("第2批什么时候开工", "第一批3月开工，第三批放到明年。"),
        # The other side of a bound.
        ("六十吨以上的车走哪条道", "六十吨以下的车走东道。"),
        ("五岁以下的孩子坐哪里", "五岁以上的孩子坐后排。"),
        # Members of a counted group.
        ("没通过复审的那27家厂子都是谁", "参加复审的有90家，过关63家，过不了的停产。"),
        # Lists of something else.
        ("没过复审的那27家厂子都是谁", "复审要交证书、台账、合同。63家过了关，停水、停电的不算。"),
        ("掉队的八个村是哪些", "全镇二十个村，多数按时交了表。"),
        # Called on to speak.
        ("郑局长最后讲了哪几条", "我先说到这里，下面请郑局长讲话。"),
        ("曲主任补充了什么内容", "曲主任一会儿还要补充，我就不多说。"),
    ],
)
def test_others_do_not_answer(question: str, found: str) -> None:
    assert tells_another(question, found)
    assert lacks_value(question, found)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("水泵一共300台，柳溪镇分到多少", "全县新配水泵300台，其中柳溪镇分40台。"),
        ("水泵一共300台，柳溪镇分到多少", "新配水泵300台，每个镇15台。"),
        ("补助里区二院能分到多少", "区二院最难，安排补助20万元。"),
        ("值班分到几个人", "值班每班三个人。"),
        ("第四组去哪几个镇", "第一组去北山镇，第四组去青口镇。"),
        ("第四组去哪几个镇", "一组去北山镇，二组去白沙镇，四组去青口镇。"),
        ("第11组去哪几个镇", "第十组去北山镇，第十一组去青口镇。"),
        ("第一批关停哪些窑口", "首批关停12座窑口，第二批关停9座。"),
        ("第四组去哪几个镇", "督查组要去青口镇。"),
        ("自己家排在第几批", "第一批改40户，第二批改60户。"),
        ("六十吨以上的车走哪条道", "六十吨以下的车走东道，超过的走西道。"),
        ("五岁以下的孩子坐哪里", "五岁以上的孩子坐后排，不满五岁的坐安全座椅。"),
        ("六十吨以上的车走哪条道", "六十吨的车走西道。"),
        ("没通过复审的那27家厂子都是谁", "没过关的27家名单贴在门口。"),
        ("没通过复审的那8家厂子都是谁", "没过关的有永新、大成、顺发、宏远和四家作坊。"),
        ("没通过复审的那8家厂子都是谁", "没过关的厂子：\n1.永新\n2.大成\n3.顺发\n4.宏远"),
        ("这两家厂子是哪两家", "厂子要复审。"),
        ("那12个村期限是哪天", "各村5月底前交表。"),
        ("郑局长最后讲了哪几条", "下面请郑局长讲话。郑局长强调，要盯住水边。"),
        ("郑局长最后讲了哪几条", "郑局长：我讲三条，第一条，盯住水边。"),
        ("", ""),
    ],
)
def test_the_part_the_group_and_the_speaker_are_told(question: str, found: str) -> None:
    assert not tells_another(question, found)


@given(question=st.text(max_size=40), found=st.text(max_size=120))
def test_any_text_can_be_asked_and_found(question: str, found: str) -> None:
    assert tells_another(question, found) in (True, False)
