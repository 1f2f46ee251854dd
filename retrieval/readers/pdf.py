"""PDF files: the text that their characters say, put together by where they stand on the pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pypdfium2 as pdfium
from pypdfium2 import raw as pdf

from config.errors import DocumentError
from retrieval.documents.types import ReadWarning
from retrieval.readers.formats import MAX_CHARACTERS
from retrieval.readers.package import damaged
from retrieval.readers.pdf_characters import read_sheets
from retrieval.readers.pdf_font import use_square_font
from retrieval.readers.pdf_pieces import pieces_of
from retrieval.readers.pdf_rules import read_rules
from retrieval.readers.pdf_signs import is_unreadable
from retrieval.readers.printed import Page
from retrieval.readers.printed_reading import compose
from retrieval.readers.types import UNNAMED, Reading

MOST_PAGES = 3_000
"""More pages are no speech."""

_LEAST_CHARACTERS = 8
"""A page with fewer characters and a picture is a picture: what a scanner stamps on it is no text."""

_GARBAGE_SHARE = 0.25
"""Share of characters without a meaning from which a page can't be read."""

_DOUBT_SHARE = 0.002
_NO_TITLE = re.compile(
    r"\.(?:docx?|wps|pdf|txt|rtf|html?|xlsx?|pptx?|indd|cdr|tmp)\b|^(?:microsoft|powerpoint|word)\b|untitled|无标题|"
    r"^文档\s?\d*$|^新建|^document\d*$|\ufffd|^[\x00-\x7f]*$",
    re.I,
)


@dataclass(slots=True)
class Found:
    """What the pages of a file gave; numbers of pages count from 1.

    Attributes:
        pages: those with text, in order; several of one number where its text runs in several directions.
        pictures: numbers of pages that show pictures and have no text.
        garbled: numbers of pages whose fonts do not say what their characters stand for.
        broken: numbers of pages that are damaged.
        hidden: numbers of pages whose text is in no ink: recognised by a scanner's program.
        characters: of the pages with text.
        unreadable: of these, those that nobody knows.
    """

    pages: list[Page] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    garbled: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    characters: int = 0
    unreadable: int = 0

    @property
    def missing(self) -> list[int]:
        """Numbers of the pages that show something that was not read."""
        return sorted({*self.pictures, *self.garbled, *self.broken})


def read(data: bytes) -> Reading:
    """Read a PDF.

    Raises:
        DocumentError: it is encrypted or damaged, has no text but pictures (a scan), or fonts that do not
            say what their characters stand for.
    """
    document = open_pdf(data)
    try:
        return _read(document)
    finally:
        document.close()


def open_pdf(data: bytes) -> pdfium.PdfDocument:
    """Open a file, by an empty password where it has one; to be closed by the caller.

    Raises:
        DocumentError: it is encrypted, damaged, or has too many pages.
    """
    use_square_font()
    try:
        document = pdfium.PdfDocument(data)
        count = len(document)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) in (pdf.FPDF_ERR_PASSWORD, pdf.FPDF_ERR_SECURITY):
            raise DocumentError("documents.encrypted", file=UNNAMED) from error
        raise damaged("PDF") from error
    if not count:
        raise damaged("PDF, 0")
    if count > MOST_PAGES:
        raise DocumentError("documents.too_many_pages", file=UNNAMED, pages=count, limit=MOST_PAGES)
    return document


def read_pages(document: pdfium.PdfDocument) -> Found:
    """Read every page, and tell which have no text that can be read.

    Raises:
        DocumentError: there is more text than any speech has.
    """
    found = Found()
    for number in range(1, len(document) + 1):
        try:
            page = document[number - 1]
        except pdfium.PdfiumError:
            found.broken.append(number)
            continue
        try:
            _read_page(page, number, found)
        except pdfium.PdfiumError:
            found.broken.append(number)
        finally:
            page.close()
    return found


def title_of(document: pdfium.PdfDocument) -> str:
    """The title that the file gives itself, if it is one and not the name of a file."""
    return real_title(document.get_metadata_value("Title"))


def real_title(text: str) -> str:
    """A title that a file gives itself; "" for the name of a file or what a program puts there."""
    title = " ".join(text.split())
    return "" if _NO_TITLE.search(title) else title


def _read(document: pdfium.PdfDocument) -> Reading:
    found = read_pages(document)
    if not found.pages:
        raise _nothing(found)
    return compose(
        found.pages, reader="pdf", title=title_of(document), warnings=_warnings(found), missing=found.missing
    )


def _warnings(found: Found) -> list[ReadWarning]:
    told = {
        ReadWarning.PARTLY_READ: found.broken or found.garbled,
        ReadWarning.SCANNED_PAGES: found.pictures or found.garbled,
        ReadWarning.OCR: found.hidden,
        ReadWarning.LOST_CHARACTERS: found.unreadable > _DOUBT_SHARE * found.characters,
    }
    return [warning for warning, is_so in told.items() if is_so]


def _nothing(found: Found) -> DocumentError:
    """Why no page could be read."""
    if found.garbled:
        return DocumentError("documents.no_unicode", file=UNNAMED)
    if found.pictures:
        return DocumentError("documents.scan", file=UNNAMED, pages=len(found.pictures))
    if found.broken:
        return damaged(f"PDF, {_listed(found.broken)}")
    return DocumentError("documents.empty", file=UNNAMED)


def _listed(pages: Sequence[int]) -> str:
    return "、".join(f"第{page}页" for page in pages[:10]) + ("…" if len(pages) > 10 else "")


def _read_page(page: pdfium.PdfPage, number: int, found: Found) -> None:
    sheets = read_sheets(page, MAX_CHARACTERS - found.characters)
    characters = [one for sheet in sheets for one in sheet.characters]
    if len(characters) < _LEAST_CHARACTERS and _has_picture(page):
        found.pictures.append(number)
        return
    unreadable = sum(one.is_unmapped or is_unreadable(one.text) for one in characters)
    if unreadable > _GARBAGE_SHARE * len(characters):
        found.garbled.append(number)
        return
    found.characters += len(characters)
    found.unreadable += unreadable
    if any(sheet.is_hidden for sheet in sheets):
        found.hidden.append(number)
    for sheet in sheets:
        rules = read_rules(page, sheet.quarter) if sheet.quarter is not None else []
        pieces = tuple(pieces_of(sheet, rules))
        found.pages.append(Page(number, sheet.width, sheet.height, pieces, tuple(rules)))


def _has_picture(page: pdfium.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=(pdf.FPDF_PAGEOBJ_IMAGE,), max_depth=3))
