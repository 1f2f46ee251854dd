from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.evaluation.questions import Question, load_dialogues
from retrieval.index.lexical_build import build_lexical
from retrieval.index.lexical_files import Lexical
from retrieval.index.postings import Postings
from retrieval.search.glossary import load_glossary, parse_glossary
from retrieval.search.query import Probe, analyse
from retrieval.search.searcher import Searcher
from retrieval.search.slips import Mender, Slip, load_confusions

DATA = Path(__file__).resolve().parents[2] / "data"

GLOSSARY = parse_glossary("""
[groups]
vehicles = '''
电瓶车 = 电动自行车
'''
[question_words]
anywhere = '怎么 什么 谁'
closing = '呢'
[cues]
list = '哪些'
""")

TEXTS = (
    "各级要抓好安全生产责任落实。",
    "有限空间作业必须先通风。动火作业要审批。",
    "烟花爆竹零售点一律清点。",
    "不得占用消防车通道。",
    "消防车通道要畅通。",
    "消防通道上不准停电动自行车。",
)


def mender(*texts: str) -> Mender:
    return Mender(Lexical([Postings(build_lexical(texts))]), GLOSSARY)


def turns_of(name: str) -> list[Question]:
    return [turn for dialogue in load_dialogues(DATA / f"{name}.jsonl") for turn in dialogue.turns]


OF_TEXTS = mender(*TEXTS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        # 全声 and 声产 stand nowhere, 全生 and 生产 in the same text.
        ("安全声产责任", "安全生产责任"),
        ("有限空间做业谁审批", "有限空间作业谁审批"),
        ("烟花暴竹零售点", "烟花爆竹零售点"),
        # At the end only 通到 is unknown; 通道 is in both texts that have 车通.
        ("消防车通到怎么管", "消防车通道怎么管"),
        # 目 looks like 自, it does not sound like it.
        ("电动目行车", "电动自行车"),
        # Two slips in one question.
        ("安全声产和烟花暴竹", "安全生产和烟花爆竹"),
        ("煙花暴竹", "煙花爆竹"),
    ],
)
def test_a_slip_is_mended_by_the_words_of_the_archive(typed: str, meant: str) -> None:
    assert OF_TEXTS.meant(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        "安全生产责任怎么落实",
        # 电瓶, 瓶车 stand in no text, but the glossary has them.
        "电瓶车停哪儿",
        # Unknown, and nothing that sounds or looks like it would be known.
        "麦子收购价",
        "爆竹",
        # 全生 is known, but 生会 no more than 省会: one neighbour out of one text is not enough.
        "安全省会城市",
        "",
        "😀？！",
    ],
)
def test_what_is_right_or_unheard_of_stays(question: str) -> None:
    assert OF_TEXTS.meant(question) == ""
    assert OF_TEXTS.slips(question) == ()


def test_both_neighbours_must_stand_in_the_same_texts() -> None:
    # 声 for 生 makes 全生 and 生产 known, but never in one text.
    assert mender("全生", "生产").meant("安全声产量") == ""
    assert mender("全生产").meant("安全声产量") == "安全生产量"


def test_a_frequent_word_is_believed_alone() -> None:
    # 值班 in three texts, whatever stands around; in two it may be chance.
    assert mender("要值班。", "有值班的。", "值班表").meant("国庆直班") == "国庆值班"
    assert mender("要值班。", "有值班的。").meant("国庆直班") == ""


def test_words_of_grammar_are_no_slips() -> None:
    # 班是 is unknown and 班事 known, in every text that has 值班.
    assert mender("值班事项", "值班事宜").meant("值班是") == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("xiaofang tongdao怎么管", "消防 通道怎么管"),
        ("anquan shengchan", "安全 生产"),
        ("ANQUAN责任", "安全责任"),
        ("ａｎｑｕａｎ", "安全"),
        ("yanhuabaozhu", "烟花爆竹"),
    ],
)
def test_pinyin_is_read_as_words_of_the_archive(typed: str, meant: str) -> None:
    assert OF_TEXTS.meant(typed) == meant


def test_of_words_that_sound_alike_the_more_frequent_is_meant() -> None:
    # 燃气 in two texts, 染器 in one.
    assert mender("染器", "燃气管", "燃气灶").meant("ranqi") == "燃气"


@pytest.mark.parametrize("question", ["hello world", "app怎么下载", "aq", "anquan1", "a" * 41, "xyz"])
def test_latin_letters_that_spell_no_words_of_the_archive_stay(question: str) -> None:
    assert mender("火").meant(question) == ""


def test_a_latin_word_of_the_archive_is_no_pinyin() -> None:
    assert mender("安全 gis平台").meant("gis平台") == ""
    assert mender("安全 anquan平台").meant("anquan") == ""


def test_a_slip_tells_where_it_stands() -> None:
    assert OF_TEXTS.slips("请看：安全声产") == (Slip(5, "声", "生"),)


def test_a_pasted_text_is_not_looked_through() -> None:
    assert OF_TEXTS.meant("，".join(["安全声产"] * 40)) != ""
    assert OF_TEXTS.meant("，".join(["安全声产"] * 41)) == ""


@given(st.text(max_size=80))
def test_any_question_is_read(question: str) -> None:
    end = 0
    for slip in OF_TEXTS.slips(question):
        assert end <= slip.start
        end = slip.start + len(slip.typed)
    assert end <= len(question)


def test_the_table_has_readings_and_lookalikes() -> None:
    table = load_confusions()
    assert "虫" in table.of("重")
    assert "种" in table.of("重")
    assert "声" in table.of("生")
    assert "己" in table.of("已")
    assert "未" in table.of("末")
    assert "安" not in table.of("安")
    assert "女" in table.spelled["nv"]


def test_what_was_meant_is_searched_beside_what_was_typed() -> None:
    query = analyse("安全声产", GLOSSARY, meant="安全生产")
    assert query.question == "安全声产"
    assert query.own_terms == analyse("安全生产", GLOSSARY).own_terms
    assert query.terms == {**query.own_terms, "声": 0.5, "全声": 1.0, "声产": 1.0}
    assert query.probes == (Probe("安全声产", 1.0), Probe("安全生产", 1.0))


def test_a_follow_up_is_understood_as_it_was_meant() -> None:
    query = analyse("安全声产呢", GLOSSARY, ("消防",), "安全生产呢")
    assert query.probes[-1] == Probe("消防 安全生产呢", 1.0)


def test_a_question_in_traditional_characters_is_encoded_in_simplified_ones() -> None:
    assert analyse("煙花爆竹", GLOSSARY).probes == (Probe("烟花爆竹", 1.0),)


@pytest.mark.parametrize(("name", "size"), [("slips", 204), ("county_slips", 120)])
def test_every_noisy_question_leads_back_to_a_clean_one(name: str, size: int) -> None:
    clean = {turn.id: turn for file in ("questions", "calibration", "county") for turn in turns_of(file)}
    rows = [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()]
    noisy = {turn.id: turn for turn in turns_of(name)}
    assert len(noisy) == len(rows) == size
    for row in rows:
        turn, of = noisy[row["id"]], clean[row["clean"]]
        assert (turn.gold, turn.facts, turn.any_of) == (of.gold, of.facts, of.any_of)
        assert turn.question != of.question or row["type"] == "short"


@pytest.mark.parametrize("name", ["questions", "calibration", "dialogues"])
def test_hardly_a_question_without_slips_is_mended(example_searcher: Searcher, name: str) -> None:
    found = Mender(example_searcher.generation.lexical, load_glossary())
    turns = [turn.question for turn in turns_of(name) if turn.type != "typo"]
    wrong = [question for question in turns if found.meant(question)]
    assert len(wrong) <= 0.01 * len(turns)
