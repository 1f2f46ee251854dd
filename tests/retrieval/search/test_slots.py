from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.glossary import load_glossary
from retrieval.search.slots import (
    Slot,
    belongs_to,
    place_in,
    place_names,
    put_in,
    share_spoken_of,
    slot_of,
    speaker_names,
)
from retrieval.types import DocumentInfo
from tests.retrieval.search.builders import info

GLOSSARY = load_glossary()
PLACES = frozenset({"岚陵", "云泽"})
SPEAKERS = speaker_names(["周启明", "陆景行", ""])


def speech(title: str = "讲话", role: str | None = None, place: str | None = None) -> DocumentInfo:
    return DocumentInfo("d", "d.txt", "0" * 64, title, None, role, None, None, None, None, place)


@pytest.mark.parametrize(
    ("subject", "slot"),
    [
        ("国庆", Slot.OCCASION),
        ("春节期间", Slot.OCCASION),
        ("云泽", Slot.PLACE),
        ("云泽市", Slot.PLACE),
        ("宁远县", Slot.PLACE),
        ("公安局", Slot.BODY),
        ("气象部门", Slot.BODY),
        ("值班", Slot.THING),
        ("园区", Slot.THING),
        ("国庆值班", Slot.THING),
    ],
)
def test_kinds_of_things_are_told_apart(subject: str, slot: Slot) -> None:
    assert slot_of(subject, PLACES) is slot


@pytest.mark.parametrize(
    ("subject", "question", "asked"),
    [
        ("国庆", "春节期间值班怎么安排", "国庆值班怎么安排"),
        ("国庆", "值班怎么安排", "国庆值班怎么安排"),
        ("公安局", "森林防火里林业局负责什么", "森林防火里公安局负责什么"),
        ("烟花", "春节期间值班怎么管", "烟花怎么管"),
        ("动火", "哪几篇讲话提到值班", "哪几篇讲话提到动火"),
        ("动火", "值班各次会议都怎么要求的", "动火各次会议都怎么要求的"),
        ("动火", "各级值班制度要求", "动火"),
    ],
)
def test_the_new_takes_the_place_of_the_old_of_its_kind(subject: str, question: str, asked: str) -> None:
    assert put_in(subject, question, GLOSSARY, PLACES).question == asked


def test_a_place_leaves_the_words_and_is_asked_of_the_speech() -> None:
    replaced = put_in("云泽市", "岚陵市多久报告", GLOSSARY, PLACES)
    assert (replaced.question, replaced.topic, replaced.place) == ("多久报告", "云泽市多久报告", "云泽")
    assert replaced.carried == ""


@pytest.mark.parametrize(
    ("subject", "question", "asked"),
    [
        ("陆景行", "周启明派了几个暗访组", "陆景行派了几个暗访组"),
        ("陆景行", "周启明市长派了几个暗访组", "陆景行派了几个暗访组"),
        ("沈市长", "陆景行说充电口还差多少", "沈市长说充电口还差多少"),
        ("陆景行", "岚陵市派了几个暗访组", "陆景行派了几个暗访组"),
        ("陆景行", "出动前要书记签字吗", "陆景行出动前要书记签字吗"),
    ],
)
def test_who_speaks_takes_the_place_of_who_spoke(subject: str, question: str, asked: str) -> None:
    replaced = put_in(subject, question, GLOSSARY, PLACES, SPEAKERS)
    assert (replaced.slot, replaced.question) == (Slot.SPEAKER, asked)


def test_a_place_takes_the_place_of_who_spoke() -> None:
    replaced = put_in("云泽", "周启明派了几个暗访组", GLOSSARY, PLACES, SPEAKERS)
    assert (replaced.question, replaced.place) == ("派了几个暗访组", "云泽")


def test_places_are_known_from_what_speeches_say_of_themselves() -> None:
    infos = [speech(place="岚陵"), speech(role="云泽市副市长"), speech(title="全市工作会议"), info()]
    assert place_names(infos) == {"岚陵", "云泽"}
    headline = replace(speech(title="热天火气大，三件事马虎不得"), occasion="云泽市夏季消防推进会")
    assert place_names([headline]) == {"云泽"}
    assert belongs_to(infos[1], "云泽")
    assert not belongs_to(infos[2], "云泽")


def test_a_place_is_found_with_its_kind() -> None:
    assert place_in("那年云泽市起火", PLACES) == (2, 5)
    assert place_in("宁远县起火", PLACES) == (0, 3)
    assert place_in("全市起火", PLACES) is None


def test_an_answer_speaks_of_what_was_put_in_or_not() -> None:
    def same(term: str) -> float:
        return 1.0

    assert share_spoken_of("电梯", "电梯要年检", GLOSSARY, same) == 1.0
    assert share_spoken_of("网约", "公交要年检", GLOSSARY, same) == 0.0
    # 网, 约, 车, 网约, 约车: only 车 stands there.
    assert share_spoken_of("网约车", "校车要年检", GLOSSARY, same) == pytest.approx(0.2)


@given(st.text(min_size=1, max_size=20), st.text(max_size=40))
def test_anything_may_be_put_into_anything(subject: str, question: str) -> None:
    replaced = put_in(subject, question, GLOSSARY, PLACES)
    assert replaced.slot is slot_of(subject, PLACES)
    assert subject in replaced.topic
