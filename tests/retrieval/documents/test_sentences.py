from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.sentences import enclosed_ranges, split_sentences

MARKS = '。！？!?…；;，,、：:.“”‘’"「」（）()《》\n \u3000一安全1AZ'


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\u3000\n", []),
        ("没有句号的一行", ["没有句号的一行"]),
        ("先查。再改！改了吗？改了!", ["先查。", "再改！", "改了吗？", "改了!"]),
        ("先查。\n再改", ["先查。", "再改"]),
        ("等等……还有呢。", ["等等……", "还有呢。"]),
        ("真的？！真的。", ["真的？！", "真的。"]),
        # Closing marks stay with the sentence that they close.
        ("他说：“先查。再改。”大家照办。", ["他说：“先查。再改。”", "大家照办。"]),
        ("（见附件。）照办。", ["（见附件。）", "照办。"]),
        ('他说:"先查。"大家照办。', ['他说:"先查。"', "大家照办。"]),
        # A quotation in the middle of a sentence does not end it.
        ("“怎么办？”的问题要回答。好。", ["“怎么办？”的问题要回答。", "好。"]),
        ("喊出“安全第一！”，才算开始。", ["喊出“安全第一！”，才算开始。"]),
        # Decimal points, list numbers and English.
        ("涨了3.5个点。跌了2.1。", ["涨了3.5个点。", "跌了2.1。"]),
        ("1. 先查隐患。2.再改。", ["1. 先查隐患。", "2.再改。"]),
        ("Check first. Then fix. 好。", ["Check first.", "Then fix.", "好。"]),
        # Half-width stops in a Chinese text.
        ("(一)严管高处.临边要有栏杆.涨了3.5个点.", ["(一)严管高处.", "临边要有栏杆.", "涨了3.5个点."]),
        ("见 v1.2.txt 文件。", ["见 v1.2.txt 文件。"]),
    ],
)
def test_splits_where_a_reader_would(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_semicolons_split_long_sentences_only() -> None:
    short = "一查电；二查气；三查火。"
    assert sentences(short) == [short]
    clause = "甲" * 40
    assert sentences(f"{clause}；{clause}；{clause}。") == [f"{clause}；", f"{clause}；", f"{clause}。"]
    # A tail of a few characters is no sentence of its own.
    assert sentences(f"{clause}；{clause}；再查。") == [f"{clause}；", f"{clause}；再查。"]


def test_semicolons_inside_quotes_do_not_split() -> None:
    clause = "甲" * 40
    assert sentences(f"记住“{clause}；{clause}”这一条。") == [f"记住“{clause}；{clause}”这一条。"]


def test_very_long_quotation_is_split_inside() -> None:
    inner = ("乙" * 60 + "。") * 4
    assert sentences(f"他说：“{inner}”好。") == [
        "他说：“" + "乙" * 60 + "。",
        "乙" * 60 + "。",
        "乙" * 60 + "。",
        "乙" * 60 + "。”",
        "好。",
    ]


@pytest.mark.parametrize("mark", ["“", "（", '"', "「", "”", "）"])
def test_mark_without_partner_swallows_nothing(mark: str) -> None:
    assert sentences(f"开头{mark}没有结尾。第二句。\n第三句。") == [
        f"开头{mark}没有结尾。",
        "第二句。",
        "第三句。",
    ]


def test_enclosed_ranges_are_outermost_and_sorted() -> None:
    assert enclosed_ranges("甲（乙“丙”丁）戊“己”") == [(1, 8), (9, 12)]
    assert enclosed_ranges('甲"乙"丙"') == [(1, 4)]
    assert enclosed_ranges("甲（乙“丙）丁") == [(1, 6)]


@given(st.text(st.sampled_from(MARKS), max_size=400))
def test_every_character_is_in_exactly_one_sentence(text: str) -> None:
    spans = split_sentences(text)
    assert all(start < end for start, end in spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(
        text[start:end] == text[start:end].strip() and "\n" not in text[start:end] for start, end in spans
    )


def test_what_is_open_is_looked_through_once() -> None:
    # Looking through 200,000 openers for each of 200,000 marks without a partner would not end.
    line = "（" * 200_000 + "》" * 200_000 + "“甲”"
    assert enclosed_ranges(line) == [(400_000, 400_003)]


def test_a_row_of_stops_is_read_once() -> None:
    line = "甲" + "." * 200_000 + "乙"
    assert split_sentences(line) == [(0, 200_002)]
