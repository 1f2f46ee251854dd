"""OpenDocument texts written by hand; what LibreOffice writes is in test_older_formats."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import DocumentError
from retrieval.readers import odt
from retrieval.readers.types import Reading
from tests.retrieval.readers.office import package

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (
        ("office", "office"), ("text", "text"), ("style", "style"), ("table", "table"), ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"),
    )
)  # fmt: skip
LISTS = """
<text:list-style style:name="L">
<text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/>
<text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix="."
 text:display-levels="2"/>
<text:list-level-style-bullet text:level="3"/></text:list-style>
<text:outline-style>
<text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/>
</text:outline-style>"""
STYLES = """
<style:style style:family="paragraph" style:name="Heading_20_2"/>
<style:style style:family="paragraph" style:name="P1" style:parent-style-name="Title"/>
<style:style style:family="paragraph" style:name="Title"/>
<style:style style:family="text" style:name="B"><style:text-properties style:font-weight-asian="bold"/>
</style:style>
<style:style style:family="text" style:name="H"><style:text-properties text:display="none"/></style:style>"""


def content(body: str, styles: str = "") -> str:
    return (
        f"<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )


def odt_file(body: str, **members: str) -> bytes:
    return package({"mimetype": "x", "content.xml": content(body, LISTS + STYLES), **members})


def read(body: str) -> Reading:
    return odt.read(odt_file(body))


def lines(body: str) -> list[str]:
    return read(body).text.split("\n")


def items(*texts: str, attributes: str = "") -> str:
    inside = "".join(f"<text:list-item>{text}</text:list-item>" for text in texts)
    return f'<text:list text:style-name="L" {attributes}>{inside}</text:list>'


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def test_lists_count_begin_anew_and_go_on() -> None:
    inner = f"<text:list><text:list-item>{p('丙')}</text:list-item></text:list>"
    body = (
        items(p("甲") + p("甲的第二段"), p("乙") + inner)
        + items(p("丁"), attributes='text:continue-numbering="true"')
        + items(p("戊"))
        + items(p("己")).replace("<text:list-item>", '<text:list-item text:start-value="7">')
    )
    assert lines(body) == ["一、甲", "甲的第二段", "二、乙", "二.1. 丙", "三、丁", "一、戊", "七、己"]


def test_headings_are_numbered_by_the_outline() -> None:
    body = (
        '<text:h text:outline-level="1">总则</text:h>' + p("节", "Heading_20_2") + p("题", "P1")
        + '<text:h text:outline-level="1">附则</text:h>'
    )  # fmt: skip
    reading = read(body)
    assert reading.text.split("\n") == ["I. 总则", "节", "题", "II. 附则"]
    assert [one.level for one in reading.headings] == [1, 2, 1]
    assert reading.title == "题"


def test_characters_that_are_elements_are_read() -> None:
    body = p(
        '甲<text:s text:c="2"/>乙<text:tab/>丙<text:line-break/>丁  戊'
        '<text:span text:style-name="H">藏</text:span><text:span text:style-name="B"/>'
        "<text:ruby><text:ruby-base>已</text:ruby-base><text:ruby-text>yi</text:ruby-text></text:ruby>"
        "<office:annotation><text:p>批注</text:p></office:annotation>"
    )
    assert read(body).text == "甲  乙\t丙\n丁 戊已"


def test_tables_boxes_notes_and_contents() -> None:
    cell = "<table:table-cell>{}</table:table-cell>"
    cells = f"{cell.format(p('a'))}{cell.format(p('b'))}<table:covered-table-cell/>"
    row = f"<table:table-row>{cells}</table:table-row>"
    body = (
        f"<text:table-of-content><text:index-body>{p('一 1')}</text:index-body></text:table-of-content>"
        + p("前<draw:frame><draw:text-box>" + p("框") + "</draw:text-box></draw:frame>")
        + f"<table:table><table:table-header-rows>{row}</table:table-header-rows>{row}</table:table>"
        + p(
            '后<text:note text:note-class="endnote"><text:note-citation>i</text:note-citation>'
            + "<text:note-body>"
            + p("尾") + "</text:note-body></text:note>"
        )
    )  # fmt: skip
    reading = read(body)
    assert reading.text.split("\n") == ["一 1", "前", "框", "a\tb", "a\tb", "后", "尾"]
    assert (
        "、".join(unit.name for unit in reading.units) == "第1段、文本框1、表1第1行、表1第2行、第2段、尾注1"
    )
    assert [reading.text[span.start : span.end] for span in reading.noise] == ["一 1"]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (odt_file(p("甲"), **{"META-INF/manifest.xml": "<a><encryption-data/></a>"}), "documents.encrypted"),
        (package({"mimetype": "x", "content.xml": "<broken"}), "documents.damaged"),
        (package({"mimetype": "x", "styles.xml": "<a/>"}), "documents.damaged"),
        (package({"mimetype": "x", "content.xml": "<!DOCTYPE a><a/>"}), "documents.hostile"),
        (odt_file(p("甲") * 9)[:-40], "documents.damaged"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_told(data: bytes, key: str) -> None:
    with pytest.raises(DocumentError) as caught:
        odt.read(data)
    assert caught.value.key == key


PARTS = [
    "<text:list>",
    "</text:list>",
    "<text:list-item>",
    "</text:list-item>",
    "<text:h>",
    "</text:h>",
    "<table:table>",
    "</table:table>",
    "<text:note/>",
    "<draw:frame/>",
    "<text:p>甲</text:p>",
    "<text:section>",
    "</text:section>",
    "<text:s/>",
    "<table:table-row>",
    "</table:table-row>",
]


@settings(max_examples=60)
@given(st.lists(st.sampled_from([*PARTS, items(p("乙")), '<text:s text:c="999999"/>']), max_size=12))
def test_any_elements_give_a_reading_or_an_error_of_documents(parts: list[str]) -> None:
    with contextlib.suppress(DocumentError):
        assert read("".join(parts)) == read("".join(parts))
