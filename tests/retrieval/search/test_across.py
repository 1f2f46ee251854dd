"""The form of questions about a matter over several speeches."""

from __future__ import annotations

import pytest

from retrieval.search.across import Across, Order, across_asked
from retrieval.search.glossary import load_glossary


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("哪几篇讲话提到了山洪预警", "山洪预警"),
        ("哪些会上讲过渡口安全", "渡口安全"),
        ("有几篇提到渡口的", "渡口"),
        ("哪些会上提到了对讲机", "对讲机"),
        ("过年放炮仗的事哪几次会讲了", "过年放炮仗"),
        ("谁讲过渡口停航", "渡口停航"),
        ("渡口停航都有谁讲过？", "渡口停航"),
        ("渡口停航在哪几次会上讲过", "渡口停航"),
        ("哪些领导强调过渡口安全，分别怎么说的", "渡口安全"),
        ("请问档案里哪些讲话谈到渡口的问题", "渡口"),
        ("几次会上对渡口停航都提了哪些要求", "渡口停航"),
        ("历次会议对渡口停航是怎么要求的", "渡口停航"),
        ("渡口停航这件事都有谁说过", "渡口停航"),
        ("哪些讲话里有关于渡口停航的要求", "渡口停航"),
        ("哪些讲话对渡口停航提出了要求", "渡口停航"),
        ("关于渡口停航，各次会议是怎么说的", "渡口停航"),
        ("有没有讲话提到过渡口停航", "渡口停航"),
        ("有没有人讲过渡口停航", "渡口停航"),
        ("列出所有提到渡口停航的讲话", "渡口停航"),
        ("把提到渡口停航的讲话都找出来", "渡口停航"),
        ("提到渡口停航的讲话有几篇", "渡口停航"),
        ("所有讲话中关于渡口停航的内容", "渡口停航"),
    ],
)
def test_a_matter_is_looked_for_in_every_speech(question: str, topic: str) -> None:
    assert across_asked(question, load_glossary()) == Across(topic, "", Order.BEST)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("最早提到渡口停航的是哪次会", Across("渡口停航", "", Order.FIRST)),
        ("渡口停航最早是谁提出来的", Across("渡口停航", "", Order.FIRST)),
        ("哪次会上第一次讲到渡口停航", Across("渡口停航", "", Order.FIRST)),
        ("最近一次讲到渡口停航是什么时候", Across("渡口停航", "", Order.LAST)),
        ("最近哪次会提到了渡口停航", Across("渡口停航", "", Order.LAST)),
        ("最早是谁讲到渡口停航", Across("渡口停航", "", Order.FIRST)),
        ("最新的渡口停航要求是什么", Across("渡口停航", "", Order.LAST)),
        ("渡口停航的最新规定", Across("渡口停航", "", Order.LAST)),
        ("按时间顺序说说哪几篇讲话提到渡口停航", Across("渡口停航", "", Order.BY_DATE)),
        ("周县长在哪些会上讲过渡口停航", Across("渡口停航", "周县长", Order.BEST)),
        ("各县对渡口停航分别怎么要求", Across("渡口停航", "", Order.BEST, "县")),
        ("哪几个县讲过渡口停航", Across("渡口停航", "", Order.BEST, "县")),
    ],
)
def test_order_names_and_levels_are_read(question: str, asked: Across) -> None:
    assert across_asked(question, load_glossary()) == asked


@pytest.mark.parametrize(
    "question",
    [
        "谁说了算",
        "谁讲过话",
        "哪些讲话",
        "哪篇讲话最早",
        "最早的讲话是什么时候",
        "最近的会议讲了什么",
        "最近一次会议对渡口有什么要求",
        "周县长最后提了哪三点要求",
        "各县对渡口怎么管",
        "哪些会提高风险",
        "多久讲一次安全课",
        "哪个部门负责渡口停航",
        "会上讲了哪些要求",
        "每次会议都提到了什么",
        "有没有讲话",
        "哪个单位对渡口有监管责任",
        "关于渡口停航的讲话里周县长怎么说",
    ],
)
def test_other_questions_are_left_alone(question: str) -> None:
    assert across_asked(question, load_glossary()) is None


def test_a_matter_is_free_of_what_is_said_around_it() -> None:
    asked = across_asked("渡口停航现在最新的要求是什么", load_glossary())
    assert asked == Across("渡口停航", "", Order.LAST)
