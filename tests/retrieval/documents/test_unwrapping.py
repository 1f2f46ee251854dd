from __future__ import annotations

import pytest

from retrieval.documents.read import read_bytes
from retrieval.documents.unwrapping import unwrap
from retrieval.types import Document, ZoneKind

PARAGRAPHS = (
    "在全镇汛期安全会议上的讲话",
    "镇长　段海",
    "同志们：",
    "汛期到了，水库和山塘的责任人要上堤坐班，每两小时看一次水位，看一次记一次，记录本由水利站每周收一回。",
    "一、人员转移要早",
    "山洪沟口和切坡建房的87户要先转，收到橙色预警就动，天黑以前转完。转不动的老人由村干部上门背，不许等、不许劝、不许商量。",
    "二、物资备足",
    "编织袋、块石和救生衣按清单备齐，五月底前由镇里验收。缺的自己垫钱买，发票拿到财政所，三天之内报销完，谁也不许拖。",
)


def wrap(lines: tuple[str, ...], characters: int, indent: str = "") -> str:
    """Lines of so many Chinese characters; blank lines nowhere."""
    rows = []
    for line in lines:
        text = indent + line
        rows += [text[at : at + characters] for at in range(0, len(text), characters)]
    return "\n".join(rows) + "\n"


def read(text: str) -> Document:
    document = read_bytes(text.encode("utf-8"), "a.txt")
    assert document.raw == text
    return document


@pytest.mark.parametrize("characters", [15, 20, 30])
@pytest.mark.parametrize("indent", ["", "\u3000\u3000"])
def test_lines_of_one_width_become_paragraphs_again(characters: int, indent: str) -> None:
    document = read(wrap(PARAGRAPHS, characters, indent))
    assert document.clean.text == "\n".join(PARAGRAPHS[3:])
    assert document.metadata.title.text == PARAGRAPHS[0]
    assert document.metadata.speaker.text == "段海"


def test_paragraphs_that_are_not_wrapped_stay() -> None:
    assert unwrap("\n".join(PARAGRAPHS)).edits == ()


def test_a_list_of_equally_long_lines_is_not_wrapped() -> None:
    items = "\n".join(f"{name}镇水库责任人名单已经上墙公示；" for name in "甲乙丙丁戊己庚辛壬癸")
    assert unwrap(items).edits == ()
    names = "\n".join(f"{name}镇　水库　责任人　值班电话" for name in "甲乙丙丁戊己庚辛壬癸")
    assert unwrap(names).edits == ()


def test_page_numbers_and_running_headers_are_no_part_of_the_sentence_they_interrupt() -> None:
    rows = wrap(PARAGRAPHS, 15).split("\n")
    pages = [*rows[:7], "", "- 1 -", "", "全镇讲话汇编", *rows[7:13], "- 2 -", "全镇讲话汇编", *rows[13:]]
    document = read("\n".join(pages))
    assert document.clean.text == "\n".join(PARAGRAPHS[3:])
    noise = [document.raw[z.span.start : z.span.end] for z in document.zones if z.kind is ZoneKind.NOISE]
    assert noise == ["- 1 -", "全镇讲话汇编", "- 2 -", "全镇讲话汇编"]
    at = document.clean.text.index("收到橙色预警就动")
    start, end = document.clean.to_source(at, at + 8)
    assert document.raw[start:end].replace("\n", "").replace("- 1 -全镇讲话汇编", "") == "收到橙色预警就动"


def test_latin_words_keep_a_blank_where_a_line_was_broken() -> None:
    text = "\n".join(["系统，名为 SAFETY", "MONITOR，由县里统"] * 6)
    assert {edit.text for edit in unwrap(text).edits} == {"", " "}


def test_a_heading_that_fills_its_line_takes_nothing_in() -> None:
    lines = (
        *PARAGRAPHS[:4],
        "一、汛期人员转移要早要快要彻底",
        "一要盯住山洪沟口。" + PARAGRAPHS[5],
        *PARAGRAPHS[6:],
    )
    assert len(lines[4]) == 15
    assert lines[4] in read(wrap(lines, 15)).clean.text.split("\n")


def test_an_advert_inside_a_paragraph_takes_no_sentence_along() -> None:
    rows = wrap(PARAGRAPHS, 15).split("\n")
    at = rows.index(next(row for row in rows if row.startswith("编织袋"))) + 1
    document = read("\n".join([*rows[:at], "本页转码，仅供参考", *rows[at:]]))
    assert document.clean.text == "\n".join(PARAGRAPHS[3:])
    advert = document.raw.index("本页转码")
    kinds = {zone.kind for zone in document.zones if zone.span.start <= advert < zone.span.end}
    assert kinds == {ZoneKind.NOISE}
