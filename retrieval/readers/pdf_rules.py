"""The level and upright lines drawn on a PDF's page: borders of tables, and underlines."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2 as pdfium
from pypdfium2 import raw as pdf

from retrieval.readers.pdf_turning import turning
from retrieval.readers.printed import Rule

_MOST_OBJECTS = 20_000
_MOST_SEGMENTS = 20_000
_THICKEST = 2.5  # points
_SHORTEST = 6.0

_Point = tuple[float, float]


def read_rules(page: pdfium.PdfPage, quarter: int) -> list[Rule]:
    """The rules of a page, turned as its text is.

    Args:
        page: the page.
        quarter: turns by 90 degrees, as of the `Sheet` that the rules belong to.

    Raises:
        pdfium.PdfiumError: the page is damaged.
    """
    turn = turning(quarter, page.get_bbox())
    rules: list[Rule] = []
    for first, second in _edges(page):
        (x0, y0), (x1, y1) = turn(*first), turn(*second)
        rule = Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        width, height = rule.right - rule.left, rule.bottom - rule.top
        if min(width, height) <= _THICKEST and max(width, height) >= _SHORTEST:
            rules.append(rule)
    return rules


def _edges(page: pdfium.PdfPage) -> Iterator[tuple[_Point, _Point]]:
    """Ends of everything that may be a rule."""
    segments = 0
    for number, thing in enumerate(page.get_objects(filter=(pdf.FPDF_PAGEOBJ_PATH,), max_depth=1)):
        if number >= _MOST_OBJECTS or segments >= _MOST_SEGMENTS:
            return
        left, bottom, right, top = thing.get_bounds()
        if min(right - left, top - bottom) <= _THICKEST:
            yield (left, bottom), (right, top)
            continue
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdf.FPDFPath_GetDrawMode(thing, fill, stroke)
        count = pdf.FPDFPath_CountSegments(thing)
        segments += max(0, count)
        if stroke.value and 0 < count <= _MOST_SEGMENTS:
            yield from _outline(thing, count)


def _outline(thing: pdfium.PdfObject, count: int) -> Iterator[tuple[_Point, _Point]]:
    """The straight lines of a path."""
    matrix = thing.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    first: _Point | None = None
    before: _Point | None = None
    for index in range(count):
        segment = pdf.FPDFPath_GetPathSegment(thing, index)
        kind = pdf.FPDFPathSegment_GetType(segment)
        if not segment or not pdf.FPDFPathSegment_GetPoint(segment, x, y):
            return
        point: _Point = matrix.on_point(x.value, y.value)
        if kind == pdf.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == pdf.FPDF_SEGMENT_LINETO and before is not None:
            yield before, point
        if pdf.FPDFPathSegment_GetClose(segment) and first is not None:
            yield point, first
        before = point
