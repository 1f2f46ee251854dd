"""How what stands on pages becomes paragraphs, rows and columns, and what of it is furniture."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas

from retrieval.readers.pdf import read
from tests.retrieval.readers.pdf_parts import both, drawn, lines

TEXT = (
    "今年入汛比往年早了十一天，留给各县区补课的日子不多了，该清的沟、该换的泵、该撤的人，月底以前都要有着落。"
    "水库和山塘一座一座过，溢洪道上的杂物当天清走，闸门当面开一次、关一次，记下时间和人名。"
    "下游的村组把转移的路走一遍，夜里也走一遍，老人和孩子由谁背、坐谁的车，写在门后头的卡片上。"
)


def set_in(width: int, *paragraphs: str, indent: int = 2) -> list[str]:
    """Paragraphs as lines of that many characters, the first of each standing in."""
    found: list[str] = []
    for paragraph in paragraphs:
        rest = "　" * indent + paragraph
        while rest:
            found.append(rest[:width])
            rest = rest[width:]
    return found


def column(texts: Sequence[str], left: float, top: float = 742) -> Callable[[Canvas], None]:
    return lines(*texts, left=left, top=top, leading=18, size=12)


def body(data: bytes) -> list[str]:
    reading = read(data)
    noise = {span.start for span in reading.noise}
    found, at = [], 0
    for line in reading.text.split("\n"):
        if at not in noise:
            found.append(line)
        at += len(line) + 1
    return found


@pytest.mark.parametrize("count", [2, 3])
def test_columns_are_read_one_after_the_other(count: int) -> None:
    width = 18 if count == 2 else 11
    paragraphs = [f"{number}号库。" + TEXT for number in range(1, 5)]
    texts = set_in(width, *paragraphs)
    high = -(-len(texts) // count)
    parts = [texts[at * high : (at + 1) * high] for at in range(count)]
    columns = [column(part, 60 + at * (width * 12 + 18)) for at, part in enumerate(parts)]
    headline = lines("防汛要闻：各县区连夜巡查水库山塘，转移路线一户一卡", left=80, top=790, size=16)
    assert body(drawn(both(headline, *columns))) == [
        "防汛要闻：各县区连夜巡查水库山塘，转移路线一户一卡",
        *paragraphs,
    ]


def test_a_last_column_of_one_line_is_known_from_the_page_before() -> None:
    texts = set_in(18, *[f"{number}号库。" + TEXT for number in range(1, 9)])
    full = column(texts[:30], 60), column(texts[30:60], 294)
    rest = column(texts[60:-1], 60), column(texts[-1:], 294)
    found = body(drawn(both(*full), both(*rest)))
    assert found == [f"{number}号库。" + TEXT for number in range(1, 9)]


def test_paragraphs_set_apart_by_gaps_alone() -> None:
    def draw(canvas: Canvas) -> None:
        top = 742.0
        for paragraph in (TEXT, TEXT[:74], TEXT):  # the second fills its lines to the last character
            for text in set_in(37, paragraph, indent=0):
                lines(text, top=top)(canvas)
                top -= 18
            top -= 9

    assert body(drawn(draw)) == [TEXT, TEXT[:74], TEXT]


def test_items_with_hanging_lines_are_one_paragraph_each() -> None:
    items = [f"{number}．{TEXT[:60]}" for number in (1, 2, 3)]

    def draw(canvas: Canvas) -> None:
        top = 742.0
        for text in set_in(37, TEXT):
            lines(text, top=top)(canvas)
            top -= 18
        for item in items:
            lines(item[:35], left=96, top=top)(canvas)
            lines(item[35:], left=96 + 24, top=top - 18)(canvas)
            top -= 36

    assert body(drawn(draw)) == [TEXT, *items]


def test_a_title_and_who_speaks_below_it_stay_apart() -> None:
    def centred(text: str, top: float, size: float) -> Callable[[Canvas], None]:
        return lines(text, left=297 - len(text) * size / 2, top=top, size=size)

    head = (
        centred("在全市水库山塘安全度汛暨", 790, 22), centred("防御强降雨工作会议上的讲话", 757, 22),
        centred("副市长　陶景川", 725, 12), centred("（二〇二四年五月十七日）", 705, 12),
    )  # fmt: skip
    found = body(drawn(both(*head, lines(*set_in(37, TEXT, TEXT), top=670, leading=18))))
    assert found == [
        "在全市水库山塘安全度汛暨防御强降雨工作会议上的讲话",
        "副市长　陶景川", "（二〇二四年五月十七日）", TEXT, TEXT,
    ]  # fmt: skip


def ruled(canvas: Canvas, across: Sequence[float], down: Sequence[float]) -> None:
    for x in across:
        canvas.line(x, 842 - down[0], x, 842 - down[-1])
    for y in down:
        canvas.line(across[0], 842 - y, across[-1], 842 - y)


def test_ruled_tables_are_read_row_by_row_and_cells_whole() -> None:
    def draw(canvas: Canvas) -> None:
        ruled(canvas, (72, 96, 160, 300), (100, 130, 180, 210))
        for x, y, text in (
            (76, 120, "1"), (98, 120, "排洪系统"), (164, 120, "清淤"),
            (76, 150, "2"), (98, 150, "坝体坝肩"), (164, 150, "裂缝和沼泽化"), (164, 168, "逐处处理"),
            (76, 200, "3"), (98, 200, "在线监测"), (164, 200, "数据不断线"),
        ):  # fmt: skip
            canvas.drawString(x, 842 - y, text)

    above, below = lines(*set_in(37, TEXT[:30]), top=770), lines(*set_in(37, TEXT), top=600)
    assert body(drawn(both(above, draw, below))) == [
        TEXT[:30],
        "1\t排洪系统\t清淤",
        "2\t坝体坝肩\t裂缝和沼泽化逐处处理",
        "3\t在线监测\t数据不断线",
        TEXT,
    ]


def test_cells_that_span_stand_in_their_first_row() -> None:
    def draw(canvas: Canvas) -> None:
        for x in (72, 160, 300):
            canvas.line(x, 742, x, 662)
        for y, left in ((742, 72), (702, 160), (662, 72)):
            canvas.line(left, y, 300, y)
        for x, y, text in ((76, 700, "尾矿库"), (164, 720, "降水位"), (164, 680, "留库容")):
            canvas.drawString(x, y, text)

    assert body(drawn(draw)) == ["尾矿库\t降水位", "留库容"]


def test_entries_under_each_other_without_rules_are_rows() -> None:
    rows = (("部位", "责任人", "时限"), ("排洪系统", "矿长", "5月31日"), ("坝体", "总工程师", "6月5日"))

    def draw(canvas: Canvas) -> None:
        for at, row in enumerate(rows):
            for left, cell in zip((72, 200, 330), row, strict=True):
                canvas.drawString(left, 600 - 20 * at, cell)

    found = body(drawn(both(lines(*set_in(37, TEXT)), draw)))
    assert found == [TEXT, *("\t".join(row) for row in rows)]


def test_a_frame_around_text_is_no_table() -> None:
    frame = both(lines(*set_in(37, TEXT, TEXT)), lambda canvas: canvas.rect(60, 400, 475, 380))
    assert body(drawn(frame)) == [TEXT, TEXT]


def page(number: int, head: str, foot: str, text: str) -> Callable[[Canvas], None]:
    return both(
        lines(head, left=200, top=800, size=9), lines(*set_in(37, text)), lines(foot, left=280, top=40)
    )


@pytest.mark.parametrize("foot", ["{}", "- {} -", "— {} —", "第 {} 页 共 4 页", "{}/4", "Page {} of 4"])
def test_heads_of_left_and_right_pages_and_numbers_are_set_aside(foot: str) -> None:
    texts = [f"第{number}次检查。" + TEXT for number in range(1, 5)]
    heads = ["安全生产简报", "岚陵市应急管理局"] * 2
    data = drawn(*(page(n, heads[n - 1], foot.format(n), texts[n - 1]) for n in range(1, 5)))
    assert body(data) == texts


def test_a_number_that_does_not_count_the_pages_is_text() -> None:
    data = drawn(lines(*set_in(37, TEXT), "1860"), lines(*set_in(37, TEXT), "1923"))
    assert body(data) == [TEXT, "1860", TEXT, "1923"]


def test_lines_of_text_that_are_alike_on_two_pages_stay() -> None:
    data = drawn(*(lines(*set_in(37, "各位同志。" + TEXT)) for _ in range(2)))
    assert body(data) == ["各位同志。" + TEXT] * 2
