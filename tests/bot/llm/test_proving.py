"""Which sentences quotes prove. The quotes are made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.proving import Fault, prove

QUOTE = (
    "建成区内禁止燃放烟花爆竹。经批准的，可以在指定地点燃放。汛期实行24小时值班制度；市应急局局长王小明带班，"
    "值班人员不少于三人。各级各部门要全面严格落实领导带班制度。除抢险车辆外，禁止通行。二〇二四年完成投资3.5亿元；"
    "同比增长12%。县水利局牵头落实“一河一策”；青石镇配合，两家每月会商。企业未整改到位的，一律不得复工。"
    "难道这样的企业可以复工吗？各矿没有全面停产。有人说，小矿不用管。对举报违法企业的人予以奖励。"
)
OTHER = "A区由张三负责；B区由李四负责。建成区内禁止燃放烟花爆竹。"
QUOTES = (QUOTE, OTHER)


def shown(draft: str) -> str:
    return "".join(prove(draft, QUOTES).proved)


def fault(draft: str) -> Fault | None:
    (one,) = prove(draft, QUOTES).judged
    return one.fault


@pytest.mark.parametrize(
    ("draft", "text"),
    [
        ("建成区内禁止燃放烟花爆竹[1]。", "建成区内禁止燃放烟花爆竹[1]。"),
        ("建成区内禁止燃放烟花爆竹。[1]", "建成区内禁止燃放烟花爆竹[1]。"),
        ("建成区内禁止燃放烟花爆竹。 [1] [2]", "建成区内禁止燃放烟花爆竹[1][2]。"),
        ("建成区内禁止燃放烟花爆竹：[1]", "建成区内禁止燃放烟花爆竹[1]。"),
        ("，建成区内禁止燃放烟花爆竹， [1]。", "建成区内禁止燃放烟花爆竹[1]。"),
        ("建成區內禁止燃放煙花爆竹[1]", "建成區內禁止燃放煙花爆竹[1]。"),
        ("汛期实行２４小时值班制度[1]。", "汛期实行２４小时值班制度[1]。"),
        ("市应急局局长王小明带班，值班人员不少于三人[1]。", ""),
        (
            "汛期实行24小时值班制度；市应急局局长王小明带班，值班人员不少于三人[1]。",
            "汛期实行24小时值班制度；市应急局局长王小明带班，值班人员不少于三人[1]。",
        ),
        ("各级各部门要落实领导带班制度[1]。", "各级各部门要落实领导带班制度[1]。"),
        ("二零二四年完成投资3.5亿元[1]。", "二零二四年完成投资3.5亿元[1]。"),
        ("二○二四年完成投资3.5亿元[2][1]。", "二○二四年完成投资3.5亿元[1]。"),
        ("县水利局牵头落实“一河一策”[1]。", "县水利局牵头落实“一河一策”[1]。"),
        ("A区由张三负责[2]。", "A区由张三负责[2]。"),
        ("县水利局说：“今年不补。”[2]。", ""),
        ("难道这样的企业可以复工吗？[1]", "难道这样的企业可以复工吗[1]？"),
    ],
)
def test_what_a_quote_says_is_shown(draft: str, text: str) -> None:
    assert shown(draft) == text


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        ("建成区内禁止燃放烟花爆竹。", Fault.UNCITED),
        ("建成区内禁止燃放烟花爆竹[3]。", Fault.NO_SUCH_QUOTE),
        ("建成区内禁止燃放烟花爆竹[1][9]。", Fault.NO_SUCH_QUOTE),
        ("汛期实行12小时值班制度[1]。", Fault.NUMBER),
        ("汛期实行4小时值班制度[1]。", Fault.NUMBER),
        ("值班人员不少于五人[1]。", Fault.NUMBER),
        ("二〇二四年完成投资5亿元[1]。", Fault.NUMBER),
        ("二〇二四年完成投资3。5亿元[1]。", Fault.UNCITED),
        ("同比增长12[1]。", Fault.NUMBER),
        ("市应急局局长王大明带班[1]。", Fault.NAME),
        ("市应急局局长王明带班[1]。", Fault.NAME),
        ("县农业局牵头落实“一河一策”[1]。", Fault.NAME),
        ("白石镇配合，两家每月会商[1]。", Fault.NAME),
        ("县水利局牵头落实“河一策”[1]。", Fault.PHRASE),
        ("县水利局牵头落实“一河两策”[1]。", Fault.PHRASE),
        ("汛期“实行值班制度”[1]。", Fault.PHRASE),
        ("建成区内允许燃放烟花爆竹[1]。", Fault.POLARITY),
        ("建成区内可以燃放烟花爆竹[1]。", Fault.UNCOVERED),
        ("建成区内燃放烟花爆竹[1]。", Fault.UNCOVERED),
        ("禁止在指定地点燃放[1]。", Fault.UNCOVERED),
        ("可以在指定地点燃放[1]。", Fault.UNCOVERED),
        ("一律不得复工[1]。", Fault.UNCOVERED),
        ("企业整改到位的，一律不得复工[1]。", Fault.UNCOVERED),
        ("企业未整改到位的，一律得复工[1]。", Fault.UNCOVERED),
        ("禁止通行[1]。", Fault.UNCOVERED),
        ("这样的企业可以复工[1]。", Fault.UNCOVERED),
        ("难道这样的企业可以复工吗[1]。", Fault.UNCOVERED),
        ("A区由李四负责[2]。", Fault.UNCOVERED),
        ("A区，李四负责[2]。", Fault.UNCOVERED),
        ("值班人员不，少于三人[1]。", Fault.UNCOVERED),
        ("建成区内禁止燃放烟花爆竹[2][1]，违者重罚。", Fault.UNCOVERED),
        ("各矿没有停产[1]。", Fault.UNCOVERED),
        ("小矿不用管[1]。", Fault.UNCOVERED),
        ("对违法企业的人予以奖励[1]。", Fault.UNCOVERED),
        ("除抢险车辆外[1]。", Fault.UNCOVERED),
        ("汛期实行了24小时值班制度[1]。", Fault.UNCOVERED),
        ("燃放[1]。", Fault.UNCOVERED),
        ("[1]", Fault.UNCOVERED),
        ("**建成区内禁止燃放烟花爆竹**[1]。", Fault.MARKUP),
        ("建成区内禁止燃放烟花爆竹[1][x]。", Fault.MARKUP),
        ("建成区内禁止燃放烟花爆竹[1]，见www.example.com。", Fault.MARKUP),
        ("建成区内禁止\u200b燃放烟花爆竹[1]。", Fault.MARKUP),
        ("建成区内禁止燃放烟花爆竹" * 40 + "[1]。", Fault.TOO_LONG),
    ],
)
def test_what_no_quote_says_is_not_shown(draft: str, why: Fault) -> None:
    proof = prove(draft, QUOTES)
    assert proof.proved == ()
    assert next(iter(proof.faults)) is why


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        # Left out: when, where, on what condition, with what exception.
        ("春节期间，各区实行双人值班。", "各区实行双人值班"),
        ("2024年，全市查封企业三十家。", "全市查封企业三十家"),
        ("加油站、加气站，严禁烟火。", "严禁烟火"),
        ("加油站、加气站，严禁烟火；严禁打电话。", "严禁打电话"),
        ("一年内连续三次检查不合格，吊销许可证。", "吊销许可证"),
        ("一年内连续三次检查不合格，吊销许可证。", "一年内连续三次检查不合格"),
        ("建成区内禁止燃放，确需燃放的，报公安机关批准。", "建成区内禁止燃放"),
        ("建成区内禁止燃放；确需燃放的，报公安机关批准。", "建成区内禁止燃放"),
        ("完成投资3.5亿元，只是计划数。", "完成投资3.5亿元"),
        ("与其事后补救，不如事前预防。", "与其事后补救"),
        # Under a head that turns it, in one sentence and on lines of their own.
        ("严禁下列行为：携带火种进山；在林区吸烟。", "携带火种进山"),
        ("严禁下列行为：携带火种进山；在林区吸烟。", "在林区吸烟"),
        ("严禁下列行为：\n（一）携带火种进山；\n（二）在林区吸烟。", "携带火种进山"),
        ("存在的问题\n1.携带火种进山。\n2.在林区吸烟。", "在林区吸烟"),
        # Another's words, and what the next sentence says of them.
        ("有人说：“小矿不用管，出不了大事。”", "出不了大事"),
        ("有人说：“小矿不用管；出不了大事。”", "出不了大事"),
        ("有人说：“小矿不用管。\n小矿出不了大事。”", "小矿出不了大事"),
        ("汛期可以不值班，这种说法是错误的。", "汛期可以不值班"),
        ("汛期可以不值班；这种说法是错误的。", "汛期可以不值班"),
        ("汛期可以不值班。这种说法是错误的。", "汛期可以不值班"),
        ("安全投入可有可无，显然是错误的。", "安全投入可有可无"),
        # Pointing to what the answer may not have.
        ("有人瞒报事故。这种做法很好。", "这种做法很好"),
        ("整改到位的可以复工。否则一律停产。", "否则一律停产"),
        # Numbers that are none of a list, signs of numbers.
        ("十五日前完成整改任务。", "日前完成整改任务"),
        ("第一季度完成投资三亿元。", "季度完成投资三亿元"),
        ("20家企业停产整顿。", "家企业停产整顿"),
        ("十一要加强值守工作。", "加强值守工作"),
        ("气温降至-10度时停止作业。", "气温降至10度时停止作业"),
        ("风力≥8级时停止作业。", "风力8级时停止作业"),
        ("风力>8级时停止作业。", "风力8级时停止作业"),
        ("死亡3～5人的为较大事故。", "死亡35人的为较大事故"),
        ("死亡**人，受伤3人。", "死亡人，受伤3人"),
        # What looks like a modifier and is none.
        ("建筑高度超过100米的要建微型站。", "建筑超过100米的要建微型站"),
        ("干部要深入企业检查。", "干部要企业检查"),
        ("各地方政府负责落实。", "各方政府负责落实"),
        ("对工作认真的单位给予奖励。", "对工作的单位给予奖励"),
        ("缺乏严格管理就会出事。", "缺乏管理就会出事"),
        # Marks that come or go.
        ("不，可以燃放烟花。", "不可以燃放烟花"),
        ("李明、红军负责此事。", "李明红军负责此事"),
        ("汛期实行24小时值班制度。", "汛期实行24小时《值班制度》"),
        ("县领导带头值班。", "县“领导”带头值班"),
        # Other forms of dates and numbers, which may be right and can't be told from wrong ones.
        ("甲辰年完成治理任务。", "2024年完成治理任务"),
        ("2024年7月1日起施行。", "二〇二四年七月一日起施行"),
        ("值班人员至少三人。", "值班人员最多三人"),
        ("三人以上死亡的提级调查。", "三人以下死亡的提级调查"),
        ("整改率达到95%。", "整改率达到95"),
        ("投资3.5亿元。", "投资3.5万元"),
        ("一组查隐患十处。二组查隐患五处。", "一组查隐患五处"),
        ("死亡○人，受伤三人。", "死亡零人，受伤三人"),
        ("10²米以内停工。", "102米以内停工"),
        ("共10②处隐患点。", "共102处隐患点"),
        ("编号A-3的井口停用。", "编号A3的井口停用"),
        ("2、5号井停产整顿。", "5号井停产整顿"),
        ("三、五矿全部停产。", "五矿全部停产"),
        # Who, when and where stand before the first of several parts.
        ("2023年第一季度，全市查处隐患三百处；关闭企业十家。", "关闭企业十家"),
        ("化工企业一律不得动火；严禁违章指挥。", "严禁违章指挥"),
        ("网上有消息说，全市停课三天；交通全部停运。", "交通全部停运"),
        # Heads that are half of what their items say.
        ("下列企业可以免检：一是连续三年无事故的；二是标准化一级企业。", "二是标准化一级企业"),
        ("没有做到以下三点：一是认真值班；二是及时报告。", "二是及时报告"),
        ("有三个短板：一是人员不够；二是装备落后。", "二是装备落后"),
        ("春节期间：\n1.各区实行双人值班。\n2.各镇实行领导带班。", "各镇实行领导带班"),
        ("一些同志的想法是：\n检查就是走过场。\n安全全看运气。", "安全全看运气"),
        ("网络谣言\n全市停课三天。", "全市停课三天"),
        # What the next sentence takes back.
        ("企业可以先开工后办证。上述规定已经废止。", "企业可以先开工后办证"),
        ("企业可以先开工后办证。现已废止。", "企业可以先开工后办证"),
        ("企业可以先开工后办证。但化工企业除外。", "企业可以先开工后办证"),
        ("企业可以先开工后办证！才怪。", "企业可以先开工后办证"),
        ("企业可以先开工后办证。有人这么说。", "企业可以先开工后办证"),
        ("检查就是走过场。我们不赞成。", "检查就是走过场"),
        ("“检查就是走过场。”有的同志讲。", "检查就是走过场"),
        # A modifier that another word is about, or that is a condition.
        ("反对大力招商引资。", "反对招商引资"),
        ("停止全面检查企业。", "停止检查企业"),
        ("暂缓全面推开试点工作。", "暂缓推开试点工作"),
        ("要全面检查合格后复工。", "要检查合格后复工"),
        ("要全面停产整顿。", "要停产整顿"),
        # Marks that change.
        ("企业（不含小微企业）要停产。", "企业、不含小微企业、要停产"),
        ("由县长带班：副县长值班。", "由县长带班，副县长值班"),
        ("可以停产，检修除外。", "可以停产；检修除外"),
    ],
)
def test_what_a_cut_or_a_mark_would_turn_is_not_shown(quote: str, said: str) -> None:
    assert prove(f"{said}[1]。", [quote]).proved == ()


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("重点工作：一是严格审批；二是从严执法；三是兑现奖惩。", "二是从严执法"),
        ("一是严格审批；二是从严执法；三是兑现奖惩。", "从严执法；三是兑现奖惩"),
        ("（二）值班值守。同时，要严格执行双人值班。", "要执行双人值班"),
        ("各矿每天班前检查瓦斯；县应急局每周抽查一次。", "各矿每天班前检查瓦斯"),
        ("要做好以下工作：一是严格审批；二是从严执法。", "二是从严执法"),
        ("“一盔一带”行动要全面推开。不少人受益。", "“一盔一带”行动要全面推开"),
        ("编号A-3的井口停用。", "编号A-3的井口停用"),
        ("会议指出，要坚决落实责任。", "会议指出，要落实责任"),
        ("重点如下：\n1.查消防通道。\n2.查值班记录。", "查值班记录"),
    ],
)
def test_whole_parts_are_shown(quote: str, said: str) -> None:
    assert prove(f"{said}[1]。", [quote]).proved == (f"{said}[1]。",)


def test_a_repeated_sentence_and_a_flood_are_cut() -> None:
    proof = prove("建成区内禁止燃放烟花爆竹[1]。" * 3000, QUOTES)
    assert len(proof.proved) == 1
    assert proof.faults == {Fault.REPEATED: 11, Fault.TOO_LONG: 1}


def test_nothing_proves_without_quotes() -> None:
    assert prove("禁止燃放[1]。", ()).faults == {Fault.NO_SUCH_QUOTE: 1}
    assert prove("", QUOTES).judged == ()


HAN = st.text(st.sampled_from("安全生产值班隐患排查治理企业责任落实检查汛期道路"), min_size=4, max_size=20)
CLAUSES = st.lists(HAN, min_size=1, max_size=4)
NUMBERS = st.integers(1, 99999)


@given(CLAUSES, CLAUSES, NUMBERS)
def test_a_sentence_of_a_quote_always_passes(before: list[str], clauses: list[str], number: int) -> None:
    sentence = "，".join([*clauses, f"共{number}处。"])
    quote = "，".join(before) + "。" + sentence
    assert prove(f"{sentence}[1]", [quote]).proved == (f"{sentence[:-1]}[1]。",)


@given(CLAUSES, st.data())
def test_a_sentence_with_one_character_less_or_more_fails(clauses: list[str], data: st.DataObject) -> None:
    sentence = "，".join(clauses)
    at = data.draw(st.integers(0, len(sentence) - 1).filter(lambda place: sentence[place] != "，"))
    for other in (sentence[:at] + sentence[at + 1 :], sentence[:at] + "风" + sentence[at:]):
        assert prove(f"{other}[1]。", [f"{sentence}。"]).proved == ()


@given(CLAUSES, NUMBERS, NUMBERS)
def test_another_number_always_fails(clauses: list[str], number: int, other: int) -> None:
    quote = "，".join([*clauses, f"共{number}处。"])
    draft = "，".join([*clauses, f"共{other}处"]) + "[1]。"
    assert bool(prove(draft, [quote]).proved) is (number == other)


@given(
    HAN,
    HAN,
    st.sampled_from(["不", "不得", "禁止", "严禁", "未", "没有", "可以", "无需", "不必", "允许", "不准"]),
)
def test_a_word_that_turns_a_claim_is_neither_added_nor_left_out(left: str, right: str, turn: str) -> None:
    plain, turned = f"{left}{right}", f"{left}{turn}{right}"
    assert prove(f"{plain}[1]。", [f"{turned}。"]).proved == ()
    assert prove(f"{turned}[1]。", [f"{plain}。"]).proved == ()


@given(
    HAN,
    st.sampled_from("王李张刘陈"),
    st.text(st.sampled_from("明强伟芳洋"), min_size=2, max_size=2),
    st.data(),
)
def test_a_changed_name_fails(work: str, surname: str, given_name: str, data: st.DataObject) -> None:
    quote = f"市长{surname}{given_name}负责{work}。"
    at = data.draw(st.integers(0, 2))
    name = list(surname + given_name)
    name[at] = data.draw(st.sampled_from(["", "赵", "军"]))
    assert prove(f"市长{''.join(name)}负责{work}[1]。", [quote]).proved == ()


@given(st.text(max_size=300), st.lists(st.text(max_size=120), max_size=3))
def test_any_text_is_judged_and_only_what_is_cited_is_shown(draft: str, quotes: list[str]) -> None:
    proof = prove(draft, quotes)
    assert all("[" in text and not set("*_#<>`") & set(text) for text in proof.proved)
