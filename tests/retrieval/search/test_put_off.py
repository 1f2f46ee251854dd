"""What a speaker names and leaves for later."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.left_open import leaves_open
from retrieval.search.put_off import is_put_off

BONUS = "年底评上先进的窑厂，厂长不用再述职，奖金发多少，另行研究。"
SILO = "为什么炸，县里的专家正在查，报告没出来之前，我不猜。筒仓旁边当时站着9个人。"
DRILL = "拉练每个季度搞一回，头一回就在八月，哪天我不说。"


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("评上先进的厂长能拿多少奖金", BONUS),
        ("北坡筒仓怎么会爆的", SILO.replace("为什么", "怎么会")),
        ("筒仓为啥爆炸", SILO),
        ("头一回拉练是8月几号", DRILL),
        ("违章的两家窑厂怎么罚", "违章的两家窑厂如何处罚，按程序由县里定，我今天不讲。"),
        ("谷场那把火是谁点的", "谷场的火是谁点的，派出所还在调查。"),
        ("窑厂一班要配几个安全员", "窑厂的安全员配备标准，局里正和工会商量，定下来再发。"),
        ("拆烟囱补偿标准是什么", "拆烟囱的补偿标准另行公布。"),
        ("值守名单上有哪些人", "值守名单会后发给大家。"),
        ("一共退了多少押金", "一共退了多少押金，会计还没统计出来。"),
        # Who is to decide stands between.
        ("旧窑哪天停", "旧窑停烧的时间表由工信局另行公布，每座窑派人看守。"),
        ("看窑的补贴涨到多少", "看窑人的补贴秋后要涨，具体标准由劳资科另行通知。"),
        ("“窑火卫士”奖多少钱", "今年“窑火卫士”的奖励标准，由工会另文下发。"),
        ("铁桥吊篮掉下来责任算谁的", "铁桥吊篮坠落一事，没有人受伤，责任认定以公司批复为准。"),
        ("夜班补贴涨多少", "夜班补贴要不要涨，工会提了方案，请人事科再算一算，秋后上董事会。"),
        ("一个看守最多看几座窑", "一个看守夜里能看几座窑，国家有标准，省里有要求，县里请经信局再测算。"),
        ("换窑门的钱市里批了多少", "换窑门的钱县里出一半，另一半在跟市里争取，能争取到多少现在没定。"),
        # What a speaker keeps to himself, or does not vouch for.
        ("新窑门哪天到", "新窑门本来说三月到，现在厂家说五月，五月到不到，我也不敢打包票。"),
        ("哪两座窑没交押金", "到昨天还有两座窑没交押金，这里我先不点名，月底再看。"),
        ("选了哪家做除尘", "除尘的厂家来了四家，名字先不公布，价钱也还没谈拢。"),
        ("那三个偷懒的看守叫什么名字", "那三个偷懒的看守，名字我今天就不念了。"),
        ("新窑门五月到了没有", "新窑门本来说三月到，现在厂家说五月，五月到不到，我也不敢打包票。"),
        ("老窑的改造批下来没", "老窑改造的报告送上去了，批不批还不知道，大家先把门前的柴清了。"),
        ("押金没交的是哪座窑", "有座窑到昨天还没交押金，我不讲是哪一座，月底再看。"),
        ("开窑那天到底点不点香了没", "开窑那天点不点香，会上意见不一致，我也不拍这个板。"),
        ("渣场最后选在哪块地", "新渣场选在哪块地，三块都看过，没定，别传。"),
        ("新渣场占谁家的地", "新渣场占谁家的地，村里问过我，我今天答复不了。"),
        ("夜里偷炭被抓的是哪个窑的", "秋天有个后生偷炭，教育了一回，哪个窑的、叫什么，谁也不许打听。"),
        ("看窑的补贴涨多少", "看窑的补贴涨多少，跟工会还没有谈妥。"),
        ("新看火亭建在哪几座窑", "明年建看火亭五座。具体建在哪几座窑，由工信局看过以后另行下文。"),
    ],
)
def test_it_is_put_off(question: str, found: str) -> None:
    assert is_put_off(question, found)
    assert leaves_open(question, found)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        # Something else of the same sentence is asked for.
        ("评上先进的厂长还要述职吗", BONUS),
        ("评上先进的厂长有什么好处", BONUS),
        ("筒仓旁边当时有几个人", SILO),
        ("拉练多久搞一回", DRILL),
        # Who decides and when the list comes is told.
        ("奖多少谁来定", "奖多少由厂长定。"),
        ("值守名单什么时候发", "值守名单会后发给大家。"),
        # A different why.
        ("为什么要在皮带廊装喷淋", "为什么炸，专家正在查，我们先在皮带廊装喷淋，能把火压住。"),
        ("渡口封航的水位是多少", "渡口水位到32米封航。别的渡口怎么办，下周再定。"),
        # A value is told beside what is open.
        ("新窑工跟师父多久能独立看窑", "跟师父学满3个月独立看窑。师父的津贴要涨，具体标准由劳资科另行通知。"),
        ("送窑砖上门要做哪三件事", "送砖工到家做三件事。送砖的上楼费，听证会以后再定。"),
        ("看窑补贴现在多少", "看窑补贴现在每月300元，具体标准明年另行通知。"),
        # Who is not named is not asked for; nor does it keep back the rest.
        ("几座窑没交押金", "到昨天还有两座窑没交押金，这里我先不点名。"),
        ("哪天看交押金的结果", "到昨天还有两座窑没交押金，这里我先不点名，月底再看。"),
        ("窑厂由谁巡夜", "窑厂由保卫科巡夜。有两座窑没交押金，我先不点名。"),
        ("新窑门本来说哪个月到", "新窑门本来说三月到，路上走得慢，我也不敢打包票。"),
        ("窑门没关好会不会掉牌子", "窑门没关好的，牌子要不要摘不一定，罚款一分不少。"),
        ("几座窑没交押金", "有两座窑到昨天还没交押金，哪一天交谁也不知道。"),
        ("新渣场定在哪块地", "新渣场定在北坡那块地，路还没修。"),
        ("巡夜的路线哪里规定", "巡夜的路线，厂里有规定，贴在看火亭里，一个月一换。"),
        ("筒仓", SILO),
        ("", ""),
    ],
)
def test_it_is_told_or_another_thing_is_put_off(question: str, found: str) -> None:
    assert not is_put_off(question, found)


@given(question=st.text(max_size=40), found=st.text(max_size=120))
def test_any_text_can_be_asked_and_found(question: str, found: str) -> None:
    assert is_put_off(question, found) in (True, False)
