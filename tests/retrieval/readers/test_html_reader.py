from __future__ import annotations

import quopri
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import DocumentError
from retrieval.documents.read import read_bytes
from retrieval.documents.types import ReadWarning, ZoneKind
from retrieval.readers import html, mhtml
from retrieval.readers.types import Reading

PARAGRAPHS = (
    "各位同志：汛期眼看就到，河道里的树枝、淤泥还没有清完，今天把各村的支书都请来，就说这件事。",
    "一、河道要清到底",
    "从石桥往下游，每个村包一段，五月底以前清完，镇里派人沿河走一遍，发现没清的当场点名。",
    "二、值班要守到位",
    "水库、闸门、低洼的院子，夜里都要有人，电话打三遍不接的，第二天到镇里来说明。",
)
TITLE = "在全镇防汛工作会议上的讲话"
PAGE = f"""<!DOCTYPE html><html><head><meta charset="gb2312"><title>{TITLE}_青石镇人民政府网</title>
<style>p {{ color: red }}</style><script>document.write("<p>脚本</p>")</script></head><body>
<div class="nav"><a href="/">首页</a> <a href="/a">政务公开</a> <a href="/b">办事服务</a></div>
<div id="content"><h1>{TITLE}</h1><p>杜启山</p><p>（2023年5月6日）</p>
{"".join(f"<p>　　{text}</p>" for text in PARAGRAPHS)}</div>
<div><h3>相关阅读</h3><ul>
<li><a href="1">镇里召开防火会</a></li><li><a href="2">清明值班安排</a></li></ul></div>
<div class="footer">版权所有 青石镇人民政府</div></body></html>"""


def page(body: str) -> Reading:
    return html.read(f"<!DOCTYPE html><html><body>{body}</body></html>".encode())


def shown(reading: Reading) -> list[str]:
    """Lines that are not noise."""
    noisy = {at for span in reading.noise for at in range(span.start, span.end)}
    lines, at = [], 0
    for line in reading.text.split("\n"):
        if at not in noisy:
            lines.append(line)
        at += len(line) + 1
    return lines


@pytest.mark.parametrize(
    ("encode", "encoding"),
    [
        (lambda text: text.encode("gb18030"), "gb18030"),
        (lambda text: text.encode("utf-8"), "utf-8"),
        (lambda text: text.encode("utf-8-sig"), "utf-8"),
        (lambda text: text.encode("utf-16"), "utf-16-le"),
        (lambda text: text.replace("gb2312", "utf-8").encode("gb18030"), "gb18030"),
    ],
)
def test_a_page_is_read_as_a_speech_whatever_it_is_encoded_in(
    encode: Callable[[str], bytes], encoding: str
) -> None:
    document = read_bytes(encode(PAGE), "防汛.html")
    assert (document.reader, document.encoding, document.warnings) == ("html/2", encoding, ())
    assert document.metadata.title.text == TITLE
    assert document.metadata.speaker.text == "杜启山"
    assert document.metadata.date.text == "2023-05-06"
    assert [section.title for section in document.sections] == ["一、河道要清到底", "二、值班要守到位"]
    opening = PARAGRAPHS[0].removeprefix("各位同志：")
    assert [line.strip() for line in document.clean.text.split("\n")] == [opening, *PARAGRAPHS[1:]]
    noise = "".join(
        document.raw[z.span.start : z.span.end] for z in document.zones if z.kind is ZoneKind.NOISE
    )
    assert "政务公开" in noise
    assert "清明值班安排" in noise
    assert "脚本" not in document.raw


def test_menus_lists_of_links_and_their_labels_are_noise() -> None:
    reading = html.read(PAGE.encode())
    assert [line.strip() for line in shown(reading)] == [TITLE, "杜启山", "（2023年5月6日）", *PARAGRAPHS]
    assert reading.title == TITLE


def test_block_elements_and_breaks_end_lines_and_inline_ones_do_not() -> None:
    body = (
        "<div>一句<b>粗</b><span>行内</span>话。<p>下段<br/>换行</p>末尾</div><ul><li>甲</li><li>乙</li></ul>"
    )
    assert page(body).text.split("\n") == ["一句粗行内话。", "下段", "换行", "末尾", "甲", "乙"]


def test_white_space_is_what_a_browser_shows_but_for_breaks_in_chinese() -> None:
    body = "<p>安全\n   生产 a\n b&nbsp;c</p><pre>一\n  二</pre>"
    assert page(body).text.split("\n") == ["安全生产 a b\xa0c", "一", "二"]


def test_references_are_resolved_and_hidden_parts_left_out() -> None:
    body = "<p>A&amp;B &#x4e00;&ldquo;好&rdquo;</p><p style='display: none'>藏</p><p hidden>藏</p><!-- 注 -->"
    assert page(body).text == "A&B 一“好”"


def test_tables_are_read_row_by_row_and_frames_as_text() -> None:
    rows = "<tr><th>村</th><th>人</th></tr><tr><td>石桥</td><td><p>老</p><p>周</p></td></tr>"
    text = "镇里定了三条，哪条都不能打折扣，谁打折扣谁到镇里来说清楚。"
    frame = f"<table><tr><td>左</td><td>{'<p>' + text + '</p>'}{'<p>' + text * 6 + '</p>'}</td></tr></table>"
    reading = page(f"<table>{rows}</table>{frame}")
    assert reading.text.split("\n") == ["村\t人", "石桥\t老 周", "左", text, text * 6]
    assert [unit.name for unit in reading.units] == ["表1第1行", "表1第2行", "第1段", "第2段", "第3段"]


def test_headings_and_bold_beginnings_are_told() -> None:
    text = "每个院子都要看一遍，看完的在本子上打勾，没看的写清楚为什么没看。"
    reading = page(f"<h2>看院子</h2><p><strong>先看老人。</strong>{text}</p><p>{text}</p>")
    headings = [(reading.text[one.span.start : one.span.end], one.level) for one in reading.headings]
    assert headings == [("看院子", 2), ("先看老人。", 0)]


def test_a_part_that_holds_the_text_is_no_menu_whatever_it_is_called() -> None:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    assert shown(page(f"<div class='comment'>{body}</div>")) == list(PARAGRAPHS)
    assert shown(page(f"{body}<div class='comment'><p>说得好。</p></div>")) == list(PARAGRAPHS)


def test_a_page_of_links_alone_is_still_shown() -> None:
    assert shown(page("<p><a href='a'>甲</a></p>")) == ["甲"]


def test_the_title_comes_from_the_head_without_the_site() -> None:
    def title(head: str) -> str:
        return html.read(
            f"<!DOCTYPE html><html><head>{head}</head><body><p>字</p></body></html>".encode()
        ).title

    assert title(f"<title>{TITLE}_青石镇人民政府</title>") == TITLE
    assert title(f"<title>{TITLE} - 青石镇</title>") == TITLE
    assert title(f"<title>{TITLE}-青石镇政府网</title>") == TITLE
    assert title(f'<title>x</title><meta name="ArticleTitle" content=" {TITLE} ">') == TITLE


def test_lost_bytes_are_told() -> None:
    data = PAGE.encode("gb18030").replace("淤泥".encode("gb18030"), b"\xff\xff")
    assert html.read(data).warnings == (ReadWarning.LOST_CHARACTERS,)


def test_a_page_nested_deeply_is_read() -> None:
    assert "底" in page("<div>" * 20_000 + "底").text


def test_a_saved_page_is_read_from_its_first_part() -> None:
    head = (
        b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n'
    )
    coded = quopri.encodestring(PAGE.encode("gb18030"))
    part = (
        b"--b\r\nContent-Type: text/html; charset=gbk\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    frame = b"\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>frame</p>\r\n--b--\r\n"
    document = read_bytes(head + part + coded + frame, "防汛.mht")
    assert (document.reader, document.metadata.title.text) == ("mhtml/2", TITLE)
    assert "frame" not in document.raw
    with pytest.raises(DocumentError) as caught:
        mhtml.read(head + b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n")
    assert caught.value.key == "documents.damaged"


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<table>",
                "<tr>",
                "<td>",
                "</td>",
                "<a href=x>",
                "</div>",
                "<b>",
                "甲。",
                " ",
                "&#",
                "<!--",
                "<pre>",
                "<h1>",
                "<ul><li>",
                "\x00",
            ]
        ),
        max_size=40,
    )
)
def test_no_page_breaks_the_reader(parts: list[str]) -> None:
    reading = html.read("".join(parts).encode())
    assert Reading.from_json(reading.as_json()) == reading
    assert html.read("".join(parts).encode()) == reading
    assert all(reading.text[u.span.start : u.span.end].strip() for u in reading.units)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("<ol><li>清沟</li><li>封桥</li></ol>", ["1. 清沟", "2. 封桥"]),
        ("<ol start=3><li>清沟</li><li>封桥</li></ol>", ["3. 清沟", "4. 封桥"]),
        ("<ol start='-1'><li>清沟</li><li>封桥</li></ol>", ["-1. 清沟", "0. 封桥"]),
        ("<ol start=x><li>清沟</li></ol>", ["1. 清沟"]),
        ("<ol><li value=7>清沟</li><li>封桥</li></ol>", ["7. 清沟", "8. 封桥"]),
        ("<ol reversed><li>清沟</li><li>封桥</li></ol>", ["2. 清沟", "1. 封桥"]),
        ("<ol type=a><li>清沟</li><li>封桥</li></ol>", ["a. 清沟", "b. 封桥"]),
        ("<ol type=A><li>清沟</li></ol>", ["A. 清沟"]),
        ("<ol type=i start=4><li>清沟</li></ol>", ["iv. 清沟"]),
        ("<ol type=I start=9><li>清沟</li></ol>", ["IX. 清沟"]),
        (
            "<ol style='list-style-type:cjk-ideographic'><li>清沟</li><li>封桥</li></ol>",
            ["一、清沟", "二、封桥"],
        ),
        ("<ol style='list-style: simp-chinese-informal inside'><li>清沟</li></ol>", ["一、清沟"]),
        ("<ol style='list-style:none'><li>清沟</li></ol>", ["清沟"]),
        ("<ol><li style='list-style-type:upper-roman'>清沟</li></ol>", ["I. 清沟"]),
        (
            "<ol><li>一、清沟</li><li>（二）封桥</li><li>3.守堤</li></ol>",
            ["一、清沟", "（二）封桥", "3.守堤"],
        ),
        ("<ol><li>2023年的沟</li></ol>", ["1. 2023年的沟"]),
        (
            "<ol><li><p>清沟</p><p>当天清完</p></li><li><p>封桥</p></li></ol>",
            ["1. 清沟", "当天清完", "2. 封桥"],
        ),
        (
            "<ol><li>清沟<ol type=a><li>村里</li></ol></li><li>封桥</li></ol>",
            ["1. 清沟", "a. 村里", "2. 封桥"],
        ),
        ("<ol><li></li><li>封桥</li></ol>", ["2. 封桥"]),
        ("<ul><li>清沟</li></ul><ol><li>封桥</li></ol>", ["清沟", "1. 封桥"]),
        ("<li>清沟</li>", ["清沟"]),
        ("<ol><li><a href=1>清沟</a></li></ol>", ["清沟"]),
    ],
)
def test_ordered_lists_are_numbered_as_browsers_show_them(items: str, expected: list[str]) -> None:
    assert page(f"<p>各位同志：今天说几件事。</p>{items}").text.split("\n")[1:] == expected


def test_the_number_of_a_bold_item_is_bold() -> None:
    reading = page("<p>各位同志：今天只说一件事，说完就散会。</p><ol><li><b>清沟</b></li></ol>")
    assert [reading.text[one.span.start : one.span.end] for one in reading.headings] == ["1. 清沟"]
