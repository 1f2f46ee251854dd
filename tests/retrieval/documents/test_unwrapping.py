from __future__ import annotations

import pytest

from retrieval.documents.line_layout import columns
from retrieval.documents.read import read_bytes
from retrieval.documents.types import Document, ZoneKind
from retrieval.documents.unwrapping import unwrap

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


@pytest.mark.parametrize(("blank", "joint"), [("", "\n"), (" ", ""), ("   ", "\n")])
def test_a_line_of_a_scan_may_be_full_by_the_blank_at_its_end(blank: str, joint: str) -> None:
    full, last = "汛前，第一批群众共计转移158户", "(三批随后就到)，转完清点。"
    assert columns(full) == 29  # of 30: the bracket has room without the blank
    rows = [*wrap(PARAGRAPHS, 15).splitlines(), full + blank, last]
    assert read("\n".join(rows)).clean.text.endswith(full + joint + last)


def test_paragraphs_that_are_not_wrapped_stay() -> None:
    assert unwrap("\n".join(PARAGRAPHS), "\n".join(PARAGRAPHS)).edits == ()


def test_a_list_of_equally_long_lines_is_not_wrapped() -> None:
    items = "\n".join(f"{name}镇水库责任人名单已经上墙公示；" for name in "甲乙丙丁戊己庚辛壬癸")
    assert unwrap(items, items).edits == ()
    names = "\n".join(f"{name}镇　水库　责任人　值班电话" for name in "甲乙丙丁戊己庚辛壬癸")
    assert unwrap(names, names).edits == ()


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
    assert {edit.text for edit in unwrap(text, text).edits} == {"", " "}


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


HEADED = (
    "一、管好仓库",
    "仓库里的危险品要分开放，酸和碱不能挨着，钥匙由两个人管，进出都要登记，登记本每周由安全科收一次，缺一页扣一个月奖金。",
    "二、检修动火先办票再点火不许补",
    "动火前先清场，监火的人不到不点火，火灭了再守半个钟头，守的人要签字，签字的单子交到值班室，值班室留存一年备查。",
    "三、夜里的巡查改成一个钟头一次并且换人",
    "巡查的人带上手电和对讲机，一是看阀门有没有漏，二是看电缆沟有没有水，三是看门有没有锁，看完在牌子上翻一面，班长早上来数。",
)


@pytest.mark.parametrize("columns", range(28, 41, 2))
def test_headings_end_where_they_end_at_any_width(columns: int) -> None:
    """Some fill their line, some leave room for one more character, some run over two lines."""
    document = read(wrap((*PARAGRAPHS[:4], *HEADED), columns // 2))
    assert document.clean.text == "\n".join((PARAGRAPHS[3], *HEADED))
    assert [section.title for section in document.sections] == [HEADED[0], HEADED[2], HEADED[4]]


@pytest.mark.parametrize(
    ("head", "title", "speaker", "date"),
    [
        # The first line of the title has a title's end itself.
        (
            ("在全县交通安全专项整治工作部署推进会上的讲话", "县长　段海", "（2024年3月5日）"),
            "在全县交通安全专项整治工作部署推进会上的讲话",
            "段海",
            "2024-03-05",
        ),
        # The date is broken, too.
        (
            ("县交通局局长段海在全县运输安全会上的讲话（2024年3月5日）",),
            "县交通局局长段海在全县运输安全会上的讲话",
            "段海",
            "2024-03-05",
        ),
        # The title fills its line, and so does the byline.
        (
            ("在全县交通运输安全会议上的讲话", "县交通运输局党委书记　　段　海", "（2024年3月5日）"),
            "在全县交通运输安全会议上的讲话",
            "段海",
            "2024-03-05",
        ),
        # The first line ends like the name of an office, and the byline goes over two lines.
        (
            ("段海在平湖交通运输集团有限公司年度安全大会上的讲话", "（2024年3月5日）"),
            "段海在平湖交通运输集团有限公司年度安全大会上的讲话",
            "段海",
            "2024-03-05",
        ),
    ],
)
def test_a_head_broken_at_the_width_of_the_file_is_read(
    head: tuple[str, ...], title: str, speaker: str, date: str
) -> None:
    document = read(wrap((*head, "各位镇长、各位站长、各位经理：", *PARAGRAPHS[3:]), 15))
    assert document.metadata.title.text == title
    assert document.metadata.speaker.text.replace("\u3000", "") == speaker
    assert document.metadata.date.text == date
    assert document.clean.text == "\n".join(PARAGRAPHS[3:])


def test_full_width_digits_count_as_wide_as_they_are() -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    numbers = "从2023年12月31日到2024年12月31日，全镇一共报警1209次、出动3548人次，2024年1次也没有误报。"
    document = read(wrap((*PARAGRAPHS, *[numbers] * 4), 15).translate(wide))
    lines = document.clean.text.split("\n")
    assert lines[-4:] == [numbers.translate(wide)] * 4


def test_a_line_with_a_sentence_is_no_advert_between_lines() -> None:
    """The credit below a picture reads like noise; on its line the sentence before it ends."""
    caption = "三月五日，段海在全县交通安全工作会议上讲话，各镇的书记、站长都到会。（周其中 摄）"
    text = wrap((*PARAGRAPHS[3:], caption, PARAGRAPHS[3]), 15)
    assert "\n都到会。（周其中 摄）\n" in text
    assert unwrap(text, text).furniture == ()
