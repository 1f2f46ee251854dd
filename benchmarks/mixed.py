"""An archive of several formats made from speeches by rule, whose right text is known line by line."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from pathlib import Path

import docx
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

from benchmarks.distractors import speeches

TRUTH = "truth.json"
"""Beside the folder of files: the lines of each, by path."""

_FONT = "STSong-Light"

Maker = Callable[[Sequence[str]], bytes]


def write_mixed(folder: Path, count: int) -> Path:
    """Write ``count`` files into ``folder``, the formats in turn; gives the file with the right lines."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = {}
    makers = list(MAKERS.items())
    for number, speech in enumerate(speeches(count)):
        ending, make = makers[number % len(makers)]
        lines = [line.strip() for line in speech.splitlines() if line.strip()]
        name = f"{number:04}.{ending.split()[-1]}"
        (folder / name).write_bytes(make(lines))
        truth[name] = lines
    path = folder.parent / TRUTH
    path.write_text(json.dumps(truth, ensure_ascii=False), "utf-8")
    return path


def _utf8(lines: Sequence[str]) -> bytes:
    return "\n".join(lines).encode()


def _gb18030(lines: Sequence[str]) -> bytes:
    return "\r\n".join(lines).encode("gb18030")


def _word(lines: Sequence[str]) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _page(lines: Sequence[str]) -> bytes:
    menu = "".join(
        f'<li><a href="/{i}">{name}</a></li>' for i, name in enumerate(("首页", "政务公开", "互动"))
    )
    body = "".join(f"<p>　　{html.escape(line)}</p>" for line in lines)
    return (
        f'<html><head><meta charset="gb2312"><title>{lines[0]}</title></head>'
        f'<body><ul class="nav">{menu}</ul><div>{body}</div></body></html>'
    ).encode("gb18030")


def _pdf(lines: Sequence[str]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    title = ParagraphStyle(
        "title", fontName=_FONT, fontSize=20, leading=30, alignment=TA_CENTER, wordWrap="CJK"
    )
    body = ParagraphStyle("body", fontName=_FONT, fontSize=14, leading=24, firstLineIndent=28, wordWrap="CJK")
    story = [Paragraph(html.escape(line), body if at else title) for at, line in enumerate(lines)]
    stream = io.BytesIO()

    def number(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont(_FONT, 10)
        canvas.drawCentredString(A4[0] / 2, 40, f"— {document.page} —")

    SimpleDocTemplate(stream, pagesize=A4).build(story, onFirstPage=number, onLaterPages=number)
    return stream.getvalue()


def _rtf(lines: Sequence[str]) -> bytes:
    def line(text: str) -> str:
        return "".join(
            char
            if char.isascii() and char not in "\\{}"
            else "".join(f"\\'{byte:02x}" for byte in char.encode("gbk"))
            for char in text
        )

    return (
        "{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fcharset134 SimSun;}}\\f0 "
        + "\\par\n".join(map(line, lines))
        + "\\par}"
    ).encode("ascii")


def _mail(lines: Sequence[str]) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = lines[0], "a@example.cn", "b@example.cn"
    message.set_content("\n".join(lines), charset="gb18030", cte="base64")
    return bytes(message)


MAKERS: dict[str, Maker] = {
    "text txt": _utf8,
    "GB 18030 txt": _gb18030,
    "Word docx": _word,
    "web page html": _page,
    "print pdf": _pdf,
    "rich text rtf": _rtf,
    "mail eml": _mail,
}
"""Name and ending of each format, with what makes it of the lines of a speech."""
