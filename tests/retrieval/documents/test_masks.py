from __future__ import annotations

import pytest

from retrieval.documents.masks import find_bold, find_masks, is_markdown
from retrieval.documents.types import Span


def masks(raw: str, *, markdown: bool = False) -> list[str]:
    bold = find_bold(raw, 0, len(raw), markdown=markdown)
    return [raw[span.start : span.end] for span in find_masks(raw, [Span(0, len(raw))], bold)]


def bold(raw: str, *, markdown: bool = False) -> list[str]:
    return [raw[run.start : run.end] for run in find_bold(raw, 0, len(raw), markdown=markdown)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("查出隐患*****条，整改率**.*%，*月*日复查。", ["*****", "**.*", "*", "*"]),
        ("出台“*+**+*”系列文件，**镇和**县带头。", ["*", "**", "*", "**", "**"]),
        ("在《**日报》、**电视台开设专栏，举办*期、**个专题。", ["**", "**", "*", "**"]),
        ("通报了X季度情况，X县长作了讲话，XX镇发言。", ["X", "X", "XX"]),
        ("××县、○○乡和某某企业要整改。", ["××", "○○", "某某"]),
        ("**消防安全**要盯住粮库，**镇查处*起。", ["**", "*"]),
        ("班长田××没有到岗，机手╳╳已经停职，电工水×、焊工米×受罚。", ["××", "╳╳", "×", "×"]),
        ("由□□局牵头，学校□是□否演练，□ □ □三栏都要填。", ["□□"]),
        ("X射线探伤，长宽3×4米，AX型和iPhoneX。", []),
        ("打×××××735、400-×××-2190、0371-8××2190都行，长宽30×45米。", ["×××××", "×××", "××"]),
        ("没有遮盖的数字是3.5万元。", []),
    ],
)
def test_masked_values_are_found_and_bold_marks_are_none(text: str, found: list[str]) -> None:
    assert masks(text) == found


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("**道路安全**要盯住拖拉机。", ["**道路安全**"]),
        ("先说责任。**一要压实乡镇责任。**书记要到田头。", ["**一要压实乡镇责任。**"]),
        ("　　**夜间作业**要有照明。", ["**夜间作业**"]),
        ("**一、管住机手，管住机器，管住路口**", ["**一、管住机手，管住机器，管住路口**"]),
        ("会议是**首次召开，共有**个单位参加。", []),
        ("大敌当前，**镇党委和**县委要带头。", []),
        ("**区因为进度慢，**县受表扬。", []),
        ("**县和**县受表扬。", []),
        ("** 空格 **不是粗体。", []),
        ("行动****展开**", []),
    ],
)
def test_bold_runs_follow_the_rule(text: str, runs: list[str]) -> None:
    assert bold(text) == runs


@pytest.mark.parametrize(
    ("text", "runs", "masked"),
    [
        ("这件事由调度室**甘雨桐**牵头。", ["**甘雨桐**"], []),
        (
            "规矩只有一条：**皮带停稳，牌子挂上，人再进去。**谁也不例外。",
            ["**皮带停稳，牌子挂上，人再进去。**"],
            [],
        ),
        ("要求**三天之内**改完，由**市住建局**验收。", ["**三天之内**", "**市住建局**"], []),
        ("表扬**甘雨桐**和**付大川**，罚了**人。", ["**甘雨桐**", "**付大川**"], ["**"]),
        ("全矿死亡**人，受伤**人，下降**%。", [], ["**", "**", "**"]),
        ("由**县和**县分担，**同志和**同志牵头。", [], ["**", "**", "**", "**"]),
        ("昨天**公司和**公司都停了产，** 空格 **不是粗体。", [], ["**", "**", "**", "**"]),
    ],
)
def test_in_markdown_bold_runs_stand_anywhere(text: str, runs: list[str], masked: list[str]) -> None:
    assert bold(text, markdown=True) == runs
    assert masks(text, markdown=True) == masked


def test_markdown_shows_by_its_headings() -> None:
    assert is_markdown("前面一行\n## 二、管住皮带\n**甘雨桐**")
    assert not is_markdown("#1皮带停了，**镇查处*起，#标签")


def test_masks_outside_the_body_are_left_out() -> None:
    raw = "市长***讲话\n查出*处隐患"
    assert find_masks(raw, [Span(8, len(raw))], []) == (Span(10, 11),)
