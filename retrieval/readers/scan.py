"""PDF files whose pages are pictures: those are rendered and recognised, the others read as they are."""

from __future__ import annotations

import numpy as np
import pypdfium2 as pdfium

from retrieval.readers.ocr import MOST_PAGES, Recognition
from retrieval.readers.ocr_engine import Picture
from retrieval.readers.pdf import open_pdf, read_pages, title_of
from retrieval.readers.types import Reading

_DOTS = 200
"""Dots an inch: more is not recognised better."""

_MOST_PIXELS = 12_000_000
"""Of a page as rendered: A3 at 200 dots an inch has 7.7 million; larger paper gets fewer dots an inch."""


def read(data: bytes) -> Reading:
    """Read a PDF with pages that are pictures, or whose fonts do not say what their characters stand for.

    Raises:
        DocumentError: the extra is not installed, the file is damaged or encrypted, or shows no text.
    """
    document = open_pdf(data)
    try:
        found = read_pages(document)
        seen = Recognition(missing=list(found.broken))
        unread = sorted({*found.pictures, *found.garbled})
        for number in unread[:MOST_PAGES]:
            _add(document, number, seen)
        seen.missing += unread[MOST_PAGES:]
        return seen.reading(found.pages, "scan", title_of(document))
    finally:
        document.close()


def _add(document: pdfium.PdfDocument, number: int, seen: Recognition) -> None:
    try:
        page = document[number - 1]
    except pdfium.PdfiumError:
        seen.add(number, None)
        return
    try:
        picture, size = _rendered(page), page.get_size()
    except pdfium.PdfiumError:
        seen.add(number, None)
        return
    finally:
        page.close()
    seen.add(number, picture, size)


def _rendered(page: pdfium.PdfPage) -> Picture:
    width, height = page.get_size()
    scale = min(_DOTS / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, rev_byteorder=False, may_draw_forms=False)
    try:
        pixels = np.array(bitmap.to_numpy())
    finally:
        bitmap.close()
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    return np.ascontiguousarray(pixels[:, :, :3])
