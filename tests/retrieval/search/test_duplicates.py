from __future__ import annotations

import textwrap
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.types import Span
from retrieval.documents.views import search_text
from retrieval.search.duplicates import ALIKE, LEAST, fold_duplicates
from retrieval.search.found import Found
from tests.retrieval.search.builders import found, open_searcher_of

RULE = "值班人员必须坚守岗位，不得擅自离开辖区。"
OTHER = "所有地下矿山都要补充勘查一次水文地质条件。"


def documents(folded: list[Found]) -> list[tuple[str, list[str]]]:
    return [(each.hit.document.id, [place.document.id for place in each.hit.places]) for each in folded]


def test_the_same_sentence_of_other_documents_becomes_places_of_the_best() -> None:
    folded = fold_duplicates(
        [
            found([RULE], [1], "a"),
            found([OTHER], [1], "b"),
            found(["会议开始。", RULE], [0, 1], "c"),
            found([RULE], [1], "d"),
        ],
        10,
    )
    assert documents(folded) == [("a", ["c", "d"]), ("b", [])]
    # The place is that of the sentence, after the five characters before it.
    assert folded[0].hit.places[0].span == Span(5, 5 + len(RULE))
    assert folded[0].hit.places[0].passage_id == "p-c"


def test_one_word_in_twenty_may_differ_but_not_a_third() -> None:
    # 19 pairs; one changed character changes two of them: 17 of 21 common, above 0.8.
    close = RULE.replace("岗位", "岗亭")
    far = "值班人员一律坚守岗位，不得随意走出辖区。"
    folded = fold_duplicates([found([RULE], [1], "a"), found([close], [1], "b"), found([far], [1], "c")], 10)
    assert documents(folded) == [("a", ["b"]), ("c", [])]


def test_spelling_variants_are_the_same_words() -> None:
    folded = fold_duplicates(
        [found([RULE], [1], "a"), found([RULE.replace("，", ",").replace("擅自离开", "擅自離開")], [1], "b")],
        10,
    )
    assert documents(folded) == [("a", ["b"])]


def test_one_document_is_never_folded_into_itself() -> None:
    assert documents(fold_duplicates([found([RULE], [1], "a"), found([RULE], [1], "a")], 10)) == [
        ("a", []),
        ("a", []),
    ]


def test_short_sentences_say_nothing_by_being_alike() -> None:
    folded = fold_duplicates([found(["要加强值班。"], [1], "a"), found(["要加强值班。"], [1], "b")], 10)
    assert len(folded) == 2


@pytest.mark.parametrize(
    "heading", ["一、切实加强组织领导，层层压实安全责任", "一、切实加强组织领导，层层压实责任。"]
)
def test_a_common_heading_folds_nothing(heading: str) -> None:
    section = (heading.rstrip("。"),)
    folded = fold_duplicates(
        [
            found([heading, RULE], [3, 1], "a", section=section),
            found([heading, OTHER], [3, 1], "b", section=section),
        ],
        10,
    )
    assert documents(folded) == [("a", []), ("b", [])]


def test_passages_of_headings_only_are_compared_by_them() -> None:
    heading = "一、切实加强组织领导，层层压实安全责任"
    folded = fold_duplicates([found([heading], [3], "a"), found([heading], [3], "b")], 10)
    assert documents(folded) == [("a", ["b"])]


def test_limit_counts_hits_and_later_duplicates_still_become_places() -> None:
    folded = fold_duplicates([found([RULE], [1], "a"), found([OTHER], [1], "b"), found([RULE], [1], "c")], 1)
    assert documents(folded) == [("a", ["c"])]
    assert fold_duplicates([], 3) == []
    assert fold_duplicates([found([RULE], [1], "a")], 0) == []


SHARED = "各级各部门必须严格落实领导带班制度，带班领导不得离开辖区，值班电话随时有人接听。"


def repeated(count: int) -> dict[str, str]:
    subjects = textwrap.wrap("防汛防火矿山交通消防燃气电梯学校医院景区港口隧道桥梁粮库", 2)[:count]
    return {
        f"{subject}.txt": f"在{subject}工作会议上的讲话\n\n同志们：今天专门研究{subject}工作。\n"
        f"一、抓好{subject}隐患排查\n各{subject}单位每月排查{number}次，台账留存备查。{SHARED}\n"
        for number, subject in enumerate(subjects, 2)
    }


def test_the_same_sentence_in_ten_speeches_is_one_hit_with_nine_more_places(tmp_path: Path) -> None:
    with open_searcher_of(tmp_path, repeated(10)) as searcher:
        hits = searcher.search(SHARED)
        assert len({place.document.path for place in hits[0].places}) == len(hits[0].places) == 9
        assert hits[0].document.path not in {place.document.path for place in hits[0].places}
        for place in hits[0].places:
            raw = searcher.generation.store.document(place.document.id).raw
            assert raw[place.span.start : place.span.end] == SHARED


def test_repetition_does_not_hide_what_else_there_is(tmp_path: Path) -> None:
    files = repeated(14) | {
        "食品.txt": "在食品工作会议上的讲话\n\n带班的食堂经理每餐留样，不合格的一律下架销毁。\n"
    }
    with open_searcher_of(tmp_path, files) as searcher:
        # Four passages for every hit wanted are fetched at first, and 14 of the best say the same.
        hits = searcher.search(SHARED, limit=2)
        assert len(hits) == 2
        assert len(hits[0].places) == 13


@given(
    st.text("安全火水防汛值班24，", min_size=12, max_size=30),
    st.integers(0, 29),
    st.integers(1, 8),
    st.data(),
)
def test_two_sentences_say_the_same_where_four_fifths_of_their_pairs_do(
    text: str, at: int, size: int, data: st.DataObject
) -> None:
    other = text[:at] + data.draw(st.text("安全森林火", max_size=size)) + text[at + size :]
    pairs, others = (set(pairwise(search_text(each + "。"))) for each in (text, other))
    alike = min(len(pairs), len(others)) >= LEAST and len(pairs & others) >= ALIKE * len(pairs | others)
    folded = fold_duplicates([found([text + "。"], [1], "a"), found([other + "。"], [1], "b")], 10)
    assert documents(folded) == ([("a", ["b"])] if alike else [("a", []), ("b", [])])
