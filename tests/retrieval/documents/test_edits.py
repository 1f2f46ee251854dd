from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.edits import Edit, EditedText, apply_edits, compose, deletions


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, EditedText]:
    source = draw(st.text(max_size=40))
    cuts = sorted(draw(st.lists(st.integers(0, len(source)), max_size=10)))
    edits: list[Edit] = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if not edits or start > edits[-1].end:
            edits.append(Edit(start, end, draw(st.text(max_size=3))))
    return source, apply_edits(source, edits)


def test_spans_of_the_result_map_to_the_source_they_were_made_from() -> None:
    # "ab[XY]cd|ef": X and Y stand for "--", "|" stands for nothing.
    result = apply_edits("ab--cdef", [Edit(2, 4, "XY"), Edit(6, 6, "|")])
    assert result.text == "abXYcd|ef"
    assert result.to_source(0, 2) == (0, 2)
    assert result.to_source(1, 5) == (1, 5)
    assert result.to_source(4, 9) == (4, 8)
    assert result.to_source(2, 4) == (2, 4)
    assert result.to_source(6, 7) == (6, 6)


def test_what_was_put_in_maps_to_the_place_behind_the_last_kept_character() -> None:
    assert apply_edits("xyz", [Edit(0, 3, "\n")]).to_source(0, 1) == (0, 0)
    assert apply_edits("xyz", [Edit(1, 3, " ")]).to_source(1, 2) == (1, 1)


def test_a_replacement_stands_for_all_that_it_replaces() -> None:
    result = apply_edits("a&rdquo;b", [Edit(1, 8, "”")])
    assert result.text == "a”b"
    assert result.to_source(1, 2) == (1, 8)
    assert result.to_source(0, 2) == (0, 8)
    assert result.to_source(1, 3) == (1, 9)
    assert [result.from_source(position) for position in (0, 1, 4, 7, 8)] == [0, 1, 1, 1, 2]
    # Of a replacement of another length each part stands for the whole.
    longer = apply_edits("a…b", [Edit(1, 2, "...")])
    assert longer.to_source(2, 3) == (1, 2)
    assert longer.to_source(3, 5) == (1, 3)


def test_edits_of_edited_text_are_edits_of_the_source() -> None:
    source = "a&ldquo;b\nc d"
    inner = apply_edits(source, [Edit(1, 8, "“"), Edit(9, 10)])
    assert inner.text == "a“bc d"
    outer = apply_edits(inner.text, [Edit(0, 0, "#"), Edit(3, 4, "C"), Edit(4, 5)])
    both = compose(source, inner, outer)
    assert both.text == outer.text == "#a“bCd"
    assert both.edits == (
        Edit(0, 0, "#"),
        Edit(1, 8, "“"),
        Edit(9, 10),
        Edit(10, 11, "C"),
        Edit(11, 12),
    )
    assert both.to_source(2, 5) == (1, 11)


def test_edits_of_another_text_are_refused() -> None:
    with pytest.raises(ValueError, match="made from 2 characters, not from 1"):
        compose("ab", apply_edits("ab", [Edit(0, 1)]), apply_edits("ab", []))


def test_source_positions_map_forward_over_what_was_deleted() -> None:
    result = apply_edits("0123456789", deletions([(2, 5), (8, 10)]))
    assert result.text == "01567"
    assert [result.from_source(position) for position in range(11)] == [0, 1, 2, 2, 2, 2, 3, 4, 5, 5, 5]


def test_empty_text_maps_to_itself() -> None:
    assert apply_edits("", []).to_source(0, 0) == (0, 0)
    assert apply_edits("", []).from_source(0) == 0


@pytest.mark.parametrize("edits", [[Edit(0, 2), Edit(1, 3)], [Edit(2, 9)], [Edit(3, 2)]])
def test_overlapping_or_outlying_edits_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps another or lies outside"):
        apply_edits("abcd", edits)


def test_a_range_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="does not lie in a text of 3"):
        apply_edits("abc", []).to_source(1, 4)


@given(edited())
def test_kept_characters_equal_the_source_at_their_mapped_position(case: tuple[str, EditedText]) -> None:
    source, result = case
    replaced: dict[int, Edit] = {}
    shift = 0
    for edit in result.edits:
        at = edit.start + shift
        replaced |= dict.fromkeys(range(at, at + len(edit.text)), edit)
        shift += len(edit.text) - (edit.end - edit.start)
    for position, character in enumerate(result.text):
        start, end = result.to_source(position, position + 1)
        edit = replaced.get(position, Edit(start, start + 1))
        if position not in replaced:
            assert source[start:end] == character
            assert result.from_source(start) == position
        elif edit.text.strip():
            assert edit.start <= start <= end <= edit.end
            assert (start < end) == (edit.start < edit.end)
        else:
            assert start == end


@given(edited(), st.data())
def test_edits_compose_to_what_they_give_one_after_the_other(
    case: tuple[str, EditedText], data: st.DataObject
) -> None:
    source, inner = case
    cuts = sorted(data.draw(st.lists(st.integers(0, len(inner.text)), max_size=6)))
    edits = [
        Edit(start, end, data.draw(st.text(max_size=2)))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    outer = apply_edits(
        inner.text, [edit for i, edit in enumerate(edits) if edit.start > cuts[max(0, 2 * i - 1)] or not i]
    )
    both = compose(source, inner, outer)
    assert both.text == outer.text
    assert both.source_length == len(source)


def test_a_replacement_that_begins_inside_another_and_ends_behind_it_is_composed() -> None:
    longer = apply_edits("安全", [Edit(0, 1, "平安")])
    shorter = apply_edits("平安全", [Edit(1, 3, "和")])
    both = compose("安全", longer, shorter)
    assert both.text == "平和"
    assert both.source_length == 2


def test_a_replacement_that_grew_and_begins_like_what_it_replaced_is_composed() -> None:
    longer = apply_edits("0", [Edit(0, 1, "00")])
    assert compose("0", longer, apply_edits("00", [])).text == "00"


@given(edited(), st.data())
def test_a_longer_range_holds_what_its_parts_hold(case: tuple[str, EditedText], data: st.DataObject) -> None:
    _, result = case
    start = data.draw(st.integers(0, len(result.text)))
    end = data.draw(st.integers(start, len(result.text)))
    outer = result.to_source(start, end)
    kept = [span for span in (result.to_source(i, i + 1) for i in range(start, end)) if span[0] < span[1]]
    if kept:
        assert outer == (kept[0][0], kept[-1][1])
    else:
        assert outer[0] == outer[1]


@given(edited(), st.data())
def test_positions_never_go_backwards(case: tuple[str, EditedText], data: st.DataObject) -> None:
    source, result = case
    positions = [result.from_source(position) for position in range(len(source) + 1)]
    assert positions == sorted(positions)
    assert all(0 <= position <= len(result.text) for position in positions)
