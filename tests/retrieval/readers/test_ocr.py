"""Scans and photographs: what is recognised, what is told, and what broken pictures cost.

The pictures in tests/data/formats were made by the script there from words of its own; others are drawn here
where the system has a Chinese font. Recognising a page takes some seconds, so each is read once.
"""

from __future__ import annotations

import contextlib
import difflib
import functools
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, TiffImagePlugin
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from config.errors import DocumentError
from retrieval.documents.read import read_bytes
from retrieval.documents.types import Document, ReadWarning, Span, Unit, ZoneKind
from retrieval.readers import isolation, ocr_engine
from retrieval.readers.isolation import Readers
from retrieval.readers.ocr import read
from retrieval.readers.ocr_images import as_picture, read_pictures
from retrieval.readers.ocr_seals import without_seals
from retrieval.readers.ocr_strips import strips
from retrieval.readers.ocr_text import as_printed
from retrieval.readers.places import located
from retrieval.search.verify import Claim, Verdict, verify
from tests.retrieval.readers.scans import Paper, as_bytes, font, print_pages, spoiled

HERE = Path(__file__).resolve().parents[2] / "data" / "formats"
WORDS = (HERE / "scanned.txt").read_text("utf-8").splitlines()
FIRST_PAGE = WORDS[:12]
needs_font = pytest.mark.skipif(font() is None, reason="no Chinese font on this system")


@functools.cache
def document(name: str) -> Document:
    return read_bytes((HERE / name).read_bytes(), name)


def bare(text: str) -> str:
    return "".join(text.split())


def share_in_order(lines: list[str], text: str) -> float:
    """Share of the characters of these lines that a text has, in their order."""
    wanted = bare("".join(lines))
    blocks = difflib.SequenceMatcher(None, wanted, bare(text), autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(wanted)


def paragraphs(found: Document) -> list[str]:
    noise = [zone.span for zone in found.zones if zone.kind is ZoneKind.NOISE]
    text = "".join(
        "\n" if any(span.start <= at < span.end for span in noise) else one
        for at, one in enumerate(found.raw)
    )
    return [bare(line) for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize(("name", "reader"), [("scan.pdf", "scan/1"), ("fax.tif", "image/1")])
def test_a_clean_scan_gives_the_same_paragraphs(name: str, reader: str) -> None:
    found = document(name)
    assert share_in_order(WORDS, found.raw) >= 0.97
    assert paragraphs(found) == [bare(line) for line in WORDS]
    assert (found.reader, found.warnings) == (reader, (ReadWarning.OCR,))


def test_a_scan_has_metadata_and_an_outline_as_a_text_has() -> None:
    found = document("scan.pdf")
    assert found.metadata.title.text == "在松岭镇汛前安全检查动员会上的讲话"
    assert found.metadata.speaker.text == "邱望舒"
    assert found.metadata.date.text == "2025-04-16"
    assert [section.title for section in found.sections] == [
        "一、把隐患查到水边",
        "二、把人转到高处",
        "三、把值班落到人头",
    ]


def test_pages_of_a_scan_say_that_they_were_recognised() -> None:
    found = document("scan.pdf")
    first, last = found.raw.index("离入汛"), found.raw.index("汛期值班室")
    assert located(found.units, Span(first, first + 5)) == "第1页（识别）"
    assert located(found.units, Span(first, last + 5)) == "第1页至第2页（识别）"


@pytest.mark.parametrize(("name", "words"), [("worn.jpg", FIRST_PAGE), ("sideways.png", WORDS[12:])])
def test_a_worn_or_turned_page_is_read(name: str, words: list[str]) -> None:
    found = document(name)
    assert share_in_order(words, found.raw) >= 0.97
    assert set(map(bare, words)) <= set(paragraphs(found))


def test_this_process_and_another_read_the_same() -> None:
    data = (HERE / "sideways.png").read_bytes()
    assert read(data).text == document("sideways.png").raw


def test_pages_of_pictures_and_of_text_are_read_together() -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(420, 595))
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas.setFont("STSong-Light", 14)
    for at, line in enumerate(
        ["在松岭镇汛前安全检查动员会上的讲话", "同志们：", "今天只讲一件事，就是把汛前检查做细。"]
    ):
        canvas.drawString(60, 520 - 30 * at, line)
    canvas.showPage()
    page = Image.open(HERE / "sideways.png").rotate(-90, expand=True).convert("L")
    canvas.drawImage(ImageReader(page), 0, 0, 420, 595)
    canvas.save()
    found = read_bytes(stream.getvalue(), "mixed.pdf")
    assert found.reader == "scan/1"
    assert found.warnings == (ReadWarning.OCR,)
    assert [unit.name for unit in found.units][:2] == ["第1页", "第2页（识别）"]
    assert "今天只讲一件事，就是把汛前检查做细。" in found.raw
    assert bare(WORDS[-1]) in paragraphs(found)


@needs_font
@pytest.mark.parametrize("dpi", [100, 200])
def test_a_page_drawn_here_is_read(dpi: int) -> None:
    words = [
        "在河湾街道消防工作例会上的讲话",
        "（2024年9月9日）",
        "主任　钟若谷",
        "同志们：",
        "三季度全街道接警二十六起，比去年少了九起，少在哪里？少在楼道里不再充电，少在夜里有人巡。",
    ]
    (page,) = print_pages(words, Paper(dpi, size=14.0, sides=(180.0, 110.0), margins=(18.0, 12.0)))
    found = read(as_bytes([spoiled(page, angle=-1.5)], "PNG", dpi))
    assert share_in_order(words, found.text) >= 0.97


def test_words_under_a_seal_lose_its_ink_and_red_words_stay() -> None:
    page = Image.new("RGB", (1000, 1000), "white")
    draw = ImageDraw.Draw(page)
    draw.ellipse((420, 420, 600, 600), outline=(225, 30, 30), width=9)
    draw.line((440, 510, 580, 510), fill=(20, 20, 20), width=6)
    draw.rectangle((100, 80, 700, 120), fill=(225, 30, 30))  # the red head of a circular
    picture = without_seals(as_picture(page))
    assert picture[424, 510].min() == 255
    assert picture[510, 510].max() <= 30
    assert list(picture[100, 400]) == [30, 30, 225]


def test_a_long_picture_is_cut_where_nothing_stands() -> None:
    picture = np.full((3000, 600, 3), 255, np.uint8)
    for top in range(0, 3000, 50):
        picture[top : top + 36, 40:560:7] = 0
    parts = list(strips(picture))
    assert sum(len(part) for part, _ in parts) == 3000
    assert all(36 <= top % 50 <= 49 for _, top in parts[1:])
    assert len(parts) > 3


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("(2024年12月3日)", "（2024年12月3日）"),
        ("要查,要改:不留死角;", "要查，要改：不留死角；"),
        ("共4,218处，整改率96.7%", "共4,218处，整改率96.7%"),
        ("-、提高认识", "一、提高认识"),
        ("（—）落实责任", "（一）落实责任"),
        ("8:30到会", "8:30到会"),
        ("—3—", "- 3 -"),
        ("防汛 ，抢险", "防汛，抢险"),
    ],
)
def test_marks_are_put_as_they_are_printed(seen: str, meant: str) -> None:
    assert as_printed(seen) == meant


@given(st.text(max_size=40))
def test_marks_of_any_text_are_put_once(text: str) -> None:
    once = as_printed(text)
    assert as_printed(once) == once


@pytest.mark.parametrize("names", [("第1页（识别）", "第2页"), ("第1页", "第2页（识别）")])
def test_a_place_over_a_recognised_page_says_so(names: tuple[str, str]) -> None:
    units = [Unit(names[0], Span(0, 5)), Unit(names[1], Span(5, 9))]
    assert located(units, Span(3, 7)) == "至".join(names)


def failure(data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        read(data)
    return caught.value.key


def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    ocr_engine._engine.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "rapidocr", None)
    with pytest.raises(DocumentError) as caught:
        read((HERE / "sideways.png").read_bytes())
    assert caught.value.key == "documents.ocr_missing"
    assert caught.value.values["command"] == "pip install 'anjiang[ocr]'"


def test_a_quote_of_a_scan_is_not_proved_without_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "modules" / "rapidocr"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ModuleNotFoundError('rapidocr')")
    monkeypatch.setenv("PYTHONPATH", str(hidden.parent))
    archive = tmp_path / "archive"
    archive.mkdir()
    for name in ("scan.pdf", "fax.tif"):
        (archive / name).write_bytes((HERE / name).read_bytes())
    claims = [Claim(1, name, "离入汛", 40, 43, "0" * 64, "scan/1") for name in ("scan.pdf", "fax.tif")]
    with Readers() as readers:
        monkeypatch.setattr(isolation, "shared_readers", lambda: readers)
        assert [proof.verdict for proof in verify(claims, archive)] == [Verdict.NEEDS_OCR] * 2


def test_a_picture_without_words_says_so() -> None:
    grey = Image.fromarray(np.tile(np.arange(200, dtype=np.uint8), (200, 1)))
    assert failure(as_bytes([grey], "PNG")) == "documents.no_text_seen"
    assert failure(as_bytes([Image.new("1", (3, 3))], "PNG")) == "documents.no_text_seen"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_a_picture_that_declares_more_than_any_page_has_is_not_decoded() -> None:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    assert failure(data) == "documents.bomb"


def test_a_broken_page_costs_that_page_only() -> None:
    data = bytearray((HERE / "fax.tif").read_bytes())
    image = TiffImagePlugin.TiffImageFile(io.BytesIO(bytes(data)))
    start, length = image.tag_v2[273][0], image.tag_v2[279][0]
    data[start : start + length] = b"\xff" * length
    found = read_bytes(bytes(data), "fax.tif")
    assert "汛期值班室二十四小时不断人" in found.raw


@pytest.mark.parametrize("name", ["worn.jpg", "sideways.png", "fax.tif"])
@pytest.mark.parametrize("kept", [0.002, 0.3])
def test_a_cut_picture_is_damaged(name: str, kept: float) -> None:
    data = (HERE / name).read_bytes()
    assert failure(data[: int(kept * len(data))]) == "documents.damaged"


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 400), to=st.integers(0, 255), name=st.sampled_from(["sideways.png", "fax.tif"]))
def test_a_changed_head_is_read_or_refused(at: int, to: int, name: str) -> None:
    data = bytearray((HERE / name).read_bytes())
    data[at] = to
    with contextlib.suppress(DocumentError):
        for picture in read_pictures(bytes(data), 3):
            assert picture is None or picture.shape[2] == 3
