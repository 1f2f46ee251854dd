"""Binary Word files: what LibreOffice writes, and what is made by hand after the specification."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import DocumentError
from retrieval.documents.read import read_bytes
from retrieval.documents.types import ReadWarning
from retrieval.readers import doc
from retrieval.readers.detect import detect
from retrieval.readers.types import Kind, Reading
from tests.retrieval.readers import legacy_office as office
from tests.retrieval.readers.word97 import (
    Par,
    Run,
    Style,
    Word,
    compound,
    list_tables,
    numbered,
    par,
    word6,
)

BOLD = struct.pack("<HB", 0x0835, 1)
DELETED = struct.pack("<HB", 0x0800, 1)
HIDDEN = struct.pack("<HB", 0x083C, 1)
IN_TABLE = struct.pack("<HB", 0x2416, 1)
ROW_END = IN_TABLE + struct.pack("<HB", 0x2417, 1)


def read(*paragraphs: Par, **options: object) -> Reading:
    return doc.read(Word(paragraphs, **options).data())  # type: ignore[arg-type]


def lines(*paragraphs: Par, **options: object) -> list[str]:
    return read(*paragraphs, **options).text.split("\n")


def test_a_file_of_wps_is_the_same_under_another_name() -> None:
    document = read_bytes((office.FORMATS / "libreoffice.doc").read_bytes(), "讲话.wps")
    assert (document.reader, document.warnings) == ("doc/2", ())


@pytest.mark.parametrize("scattered", [False, True])
def test_text_in_pieces_is_put_together_in_the_order_of_the_text(scattered: bool) -> None:
    # A fast save leaves pieces anywhere, some with one byte a character.
    found = lines(
        Par([Run("安全"), Run("No. 1 “a”", narrow=True), Run("生产𠮷\r")]), par("第二段"), scattered=scattered
    )
    assert found == ["安全No. 1 “a”生产𠮷", "第二段"]


def test_changes_of_whole_pieces_count() -> None:
    by_code = Par([Run("留"), Run("删", change=0x41 << 1 | 1 << 8), Run("下\r")])
    assert lines(by_code) == ["留下"]
    by_group = Par([Run("留"), Run("藏", change=1), Run("下\r")])
    assert lines(by_group, group_changes=[HIDDEN]) == ["留下"]


def test_numbers_are_counted() -> None:
    found = lines(
        par("查火", numbered(1, 0)),
        par("查电", numbered(1, 1)),
        par("查气", numbered(1, 1)),
        par("", numbered(1, 0)),
        par("不编号"),
        par("查水", numbered(1, 0)),
        par("另起", numbered(2, 0)),
        par("点", numbered(1, 2)),
        tables=list_tables([(37, "%1、"), (37, "（%2）"), (23, "\uf06c")], {0: 9}),
    )
    assert found == ["一、查火", "（一）查电", "（二）查气", "不编号", "三、查水", "九、另起", "● 点"]


def test_styles_give_headings_numbers_and_bold() -> None:
    styles = [
        Style(0, "Normal"),
        Style(1, "标题 1", paragraph=numbered(1, 0)),
        Style(0xFFE, "own", based_on=1),
        Style(0x3E, "Title"),
        Style(0x13, "toc 1"),
        Style(0xFFE, "strong", character=BOLD, based_on=0),
    ]
    outlined = struct.pack("<HB", 0x2640, 1)
    runs = [Run("要点。"), Run("平常的字" * 3 + "\r", struct.pack("<HB", 0x0835, 0x81))]
    reading = read(
        par("题", style=3), par("甲", style=1), par("乙", style=2), par("目", style=4), par("丙", outlined),
        Par(runs, style=5), styles=styles, tables=list_tables([(37, "%1、")]),
    )  # fmt: skip
    assert reading.text.split("\n") == [
        "题",
        "一、甲",
        "二、乙",
        "目",
        "丙",
        "要点。平常的字平常的字平常的字",
    ]
    found = [(reading.text[one.span.start : one.span.end], one.level) for one in reading.headings]
    assert found == [("一、甲", 1), ("二、乙", 1), ("丙", 2), ("要点。", 0)]
    assert reading.title == "题"
    assert [reading.text[span.start : span.end] for span in reading.noise] == ["目"]


def test_what_is_deleted_or_hidden_is_dropped() -> None:
    found = lines(
        Par([Run("留"), Run("删", DELETED), Run("藏", HIDDEN), Run("下\r")]),
        Par([Run("连"), Run("\r", DELETED)]),
        par("着"),
    )
    assert found == ["留下", "连着"]


def test_of_fields_the_results_are_kept() -> None:
    link = '见\x13 HYPERLINK "x\x13 PAGE \x149\x15" \x14办法\x15。'
    reading = read(par(link), par("\x13 TOC \\o \x14一\t1"), par("二\t2\x15"), par("页\x13 PAGE \x15。"))
    assert reading.text.split("\n") == ["见办法。", "一\t1", "二\t2", "页。"]
    assert [reading.text[span.start : span.end] for span in reading.noise] == ["一\t1", "二\t2"]


def test_signs_are_shown() -> None:
    symbol = struct.pack("<HHH", 0x6A09, 1, 0xF0FE)
    runs = [Run("甲\x0b乙\x1e丙\x1f丁\t\x01"), Run("(", symbol), Run("(戊)\r")]
    assert lines(Par(runs)) == ["甲", "乙-丙丁\t☑(戊)"]


def test_rows_are_lines_and_tables_in_cells_part_of_them() -> None:
    inner = IN_TABLE + struct.pack("<HI", 0x6649, 2)
    cell, row = struct.pack("<HB", 0x244B, 1), struct.pack("<HB", 0x244C, 1)
    reading = read(
        par("前"),
        Par([Run("a\r")], IN_TABLE), Par([Run("b\x07")], IN_TABLE), Par([Run("c\x07")], IN_TABLE),
        Par([Run("\x07")], ROW_END),
        Par([Run("n\r")], inner + cell), Par([Run("m\r")], inner + cell), Par([Run("\r")], inner + row),
        Par([Run("d\x07")], IN_TABLE), Par([Run("e\x07")], IN_TABLE), Par([Run("\x07")], ROW_END),
        par("后"),
    )  # fmt: skip
    assert reading.text.split("\n") == ["前", "a b\tc", "n m d\te", "后"]
    assert [unit.name for unit in reading.units] == ["第1段", "表1第1行", "表1第2行", "第2段"]


def test_sections_end_paragraphs_and_pages_do_not() -> None:
    section = struct.pack("<III", 0, 4, 9) + bytes(24)
    assert lines(Par([Run("甲\x0c乙\x0c")]), par("丙"), tables={6: section}) == ["甲乙", "丙"]


def test_headers_are_left_out_and_notes_follow() -> None:
    notes = {2: struct.pack("<II", 2, 9) + bytes(2), 3: struct.pack("<III", 0, 4, 5)}
    reading = read(
        par("正文\x02。"), par("\x02注文"), par(""), par("页眉"), lengths=[5, 5, 3], tables=notes
    )  # fmt: skip
    assert reading.text.split("\n") == ["正文。", "注文"]
    assert reading.units[1].name == "脚注1"


def test_word_6_is_read_by_the_code_page_of_its_language() -> None:
    text = "全区防火会议讲话\r同志们：\r"
    assert doc.read(word6(text.encode("gb18030"))).text == "全区防火会议讲话\n同志们："
    assert doc.read(word6(text.encode("gb18030"), language=0x0409)).text == "全区防火会议讲话\n同志们："
    assert doc.read(word6("防火會議\r".encode("cp950"), language=0x0404)).text == "防火會議"
    assert doc.read(word6(text.encode("utf-16-le"), flags=0x1000)).text == "全区防火会议讲话\n同志们："
    assert doc.read(word6(b"a\xff\xff\r")).warnings == (ReadWarning.LOST_CHARACTERS,)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (Word([par("密")], flags=0x0300).data(), "documents.encrypted"),
        (word6(b"x\r", flags=0x0100), "documents.encrypted"),
        (Word([par("旧")], version=0x2D).data(), "documents.unsupported"),
        (compound({"Workbook": b"x"}), "documents.unsupported"),
        (compound({"WordDocument": b"x"}), "documents.damaged"),
        (compound({"Elsewhere": b"x"}), "documents.damaged"),
        (Word([par("断")]).data()[:700], "documents.damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "documents.damaged"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_told(data: bytes, key: str) -> None:
    with pytest.raises(DocumentError) as caught:
        doc.read(data)
    assert caught.value.key == key


def test_older_kinds_are_told_by_name() -> None:
    assert detect(b"\xdb\xa5-\x00" + bytes(40), "旧.doc") is Kind.WORD2
    assert detect(compound({"MatOST": b"x", "CONTENTS": b"x"}), "甲.wps") is Kind.WORKS
    with pytest.raises(DocumentError) as caught:
        read_bytes(compound({"MatOST": b"x"}), "甲.wps")
    assert caught.value.key == "documents.unsupported"


def test_pieces_that_repeat_the_file_are_refused() -> None:
    data = Word([par("安全" * 2_000)]).data()
    once = struct.pack("<II", 0, 4_001)
    at = data.index(once)
    bomb = bytearray(data)
    bomb[at - 5 : at] = struct.pack("<BI", 2, 4 + 12 * 60)
    bomb[at : at + 4 * 61] = struct.pack("<61I", *range(0, 61 * 4_001, 4_001))
    for number in range(60):
        place = at + 4 * 61 + 8 * number
        bomb[place : place + 8] = struct.pack("<HIH", 0, 0x800, 0)
    pair = data.index(struct.pack("<I", 4 + 12 + 5))
    bomb[pair : pair + 4] = struct.pack("<I", 5 + 4 + 12 * 60)
    with pytest.raises(DocumentError) as caught:
        doc.read(bytes(bomb))
    assert caught.value.key == "documents.damaged"


RICH = (office.FORMATS / "libreoffice.doc").read_bytes()


@given(st.lists(st.tuples(st.integers(0, len(RICH) - 5), st.binary(min_size=1, max_size=4)), max_size=12))
def test_damage_anywhere_gives_a_reading_or_an_error_of_documents(changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(RICH)
    for at, content in changes:
        data[at : at + len(content)] = content
    try:
        first = doc.read(bytes(data))
    except DocumentError:
        return
    assert doc.read(bytes(data)) == first


@given(st.integers(0, len(RICH)))
def test_cut_off_anywhere_gives_a_reading_or_an_error_of_documents(length: int) -> None:
    with contextlib.suppress(DocumentError):
        doc.read(RICH[:length])
