"""What is spoken of and still not told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.left_open import leaves_open


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("粮站那场火财产损失是多少", "粮站的火扑灭了，财产损失还在核定，人都平安。"),
        ("渡船翻沉的原因是什么", "渡船翻沉的原因正在调查。"),
        ("渡船翻沉原因到底是什么", "目前，渡船翻沉原因尚未查明。"),
        ("复训是什么时候", "复训时间另行通知。"),
        ("先进班组的名单有谁", "先进班组名单待定。"),
        ("先进班组的名单有谁", "先进班组名单会后由工会统一印发。"),
        ("停产的具体清单有哪些企业", "停产清单随后下发。"),
        ("改线的方案是什么", "改线的具体方案另行制定。"),
        ("上次拉练实际用了多少分钟", "拉练从哨响到集合完毕，目标是12分钟。"),
        (
            "中秋滩涂公园实际来了多少游客",
            "去年中秋来了7万人次，今年预计超过9万人次，滩涂公园每天最多放2万人。",
        ),
        ("41座砖窑到年底实际修好了几座", "带病的砖窑41座，年底前修复不少于30座。"),
        ("改造实际花了多少万元", "改造工程计划投入八十万元。"),
        ("五一实际来了多少客人", "预测五一来客人9万，去年五一来了7万人。"),
        ("孩子落水的那家叫什么店", "有一家店门口没有护栏，孩子落了水，这个店已经关了。"),
        ("烫伤孩子的叫什么园", "有一所幼儿园的粥桶没有盖，园长停了职。"),
    ],
)
def test_it_is_open_planned_or_without_a_name(question: str, found: str) -> None:
    assert leaves_open(question, found)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        # Being open answers it.
        ("渡船翻沉的原因查清了吗", "目前，渡船翻沉原因尚未查明。"),
        ("改线的方案什么时候出", "改线的方案由住建局牵头，三天内拿出来。"),
        # Something else is open.
        ("先进班组奖多少钱", "先进班组奖五千元，先进班组名单会后印发。"),
        ("粮站那场火死了几个人", "粮站的火死了两人，财产损失还在核定。"),
        ("粮站那场火几点扑灭的", "粮站的火凌晨三点扑灭，起火原因正在调查。"),
        # That it is not cleared up does not mean that nobody knows how many died.
        ("渡船事故死了几个人", "渡船事故还没查清，死了四个人。"),
        ("上次拉练实际用了多少分钟", "拉练目标是12分钟，实际用了19分钟。"),
        ("拉练目标是多少分钟", "拉练从哨响到集合完毕，目标是12分钟。"),
        ("实际控制人有几个人", "要求实际控制人两人到场。"),
        ("孩子落水的那家叫什么店", "青禾店门口没有护栏，孩子落了水。"),
        ("烫伤孩子的叫什么园", "金穗幼儿园的粥桶没有盖。"),
        ("这个店叫什么", "这个店已经关了。"),
        ("", ""),
        ("去年五一实际来了多少客人", "预测五一来客人9万，去年五一来了7万人。"),
    ],
)
def test_it_is_told_or_something_else_is_asked(question: str, found: str) -> None:
    assert not leaves_open(question, found)


@given(question=st.text(max_size=40), found=st.text(max_size=120))
def test_any_text_can_be_asked_and_found(question: str, found: str) -> None:
    assert leaves_open(question, found) in (True, False)
