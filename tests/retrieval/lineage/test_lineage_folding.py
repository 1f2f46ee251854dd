from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.views import search_text
from retrieval.lineage.folding import barriers_for, fold

MIXED = st.text("三管必須须安全ＡａＢ１２㎏㈠ 　，。、“”（）\n；", max_size=60)


def test_marks_width_space_and_traditional_characters_fold_away() -> None:
    spellings = (
        "三管三必须",
        "“三管三必须”",
        "三管、三必須",
        "三 管\u3000三 必 须",
        "三管\n三必须",
        "三·管（三必须）",
    )
    assert {fold(one).text for one in spellings} == {"三管三必须"}
    assert fold("ＡＢ１２，ab12").text == "ab12ab12"


def test_a_place_is_found_in_the_source_to_the_character() -> None:
    source = "落实“三管、三必須”的要求"
    folded = fold(source)
    start = folded.text.index("三管三必须")
    begin, end = folded.to_source(start, start + 5)
    assert source[begin:end] == "三管、三必須"


def test_full_width_characters_at_the_edges_stay_in() -> None:
    source = "见１２３页"
    assert fold(source).to_source(1, 4) == (1, 4)


def test_marks_part_and_white_space_does_not() -> None:
    folded = fold("“三管”　三必")
    assert folded.text == "三管三必"
    assert folded.apart == (True, False, True, False, True)
    assert fold("三 管").apart == (True, False, True)
    assert fold("").apart == (True,)


@pytest.mark.parametrize(
    ("formulation", "text", "segments"),
    [
        ("安全生产", "抓安全，生产好。再查\n", [(0, 3), (3, 6), (6, 8)]),
        ("人民至上生命至上", "抓安全，生产好。再查\n收", [(0, 6), (6, 8), (8, 9)]),
        ("人民至上、生命至上", "抓安全，生产好。再查\n收", [(0, 8), (8, 9)]),
    ],
)
def test_what_a_formulation_does_not_reach_across_depends_on_how_it_was_typed(
    formulation: str, text: str, segments: list[tuple[int, int]]
) -> None:
    assert list(fold(text, barriers_for(formulation)).segments) == segments


def test_an_empty_range_has_no_source() -> None:
    with pytest.raises(ValueError, match="does not lie"):
        fold("安全").to_source(1, 1)


@given(st.text())
def test_folding_is_the_search_form_without_marks(text: str) -> None:
    folded = fold(text)
    assert folded.text == "".join(character for character in search_text(text) if character.isalnum())
    assert len(folded.origins) == len(folded.text)
    assert len(folded.apart) == len(folded.text) + 1
    assert folded.origins.tolist() == sorted(folded.origins.tolist())
    assert all(0 <= at < len(text) for at in folded.origins.tolist())


@given(MIXED, st.data())
def test_folding_never_shifts_a_place(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    begin, stop = folded.to_source(start, end)
    # One sign may fold into several characters (㎏), of which a range may hold some.
    assert folded.text[start:end] in fold(text[begin:stop]).text
    assert len(fold(text[begin:stop]).text) <= end - start + 2


@given(MIXED)
def test_segments_cover_the_text_in_order(text: str) -> None:
    folded = fold(text, barriers_for("安全生产"))
    assert "".join(folded.text[start:end] for start, end in folded.segments) == folded.text
