from __future__ import annotations

import pytest

from retrieval.documents.read import read_bytes
from retrieval.documents.types import Span
from retrieval.search.glossary import load_glossary
from retrieval.search.masked import asks_for_masked
from retrieval.search.query import analyse
from retrieval.search.quotable import Quotable, Run
from retrieval.types import Sentence

HEAD = "在全市安全生产工作会议上的讲话\n\n同志们：今天我们召开会议，部署下一阶段的工作。\n"


def declines(question: str, *sentences: str, best: int = 0) -> bool:
    """Whether a question is declined when these sentences of a speech are the best run."""
    document = read_bytes((HEAD + "".join(sentences) + "\n").encode(), "讲话.txt")
    quotables = []
    for row, text in enumerate(sentences):
        start = document.raw.index(text)
        span = Span(start, start + len(text))
        quotables.append(Quotable(0, row, document.id, (), Sentence(text, span), float(row == best), 0.0))
    return asks_for_masked(analyse(question, load_glossary()), Run(0, tuple(quotables)), document)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("上半年发生事故多少起", "上半年全市发生生产安全事故**起，死亡*人。"),
        ("上半年死亡多少人", "上半年全市发生生产安全事故12起，死亡*人。"),
        ("上半年死亡几个人", "2024年上半年全市发生生产安全事故12起、死亡X人。"),
        ("事故同比下降多少", "今年以来，事故起数同比下降*%，形势稳定。"),
        ("罚款多少万元", "全市共立案25件，罚款***.*万元，曝光企业6家。"),
        ("检查了多少家企业", "今年1至6月，共检查企业****家。"),
        ("生产安全事故同比下降了多少", "全市发生生产安全事故12起，同比下降*%。"),
        ("上半年安全生产方面有多少人受伤", "上半年安全生产事故12起，受伤*人。"),
        ("处罚企业多少家", "参加检查的企业1,200家中处罚*家。"),
        ("处罚企业多少家", "处罚*家占1,200家企业的零头。"),
        # In doubt the masked value is meant.
        ("查了多少企业", "一季度检查企业120家，处罚企业*家。"),
        ("处罚了几家", "上半年检查企业120家，处罚*家。"),
        ("损失有多大", "这起事故造成直接经济损失**万元。"),
        ("整治行动什么时候结束", "整治行动到*月底结束，任何单位不得拖延。"),
        ("会议什么时候召开", "*月*日，全市召开了安全生产会议。"),
        ("试卷存放在哪里", "试卷存放地点在*，由两名民警看守。"),
        ("谁牵头负责水库巡查", "X县长牵头负责水库巡查，乡镇配合。"),
        ("脱岗的瓦工姓田，名字是什么", "瓦工田××在棚里睡着了，没有人叫他。"),
        ("脱岗的瓦工全名叫什么", "瓦工田××在棚里睡着了，没有人叫他。"),
        ("举报电话前面几位是多少", "举报黑窑打派出所的电话，×××××735。"),
        ("举报电话是多少", "举报电话是400-×××-2190。"),
        ("汛期夜里脱岗的是哪个县的", "汛期有×××县一名干部夜里脱岗，另一个县通报表扬。"),
        ("脱岗的站长受了什么处分", "脱岗的站长受到××处分，大家引以为戒。"),
        ("哪个部门负责巡查河道", "某某局负责巡查河道，各乡镇配合。"),
        # What the money is for stands in the clause before.
        ("土坯烤房拆一座补多少钱", "改造和拆除烤房共补助90万元。土坯烤房拆掉的，按每座××元补助；"),
    ],
)
def test_a_masked_value_is_declined(question: str, sentence: str) -> None:
    assert declines(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("上半年发生事故多少起", "上半年全市发生生产安全事故12起，死亡*人。"),
        ("试卷存放在哪里", "试卷存放在教育局保密室，由*看守。"),
        ("立案多少件", "全市共立案25件，罚款***.*万元，曝光企业6家。"),
        ("曝光了多少家企业", "全市共立案25件，罚款***.*万元，曝光企业6家。"),
        ("查处了多少人", "共查处违法人员三十二人，罚款*万元。"),
        ("持证上岗率是多少", "监测持证上岗率为85%，去年*月为71%。"),
        ("整治行动什么时候结束", "整治行动12月底结束，已排查隐患*处。"),
        ("谁牵头负责水库巡查", "请X县长放心，水务局牵头负责水库巡查。"),
        ("企业投入多少资金", "企业投入1,200万元，新增设备*台。"),
        # Nothing of a certain kind is asked for.
        ("安全生产形势怎么样", "上半年全市发生生产安全事故**起，死亡*人。"),
        ("为什么会发生事故", "上半年全市发生生产安全事故**起，原因是违章作业。"),
        # Another of the kind is named, and fits better.
        ("窑厂塌方是哪个镇的", "某某镇来作了检讨，窑厂塌方的是青禾镇，停产整顿。"),
        # No mask at all.
        ("上半年死亡多少人", "上半年全市没有发生死亡事故。"),
    ],
)
def test_a_value_that_stands_there_is_answered(question: str, sentence: str) -> None:
    assert not declines(question, sentence)


def test_masked_value_beside_the_best_sentence_is_declined_too() -> None:
    sentences = ("要从事故中吸取教训。", "上半年发生事故**起。", "各单位要举一反三。")
    assert declines("上半年发生事故多少起", *sentences)


def test_mask_that_the_question_does_not_mean_spoils_no_answer_beside_it() -> None:
    sentences = ("每个街道每天必须有2名干部带班。", "上半年发生事故**起。")
    assert not declines("每个街道有几名干部带班", *sentences)


def test_mask_elsewhere_in_the_document_declines_nothing() -> None:
    document = read_bytes((HEAD + "上半年死亡*人。\n要严格带班，带班干部不少于2人。\n").encode(), "讲话.txt")
    text = "要严格带班，带班干部不少于2人。"
    start = document.raw.index(text)
    run = Run(0, (Quotable(0, 0, document.id, (), Sentence(text, Span(start, start + len(text))), 1.0, 0.0),))
    assert len(document.masks) == 1
    assert not asks_for_masked(analyse("带班干部多少人", load_glossary()), run, document)


def test_numerals_in_words_are_no_numbers() -> None:
    # 一律 and 统一 hold no value, so the masked one is the only one.
    assert declines("处罚金额是多少", "违法企业一律停产，统一按***万元标准执行。")
