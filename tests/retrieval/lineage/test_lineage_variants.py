from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.types import Span
from retrieval.lineage.occurrences import moment_of
from retrieval.lineage.types import Moment, Occurrence, Words
from retrieval.lineage.variants import changes, group_variants, marked
from retrieval.types import DocumentInfo

TEXTS = st.text("安全生产责任，、“”ＡB 須须", max_size=14)


def occurrence(wording: str, folded: str, date: str | None = None, path: str = "a.txt") -> Occurrence:
    info = DocumentInfo(path, path, "0" * 64, "标题", None, None, date, None, None, None, None)
    span = Span(0, len(wording))
    words = Words(wording, span)
    return Occurrence(
        info, moment_of(date), (), "", "", "p", span, wording, wording, folded, 1.0, words, 0, None, False
    )


def test_differences_are_marked_like_a_word_diff() -> None:
    assert marked(changes("三管三必须", "三管三必需")) == "三管三必[-须-]{+需+}"
    assert marked(changes("压实安全责任", "压实安全生产责任")) == "压实安全{+生产+}责任"
    assert marked(changes("人民至上、生命至上", "生命至上")) == "[-人民至上、-]生命至上"
    assert marked(changes("三管三必须", "三管、三必須")) == "三管、三必須"
    assert marked(changes("", "")) == ""


@given(TEXTS, TEXTS)
def test_changes_hold_both_wordings(old: str, new: str) -> None:
    told = changes(old, new)
    # A wording without a letter has no pieces to tell.
    assert "".join(one.old for one in told) in (old, "")
    assert "".join(one.new for one in told) in (new, "")


def test_one_variant_a_folded_wording_named_by_its_most_frequent_spelling() -> None:
    found = [
        occurrence("三管、三必须", "三管三必须"),
        occurrence("三管三必须", "三管三必须"),
        occurrence("三管三必须", "三管三必须"),
    ]
    (group,) = group_variants(found, "三管三必须")
    (variant,) = group.variants
    assert (variant.wording, len(variant.occurrences), group.count) == ("三管三必须", 3, 3)
    assert marked(variant.changes) == "三管三必须"


def test_near_variants_stand_under_the_most_frequent_and_far_ones_by_themselves() -> None:
    found = [
        occurrence("压实安全责任", "压实安全责任"),
        occurrence("压实安全生产责任", "压实安全生产责任"),
        occurrence("压实安全生产责任", "压实安全生产责任"),
        occurrence("实安全的责任", "实安全的责任"),
    ]
    groups = group_variants(found, "压实安全责任")
    # 压实安全责任: two of eight away from 压实安全生产责任, so near; 实安全的责任: three of eight, so not.
    assert [[one.wording for one in group.variants] for group in groups] == [
        ["压实安全生产责任", "压实安全责任"],
        ["实安全的责任"],
    ]
    assert marked(groups[0].variants[0].changes) == "压实安全{+生产+}责任"
    assert marked(groups[1].variants[0].changes) == "[-压-]实安全{+的+}责任"


def test_moments_of_dates_and_periods() -> None:
    assert moment_of("2021-03-04") == Moment(2021, 3, 4)
    assert moment_of("2021-03") == Moment(2021, 3)
    assert moment_of("2025年下半年") == Moment(2025)
    assert [moment_of(one) for one in (None, "", "春节前", "20210304")] == [None] * 4
    assert [str(one) for one in (Moment(2021, 3, 4), Moment(2021, 3), Moment(2021))] == [
        "2021-03-04",
        "2021-03",
        "2021",
    ]


def test_what_says_less_is_neither_first_nor_latest_of_its_time() -> None:
    moments = [Moment(2021), Moment(2021, 3), Moment(2021, 3, 4), Moment(2021, 12, 31)]
    assert min(moments, key=lambda one: one.first_key) == Moment(2021, 3, 4)
    assert max(moments, key=lambda one: one.last_key) == Moment(2021, 12, 31)
    assert max(moments[:3], key=lambda one: one.last_key) == Moment(2021, 3, 4)
