from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.bulk_views import GONE, OTHER, codes_of, folded_codes, folded_texts
from retrieval.documents.views import search_text


def test_characters_that_go_and_such_as_need_the_whole_text_are_told() -> None:
    folded = folded_codes(codes_of("Ａ 安\u200b煙㎏。😀\ud800"))
    assert folded.tolist() == [ord("a"), GONE, ord("安"), GONE, OTHER, OTHER, ord("."), OTHER, 0xD800]


def test_nothing_folds_to_nothing() -> None:
    assert folded_codes(codes_of("")).tolist() == []


@given(st.text(max_size=60))
def test_a_text_folds_as_for_search_where_no_character_needs_the_whole(text: str) -> None:
    folded = folded_codes(codes_of(text)).tolist()
    if OTHER not in folded:
        assert "".join(chr(code) for code in folded if code != GONE) == search_text(text)


@given(st.lists(st.text(max_size=20), max_size=6))
def test_many_texts_fold_as_each_alone(texts: list[str]) -> None:
    assert folded_texts(texts) == [search_text(text) for text in texts]


def test_a_text_that_needs_the_whole_folds_among_others_that_do_not() -> None:
    assert folded_texts(["Ａ 安", "", "煙火㎏", "。"]) == ["a安", "", "烟火kg", "."]
