"""Prints of blocks of text by three programs: reportlab, LibreOffice and Chromium.

``python -m tests.retrieval.readers.print_shop`` writes the PDF files of tests/data/formats anew.
"""

from __future__ import annotations

import html
import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Table

from tests.retrieval.readers.printed_speeches import MINE, Block

FONT = "STSong-Light"  # in no file and on no machine: every viewer has one of its own
SOFFICE = shutil.which("soffice")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HAS_FONTS = bool(
    shutil.which("fc-list")
    and subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout
)


@dataclass(frozen=True)
class Layout:
    """How a document is set."""

    size: float = 16
    leading: float = 28
    indent: bool = True
    gap: float = 0
    columns: int = 1
    justified: bool = True
    head: str = ""
    numbered: bool = True
    title_size: float = 22
    face: str = "Noto Serif CJK SC"


SAMPLE = MINE[:13] + MINE[20:27]
SMALL_SAMPLE = MINE[:4] + MINE[5:8]
"""What is printed once and kept in tests/data/formats, for machines without LibreOffice and Chromium."""

SAMPLE_LAYOUT = Layout(head="内部资料　注意保存", face="WenQuanYi Micro Hei")
KEPT = Path(__file__).resolve().parents[2] / "data/formats"


def by_reportlab(blocks: Sequence[Block], layout: Layout) -> bytes:
    """Platypus, which breaks Chinese lines itself and does not justify them."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    stream = io.BytesIO()
    width, height = A4
    left, bottom, gutter = 79, 85, 24

    def on_page(canvas: Any, _: object) -> None:
        canvas.setFont(FONT, 9)
        if layout.head:
            canvas.drawCentredString(width / 2, height - 40, layout.head)
        if layout.numbered:
            canvas.setFont(FONT, 14)
            canvas.drawCentredString(width / 2, 40, f"— {canvas.getPageNumber()} —")

    def frames(top: float) -> list[Frame]:
        inner = (width - 2 * left - gutter * (layout.columns - 1)) / layout.columns
        return [
            Frame(left + at * (inner + gutter), bottom, inner, top - bottom, 0, 0, 0, 0)
            for at in range(layout.columns)
        ]

    document = BaseDocTemplate(stream, pagesize=A4, title="", author="")
    body = height - 100
    if layout.columns > 1:
        # The title stands over all columns of the first page.
        title = Frame(left, body - 100, width - 2 * left, 100, 0, 0, 0, 0)
        document.addPageTemplates(
            [
                PageTemplate(
                    "first", [title, *frames(body - 110)], onPage=on_page, autoNextPageTemplate="next"
                ),
                PageTemplate("next", frames(body), onPage=on_page),
            ]
        )
    else:
        document.addPageTemplates([PageTemplate("all", frames(body), onPage=on_page)])
    document.build(list(_flowables(blocks, layout)))
    return stream.getvalue()


def _flowables(blocks: Sequence[Block], layout: Layout) -> Iterable[Flowable]:
    def style(**changes: Any) -> ParagraphStyle:
        plain = {
            "fontName": FONT, "fontSize": layout.size, "leading": layout.leading, "wordWrap": "CJK",
            "firstLineIndent": 2 * layout.size if layout.indent else 0, "spaceAfter": layout.gap,
        }  # fmt: skip
        return ParagraphStyle("x", **{**plain, **changes})

    title = style(
        fontSize=layout.title_size, leading=1.5 * layout.title_size, alignment=1, firstLineIndent=0,
    )  # fmt: skip
    centred = style(alignment=1, firstLineIndent=0)
    from reportlab.platypus import FrameBreak

    rows: list[list[Paragraph]] = []
    for at, block in enumerate(blocks):
        text = html.escape(block.text)
        if block.kind == "row":
            cell = style(fontSize=12, leading=16, firstLineIndent=0, spaceAfter=0)
            rows.append([Paragraph(html.escape(part), cell) for part in block.text.split("\t")])
            if blocks[at + 1].kind != "row":
                yield Table(
                    rows,
                    colWidths=[
                        part * (437 - 24 * (layout.columns - 1)) / layout.columns
                        for part in (0.2, 0.25, 0.2, 0.35)
                    ],
                    style=[("GRID", (0, 0), (-1, -1), 0.5, "black")],
                )
                rows = []
        elif block.kind == "title":
            yield Paragraph(text, title)
        elif block.kind in ("person", "date"):
            yield Paragraph(text, centred)
            if layout.columns > 1 and blocks[at + 1].kind not in ("person", "date"):
                yield FrameBreak()
        elif block.kind == "call":
            yield Paragraph(text, style(firstLineIndent=0))
        else:
            yield Paragraph(text, style())


def by_office(blocks: Sequence[Block], layout: Layout, folder: Path) -> bytes:
    """LibreOffice Writer, which justifies and keeps closing marks off the beginning of lines."""
    assert SOFFICE is not None
    source = folder / "source.docx"
    source.write_bytes(as_docx(blocks, layout))
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", str(folder), str(source)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return (folder / "source.pdf").read_bytes()


def as_docx(blocks: Sequence[Block], layout: Layout) -> bytes:
    """A Word file with first lines that stand in, bold headings, a head, and numbered pages."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Pt(595), Pt(842)
    section.left_margin = section.right_margin = Pt(79)
    if layout.head:
        section.header.paragraphs[0].text = layout.head
    if layout.numbered:
        _add_number(section.footer.paragraphs[0])
    table: Any = None
    for block in blocks:
        if block.kind == "row":
            cells = block.text.split("\t")
            if table is None:
                table = document.add_table(rows=0, cols=len(cells), style="Table Grid")
            for cell, text in zip(table.add_row().cells, cells, strict=True):
                cell.paragraphs[0].text = ""
                _run(cell.paragraphs[0], text, 12, layout.face, bold=False)
            continue
        table = None
        paragraph = document.add_paragraph()
        form = paragraph.paragraph_format
        form.space_after, form.line_spacing = Pt(layout.gap), Pt(layout.leading)
        size = layout.size
        if block.kind == "title":
            size = layout.title_size
            form.line_spacing = Pt(1.5 * layout.title_size)
        if block.kind in ("title", "person", "date"):
            form.alignment = WD_ALIGN_PARAGRAPH.CENTER
        else:
            if layout.justified:
                form.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            if layout.indent and block.kind != "call":
                form.first_line_indent = Pt(2 * layout.size)
        _run(paragraph, block.text, size, layout.face, bold=block.kind in ("title", "h1", "h2"))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _run(paragraph: Any, text: str, size: float, face: str, *, bold: bool) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    run.font.name = face
    run._element.rPr.rFonts.set(qn("w:eastAsia"), face)


def _add_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run("- ")
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._element.append(element)
    paragraph.add_run(" -")


def by_browser(page: str, folder: Path) -> bytes:
    """Chromium's print of a page, with the date and address that it prints beside."""
    assert CHROMIUM is not None
    (folder / "source.html").write_text(page)
    subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
         f"--print-to-pdf={folder}/source.pdf", str(folder / "source.html")],
        check=True, capture_output=True, timeout=180, env={**os.environ, "TZ": "Asia/Shanghai"},
    )  # fmt: skip
    return (folder / "source.pdf").read_bytes()


def as_page(blocks: Sequence[Block], layout: Layout, title: str = "") -> str:
    """A web page as sites print them: paragraphs apart by gaps or indents, headings larger.

    Args:
        blocks: its text.
        layout: how it is set.
        title: of the window, which is printed at its head; "" for that of the speech.
    """
    names = {"title": "h1", "h1": "h2", "h2": "h3", "h3": "h4", "h4": "h5"}
    lines: list[str] = []
    rows: list[str] = []
    for block, after in zip(blocks, [*blocks[1:], Block("", "")], strict=True):
        if block.kind == "row":
            cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in block.text.split("\t"))
            rows.append(f"<tr>{cells}</tr>")
            if after.kind != "row":
                lines.append(f"<table>{''.join(rows)}</table>")
                rows = []
            continue
        name = names.get(block.kind, "p")
        lines.append(f"<{name} class='{block.kind}'>{html.escape(block.text)}</{name}>")
        if block.kind == "date":
            lines.append("<main>")
    style = f"""
        body {{ font: {layout.size}pt/{layout.leading}pt "{layout.face}"; }}
        main {{ column-count: {layout.columns}; column-gap: 2em; }}
        p {{ margin: 0 0 {layout.gap}pt; text-indent: {2 if layout.indent else 0}em;
            text-align: {"justify" if layout.justified else "left"}; }}
        .person, .date, .title {{ text-align: center; text-indent: 0; }}
        .call {{ text-indent: 0; }}
        table {{ border-collapse: collapse; font-size: 12pt; line-height: 16pt; }}
        td {{ border: 1px solid black; padding: 4px; }}
    """
    title = html.escape(title or blocks[0].text)
    head = f"<head><meta charset=utf-8><title>{title}</title><style>{style}</style></head>"
    return f"<!DOCTYPE html><html>{head}<body>{''.join(lines)}</main></body></html>"


def main() -> None:
    """Print what is kept."""
    with tempfile.TemporaryDirectory() as folder:
        (KEPT / "libreoffice.pdf").write_bytes(by_office(SAMPLE, SAMPLE_LAYOUT, Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        # In a weight that the face has: for another the browser draws every character anew.
        page = as_page(SMALL_SAMPLE, SAMPLE_LAYOUT, "讲话")
        page = page.replace("</style>", "h1, h2, h3 { font-weight: 400 }</style>")
        (KEPT / "chromium.pdf").write_bytes(by_browser(page, Path(folder)))


if __name__ == "__main__":
    main()
