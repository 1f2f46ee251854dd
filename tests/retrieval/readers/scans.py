"""Speeches as pictures of printed pages: justified lines, indents, a title, running heads and page numbers.

Made with Pillow and a Chinese font of the system; `font` is None where there is none.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/System/Library/Fonts/Supplemental/Songti.ttc",
)
_SIMPLIFIED = 2  # the face in a collection of Noto
_NOT_FIRST = "，。、；：！？）》”’"
_NOT_LAST = "（《“‘"
_MOST_STRETCH = 0.12  # ems between characters of a justified line


def font() -> str | None:
    """A font of this system that has Chinese characters."""
    return next((path for path in FONTS if Path(path).exists()), None)


@dataclass(frozen=True)
class Paper:
    """How a speech is printed.

    Attributes:
        dpi: of the scan.
        size: of the text, in points.
        sides: of the paper, in millimetres.
        margins: left and right, above and below, in millimetres.
        head: printed over each page.
        numbered: whether pages have their number below.
        titles: lines at the beginning that are centred, the first one larger.
    """

    dpi: int
    size: float = 16.0
    sides: tuple[float, float] = (210.0, 297.0)
    margins: tuple[float, float] = (27.0, 34.0)
    head: str = ""
    numbered: bool = True
    titles: int = 3

    def pixels(self, millimetres: float) -> int:
        return round(millimetres / 25.4 * self.dpi)

    @property
    def em(self) -> float:
        return self.size * self.dpi / 72


def print_pages(lines: Sequence[str], paper: Paper) -> list[Image.Image]:
    """Grey pictures of the pages that hold these paragraphs."""
    path = font()
    assert path is not None
    face = _face(path, paper.em)
    width, height = (paper.pixels(side) for side in paper.sides)
    left, top = (paper.pixels(margin) for margin in paper.margins)
    pages: list[Image.Image] = []
    at = float(height)
    for number, line in enumerate(lines):
        for text, x, em, justified in _rows(line, number, paper, width - 2 * left):
            if at + 1.8 * em > height - top:
                pages.append(Image.new("L", (width, height), 255))
                _furnish(pages[-1], len(pages), paper, path)
                at = float(top)
            _set(pages[-1], text, left + x, at, face if em == paper.em else _face(path, em), em, justified)
            at += 1.75 * em
    return pages


def _face(path: str, em: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, em, index=_SIMPLIFIED if "Noto" in path else 0)


def _furnish(page: Image.Image, number: int, paper: Paper, path: str) -> None:
    draw = ImageDraw.Draw(page)
    if paper.head:
        draw.text(
            (page.width / 2, paper.pixels(16)), paper.head, 0, _face(path, 0.66 * paper.em), anchor="mm"
        )
    if paper.numbered:
        place = (page.width / 2, page.height - paper.pixels(18))
        draw.text(place, f"— {number} —", 0, _face(path, 0.85 * paper.em), anchor="mm")


def _rows(line: str, number: int, paper: Paper, room: int) -> list[tuple[str, float, float, float]]:
    """Text, distance from the left margin, size, and width to fill (0: as it comes) of each printed line."""
    if number < paper.titles:
        em = paper.em * (1.35 if number == 0 else 1.0)
        return [(row, (room - _width(row, em)) / 2, em, 0.0) for row in _broken(line, em, room, 0.0)]
    indent = 0.0 if line.endswith("：") and len(line) < 12 else 2 * paper.em
    rows = _broken(line, paper.em, room, indent)
    return [
        (row, x := 0.0 if at else indent, paper.em, 0.0 if at + 1 == len(rows) else room - x)
        for at, row in enumerate(rows)
    ]


def _width(text: str, em: float) -> float:
    return sum(em if one > "\u2e80" or one in "“”‘’—…" else 0.55 * em for one in text)


def _broken(text: str, em: float, room: float, indent: float) -> list[str]:
    rows: list[str] = []
    row = ""
    for one in text:
        left = room - (0 if rows else indent)
        if row and _width(row + one, em) > left + 1 and one not in _NOT_FIRST:
            carried = row[-1] if row[-1] in _NOT_LAST else ""
            rows.append(row.removesuffix(carried) if carried else row)
            row = carried
        row += one
    return [*rows, row]


def _set(
    page: Image.Image, text: str, x: float, y: float, face: ImageFont.FreeTypeFont, em: float, fill: float
) -> None:
    draw = ImageDraw.Draw(page)
    gap = (fill - _width(text, em)) / max(1, len(text) - 1) if fill else 0.0
    gap = max(-_MOST_STRETCH * em, min(_MOST_STRETCH * em, gap))
    for one in text:
        draw.text((x, y), one, 0, face)
        x += _width(one, em) + gap


def spoiled(
    page: Image.Image, *, angle: float = 0.0, noise: float = 0.0, blur: float = 0.0, jpeg: int = 0
) -> Image.Image:
    """A page as a worn scanner gives it.

    Args:
        page: grey.
        angle: degrees that it lies askew.
        noise: standard deviation of grey levels; with it go grey paper and specks.
        blur: radius in pixels.
        jpeg: quality to which it is compressed, 0 for not at all.
    """
    if angle:
        page = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    if blur:
        page = page.filter(ImageFilter.GaussianBlur(blur))
    if noise:
        random = np.random.default_rng(7)
        levels = np.asarray(page, np.float64) * 0.85 + 25
        levels += random.normal(0, noise, levels.shape)
        specks = random.random(levels.shape)
        levels[specks < 0.001], levels[specks > 0.999] = 0, 255
        page = Image.fromarray(levels.clip(0, 255).astype(np.uint8))
    if jpeg:
        stream = io.BytesIO()
        page.save(stream, "JPEG", quality=jpeg)
        page = Image.open(stream)
        page.load()
    return page


def as_bytes(pages: Sequence[Image.Image], kind: str, dpi: int = 150) -> bytes:
    """An image file or, of kind "PDF", a scan; several pages where the kind has them."""
    stream = io.BytesIO()
    rest = {"save_all": True, "append_images": list(pages[1:])} if len(pages) > 1 else {}
    extra = (
        {"resolution": dpi}
        if kind == "PDF"
        else {"dpi": (dpi, dpi)}
        if kind in ("PNG", "JPEG", "TIFF")
        else {}
    )
    pages[0].save(stream, kind, **rest, **extra)
    return stream.getvalue()
