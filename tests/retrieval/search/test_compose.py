from __future__ import annotations

import pytest

from config.messages import Language
from retrieval.documents.types import Span
from retrieval.search.compose import extractive_answer, join_lines, nearest_topics
from retrieval.types import DocumentInfo, Evidence, Hit, Passage, Quote, Reason


def document(identity: str) -> DocumentInfo:
    return DocumentInfo(
        identity, f"{identity}.txt", "0" * 64, "标题", None, None, None, None, None, None, None
    )


def quote(text: str) -> Quote:
    return Quote(text, Span(0, len(text)), document("d"), ("一、总则",), "", "", "p")


def hit(identity: str, section: tuple[str, ...], score: float) -> Hit:
    passage = Passage("p" + identity, identity, 0, section, "", "", (Span(0, 1),), "文", "", ())
    return Hit(passage, document(identity), score)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("值班人员要在\n岗在位。", "值班人员要在岗在位。"),
        ("值班人员要在\r\n\u3000\u3000岗在位。", "值班人员要在岗在位。"),
        ("第一句。\n第二句。", "第一句。\n第二句。"),
        ("（一）值班\n全天在岗。", "（一）值班\n全天在岗。"),
        ("要做到\n一要在岗。", "要做到\n一要在岗。"),
        (
            "四是及时报告。有人被困的，县长要赶到现场\n指挥处置。",
            "四是及时报告。有人被困的，县长要赶到现场指挥处置。",
        ),
        ("plain\ntext", "plain text"),
        ("用 and\n连接", "用 and连接"),
        ("没有换行", "没有换行"),
        ("副市长　贺立舟\n同志们：\n刚才讲了。", "副市长　贺立舟\n同志们：\n刚才讲了。"),
        ("以下为全文\n\n各位领导、同志们：\n今天", "以下为全文\n各位领导、同志们：\n今天"),
        ("请全县\n同志们注意防火。", "请全县同志们注意防火。"),
        ("1\t出租屋\t赵志安\t3月底\n2\t自建房\t孙红梅", "1\t出租屋\t赵志安\t3月底\n2\t自建房\t孙红梅"),
        ("\t值班人员要在\n岗在位。", "\t值班人员要在岗在位。"),
        ("\n开头", "开头"),
        ("", ""),
    ],
)
def test_lines_are_joined_inside_a_sentence_only(raw: str, shown: str) -> None:
    assert join_lines(raw) == shown


def test_answer_is_the_quotes_with_their_numbers() -> None:
    evidence = Evidence("问", (quote("全天在\n岗。"), quote("不得离开。")), (), 0.9, True)
    assert extractive_answer(evidence) == "全天在岗。[1]\n不得离开。[2]"


@pytest.mark.parametrize("quotes", [(), (quote("无关。"),)])
def test_no_answer_is_said_plainly(quotes: tuple[Quote, ...]) -> None:
    evidence = Evidence("问", quotes, (), 0.1, False)
    assert extractive_answer(evidence) == "档案里没有谈到这个问题。"
    assert extractive_answer(evidence, Language.EN) == "The archive does not treat this question."


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Reason.NOTHING, "档案里没有谈到这个问题。"),
        (Reason.UNSURE, "档案里没有能回答这个问题的原话。"),
        (Reason.MASKED, "这个数或名字在原文里已隐去（写作 * 或 X），没有公开。"),
        (Reason.UNKNOWN, "档案里没有提到青石市、2031年。"),
        (Reason.END, "前面引的那一处往后没有更多内容了。"),
    ],
)
def test_a_refusal_says_why(reason: Reason, text: str) -> None:
    near = () if reason is Reason.NOTHING else (quote("相近。"),)
    names = ("青石市", "2031年") if reason is Reason.UNKNOWN else ()
    evidence = Evidence("问", (), (), 0.1, False, reason=reason, near=near, unknown=names)
    assert extractive_answer(evidence) == text
    assert extractive_answer(evidence, Language.EN).isascii() is (reason is not Reason.UNKNOWN)


@pytest.mark.parametrize("said", ["你是谁？", "🙏你是谁😊", "“你是谁”", "请问你能做什么呀？谢谢"])
def test_what_is_said_to_the_bot_is_told_what_it_does(said: str) -> None:
    evidence = Evidence(said, (), (), 0.0, False, reason=Reason.NOTHING)
    assert extractive_answer(evidence).startswith("我只用讲话档案里的原话回答")


def test_thanks_are_thanks_with_a_picture_behind_them() -> None:
    evidence = Evidence("谢谢🙏", (), (), 0.0, False, reason=Reason.NOTHING)
    assert extractive_answer(evidence) == "请接着提问。"


def test_how_to_use_it_is_told_unless_the_archive_was_asked() -> None:
    first = Evidence("怎么用", (), (), 0.0, False, reason=Reason.NOTHING)
    assert extractive_answer(first).startswith("我只用讲话档案里的原话回答")
    asked_on = Evidence("怎么用", (), (), 0.1, False, reason=Reason.UNSURE)
    assert extractive_answer(asked_on) == "档案里没有谈到这个问题。"


@pytest.mark.parametrize(
    ("question", "is_foreign"),
    [
        ("What are the requirements for duty?", True),
        ("Qui est responsable de la sécurité", True),
        ("GB50016", False),
        ("KPI 怎么考核", False),
        ("a", False),
    ],
)
def test_who_asks_in_another_language_is_told_to_ask_in_chinese(question: str, is_foreign: bool) -> None:
    evidence = Evidence(question, (), (), 0.0, False, reason=Reason.UNSURE)
    assert ("请用中文提问" in extractive_answer(evidence)) is is_foreign


def test_nothing_near_is_another_subject() -> None:
    evidence = Evidence("问", (), (), 0.1, False, reason=Reason.UNSURE)
    assert extractive_answer(evidence) == "档案里没有谈到这个问题。"


def test_answerable_without_quotes_is_no_answer() -> None:
    assert extractive_answer(Evidence("问", (), (), 0.9, True)) == "档案里没有谈到这个问题。"


def test_nearest_topics_name_each_section_once() -> None:
    hits = (
        hit("a", ("一", "甲"), 0.9),
        hit("a", ("二", "甲"), 0.8),
        hit("a", ("乙",), 0.7),
        hit("b", (), 0.6),
    )
    assert [(h.document.id, h.score) for h in nearest_topics(hits)] == [("a", 0.9), ("a", 0.7), ("b", 0.6)]
    assert nearest_topics(hits, 1) == hits[:1]
    assert nearest_topics(()) == ()


@pytest.mark.parametrize(
    ("question", "said"), [("谢谢", "请接着提问。"), ("地铁怎么管", "档案里没有谈到这个问题。")]
)
def test_thanks_are_not_told_that_the_archive_does_not_treat_them(question: str, said: str) -> None:
    assert extractive_answer(Evidence(question, (), (), 0.0, answerable=False)) == said
