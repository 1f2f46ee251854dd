"""What a question asks for and the words found do not have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.glossary import load_glossary
from retrieval.search.missing import lacks_value, unsaid


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("举报热线电话是多少", "打热线报准一次奖300块，2024年奖了1200人，号码印在台历上。"),
        ("值班室的电话是多少", "值班电话响铃三声内必须有人接听。"),
        ("护林员一个月工资多少", "护林员每天巡山不少于8小时。"),
        ("违规燃放罚多少", "公安机关负责查处违规燃放。"),
        ("驾驶员多大年纪", "每车配1名照管员。"),
        ("联锁温度是多少度", "操作工先后三次按了消音。"),
        ("整改率要达到多少", "隐患要逐条整改。"),
        ("他是哪年当的县长", "县长对防汛工作负总责。"),
        ("检查是几月几号", "由安委办组织检查。"),
        ("演练要搞多久", "要组织演练。"),
        ("过火面积多少公顷", "发生火情9起，都当天扑灭。"),
        ("死亡多少人", "发生事故2起。"),
        ("矿长叫什么名字", "矿长必须下井带班。"),
        ("热倒的骑手叫啥", "一名骑手倒在路边。"),
        ("哪家企业没有整改", "还有七处没有整改。"),
        ("无证动火怎么处罚", "动火作业要先审批。"),
        ("违反了怎么办", "三环以外只在三天里燃放。"),
        ("没做到会怎么样", "塔吊安拆要提前三天告知。"),
        ("校长陪餐自己掏钱吗", "每餐都要有校领导陪餐并做好记录。"),
        ("中暑的医药费谁来出，公家管不管", "中暑的要马上送医。"),
        ("大巴春节能加价吗", "长途客车凌晨2时至5时停车休息。"),
        ("零售证怎么办理", "全市152个零售点正月十六前清库。"),
        ("那家集团全称是什么", "集团负责人作了发言。"),
        ("救援车辆有几台", "人员在位率不低于九成，救援车辆随时能够拉得出。"),
        ("备案几天办好", "从7月起统一登记，开工前到街道备案。"),
        ("烧了多大面积", "有1起是电线短路引起的。"),
        ("操作工受了什么处分", "设备停了十几天，操作工三次按了消音。"),
        ("安置费每户发多少钱", "区里给每户发安置费，水电费由街道承担。"),
        ("依据消防法第几条", "占用消防通道，个人罚五百元。"),
        ("隐患点在哪几个乡镇", "地质灾害隐患点207个，受威胁群众1860户。"),
        ("护林员补贴多少", "护林员巡山不少于8小时。"),
        ("安委办抽查几次", "由安委办抽查。"),
        ("挡水板要多高", "地下车库要备足挡水板和沙袋。"),
        ("他们住的宾馆叫什么", "驻地由住建局各查一遍。"),
        ("查封的34家单位是哪些", "查出隐患3518处，临时查封单位34家。主要原因是车位不足。"),
        ("受处分的七名干部都有谁", "处分了七名干部，其中科级三名。"),
        ("哪两个乡镇，这两个乡镇叫什么", "这两个乡镇的预案是抄来的。"),
        ("梯子没系绳，工长要怎么罚", "工长每班查一遍梯子，梯脚要系绳。"),
        ("造谣的人拘留了几天", "关于群里造谣的人，已经交给派出所。"),
        ("锁门的厂最高罚多少", "锁安全门的厂，一律罚三千元以上。"),
        ("卖假证的罚款几万封顶", "卖假证的，罚款不少于两万元。"),
        ("棚里最多摆多少只罐", "罐子要摆稳、摆齐。"),
        ("新泵房什么时候投用", "新泵房的人员要培训。"),
        ("看溶洞买票得多少", "溶洞里一次不超过两百人。"),
    ],
)
def test_a_value_of_another_kind_does_not_do(question: str, found: str) -> None:
    assert lacks_value(question, found)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("值班室的电话是多少", "请打８８０１或者12350。"),
        ("卫星电话几部", "每个渡口配卫星电话两部。"),
        ("值班电话几声要接", "响铃三声内必须有人接听。"),
        ("溶洞门票多少", "溶洞成人八十，学生减半。"),
        ("多少度停工", "日最高气温达到40℃以上停止作业。"),
        ("防撞桩哪天装好", "国庆节前必须装好。"),
        ("哪天可以免费检修刹车", "刹车不灵的开到队里来,每周三晚上免费看."),
        ("夜校哪天开课", "礼拜六来，一直开到秋收。"),
        ("换软管自己掏钱吗", "其他居民每户补助60元。"),
        ("许可证怎么办理", "到窗口提交材料。"),
        ("逾期不装怎么办", "9月29日前不装好就在平台上下架。"),
        ("换软管要花多少钱", "其他居民每户补助六十元。"),
        ("换软管要花多少钱", "低保户由区财政全额补助。"),
        ("整改率要达到多少", "整改率要达到百分之九十八。"),
        ("夜间检查占多大比例", "夜间检查不少于三分之一。"),
        ("多久到学校一次", "每学期至少到学校现场办公一次。"),
        ("死亡多少人", "造成三名工人死亡。"),
        ("新增多少个端口", "新增端口6万个。"),
        ("这事归哪几家管", "由教育局管。"),
        ("多久查一次房", "护理员每小时查一次房。"),
        ("矿长叫什么名字", "矿长周大勇没有下井。"),
        ("出事的工人叫什么名字", "工人李某没有系安全带。"),
        ("哪家企业没有整改", "恒远化工公司没有整改。"),
        ("无证动火怎么处罚", "无证动火的一律停工。"),
        ("谁来负责", "由教育局负责。"),
        ("怎么防溺水", "看住水边。"),
        ("救援车辆有几台", "备足救援车辆十二辆。"),
        ("备案几天办好", "备案在三个工作日内办结。"),
        ("烧了多大面积", "过火面积一百公顷。"),
        ("操作工受了什么处分", "操作工停职检查。"),
        ("隐患点在哪几个乡镇", "隐患点在双堰乡和梨花渡镇。"),
        ("老周家赔了多少钱", "老周家就赔了六万四。"),
        ("节前几天怎么值班", "节前要排好值班表。"),
        ("一次领几桶漆要紧吗", "当天用多少领多少。"),
        ("依据消防法第几条", "按消防法第六十条处罚。"),
        ("三处重大隐患是哪三处", "剩下三处全在县城，分别是商贸街、渡口、煤场。"),
        ("这三家景区是哪三家", "栎山、玉壶洞、汶溪漂流三家景区一律预约。"),
        # Points of a speech are told all over it.
        ("四个不开是哪四个", "今年复工，我提四个“不开”。"),
        ("梯子没系绳，工长要怎么罚", "梯子没系绳的，工长待岗三天。"),
        ("锁门的厂最高罚多少", "锁安全门的厂，罚三千元以上三万元以下。"),
        ("锁门的厂罚多少", "锁安全门的厂，一律罚三千元以上。"),
        ("新泵房什么时候投用", "新泵房一验收就投用。"),
        # Where the count does not stand there, nothing says that its members would.
        ("五家企业都有谁", "参加演练的有消防队。"),
    ],
)
def test_a_value_of_the_kind_will_do_and_other_questions_ask_for_none(question: str, found: str) -> None:
    assert not lacks_value(question, found)


def test_who_asks_a_row_of_keywords_for_a_value_finds_it_without_its_word() -> None:
    assert _unsaid("秋收时间", "秋收从9月5日干到10月1日。") == 0
    assert _unsaid("秋收时间", "秋收要防火。") == pytest.approx(2 / 4)
    assert _unsaid("秋收人数", "秋收下田三百人。") == 0
    # 时间 alone would leave nothing to look for.
    assert _unsaid("时间", "秋收从9月5日干起。") == 1


def test_full_width_and_traditional_questions_ask_for_the_same() -> None:
    assert lacks_value("值班室電話是多少？", "值班要到岗。")


def _unsaid(question: str, found: str) -> float:
    glossary = load_glossary()
    return unsaid(question, glossary.topic(question), glossary.expand, found)


def test_every_word_of_a_short_question_counts() -> None:
    # 库容 is not said, 尾矿库 is: one character of five, 库 is said in 矿库.
    assert _unsaid("尾矿库容", "尾矿库实行库长制") == pytest.approx(1 / 4)
    assert _unsaid("校车保险", "校车每车配1名照管员") == pytest.approx(2 / 4)
    assert _unsaid("校车", "校车每车配1名照管员") == 0
    assert _unsaid("校车在哪", "食堂每餐留样") == 1


def test_marks_between_keywords_name_nothing() -> None:
    assert _unsaid("国庆、值班", "国庆七天要值班。") == 0
    assert _unsaid("国庆/值班", "春节要值班。") == pytest.approx(2 / 4)
    assert _unsaid("3·18 火灾", "“3·18”火灾以后") == 0


def test_a_word_that_the_glossary_knows_for_it_is_as_good() -> None:
    assert load_glossary().expand("电瓶车")
    assert _unsaid("电瓶车", "电动自行车不得进楼道") == 0
    # for the word alone, not for the whole question
    assert _unsaid("电瓶车颜色", "电动自行车不得进楼道") == pytest.approx(2 / 5)


def test_a_whole_question_may_use_other_words_but_not_for_all_of_it() -> None:
    assert _unsaid("祭扫怎么疏导", "祭扫要文明，献花也要引导。") == 0
    assert _unsaid("祭扫疏导", "祭扫要文明，献花也要引导。") == pytest.approx(2 / 4)
    assert _unsaid("祭扫怎么疏导", "食堂每餐留样。") == 1
    assert _unsaid("欺凌多久调查", "接到欺凌举报，24小时内查清。") == 0
    assert _unsaid("要不要调查欺凌", "接到欺凌举报，24小时内查清。") > 0


def test_longer_questions_are_put_in_other_words() -> None:
    assert _unsaid("卖炮的没卖完的货退不退", "零售点剩余产品由批发企业回购") == 0


@given(question=st.text(max_size=60), found=st.text(max_size=200))
def test_any_text_can_be_asked_and_found(question: str, found: str) -> None:
    assert lacks_value(question, found) in (True, False)
    assert 0 <= _unsaid(question, found) <= 1
