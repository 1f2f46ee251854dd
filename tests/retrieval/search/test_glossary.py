"""The glossary joins everyday words to official words and tells what shape of answer is asked for."""

from __future__ import annotations

import subprocess
import sys
import time
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
'''
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
    ],
)
def test_everyday_questions_reach_official_words(question: str, official: set[str]) -> None:
    expanded = load_glossary().expand(question)
    assert official <= {word for word, weight in expanded.items() if weight == 1.0}


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
    assert len(glossary.groups) >= 260
    for group in glossary.groups:
        words = (*group.everyday, *group.official)
        assert group.everyday, group
        assert group.official, group
        assert len(set(words)) == len(words), f"a word stands twice in {group}"
        assert min(map(len, words)) >= 2, group


def test_an_everyday_word_stands_in_one_group_only() -> None:
    everyday = [word for group in load_glossary().groups for word in group.everyday]
    assert sorted(everyday) == sorted(set(everyday))


def test_everything_in_the_glossary_is_folded_for_search() -> None:
    glossary = load_glossary()
    words = [word for group in glossary.groups for word in (*group.everyday, *group.official)]
    words += [*glossary.question_words, *glossary.closing_particles, *glossary.cues]
    assert [word for word in words if search_text(word) != word] == []


def test_no_question_word_or_cue_stands_twice_in_its_list() -> None:
    glossary = load_glossary()
    assert len(set(glossary.question_words)) == len(glossary.question_words)
    assert len(set(glossary.closing_particles)) == len(glossary.closing_particles)
    assert all(len(set(shapes)) == len(shapes) for shapes in glossary.cues.values())


def test_glossary_is_read_once_a_process() -> None:
    assert load_glossary() is load_glossary()


def test_parsing_stays_a_small_part_of_the_first_answer() -> None:
    source = resources.files("retrieval.search").joinpath("glossary.toml").read_text("utf-8")
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        parse_glossary(source)
        seconds.append(time.perf_counter() - start)
    # Takes 5 ms; the bound leaves room for a busy machine, and fails on one TOML table a group (60 ms).
    assert min(seconds) < 0.025


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
    start = time.perf_counter()
    expanded = load_glossary().expand(text)
    assert time.perf_counter() - start < 1
    assert expanded["烟花爆竹"] == 1.0
