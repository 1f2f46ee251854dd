"""What a PDF's characters give: which are text, what they stand for, and how lines become paragraphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from config.errors import DocumentError
from retrieval.documents.types import ReadWarning, Span
from retrieval.readers.formats import FORMATS
from retrieval.readers.isolation import shared_readers
from retrieval.readers.pdf import read
from retrieval.readers.places import located, missing_places
from retrieval.readers.types import Kind, Reading
from tests.retrieval.readers.outlines import headings
from tests.retrieval.readers.pdf_parts import FONT, both, by_hand, drawn, lines, one_font

BODY = "各单位要把值班表贴到门口，把电话写大一点，让来办事的人一抬头就看得见。"


def noise_of(reading: Reading) -> list[str]:
    return [reading.text[span.start : span.end] for span in reading.noise]


def text_of(*draws: Callable[[Canvas], object]) -> str:
    return read(drawn(both(*draws))).text


def in_mode(mode: int, text: str, top: float = 600) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        words = canvas.beginText(72, top)
        words.setTextRenderMode(mode)
        words.textLine(text)
        words.setTextRenderMode(0)
        canvas.drawText(words)

    return draw


def picture(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 595, 842)


def failure(data: bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read(data)
    return caught.value


def test_radicals_stand_for_characters_and_ligatures_for_letters() -> None:
    signs = "⽅⽽⼈⺠⻔ﬁ︵豈︶"
    reading = read(one_font(range(1, 10), dict(enumerate(signs, 1))))
    assert reading.text == "方而人民门fi（豈）"


@pytest.mark.parametrize(
    "meaning",
    [
        None,
        {n: chr(0xE000 + n) for n in range(1, 31)},
        {n: chr(n) for n in range(1, 31)},
        dict.fromkeys(range(1, 31), "\ufffd"),
    ],
    ids=["none", "private", "control", "replacement"],
)
def test_fonts_that_do_not_say_what_they_print_are_told(meaning: dict[int, str] | None) -> None:
    assert failure(one_font(range(1, 31), meaning)).key == "documents.no_unicode"


def test_a_few_unknown_characters_are_kept_and_told() -> None:
    meaning = {n: chr(0x4E00 + n) for n in range(1, 30)} | {30: "\ufffd"}
    reading = read(one_font(range(1, 31), meaning))
    assert reading.text.endswith("\ufffd")
    assert reading.warnings == (ReadWarning.LOST_CHARACTERS,)


def test_what_nobody_sees_is_no_text() -> None:
    def tiny(canvas: Canvas) -> None:
        canvas.setFont(FONT, 1)
        canvas.drawString(72, 300, "细小的字")

    def clear(canvas: Canvas) -> None:
        canvas.setFont(FONT, 12)
        canvas.setFillAlpha(0)
        canvas.drawString(72, 280, "透明的字")

    outside = lines("页边以外的字", left=-300)
    assert text_of(lines(BODY), outside, in_mode(3, "看不见的字"), tiny, clear) == BODY


def test_a_text_layer_under_a_picture_is_read_and_told() -> None:
    reading = read(drawn(both(picture, in_mode(3, BODY))))
    assert (reading.text, reading.warnings) == (BODY, (ReadWarning.OCR,))


def test_characters_printed_twice_are_one() -> None:
    def heading(canvas: Canvas) -> None:
        for shift in (0, 0.35):
            canvas.drawString(72 + shift, 760, "值班要在岗")

    assert text_of(heading, lines(BODY)) == "值班要在岗\n" + BODY


def test_outlined_characters_are_bold() -> None:
    reading = read(drawn(both(in_mode(2, "值班要在岗", 760), lines(BODY))))
    assert headings(reading) == [("值班要在岗", 0)]


def test_stretched_lines_have_no_blanks() -> None:
    def draw(canvas: Canvas) -> None:
        words = canvas.beginText(72, 700)
        words.setCharSpace(3.5)
        words.textOut("值班要在岗，2024年5月查了36家。")
        canvas.drawText(words)

    assert text_of(draw) == "值班要在岗，2024年5月查了36家。"


def test_blanks_after_every_character_mean_nothing() -> None:
    assert text_of(lines(" ".join(BODY))) == BODY


@pytest.mark.parametrize(
    "text",
    [
        "市长 陶景川", "市长\u3000陶景川", "按照 GB 18218 分级", "Safety first, always", "矿长：必须 到场",
    ],
)  # fmt: skip
def test_blanks_that_the_author_typed_stay(text: str) -> None:
    assert text_of(lines(text, BODY)) == f"{text}\n{BODY}"


def test_raised_signs_stay_in_their_line() -> None:
    def draw(canvas: Canvas) -> None:
        at = 72.0
        for text, size, rise in (("仓库面积1200m", 12, 0), ("2", 7, 5), ("，分三区。", 12, 0)):
            canvas.setFont(FONT, size)
            canvas.drawString(at, 700 + rise, text)
            at += canvas.stringWidth(text, FONT, size)

    assert text_of(draw) == "仓库面积1200m2，分三区。"


def test_words_parted_at_the_end_of_a_line_are_whole_again() -> None:
    first, second = (
        "The plant has " + "x" * 52 + " and its manage-",
        "ment is on duty every night, no matter what.",
    )
    assert text_of(lines(first, second)) == first[:-1] + second


def test_watermarks_set_askew_are_noise() -> None:
    def mark(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 50)
        canvas.translate(200, 300)
        canvas.rotate(45)
        canvas.drawString(0, 0, "内部资料")
        canvas.restoreState()

    reading = read(drawn(both(mark, lines(BODY))))
    assert reading.text == BODY + "\n内部资料"
    assert noise_of(reading) == ["内部资料"]


@pytest.mark.parametrize("quarter", [0, 90, 180, 270])
def test_turned_pages_are_read_upright(quarter: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(quarter)
        canvas.translate(*{0: (0, 0), 90: (300, 0), 180: (400, 300), 270: (0, 400)}[quarter])
        canvas.rotate(quarter)
        lines(BODY[:30], BODY[30:], "散会以后各回各的岗位。", left=20, top=250)(canvas)

    assert read(drawn(draw, size=(400, 300))).text == BODY + "\n散会以后各回各的岗位。"


def test_vertical_lines_are_read_from_the_right() -> None:
    columns = ("　　今年的雨来得早下得急，入汛", "时间比常年提前了十一天，留给我", "们补课的日子不多了。",
               "　　各县区要把该清的沟清了，把", "该换的人换了。")  # fmt: skip

    def draw(canvas: Canvas) -> None:
        for number, column in enumerate(columns):
            canvas.drawString(360 - 28 * number, 195, column)

    assert read(drawn(draw, size=(400, 210), vertical=True)).text == (
        "今年的雨来得早下得急，入汛时间比常年提前了十一天，留给我们补课的日子不多了。\n"
        "各县区要把该清的沟清了，把该换的人换了。"
    )


def test_contents_are_noise() -> None:
    entries = ("一、看清风险………………………………3", "二、压实责任 . . . . . . . . . . . . . . 12")
    assert noise_of(read(drawn(lines(*entries, BODY)))) == list(entries)


def test_pages_are_places_and_numbers_and_heads_stand_behind_the_text() -> None:
    def page(number: int, *texts: str) -> Callable[[Canvas], None]:
        number_at = lines(f"— {number} —", left=280, top=40)
        return both(lines("防汛专刊", left=250, top=800, size=9), number_at, lines(*texts))

    text = "今年的雨来得早下得急，" + BODY + "散会以后先把沟清了，再把路修了，最后把人数点清。"
    # Lines have room for 37 characters; the paragraph goes on over the end of the page.
    begun, rest = "　　" + text[:35], text[35:71]
    reading = read(drawn(page(1, begun), page(2, rest, "　　散会以后各回各的岗位。")))
    assert len(text) == 70
    text += "\n散会以后各回各的岗位。\n"
    assert reading.text == text + "防汛专刊\n— 1 —\n防汛专刊\n— 2 —"
    assert noise_of(reading) == ["防汛专刊", "— 1 —", "防汛专刊", "— 2 —"]
    assert located(reading.units, Span(0, 35)) == "第1页"
    assert located(reading.units, Span(34, 36)) == "第1页至第2页"
    assert located(reading.units, Span(35, len(text))) == "第2页"
    assert located(reading.units, reading.noise[1]) == "第1页"


def test_damaged_pages_are_named_and_the_others_read() -> None:
    data = drawn(lines("第一页。"), lines("第二页。"), lines("第三页。"), pageCompression=0)
    damaged = data.replace(b"/Type /Page\n", b"/Type /Pagx\n", 2).replace(
        b"/Type /Pagx\n", b"/Type /Page\n", 1
    )
    reading = read(damaged)
    assert reading.text == "第一页。\n第三页。"
    assert reading.warnings == (ReadWarning.PARTLY_READ,)
    assert missing_places(reading.units) == ["第2页"]
    assert located(reading.units, Span(0, 9)) == "第1页至第3页"


def test_scans_are_told_and_scanned_pages_named() -> None:
    error = failure(drawn(picture, picture))
    assert (error.key, error.values["pages"]) == ("documents.scan", 2)
    reading = read(drawn(picture, lines(BODY)))
    assert (reading.text, reading.warnings) == (BODY, (ReadWarning.SCANNED_PAGES,))
    assert missing_places(reading.units) == ["第1页"]


def test_files_that_need_a_password_are_told_and_others_open() -> None:
    locked = drawn(lines(BODY), encrypt=StandardEncryption("user", "owner"))
    assert failure(locked).key == "documents.encrypted"
    restricted = drawn(lines(BODY), encrypt=StandardEncryption("", "owner", canCopy=0))
    assert read(restricted).text == BODY


@pytest.mark.parametrize(
    ("title", "read_as"),
    [
        ("在全市防汛工作会议上的讲话", "在全市防汛工作会议上的讲话"),
        ("Microsoft Word - 讲话.doc", ""),
        ("讲话定稿.wps", ""),
        ("无标题", ""),
        ("untitled", ""),
        ("", ""),
    ],
)
def test_the_title_of_the_file_is_taken_where_it_is_one(title: str, read_as: str) -> None:
    assert read(drawn(lines(BODY), title=title)).title == read_as


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (drawn(lambda canvas: None), "documents.empty"),
        (drawn(lines(BODY))[:300], "documents.damaged"),
        (b"%PDF-1.7\n" + b"\0" * 500, "documents.damaged"),
        (by_hand({1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"}),
         "documents.damaged"),
        (by_hand({1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Kids [] /Count 9999999 >>"}),
         "documents.damaged"),
        (by_hand({1: "<< /Type /Catalog /Pages 2 0 R >>", 3: "<< /Type /Page /MediaBox [0 0 9 9] >>",
                  2: f"<< /Type /Pages /Kids [{'3 0 R ' * 3001}] /Count 3001 >>"}),
         "documents.too_many_pages"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_says_why(data: bytes, key: str) -> None:
    assert failure(data).key == key
    with pytest.raises(DocumentError) as caught:
        shared_readers().read(data, Kind.PDF)
    assert caught.value.key == key


def test_a_worker_reads_the_same() -> None:
    data = drawn(lines("值班要在岗。", BODY), lines(BODY))
    assert shared_readers().read(data, Kind.PDF) == replace(read(data), reader=FORMATS[Kind.PDF].reader)
