from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.attribution import MEETING, find_quotations, find_turns
from retrieval.documents.edits import Edit, apply_edits
from retrieval.documents.people import known_people
from retrieval.documents.read import read_document
from retrieval.documents.types import Genre, Known, Metadata, Provenance

SHARED = Path(__file__).resolve().parents[3] / "../shared/eval/seeds"
NEWS = Metadata(genre=Genre.NEWS)
LEAD = "2月3日，全县安全生产会议召开。县委书记柳晓棠强调，要把责任扛在肩上。县长佟远作具体部署。"


def turns(raw: str, metadata: Metadata = NEWS) -> list[tuple[str, str]]:
    return [
        (turn.speaker, raw[turn.span.start : turn.span.end])
        for turn in find_turns(apply_edits(raw, []), metadata)
    ]


def quotations(raw: str) -> list[tuple[str, str]]:
    found = find_quotations(apply_edits(raw, []), Metadata())
    return [(quotation.speaker, raw[quotation.span.start : quotation.span.end]) for quotation in found]


def test_speech_is_one_turn_of_its_speaker() -> None:
    metadata = Metadata(
        speaker=Known("柳晓棠", Provenance.EXPLICIT), role=Known("县委书记", Provenance.EXPLICIT)
    )
    raw = "第一段话。\n县长佟远指出，第二段话。\n"
    (turn,) = find_turns(apply_edits(raw, []), metadata)
    assert (turn.speaker, turn.role, raw[turn.span.start : turn.span.end]) == (
        "柳晓棠",
        "县委书记",
        raw.strip(),
    )


def test_without_a_speaker_there_are_no_turns() -> None:
    assert turns("第一段话。", Metadata()) == []
    assert turns("", Metadata(speaker=Known("柳晓棠", Provenance.EXPLICIT))) == []


def test_minutes_change_speakers_by_the_name_that_opens_a_line() -> None:
    raw = (
        "开场白。\n柳晓棠：现在开会。\n请大家讲。\n县应急局局长佟远：水域四十七处。\n"
        "教育局 副局长　乔木：没有补充。\n要求：一处一人。\n柳晓棠：散会。"
    )
    assert turns(raw, Metadata()) == [
        ("柳晓棠", "柳晓棠：现在开会。\n请大家讲。"),
        ("佟远", "县应急局局长佟远：水域四十七处。"),
        ("乔木", "教育局 副局长　乔木：没有补充。\n要求：一处一人。"),
        ("柳晓棠", "柳晓棠：散会。"),
    ]
    roles = [turn.role for turn in find_turns(apply_edits(raw, []), Metadata())]
    assert roles == ["", "县应急局局长", "教育局 副局长", ""]


@pytest.mark.parametrize(
    "raw",
    [
        "柳晓棠：现在开会。\n请大家讲。",
        "柳晓棠：现在开会。\n佟远：水域四十七处。",
        "时间：上午。\n时间：下午。\n县长佟远：开会。",
        "县长佟远：开会。\n县长佟远：散会。",
    ],
)
def test_one_name_or_names_that_stand_once_make_no_minutes(raw: str) -> None:
    assert turns(raw, Metadata()) == []


def test_report_changes_speakers_by_paragraph() -> None:
    raw = (
        f"{LEAD}\n柳晓棠指出，成绩不小。问题也不少。\n佟远在讲话中指出，要抓早抓小。\n会前，大家观看了短片。"
    )
    assert turns(raw) == [
        ("柳晓棠", "县委书记柳晓棠强调，要把责任扛在肩上。"),
        ("柳晓棠", "柳晓棠指出，成绩不小。问题也不少。"),
        ("佟远", "佟远在讲话中指出，要抓早抓小。"),
    ]
    roles = {turn.speaker: turn.role for turn in find_turns(apply_edits(raw, []), NEWS)}
    assert roles == {"柳晓棠": "县委书记", "佟远": "县长"}


def test_quotation_before_its_attribution_gives_the_paragraph_to_the_speaker() -> None:
    raw = f"{LEAD}\n“这不是一次普通的检查。”柳晓棠要求，思想要重视。责任要压实。"
    assert turns(raw)[-1] == ("柳晓棠", "“这不是一次普通的检查。”柳晓棠要求，思想要重视。责任要压实。")


def test_paragraph_of_tasks_goes_on_with_the_speaker_before() -> None:
    raw = f"{LEAD}\n佟远强调，要办三件事：\n一要查。二要改。\n会议以视频形式召开。"
    assert turns(raw)[-1] == ("佟远", "佟远强调，要办三件事：\n一要查。二要改。")


def test_deployment_without_verb_of_speech_counts_at_the_start_of_a_paragraph() -> None:
    raw = f"{LEAD}\n佟远分析了当前形势，对全年任务作具体部署。一要查。二要改。"
    assert turns(raw)[-1] == ("佟远", "佟远分析了当前形势，对全年任务作具体部署。一要查。二要改。")


def test_second_speaker_inside_a_paragraph_takes_over() -> None:
    raw = f"{LEAD}\n柳晓棠强调，要改。佟远表示，马上改。"
    assert turns(raw)[-2:] == [("柳晓棠", "柳晓棠强调，要改。"), ("佟远", "佟远表示，马上改。")]


def test_pronoun_is_the_one_who_spoke_last() -> None:
    raw = f"{LEAD}\n柳晓棠强调，要改。\n佟远指出，要查。他表示，马上改。\n他还强调，要快。"
    assert turns(raw)[-1] == ("佟远", "佟远指出，要查。他表示，马上改。\n他还强调，要快。")


def test_meeting_may_speak() -> None:
    raw = "会议指出，形势严峻。会议要求，各地要查。\n会议还传达了文件。"
    assert turns(raw) == [(MEETING, "会议指出，形势严峻。会议要求，各地要查。")]


def test_words_that_look_like_names_do_not_speak() -> None:
    raw = "文件指出，要抓落实。\n全面要求，处处落实。\n方案明确，时间过半。"
    assert turns(raw) == []


def test_titles_tell_names_and_roles() -> None:
    people = known_people(
        "县委常委、副县长欧阳文博主持会议。省督导组第三组副组长、省厅一级巡视员车岩到会指导。县领导丁一、常务副县长佟远出席会议。"
    )
    assert people["欧阳文博"] == "县委常委、副县长"
    assert people["车岩"] == "省督导组第三组副组长、省厅一级巡视员"
    assert people["佟远"] == "常务副县长"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("习近平总书记强调：“要守住底线。”我们要照办。", [("习近平", "要守住底线。")]),
        ("习近平总书记强调，“要守住底线”。", [("习近平", "要守住底线")]),
        ("习近平总书记在一次会议上明确提出“忠诚可靠、纪律严明”的方针。", [("习近平", "忠诚可靠、纪律严明")]),
        (
            "习近平总书记多次讲安全，明确要求“党政同责”“一岗双责”。",
            [("习近平", "党政同责"), ("习近平", "一岗双责")],
        ),
        ("总书记指出：“安全是大事。”", [("总书记", "安全是大事。")]),
        ("习近平总书记来过。总书记指出：“安全是大事。”", [("习近平", "安全是大事。")]),
        ("县委书记柳晓棠强调：「底线不能破。」", [("柳晓棠", "底线不能破。")]),
        ('柳晓棠同志指出:"底线不能破。"', [("柳晓棠", "底线不能破。")]),
        ("佟远县长强调指出：“天黑以前撤完。”", [("佟远", "天黑以前撤完。")]),
        ("县长反复叮嘱：“天黑以前撤完。”", [("县长", "天黑以前撤完。")]),
        ("“这件事不能拖。”佟远要求，当天办完。", [("佟远", "这件事不能拖。")]),
        # Terms, slogans and organs are nobody's words.
        ("落实“一岗双责”要求，推动“三管三必须”。", []),
        ("县委提出“主动仗”“总体仗”。", []),
        ("习近平总书记很关心大家。要打好“主动仗攻坚仗”。", []),
        ("习近平总书记强调：“没有说完。", []),
        ("习近平总书记指出：“好”。", []),
    ],
)
def test_quotations_need_a_speaker_and_a_verb(raw: str, expected: list[tuple[str, str]]) -> None:
    assert quotations(raw) == expected


def test_spans_are_raw() -> None:
    raw = "广告\n习近平总书记强调：“要守住\n\n底线。”好。"
    clean = apply_edits(raw, [Edit(0, 3), Edit(raw.index("\n\n"), raw.index("\n\n") + 2)])
    (quotation,) = find_quotations(clean, Metadata())
    assert raw[quotation.span.start : quotation.span.end] == "要守住\n\n底线。"


WORDS = st.sampled_from(
    [
        "柳晓棠",
        "县长佟远",
        "会议",
        "习近平总书记",
        "强调",
        "指出，",
        "要求",
        "说：",
        "“",
        "”",
        '"',
        "「",
        "」",
        "。",
        "，",
        "\n",
        "要抓落实",
        "作具体部署",
        "出席会议",
        "会前",
        "他",
        " ",
        "同志",
    ]
)


@given(st.lists(WORDS, max_size=80).map("".join), st.sampled_from(list(Genre)))
def test_turns_and_quotations_are_sorted_and_inside(raw: str, genre: Genre) -> None:
    metadata = Metadata(genre=genre, speaker=Known("柳晓棠", Provenance.EXPLICIT))
    found = find_turns(apply_edits(raw, []), metadata)
    assert all(turn.speaker and turn.span.start < turn.span.end <= len(raw) for turn in found)
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(found))
    quoted = find_quotations(apply_edits(raw, []), metadata)
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(quoted))
    assert all(
        quotation.speaker and "\n" not in raw[quotation.span.start : quotation.span.end]
        for quotation in quoted
    )


@pytest.mark.skipif(not SHARED.is_dir(), reason="the evaluation files are not beside the checkout")
def test_real_report_changes_speakers() -> None:
    path = next(SHARED.glob("002*"))
    document = read_document(path, path.parent)
    speakers = list(dict.fromkeys(turn.speaker for turn in document.turns))
    assert [len(name) for name in speakers] == [2, 3, 3]
    assert all(turn.role for turn in document.turns)
    assert [quotation.speaker for quotation in document.quotations] == speakers[:1]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the evaluation files are not beside the checkout")
def test_real_speech_quotes_one_person_seven_times() -> None:
    path = next(SHARED.glob("000*"))
    document = read_document(path, path.parent)
    assert [quotation.speaker for quotation in document.quotations] == ["习近平"] * 7
