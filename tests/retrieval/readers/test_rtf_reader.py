"""RTF as several programs write it: code pages, Unicode with fallbacks, numbers, tables, notes, changes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import DocumentError
from retrieval.documents.read import read_bytes
from retrieval.documents.types import ReadWarning
from retrieval.readers import rtf
from retrieval.readers.types import Reading

FONTS = (
    rb"{\fonttbl{\f0\froman\fcharset0\fprq2{\*\panose 02020603050405020304}Times New Roman;}"
    rb"{\f13\fnil\fcharset134 \'cb\'ce\'cc\'e5{\*\falt SimSun};}{\f2\fnil\fcharset2 Wingdings;}"
    rb"{\f5\fnil\fcharset136 PMingLiU;}}"
)


def bytes_of(text: str, encoding: str = "gb18030") -> bytes:
    """Characters as programs escape them: every high byte in hex, ASCII as it is."""
    return b"".join(b"\\'%02x" % byte if byte >= 0x80 else bytes((byte,)) for byte in text.encode(encoding))


def spelled(text: str, fallback: bytes = b"?") -> bytes:
    """Characters as \\u words, with what stands for them."""
    units = text.encode("utf-16-le")
    words = (int.from_bytes(units[i : i + 2], "little", signed=True) for i in range(0, len(units), 2))
    return b"".join(b"\\u%d%b" % (word, fallback) for word in words)


def document(body: bytes, head: bytes = b"") -> bytes:
    return b"{\\rtf1\\ansi\\ansicpg936\\uc1\\deff0" + FONTS + head + body + b"}"


def read(body: bytes, head: bytes = b"") -> Reading:
    return rtf.read(document(body, head))


def lines(body: bytes, head: bytes = b"") -> list[str]:
    return read(body, head).text.split("\n")


def test_words_bytes_go_by_the_font_in_force() -> None:
    body = (
        rb"\pard\plain {\loch\af0\hich\af0\dbch\f13 "
        + bytes_of("检查到位")
        + rb"}{\hich\af0\dbch\af13\loch\f0 24}"
        rb"{\f5 " + bytes_of("檢查", "cp950") + rb"}{\f0 a\'b7b \'93c\'94}\par"
    )
    assert lines(body) == ["检查到位24檢查a·b “c”"]


def test_chinese_left_under_a_western_font_is_read_by_the_code_page_of_the_file() -> None:
    assert lines(rb"\f0 " + bytes_of("值班") + rb"\par") == ["值班"]


def test_the_second_half_of_a_character_may_be_any_byte() -> None:
    # GBK: 乗 is 81 5C, whose second byte is a backslash; 亄 is 81 7B, a brace.
    text = "乗亄"
    assert text.encode("gb18030") == b"\x81\x5c\x81\x7b"
    assert lines(rb"\f13 \'81\\\'81\{\par") == [text]
    assert lines(b"\\f13 \\'81\\'5c\\'81\\'7b\\par") == [text]
    assert lines(rb"\f13 \'b0{\f13 \'b2}\par") == ["安"]


def test_raw_bytes_without_escapes_and_lines_of_the_file_are_read() -> None:
    assert lines(b"\\f13 " + "安全\r\n第一".encode("gb18030") + b"\\par\r\n") == ["安全第一"]


def test_unicode_words_replace_their_fallbacks() -> None:
    assert lines(spelled("安全", b"\\'b0\\'b2").replace(b"\\u", b"\\uc2\\u", 1) + rb"\par") == ["安全"]
    assert lines(rb"\uc0" + spelled("安全", b"") + rb"\par") == ["安全"]
    assert lines(rb"{\uc2 \u23433 \'b0\'b2}\u20840 ?\par") == ["安全"]
    assert lines(spelled("𠮷", b"\\'3f") + rb"\par") == ["𠮷"]
    assert lines(rb"\u23433 {?}\u20840 \'3f\par") == ["安?全"]


def test_numbers_that_word_wrote_stay_in_front_of_their_paragraphs() -> None:
    body = (
        rb"{\listtext\pard\plain\f13 "
        + bytes_of("一、")
        + rb"\tab}\pard\ls1\f13 "
        + bytes_of("查隐患")
        + rb"\par"
        rb"{\pntext\pard\plain 1.\tab}{\*\pn \pnlvlbody{\pntxta .}}" + bytes_of("查电") + rb"\par"
        rb"{\listtext\f2\'a8\tab}" + bytes_of("查火") + rb"\par"
    )
    assert lines(body) == ["一、查隐患", "1. 查电", "□ 查火"]


def test_deleted_and_hidden_words_are_dropped_and_inserted_ones_kept() -> None:
    body = rb"\f13 a{\deleted b\par}{\revised c}{\v d}\v e\v0 f\plain g\par"
    assert lines(body) == ["acfg"]


def test_of_fields_the_results_are_kept() -> None:
    body = (
        rb"{\field{\*\fldinst HYPERLINK a.cn/{\field{\*\fldinst PAGE}{\fldrslt 7}}}{\fldrslt link}} x\par"
        rb"{\field{\*\fldinst { TOC \\o }}{\fldrslt one\tab 1\par two\tab 2\par}}three\par"
    )
    reading = read(body)
    assert reading.text.split("\n") == ["link x", "one\t1", "two\t2", "three"]
    assert [reading.text[span.start : span.end] for span in reading.noise] == ["one\t1", "two\t2"]


def test_what_is_not_text_is_passed_over() -> None:
    body = (
        rb"{\header h\par}{\footerr f\par}{\*\unknown u{\b v}}{\pict\pngblip 89504e47}{\*\bkmkstart b}"
        rb"{\*\shppict{\pict 00}}{\nonshppict{\pict 00}}{\object\objemb{\*\objdata 00}{\result shown}}"
        b"{\\pict\\bin5 }}}}}}" + rb"\par{\upr{ansi}{\*\ud{" + spelled("安") + rb"}}}\par"
    )
    assert lines(body, rb"{\colortbl;\red0;}{\info{\title T}{\author A}}") == ["shown", "安"]


def test_tables_are_read_row_by_row() -> None:
    cells = rb"\pard\intbl a\cell b1\par b2\cell\row \trowd\pard\intbl {\b c\cell}d\cell \row"
    reading = read(rb"x\par \trowd" + cells + rb"\pard y\par")
    assert reading.text.split("\n") == ["x", "a\tb1 b2", "c\td", "y"]
    assert [unit.name for unit in reading.units] == ["第1段", "表1第1行", "表1第2行", "第2段"]
    nested = (
        rb"\pard\intbl a\cell \pard\intbl\itap2 n1\nestcell n2\nestcell{\*\nesttableprops\trowd\nestrow}"
        rb"{\nonesttables\par}\pard\intbl end\cell\row\pard z\par"
    )
    assert lines(nested) == ["a\tn1 n2 end", "z"]


def test_notes_stand_at_the_end_and_boxes_behind_their_paragraph() -> None:
    body = (
        rb"one{\footnote \chftn\pard\plain note\par}\par "
        rb"two{\shp{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt \pard box\par}}"
        rb"{\shprslt{\*\do{\dptxbxtext old\par}}}}\par "
        rb"three{\*\footnote\ftnalt end}\par"
    )
    reading = read(body)
    assert reading.text.split("\n") == ["one", "two", "box", "three", "note", "end"]
    assert [unit.name for unit in reading.units][2:] == ["文本框1", "第3段", "脚注1", "尾注1"]


def test_headings_by_style_outline_and_bold() -> None:
    head = (
        rb"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0{\*\keycode x}\b " + bytes_of("一级") + rb";}"
        rb"{\s2 heading 2,h2;}{\s3\f13 " + bytes_of("标题") + rb";}{\*\cs10 \additive Default;}{\s9 toc 1;}}"
    )
    body = (
        rb"\pard\s3 head\par\pard\s1 one\par\pard\s2 two\par\pard\outlinelevel2 three\par"
        rb"\pard\s9 toc\par\pard {\b run.}text text text text\par"
        rb"\pard\dbch\ab wide.\dbch\ab0 text text text\par"
    )
    reading = read(body, head)
    found = [(reading.text[one.span.start : one.span.end], one.level) for one in reading.headings]
    assert found == [("one", 1), ("two", 2), ("three", 3), ("run.", 0), ("wide.", 0)]
    assert reading.title == "head"
    assert [reading.text[span.start : span.end] for span in reading.noise] == ["toc"]


def test_the_title_of_the_information_serves_where_no_style_names_one() -> None:
    info = rb"{\info{\title {\upr{x}{\*\ud{" + spelled("防汛讲话") + rb"}}}}{\author y}}"
    assert read(rb"a\par", info).title == "防汛讲话"
    assert read(rb"a\par", rb"{\info{\title \f13 " + bytes_of("讲话") + rb"}}").title == "讲话"


def test_damage_is_told() -> None:
    whole = document(rb"\f13 " + bytes_of("安全生产") + rb"\par b\par")
    assert rtf.read(whole).warnings == ()
    cut = rtf.read(whole[: whole.index(b"\\par b")])
    assert (cut.text, cut.warnings) == ("安全生产", (ReadWarning.PARTLY_READ,))
    assert read(rb"\f13 \'b0\par").warnings == (ReadWarning.LOST_CHARACTERS,)
    assert rtf.read(whole + b"\0\0trailing").text == "安全生产\nb"


def test_bottomless_groups_are_refused_and_huge_numbers_do_no_harm() -> None:
    with pytest.raises(DocumentError) as caught:
        rtf.read(b"{\\rtf1" + b"{" * 3_000)
    assert caught.value.key == "documents.hostile"
    assert lines(rb"a\uc9999999999\u9999999999 b\bin-5 c\f99999\s-1\'zz\par") != []


def test_time_grows_with_the_size_only() -> None:
    part = rb"{\b\f13 \'b0\'b2\u20840 ?}\intbl\cell\row"
    seconds = []
    for times in (1_000, 10_000):
        started = time.process_time()
        rtf.read(document(part * times))
        seconds.append(time.process_time() - started)
    assert seconds[1] < 40 * seconds[0]  # 10 times the size; 100 times if anything were read twice


HEAD = ("在全区冬季防火工作会议上的讲话", "贺敬川", "（2022年11月20日）", "同志们：")
SECTIONS = (
    ("一、", "管住火源", "入冬以后，进山的路口一律设卡，来人登记，火种留下。"),
    ("二、", "备好队伍", "半专业队伍集中食宿，车头朝外，十分钟内能出发。"),
)


def by_word() -> bytes:
    """Runs with the fonts of three scripts, numbers in a group of their own, a header, a list table."""
    run = rb"{\rtlch\fcs1 \af0 \ltrch\fcs0 \loch\af0\hich\af0\dbch\f13 "
    body = rb"{\*\listtable{\list{\listlevel{\leveltext\'02\'00\'a1\'a2;}}}}"
    body += rb"{\header\pard " + bytes_of("内部资料") + rb"\par}"
    for text in HEAD:
        body += rb"\pard\plain \qj\fi640 " + run + bytes_of(text) + rb"}{\par }"
    for number, title, text in SECTIONS:
        body += rb"{\listtext\pard\plain\f13 " + bytes_of(number) + rb"\tab}\pard\ls1 "
        body += run + bytes_of(title) + rb"}{\par }\pard " + run + bytes_of(text) + rb"}{\par }"
    return document(body)


def by_mac() -> bytes:
    """One font, line ends escaped, nothing else."""
    texts = [*HEAD, *(line for number, title, text in SECTIONS for line in (number + title, text))]
    fonts = rb"{\fonttbl\f0\fnil\fcharset134 PingFangSC-Regular;\f1\fswiss\fcharset0 Helvetica;}"
    head = b"{\\rtf1\\ansi\\ansicpg936\\cocoartf2639\n\\cocoatextscaling0" + fonts
    return head + b"\n\\pard\\tx560\\f0\\fs24 \\cf0 " + b"\\\n".join(map(bytes_of, texts)) + b"}"


@pytest.mark.parametrize("data", [by_word(), by_mac()], ids=["word", "mac"])
def test_a_speech_in_rtf_is_read_as_a_text_file_is(data: bytes) -> None:
    found = read_bytes(data, "防火.rtf")
    assert found.reader == "rtf/2"
    assert found.warnings == ()
    known = found.metadata
    assert (known.title.text, known.speaker.text, known.date.text) == (HEAD[0], "贺敬川", "2022-11-20")
    assert [section.title for section in found.sections] == ["一、管住火源", "二、备好队伍"]
    assert found.units[5].name == "第6段"


WORDS = r"""
{ } \par \u-9999 \u55357 \'b0 \uc3 \bin9 \cell \row \intbl \footnote \* \field \fldinst TOC \fldrslt \shptxt
\stylesheet \fonttbl \f7 \fcharset128 \ansicpg950 text \listtext \nestrow \ud \upr \info \title \ \ftnalt
\deleted \ansicpg7 \do \dptxbxtext \s1 \outlinelevel1
"""


@given(
    st.lists(st.sampled_from([*(word.encode() for word in WORDS.split()), b" ", b"\xb0\xb2"]), max_size=60)
)
def test_any_order_of_words_gives_a_reading(parts: list[bytes]) -> None:
    data = b"{\\rtf1" + b"".join(parts)
    assert rtf.read(data) == rtf.read(data)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_reading(data: bytes) -> None:
    rtf.read(b"{\\rtf1" + data)
