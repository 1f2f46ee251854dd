"""The glossary joins everyday words to official words and tells what shape of answer is asked for."""

from __future__ import annotations

import subprocess
import sys
import time
import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.views import search_text
from retrieval.search.glossary import QuestionShape, load_glossary, parse_glossary, question_shape

SMALL = """
[groups]
festivals = '''
过年 大过年 = 春节 春节期间
放炮 = 燃放  # a note
'''
mines = '''
领导值班 = 领导带班 带班
网吧 歌厅 = 娱乐场所
灭火器 消火栓 > 消防设施  # each is one piece of it
保安 = 安防人员
'''
[lookalikes]
words = '确保'
[question_words]
anywhere = '咋 怎么 要求是什么'
closing = '吗 吧 了吗'
[cues]
list = '几点要求 哪些'
when = '几点 多久内'
number = '多久 多久内'
"""


def test_everyday_word_expands_to_its_official_words_with_full_weight() -> None:
    assert parse_glossary(SMALL).expand("过年放炮咋管") == {"春节": 1.0, "春节期间": 1.0, "燃放": 1.0}


def test_official_word_expands_to_the_rest_of_its_group_with_half_weight() -> None:
    assert parse_glossary(SMALL).expand("带班制度") == {"领导带班": 0.5, "领导值班": 0.5}


def test_longest_word_wins_at_a_place() -> None:
    # 大过年 is found whole, so 过年 inside it is not a second match, and nothing else is.
    assert parse_glossary(SMALL).expand("大过年的") == {"春节": 1.0, "春节期间": 1.0}


def test_words_of_the_question_itself_are_not_added_again() -> None:
    assert parse_glossary(SMALL).expand("过年和春节一样") == {"春节期间": 1.0, "大过年": 0.5}


@pytest.mark.parametrize(
    ("text", "told", "reworded"),
    [
        ("过年放炮咋管", "春节期间燃放的规定", "春节期间燃放咋管"),  # the longest that stands there
        ("过年放炮咋管", "过年不许燃放", "过年燃放咋管"),  # what is told as it was asked stays
        ("带班 制度", "领导值班制度", "领导值班制度"),
        ("灭火器几月换", "消防设施每年换", "消防设施几月换"),
        ("消防设施几月换", "灭火器每年换", "消防设施几月换"),  # the whole is asked for no case of it
        ("春节放炮", "春节期间燃放", "春节燃放"),
        ("保安 几点到", "安防人员八点到", "安防人员几点到"),
        ("确保安全", "安防人员", "确保安全"),
        ("Ａ级 要求", "无关", "Ａ级 要求"),
        ("", "无关", ""),
    ],
)
def test_a_question_in_the_words_of_what_is_told(text: str, told: str, reworded: str) -> None:
    assert parse_glossary(SMALL).reworded(text, told) == reworded


@pytest.mark.parametrize(
    "question",
    [
        "谁负责",
        "负责人是谁？",
        "为什么",
        "怎么办",
        "有哪些要求",
        "有什么规定",
        "什么时候",
        "多少钱",
        "这个怎么处理",
        "要求",
    ],
)
def test_a_question_of_asking_and_general_words_names_nothing(question: str) -> None:
    assert load_glossary().names_nothing(question)


@pytest.mark.parametrize(
    "question", ["值班谁负责", "管道谁负责", "动火怎么管", "消防", "12345", "叫应", "安全怎么管"]
)
def test_a_question_with_a_subject_names_something(question: str) -> None:
    assert not load_glossary().names_nothing(question)


def test_one_case_asks_for_the_whole_but_the_whole_for_no_case() -> None:
    glossary = parse_glossary(SMALL)
    assert glossary.expand("灭火器怎么摆") == {"消防设施": 1.0}
    assert glossary.expand("消防设施坏了") == {}


def test_a_word_inside_another_word_by_chance_is_not_found() -> None:
    glossary = parse_glossary(SMALL)
    assert glossary.expand("确保安全") == {}
    assert glossary.expand("请保安") == {"安防人员": 1.0}


@pytest.mark.parametrize("text", ["", " ", "？！", "😀😀", "xyz", "天气"])
def test_text_without_glossary_words_expands_to_nothing(text: str) -> None:
    assert parse_glossary(SMALL).expand(text) == {}


def test_topic_leaves_out_what_only_asks() -> None:
    glossary = parse_glossary(SMALL)
    assert glossary.topic("春节安全要求是什么？") == ("春节安全",)
    assert glossary.topic("怎么管燃放") == ("管燃放",)
    assert glossary.topic("燃放咋处罚") == ("燃放", "处罚")
    assert glossary.topic("春节 值班") == ("春节", "值班")


@pytest.mark.parametrize("text", ["", "咋", "怎么？！", "😀"])
def test_question_about_nothing_has_no_topic(text: str) -> None:
    assert parse_glossary(SMALL).topic(text) == ()


def test_closing_particle_goes_only_at_the_end_of_a_clause() -> None:
    glossary = parse_glossary(SMALL)
    assert glossary.topic("值班了吗，查了吗？") == ("值班", ",查")
    assert glossary.topic("酒吧台") == ("酒吧台",)


def test_particle_inside_a_glossary_word_stays() -> None:
    assert parse_glossary(SMALL).topic("查网吧") == ("查网吧",)


def test_one_cue_may_set_two_shapes_and_the_longest_cue_hides_the_shorter() -> None:
    glossary = parse_glossary(SMALL)
    assert glossary.shape("多久内报告") == QuestionShape(wants_when=True, wants_number=True)
    assert glossary.shape("讲了几点要求") == QuestionShape(wants_list=True)
    assert glossary.shape("春节") == QuestionShape()


def test_malformed_glossary_is_refused() -> None:
    with pytest.raises(ValueError, match="过年 春节"):
        parse_glossary(SMALL.replace("过年 大过年 = 春节 春节期间", "过年 春节"))
    with pytest.raises(ValueError, match="过年 = 春节 > 节日"):
        parse_glossary(SMALL.replace("过年 大过年 = 春节 春节期间", "过年 = 春节 > 节日"))
    with pytest.raises(ValueError, match="colour"):
        parse_glossary(SMALL.replace("list =", "colour ="))


@pytest.mark.parametrize(
    ("question", "official"),
    [
        ("过年能不能放炮仗", {"春节", "烟花爆竹"}),
        ("一把手要干啥", {"主要负责人", "主要负责同志"}),
        ("小孩下河玩水", {"学生", "溺水"}),
        ("值班领导能走吗", {"领导带班"}),
        ("不合格的厂子关停吗", {"停产整顿"}),
        ("不打招呼检查", {"四不两直"}),
        ("电瓶车推上楼", {"电动自行车"}),
        ("煤气罐漏了", {"瓶装液化气", "泄漏"}),
        ("烧荒引起山火", {"野外用火", "森林火灾"}),
        ("罚钱吗", {"处罚"}),
        ("瞒着不报怎么办", {"瞒报"}),
        ("出事多久要上报", {"事故", "信息报告"}),
        ("矿里出水了", {"透水事故", "探放水"}),
        ("查一下消防車", {"消防救援力量"}),
        ("赶场天三蹦子能拉人吗", {"集贸市场", "电动三轮车"}),
        ("化粪池谁能下", {"有限空间作业"}),
        ("没开动火票就烧焊", {"动火审批", "动火作业"}),
        ("跳下去救人为啥不行", {"盲目施救"}),
        ("煤气公司多久上门查煤气", {"燃气经营企业", "入户安检"}),
        ("小卖部楼上住人又开店", {"九小场所", "多合一场所"}),
        ("自家船能载游客吗", {"乡镇自用船舶", "旅游者"}),
        ("安监局电话打不通", {"应急管理部门"}),
        ("老板逼着干能不能别干了", {"企业主要负责人", "强令冒险作业", "停止作业"}),
        ("工人举报给奖金吗", {"举报奖励", "保护举报人"}),
        ("塌山前山上有裂缝往哪报", {"地质灾害", "地质灾害隐患点"}),
        ("老人住的养老院没喷淋", {"养老机构", "消防设施"}),
        ("交警扣分", {"公安交管部门", "驾驶证记分"}),
        ("卷进机器算不算工伤", {"机械伤害", "工伤认定"}),
        ("雪压塌棚子", {"轻钢结构"}),
    ],
)
def test_everyday_questions_reach_official_words(question: str, official: set[str]) -> None:
    expanded = load_glossary().expand(question)
    assert official <= {word for word, weight in expanded.items() if weight == 1.0}


@pytest.mark.parametrize(
    ("question", "elsewhere"),
    [
        ("扣分吗", {"处罚", "行政处罚", "罚款"}),
        ("确保安全", {"专职保安", "安防设施"}),
        ("重大风险怎么管", {"强对流天气", "大风预警"}),
        ("深化工作落实", {"危险化学品", "化工企业"}),
        ("召开工作会议", {"复工复产"}),
        ("部分工人没来", {"职责分工", "责任分工"}),
        ("来了多少人", {"机械化换人"}),
        ("三小时内报告", {"九小场所"}),
        ("有限公司机器", {"驾驶人"}),
        ("网上访问", {"信访"}),
        ("自动火灾报警", {"动火作业"}),
        ("安排班车接送", {"值班值守"}),
        ("通过年度考核", {"春节"}),
        ("疏导游客", {"旅游经营者"}),
        ("学校长期闲置", {"学校主要负责人"}),
        ("电梯谁来修", {"升降机", "扶梯"}),
        ("处罚依据", {"罚款"}),
    ],
)
def test_a_question_is_never_widened_to_something_else(question: str, elsewhere: set[str]) -> None:
    assert elsewhere.isdisjoint(load_glossary().expand(question))


def test_a_whole_question_expands_to_these_words_and_no_others() -> None:
    # 三小 of 三小时, 工人 and 扣 lead nowhere; 电瓶车 and 楼道充电 are everyday words of one group each.
    assert load_glossary().expand("三小时内电瓶车楼道充电") == {
        "电动自行车": 1.0,
        "违规充电": 1.0,
        "飞线充电": 1.0,
        "私拉乱接": 1.0,
    }
    # An official word leads back to what people say, at half weight.
    assert load_glossary().expand("应急管理部门") == {
        "应急管理局": 0.5,
        "安监局": 0.5,
        "应急局": 0.5,
        "安监": 0.5,
    }


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("春节期间安全要求是什么", QuestionShape(wants_list=True)),
        ("值班有哪些规定", QuestionShape(wants_list=True)),
        ("一共查出多少隐患", QuestionShape(wants_number=True)),
        ("烟花爆竹归谁管", QuestionShape(wants_who=True)),
        ("最迟什么时候完成", QuestionShape(wants_when=True)),
        ("会议在哪里开的", QuestionShape(wants_where=True)),
        ("为啥要停产", QuestionShape(wants_why=True)),
        ("哪些部门负责", QuestionShape(wants_list=True, wants_who=True)),
        ("两地的要求有什么不同", QuestionShape(compares=True)),
        ("出事后几分钟内报告", QuestionShape(wants_number=True, wants_when=True)),
        ("森林防火", QuestionShape()),
    ],
)
def test_question_shape_of_everyday_questions(question: str, shape: QuestionShape) -> None:
    assert question_shape(question) == shape


def test_full_width_and_traditional_questions_are_folded_first() -> None:
    assert load_glossary().expand("電瓶車充電") == load_glossary().expand("电瓶车充电")
    assert question_shape("１１９　為什麼") == QuestionShape(wants_why=True)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("春节期间安全要求是什么", ("春节期间安全",)),
        ("查不查网吧？", ("查不查网吧?",)),
        ("请问燃放烟花爆竹找谁批呢", ("燃放烟花爆竹找", "批")),
        ("谁家的孩子谁抱", ("谁家的孩子谁抱",)),
    ],
)
def test_topic_of_real_questions(question: str, topic: tuple[str, ...]) -> None:
    assert load_glossary().topic(question) == topic


def test_every_group_is_well_formed() -> None:
    glossary = load_glossary()
    assert len(glossary.groups) >= 660
    for group in glossary.groups:
        words = (*group.everyday, *group.official)
        assert group.everyday, group
        assert group.official, group
        assert len(set(words)) == len(words), f"a word stands twice in {group}"
        assert min(map(len, words)) >= 2, group


def test_every_group_says_why_it_holds() -> None:
    source = resources.files("retrieval.search").joinpath("glossary.toml").read_text("utf-8")
    lines = [
        line for block in tomllib.loads(source)["groups"].values() for line in block.splitlines() if line
    ]
    assert len(lines) == len(load_glossary().groups)
    assert [line for line in lines if len(line.partition("  # ")[2].strip()) < len("floods")] == []


def test_lookalikes_hide_a_word_of_a_group_and_no_word_of_asking() -> None:
    glossary = load_glossary()
    words = {word for group in glossary.groups for word in (*group.everyday, *group.official)}
    assert len(set(glossary.lookalikes)) == len(glossary.lookalikes)
    assert words.isdisjoint(glossary.lookalikes)
    assert min(map(len, glossary.lookalikes)) >= 2
    # One that holds 多少 would keep it in the topic of a question.
    assert [
        word for word in glossary.lookalikes if any(asked in word for asked in glossary.question_words)
    ] == []


def test_an_everyday_word_stands_in_one_group_only() -> None:
    everyday = [word for group in load_glossary().groups for word in group.everyday]
    assert sorted(everyday) == sorted(set(everyday))


def test_everything_in_the_glossary_is_folded_for_search() -> None:
    glossary = load_glossary()
    words = [word for group in glossary.groups for word in (*group.everyday, *group.official)]
    words += [*glossary.question_words, *glossary.closing_particles, *glossary.cues, *glossary.lookalikes]
    assert [word for word in words if search_text(word) != word] == []


def test_no_question_word_or_cue_stands_twice_in_its_list() -> None:
    glossary = load_glossary()
    assert len(set(glossary.question_words)) == len(glossary.question_words)
    assert len(set(glossary.closing_particles)) == len(glossary.closing_particles)
    assert all(len(set(shapes)) == len(shapes) for shapes in glossary.cues.values())


def test_glossary_is_read_once_a_process() -> None:
    assert load_glossary() is load_glossary()


def test_groups_stand_in_one_table() -> None:
    """One TOML table a group takes twelve times as long to parse, in every first answer."""
    source = resources.files("retrieval.search").joinpath("glossary.toml").read_text("utf-8")
    tables = [line for line in source.splitlines() if line.startswith("[")]
    assert tables == ["[groups]", "[lookalikes]", "[question_words]", "[cues]"]
    assert parse_glossary(source).expand("电瓶车")


def test_importing_the_glossary_stays_light() -> None:
    code = "import sys, retrieval.search.glossary; print({'torch', 'faiss', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@given(st.text(max_size=200))
def test_any_text_is_expanded_and_shaped(text: str) -> None:
    glossary = load_glossary()
    folded = search_text(text)
    expanded = glossary.expand(text)
    assert set(expanded.values()) <= {0.5, 1.0}
    assert not [word for word in expanded if word in folded]
    assert all(glossary.topic(text))
    glossary.shape(text)


def test_a_very_long_question_is_handled_quickly() -> None:
    text = "过年放炮仗咋管" * 1500
    start = time.process_time()
    expanded = load_glossary().expand(text)
    assert time.process_time() - start < 1
    assert expanded["烟花爆竹"] == 1.0
