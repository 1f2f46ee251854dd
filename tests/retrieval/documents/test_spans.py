"""What spans share, and sections in the order of the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.read import read_bytes
from retrieval.documents.types import Span


@pytest.mark.parametrize(
    ("one", "other", "overlaps", "holds", "shared"),
    [
        (Span(2, 6), Span(4, 9), True, False, 2),
        (Span(2, 6), Span(2, 6), True, True, 4),
        (Span(2, 6), Span(3, 5), True, True, 2),
        (Span(3, 5), Span(2, 6), True, False, 2),
        (Span(2, 6), Span(6, 9), False, False, 0),
        (Span(2, 6), Span(4, 4), True, True, 0),
        (Span(2, 6), Span(6, 6), False, True, 0),
    ],
)
def test_spans_share_what_lies_in_both(
    one: Span, other: Span, *, overlaps: bool, holds: bool, shared: int
) -> None:
    assert one.overlaps(other) is overlaps
    assert other.overlaps(one) is overlaps
    assert one.holds(other) is holds
    assert one.shared(other) == shared


SPANS = st.tuples(st.integers(0, 30), st.integers(0, 9)).map(lambda pair: Span(pair[0], sum(pair)))


@given(SPANS, SPANS)
def test_shared_characters_are_those_of_both_ranges(one: Span, other: Span) -> None:
    both = set(range(one.start, one.end)) & set(range(other.start, other.end))
    assert one.shared(other) == len(both)
    assert not both or one.overlaps(other)


def test_all_sections_come_in_the_order_of_the_text() -> None:
    text = (
        "在全县安全生产工作会议上的讲话\n\n同志们：\n一、抓责任\n（一）领导责任\n领导要带头。\n（二）岗位责任\n"
        "岗位要落实。\n二、抓检查\n检查要见底。\n"
    )
    sections = list(read_bytes(text.encode(), "讲话.txt").all_sections())
    assert [section.marker for section in sections] == ["一、", "（一）", "（二）", "二、"]
