"""The timeline as PNG: its size, what is drawn with which font, and what happens where no font fits."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from config.errors import FontMissingError
from config.messages import Language
from retrieval.lineage.fonts import Font, fonts_for
from retrieval.lineage.picture import ZOOM, timeline_png
from retrieval.lineage.timeline import WIDTH, timeline_svg
from retrieval.lineage.types import Lineage
from tests.retrieval.lineage.squares import CHINESE, write_font
from tests.retrieval.lineage.test_timeline import lineage, occurrence

ONE = lineage(occurrence("三管三必须", "2021-03-04"))


def decoded(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("L")


def ink(data: bytes, box: tuple[int, int, int, int]) -> int:
    """Dark pixels in a box of the SVG's pixels."""
    left, top, right, bottom = (ZOOM * edge for edge in box)
    return sum(decoded(data).crop((left, top, right, bottom)).histogram()[:128])


def png(of: Lineage, language: Language = Language.ZH) -> bytes:
    return timeline_png(timeline_svg(of, language))


def test_it_is_the_svg_at_twice_the_size(squares: Path) -> None:
    svg = timeline_svg(ONE, Language.ZH)
    height = re.search(r'height="(\d+)"', svg)
    assert height is not None
    assert decoded(timeline_png(svg)).size == (2 * WIDTH, 2 * int(height[1]))


def test_all_letters_are_drawn(squares: Path) -> None:
    # The title has ten characters of 20 pixels, each a square of 16 by 16: four dark pixels for one.
    title = (0, 10, WIDTH, 38)
    assert ink(png(ONE), title) == pytest.approx(10 * 16 * 16 * 4, rel=0.05)


def test_it_is_the_same_each_time_whatever_else_is_installed(squares: Path) -> None:
    first = png(ONE)
    write_font(squares / "zebra.ttf", family="Zebra", share=0.3)
    write_font(squares / "deeper" / "arrows.ttf", range(0x2190, 0x2200), family="Arrows")
    assert png(ONE) == first
    # Two fonts that have it between them draw the same squares, and no font of the system draws a digit.
    (squares / "squares.ttf").unlink()
    write_font(squares / "a.ttf", sorted({*CHINESE} - {*range(0x30, 0x3A)}), "Signs")
    write_font(squares / "b.ttf", range(0x30, 0x3A), "Digits")
    assert png(ONE) == first


def test_without_a_font_the_error_names_characters_and_what_to_install(font_folder: Path) -> None:
    write_font(font_folder / "latin.ttf", range(0x20, 0x2070))
    with pytest.raises(FontMissingError) as caught:
        png(ONE)
    told = caught.value.text(Language.ZH)
    assert re.match(
        r"本机的字体里没有“《》.{6}…”，画不成 PNG；.*apt-get install fonts-noto-cjk，.*dnf install ", told
    )
    assert told.endswith(f"把字体文件放进 {font_folder}")


def test_few_missing_characters_are_all_named(squares: Path) -> None:
    with pytest.raises(FontMissingError, match="no font of this machine has “가나”,"):
        fonts_for("安 나가\n全")


def test_the_rest_comes_from_further_fonts(font_folder: Path) -> None:
    latin = write_font(font_folder / "a.ttf", range(0x20, 0x250), "Latin")
    write_font(font_folder / "b.ttf", range(0x20, 0x100), "More Latin")
    korean = write_font(font_folder / "c.ttf", range(0xAC00, 0xAD00), "Korean")
    chinese = write_font(font_folder / "wqy-microhei.ttf", CHINESE, "Chinese")
    assert fonts_for("abc") == (Font(chinese, "Chinese"),)
    assert fonts_for("安가a") == (Font(chinese, "Chinese"), Font(korean, "Korean"))
    chinese.unlink()
    assert fonts_for("가a") == (Font(latin, "Latin"), Font(korean, "Korean"))


def test_regular_comes_before_bold(font_folder: Path) -> None:
    write_font(font_folder / "NotoSansCJK-Bold.otf", family="Heavy")
    regular = write_font(font_folder / "NotoSansCJK-Regular.otf", family="Plain")
    assert fonts_for("安") == (Font(regular, "Plain"),)


def test_damaged_files_are_passed_over(squares: Path) -> None:
    (squares / "NotoSansCJK-Regular.ttc").write_bytes(b"ttcf" + bytes(40))
    (squares / "a.ttf").write_bytes((squares / "squares.ttf").read_bytes()[:90])
    (squares / "b.otf").symlink_to(squares / "nowhere.otf")
    write_font(squares / "NotoSansCJK.ttf", family="Partial", is_whole=False)
    assert fonts_for("安") == (Font(squares / "squares.ttf", "Squares"),)


def test_what_no_font_has_is_drawn_as_a_printers_blank(squares: Path) -> None:
    # A character of private use, which Word documents have, and marks of direction, which nobody sees.
    title = occurrence("三管三必须", "2021-03-04", title="在会议\ue004上\u200b的讲话\u202d")
    plain = occurrence("三管三必须", "2021-03-04", title="在会议〓上的讲话")
    assert png(lineage(title)) == png(lineage(plain))


@pytest.mark.parametrize("language", Language)
def test_the_largest_is_within_the_limits_of_a_photo(squares: Path, language: Language) -> None:
    """Telegram's: 10 MB, width and height together 10,000, one at most 20 times the other."""
    dates = [f"{1950 + n % 80}-{n % 12 + 1:02d}-{n % 28 + 1:02d}" if n % 7 else None for n in range(600)]
    wordings = [f"三管{'甲乙丙丁戊己庚辛壬癸子丑'[n % 12]}{'三必须和四不放过' * 4}" for n in range(600)]
    of = lineage(*(occurrence(*one, n) for n, one in enumerate(zip(wordings, dates, strict=True))))
    data = png(of, language)
    width, height = decoded(data).size
    assert len(data) < 10 << 20
    assert width + height <= 10_000
    assert max(width, height) <= 20 * min(width, height)


def test_installed_chinese_fonts_draw_characters_and_no_boxes() -> None:
    try:
        fonts_for("提法沿革：三管")
    except FontMissingError:
        pytest.skip("no Chinese font is installed")
    alone = [ink(png(lineage(occurrence(wording, "2021"))), (28, 132, 70, 146)) for wording in ("三", "管")]
    assert 0 < alone[0] < alone[1]  # three strokes, fourteen strokes
