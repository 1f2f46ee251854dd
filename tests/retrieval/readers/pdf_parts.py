"""PDF files made by hand, object by object, and pages drawn line by line."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
A4 = (595, 842)


def drawn(*pages: Callable[[Canvas], object], size: tuple[float, float] = A4, **settings: Any) -> bytes:
    """A file whose pages these functions draw, in 12 points unless they say otherwise."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT, isVertical=settings.pop("vertical", False)))
    stream = io.BytesIO()
    settings.setdefault("invariant", 1)
    title = settings.pop("title", "")
    canvas = Canvas(stream, pagesize=size, **settings)
    canvas.setTitle(title)
    for draw in pages:
        canvas.setFont(FONT, 12)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def lines(
    *texts: str, left: float = 72, top: float = 742, leading: float = 20, size: float = 12
) -> Callable[[Canvas], None]:
    """Draws lines under each other."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, size)
        for number, text in enumerate(texts):
            canvas.drawString(left, top - number * leading, text)

    return draw


def both(*draws: Callable[[Canvas], object]) -> Callable[[Canvas], None]:
    """Draws all of it on one page."""

    def draw(canvas: Canvas) -> None:
        for one in draws:
            one(canvas)

    return draw


def by_hand(objects: Mapping[int, str | bytes], root: int = 1, trailer: str = "") -> bytes:
    """A file of these objects, the first of which is its catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places: dict[int, int] = {}
    for number, content in objects.items():
        places[number] = len(out)
        body = content.encode("latin-1") if isinstance(content, str) else content
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    last = max(objects, default=0)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (last + 1)
    for number in range(1, last + 1):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\n" % (last + 1, root, trailer.encode("latin-1"))
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def stream(content: bytes, extra: str = "") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n" % (len(content), extra.encode()) + content + b"\nendstream"


def one_font(codes: Sequence[int], to_unicode: Mapping[int, str] | None) -> bytes:
    """A page of these codes in a font that is not in the file, with or without what they stand for."""
    text = "".join(f"{code:04X}" for code in codes)
    font = "/Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Song /Encoding /Identity-H /DescendantFonts [6 0 R]"
    objects: dict[int, str | bytes] = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F 5 0 R >> >> >>",
        4: stream(f"BT /F 12 Tf 72 700 Td <{text}> Tj ET".encode()),
        5: f"<< {font} {'/ToUnicode 8 0 R' if to_unicode is not None else ''} >>",
        6: "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+Song /FontDescriptor 7 0 R /DW 1000 "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        7: "<< /Type /FontDescriptor /FontName /AAAAAA+Song /Flags 4 /FontBBox [0 -120 1000 880] "
        "/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>",
    }
    if to_unicode is not None:
        pairs = "\n".join(
            f"<{code:04X}> <{sign.encode('utf-16-be').hex()}>" for code, sign in to_unicode.items()
        )
        objects[8] = stream(
            (
                "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def "
                "/CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
                f"{len(to_unicode)} beginbfchar\n{pairs}\nendbfchar endcmap end end"
            ).encode()
        )
    return by_hand(objects)
