"""The font that stands for fonts which a PDF does not carry: a square for every sign, on every machine."""

from __future__ import annotations

import io

import pytest
from PIL import ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from retrieval.readers.pdf import open_pdf
from retrieval.readers.pdf_font import square_font


def test_the_font_is_one_that_others_can_read() -> None:
    font = ImageFont.truetype(io.BytesIO(square_font()), 100)
    assert font.getmetrics() == (88, 12)
    assert [font.getlength(sign) for sign in ("安", "A", "\U00020bb7")] == [100, 100, 100]
    left, top, right, bottom = font.getbbox("安", anchor="ls")
    assert (left, top, right, bottom) == (0, -88, 100, 12)


@pytest.mark.parametrize("sign", ["安", "A", "\U00020bb7", "，"])
def test_every_sign_of_a_missing_font_is_a_square(sign: str) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(200, 200))
    canvas.setFont("STSong-Light", 100)
    canvas.drawString(20, 50, sign)
    canvas.save()
    with open_pdf(buffer.getvalue()) as document:
        page = document[0]
        [text] = list(page.get_objects())
        left, bottom, right, top = text.get_bounds()
        # PDFium stretches boxes upwards by some hundredths.
        assert (left, bottom) == (pytest.approx(20, abs=1), pytest.approx(38, abs=1))
        assert 138 <= top < 140
        assert right > left
        page.close()
