from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import DocumentError
from retrieval.documents.attribution import find_quotations, find_turns
from retrieval.documents.edits import Edit, apply_edits
from retrieval.documents.read import read_bytes, read_document
from retrieval.documents.structure import build_sections
from retrieval.documents.types import (
    Document,
    Genre,
    Known,
    Metadata,
    Provenance,
    Section,
    Span,
    Zone,
    ZoneKind,
)
from retrieval.headers import LONGEST_HEADER, passage_header
from retrieval.passages import LONGEST, TARGET, cut_passages, indexed_text
from retrieval.types import Passage

SHARED = Path(__file__).resolve().parents[2] / "../shared/eval"
TITLE = "在全县安全生产会上的讲话"
S40 = "各镇各部门要对照清单逐项检查，发现的问题当天上报、限期整改，整改结果向群众公开。"
"""A sentence of 40 characters."""


def characters(texts: Sequence[str], limit: int) -> list[bool]:
    return [len(text) > limit for text in texts]


def document_of(body: str, genre: Genre = Genre.SPEECH, speaker: str = "") -> Document:
    """A document under TITLE whose lines 【广告】… and #p#…#e# are noise, as reading would give it."""
    raw = f"{TITLE}\n{body}"
    start = len(TITLE) + 1
    noise = [
        found.span() for found in re.compile(r"【广告】[^\n]*\n?|\n?#p#[^\n]*#e#\n?").finditer(raw, start)
    ]
    bold = [found.span() for found in re.finditer(r"(?<=[\n。])\*\*[^*\n]+\*\*", raw)]
    marks = [mark for a, b in bold for mark in ((a, a + 2), (b - 2, b))]
    marks = [(a, b) for a, b in marks if not any(c < b and a < d for c, d in noise)]
    clean = apply_edits(raw, [Edit(a, b) for a, b in [(0, start), *noise, *marks]])
    zones = [Zone(ZoneKind.TITLE, Span(0, start)), *(Zone(ZoneKind.NOISE, Span(a, b)) for a, b in noise)]
    metadata = Metadata(
        title=Known(TITLE, Provenance.EXPLICIT), genre=genre, speaker=Known(speaker, Provenance.EXPLICIT)
    )
    return Document(
        id="0123456789abcdef",
        path="speech.txt",
        sha256="0123456789abcdef" * 4,
        encoding="utf-8",
        raw=raw,
        clean=clean,
        metadata=metadata,
        zones=tuple(zones),
        sections=build_sections(clean),
        turns=find_turns(clean, metadata),
        quotations=find_quotations(clean, metadata),
    )


def cut(body: str, max_tokens: int = 10_000) -> tuple[Passage, ...]:
    return cut_passages(document_of(body), characters, max_tokens)


def squeeze(text: str) -> str:
    return "".join(text.split())


def raw_of(document: Document, passage: Passage) -> str:
    return "".join(document.raw[span.start : span.end] for span in passage.spans)


def test_document_without_body_has_no_passages() -> None:
    assert cut("") == cut(" \n\n") == ()


def test_one_passage_a_leaf_section() -> None:
    passages = cut(f"开头的话。\n一、查隐患\n{S40 * 6}\n二、改隐患\n{S40 * 7}")
    assert [(p.section_path, p.text) for p in passages] == [
        ((), "开头的话。"),
        (("一、查隐患",), f"一、查隐患\n{S40 * 6}"),
        (("二、改隐患",), f"二、改隐患\n{S40 * 7}"),
    ]
    assert [p.ordinal for p in passages] == [0, 1, 2]


def test_heading_travels_with_the_text_below() -> None:
    passages = cut(f"一、查隐患\n（一）查电\n{S40 * 6}\n（二）查气\n{S40 * 6}\n二、改隐患\n{S40 * 6}")
    assert [p.text.split(S40)[0] for p in passages] == [
        "一、查隐患\n（一）查电\n",
        "（二）查气\n",
        "二、改隐患\n",
    ]
    assert passages[0].section_path == ("一、查隐患", "（一）查电")


def test_heading_without_body_joins_the_passage_before() -> None:
    passages = cut(f"一、查隐患\n{S40 * 6}\n二、改隐患")
    assert [p.text for p in passages] == [f"一、查隐患\n{S40 * 6}\n二、改隐患"]
    assert [p.text for p in cut("一、查隐患\n二、改隐患")] == ["一、查隐患\n二、改隐患"]


def test_long_section_is_split_evenly_at_sentence_ends() -> None:
    passages = cut(f"一、查隐患\n{S40 * 24}")
    assert [p.text.count(S40) for p in passages] == [8, 8, 8]
    assert {p.section_path for p in passages} == {("一、查隐患",)}
    assert all(200 <= len(p.text) <= TARGET for p in passages)


def test_up_to_the_limit_nothing_is_split() -> None:
    assert len(cut(S40 * 12)) == 1  # 480 characters
    assert len(cut(S40 * 13)) == 2


def test_paragraphs_are_the_better_places_to_split() -> None:
    passages = cut(f"{S40 * 7}\n{S40 * 6}")
    assert [p.text for p in passages] == [S40 * 7, S40 * 6]


def test_full_stops_are_the_better_places_to_split() -> None:
    clause = S40[:-1] + "；"
    passages = cut(f"{clause * 5}{S40}{clause * 6}{S40}")
    assert [p.text[-1] for p in passages] == ["。", "。"]


def test_short_siblings_are_merged_under_their_parent() -> None:
    passages = cut(
        f"一、查隐患\n（一）查电。{S40}\n（二）查气。{S40}\n（三）查火。{S40}\n二、改隐患\n{S40 * 6}"
    )
    assert [p.section_path for p in passages] == [("一、查隐患",), ("二、改隐患",)]
    assert passages[0].text.count(S40) == 3


def test_short_lead_joins_the_first_of_its_sections() -> None:
    passages = cut(f"一、查隐患\n{S40}\n（一）查电。{S40 * 4}\n（二）查气。{S40 * 6}\n二、改隐患\n{S40 * 6}")
    assert [p.section_path for p in passages] == [
        ("一、查隐患",),
        ("一、查隐患", "（二）查气"),
        ("二、改隐患",),
    ]


def test_sections_long_enough_are_not_merged() -> None:
    passages = cut(f"一、查隐患\n（一）查电。{S40 * 3}\n（二）查气。{S40 * 3}\n二、改隐患\n{S40 * 6}")
    assert [p.section_path[-1] for p in passages] == ["（一）查电", "（二）查气", "二、改隐患"]


def test_text_outside_sections_is_not_merged_into_them() -> None:
    passages = cut(f"开头的话。\n一、查隐患\n{S40}\n二、改隐患\n{S40}\n同志们，就讲到这里，谢谢大家！")
    assert [p.text[:5] for p in passages] == ["开头的话。", "一、查隐患", "同志们，就"]
    assert [p.section_path for p in passages] == [(), (), ()]


def test_list_items_that_are_all_heading_are_text() -> None:
    passages = cut(f"一、查隐患\n{S40 * 5}\n一要查电。二要查气。三要查火。\n二、改隐患\n{S40 * 6}")
    assert squeeze("".join(p.text for p in passages)).count("一要查电。二要查气。三要查火。") == 1
    assert all(p.section_path[0] == ("二、改隐患" if "二、改" in p.text else "一、查隐患") for p in passages)


def test_encoder_limit_holds_with_the_header() -> None:
    for passage in cut(f"一、查隐患\n{S40 * 20}", max_tokens=150):
        assert len(indexed_text(passage.header, passage.text)) <= 150
        assert passage.text.endswith("。") or passage.text.endswith("患")


def test_sentence_beyond_the_limit_is_cut_at_a_clause() -> None:
    sentence = "要" + "，".join(["把隐患查清楚查到底"] * 20) + "。"
    passages = cut(sentence, max_tokens=90)
    assert "".join(p.text for p in passages) == sentence
    assert all(p.text[-1] in "，。" for p in passages)
    assert len(cut("查" * 500, max_tokens=90)) > 5


def test_tiny_limit_still_ends() -> None:
    passages = cut(f"一、查隐患\n{S40}", max_tokens=3)
    assert squeeze("".join(p.text for p in passages)) == squeeze(f"一、查隐患{S40}")


def test_noise_divides_no_passage_and_is_left_out_of_its_spans() -> None:
    advert = "【广告】开通会员，万篇讲稿随意下载，扫码加微信送资料！"
    document = document_of(f"一、查隐患\n{S40 * 5}\n{advert}\n{S40 * 5}\n二、改隐患\n{S40 * 6}")
    passages = cut_passages(document, characters, 10_000)
    assert [p.text.count(S40) for p in passages] == [10, 6]
    assert [len(p.spans) for p in passages] == [2, 1]
    assert all("广告" not in raw_of(document, p) for p in passages)
    torn = document_of(
        f"一、查隐患\n{S40 * 2}各镇各部门要对照\n#p#分页标题#e#\n清单检查。{S40 * 3}\n二、改隐患\n{S40 * 6}"
    )
    first = cut_passages(torn, characters, 10_000)[0]
    assert "各镇各部门要对照清单检查。" in [sentence.text for sentence in first.sentences]
    assert len(first.spans) == 2
    assert "分页" not in raw_of(torn, first)


def test_speakers_do_not_share_a_passage() -> None:
    body = f"县委书记柳晓棠强调，{S40}\n县长佟远指出，{S40}\n会前，大家观看了警示教育短片。"
    passages = cut_passages(document_of(body, Genre.NEWS), characters)
    assert [(p.speaker, squeeze(p.text)[:7]) for p in passages if p.speaker] == [
        ("柳晓棠", "县委书记柳晓棠"),
        ("佟远", "县长佟远指出，"),
    ]
    assert [p.header.split("｜")[-1] for p in passages if p.speaker] == ["柳晓棠，县委书记", "佟远，县长"]


def test_quoted_speakers_are_those_quoted_in_the_passage() -> None:
    quote = "习近平总书记强调：“要把风险化解在萌芽之时。”"
    passages = cut(f"一、查隐患\n{quote}{S40 * 5}\n二、改隐患\n{S40 * 6}")
    assert [p.quoted_speaker for p in passages] == ["习近平", ""]


def test_ids_are_stable_and_distinct() -> None:
    body = f"一、查隐患\n{S40 * 24}\n二、改隐患\n{S40 * 6}"
    assert [p.id for p in cut(body)] == [p.id for p in cut(body)]
    assert len({p.id for p in cut(body)}) == len(cut(body))
    assert all(len(p.id) == 16 and int(p.id, 16) >= 0 for p in cut(body))


@pytest.mark.parametrize(
    ("title", "speaker", "role", "path", "expected"),
    [
        ("讲话", "柳晓棠", "县长", ("一、甲", "（一）乙"), "讲话｜柳晓棠，县长｜一、甲 > （一）乙"),
        ("", "柳晓棠", "", (), "柳晓棠"),
        ("", "", "", (), ""),
        ("讲话", "", "区委书记", (), "讲话｜区委书记"),
        ("题" * 20, "人", "", ("外" * 60, "叶" * 30), "题" * 20 + "｜人｜" + "外" * 11 + "… > " + "叶" * 30),
    ],
)
def test_header(title: str, speaker: str, role: str, path: tuple[str, ...], expected: str) -> None:
    assert passage_header(title, speaker, role, path) == expected


@given(
    st.text(max_size=150),
    st.text(max_size=9),
    st.text(max_size=80),
    st.lists(st.text(max_size=70), max_size=6),
)
def test_header_is_never_too_long(title: str, speaker: str, role: str, path: list[str]) -> None:
    assert len(passage_header(title, speaker, role, path)) <= LONGEST_HEADER


LINES = st.sampled_from(
    [
        "一、查隐患",
        "二、改隐患",
        "三、严问责",
        "（一）查电",
        "（二）查气",
        "1.查电。",
        "2.查气。",
        "一要快。",
        "二要实。",
        "**重点一**要紧盯，",
        "**二要抓好落实。**",
        "加强领导。",
        "压实责任。",
        "最后，再强调一下假期安全：",
        "同志们，",
        "习近平总书记强调：“守住底线。”",
        "#p#分页标题#e#",
        "【广告】扫码下载",
        "县长佟远指出，",
        "第一，要快。",
        "第二，要实。",
        S40,
        S40 * 3,
        S40[:-1] + "；",
        "查" * 130,
        "*" * 4,
        "没有句号的半句话",
        "“没有另一半",
        "\u3000\u3000",
        "3.5%",
    ]
)
ENDS = st.sampled_from(["", "\n", "\n\n", "\r\n"])
BODIES = st.lists(st.tuples(LINES, ENDS).map("".join), max_size=40).map("".join)


@given(BODIES, st.integers(20, 600))
@settings(max_examples=150)
def test_every_body_character_is_in_exactly_one_passage(body: str, max_tokens: int) -> None:
    document = document_of(body)
    check_passages(document, cut_passages(document, characters, max_tokens), max_tokens)


@given(st.text(max_size=300))
def test_any_text_at_all_can_be_cut(body: str) -> None:
    check_passages(document_of(body), cut_passages(document_of(body), characters), 512)


@given(BODIES)
@settings(max_examples=50)
def test_what_reading_gives_can_be_cut(body: str) -> None:
    try:
        document = read_bytes(f"{TITLE}\n同志们：\n{body}".encode(), "speech.txt")
    except DocumentError:
        return  # nothing but noise
    check_passages(document, cut_passages(document, characters), 512)


def check_passages(document: Document, passages: Sequence[Passage], max_tokens: int) -> None:
    """What holds for every document: coverage, exact spans, sizes, headings, ids."""
    assert squeeze("".join(p.text for p in passages)) == squeeze(document.clean.text)
    spans = [span for p in passages for span in p.spans]
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    for p in passages:
        assert squeeze(p.text) == squeeze("".join(s.text for s in p.sentences))
        assert is_subsequence(squeeze(p.text), raw_of(document, p))
        assert all(
            is_subsequence(squeeze(s.text), document.raw[s.span.start : s.span.end]) for s in p.sentences
        )
        assert len(indexed_text(p.header, p.text)) <= max_tokens or len(p.text) == 1
        assert len(p.header) <= LONGEST_HEADER
    assert len({p.id for p in passages}) == len(passages)
    noise = [zone.span for zone in document.zones if zone.kind is not ZoneKind.BODY]
    assert not any(a.start < b.end and b.start < a.end for a in noise for b in spans)


def is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(char in rest for char in short)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the evaluation files are not beside the checkout")
@pytest.mark.parametrize("folder", ["seeds", "archive"])
def test_real_files(folder: str) -> None:
    for path in sorted((SHARED / folder).iterdir()):
        document = read_document(path, path.parent)
        passages = cut_passages(document, characters, 600)
        check_passages(document, passages, 600)
        assert max(len(p.text) for p in passages) <= LONGEST
        assert not orphan_headings(document, passages)
        assert sum(len(p.text) >= 120 for p in passages) >= 0.6 * len(passages)


@pytest.mark.parametrize(
    ("span", "shared"),
    [(Span(4, 10), 3), (Span(0, 20), 7), (Span(6, 9), 0), (Span(12, 15), 0), (Span(9, 10), 1)],
)
def test_a_passage_has_of_a_span_what_its_own_spans_have(span: Span, shared: int) -> None:
    passage = Passage("p", "d", 0, (), "", "", (Span(2, 6), Span(9, 12)), "", "", ())
    assert passage.shared(span) == shared


def orphan_headings(document: Document, passages: Sequence[Passage]) -> list[str]:
    """Headings that end a passage although text stands under them."""

    def leaves(sections: Sequence[Section]) -> list[Section]:
        return [one for section in sections for one in (section, *leaves(section.children))]

    ends = {p.spans[-1].end for p in passages}
    return [
        one.title
        for one in leaves(document.sections)
        if one.heading.end in ends and one.heading.end < one.span.end
    ]
