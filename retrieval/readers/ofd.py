"""OFD, the Chinese standard for printed pages (GB/T 33190): zipped XML with every character's place."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from config.errors import DocumentError
from retrieval.documents.types import ReadWarning, Span, Unit
from retrieval.readers.ofd_notation import POINTS, box_of, children
from retrieval.readers.ofd_objects import Canvas, Fonts
from retrieval.readers.package import Package, damaged, name_of
from retrieval.readers.pdf import MOST_PAGES, real_title
from retrieval.readers.pdf_characters import sheets_of
from retrieval.readers.pdf_pieces import pieces_of
from retrieval.readers.pdf_signs import is_unreadable
from retrieval.readers.printed import Page, Piece
from retrieval.readers.printed_reading import compose
from retrieval.readers.types import UNNAMED, Heading, Reading

_ROOT = "OFD.xml"
_ENCRYPTION = ("encryptions.xml", "entriesmap.enc", "decryptseed.dat")
_A4 = (0.0, 0.0, 210.0, 297.0)  # millimetres
_DOUBT_SHARE = 0.002
_MOST_DOCUMENTS = 100


def read(data: bytes) -> Reading:
    """Read all documents of a file, one after the other; pages are counted through.

    Raises:
        DocumentError: it is encrypted, damaged or hostile, or has no text but pictures.
    """
    return _Ofd(Package(data)).read()


@dataclass(slots=True)
class _Found:
    """What the pages of each document gave; numbers of pages count from 1, through all of them."""

    documents: list[list[Page]] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    characters: int = 0
    unreadable: int = 0
    count: int = 0


class _Ofd:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._found = _Found()

    def read(self) -> Reading:
        root = self._root()
        bodies = list(children(root, "DocBody"))[:_MOST_DOCUMENTS]
        title = ""
        for body in bodies:
            info = next(children(body, "DocInfo"), None)
            title = title or real_title(_text(info, "Title"))
            self._document(_text(body, "DocRoot"))
        found = self._found
        if not any(found.documents):
            if found.pictures:
                raise DocumentError("documents.scan", file=UNNAMED, pages=len(found.pictures))
            raise damaged(_ROOT) if found.broken or not found.count else _empty()
        told = {
            ReadWarning.PARTLY_READ: found.broken,
            ReadWarning.SCANNED_PAGES: found.pictures,
            ReadWarning.LOST_CHARACTERS: found.unreadable > _DOUBT_SHARE * found.characters,
        }
        warnings = [warning for warning, is_so in told.items() if is_so]
        readings = [compose(pages, reader="ofd") for pages in found.documents if pages]
        return replace(_one_after_the_other(readings), title=title, warnings=tuple(warnings))

    def _root(self) -> etree._Element:
        if any(name in self._package for name in _ENCRYPTION):
            raise DocumentError("documents.encrypted", file=UNNAMED)
        try:
            root = self._package.xml(_ROOT)
        except KeyError as error:
            raise damaged(_ROOT) from error
        if any(name_of(element).startswith("Encrypt") for element in root.iter()):
            raise DocumentError("documents.encrypted", file=UNNAMED)
        return root

    def _document(self, name: str) -> None:
        """Read the pages of one document; one that is not there counts as a broken page."""
        self._found.documents.append([])
        root = self._part(name)
        common = next(children(root, "CommonData"), None) if root is not None else None
        if root is None or common is None:
            self._found.broken.append(self._found.count + 1)
            return
        folder = posixpath.dirname(name)
        area = box_of(next(children(common, "PageArea"), None)) or _A4
        fonts = Fonts(self._resources(folder, common))
        templates = {
            one.get("ID", ""): posixpath.join(folder, one.get("BaseLoc", ""))
            for one in children(common, "TemplatePage")
        }
        for pages in children(root, "Pages"):
            for page in children(pages, "Page"):
                self._found.count += 1
                if self._found.count > MOST_PAGES:
                    raise DocumentError(
                        "documents.too_many_pages", file=UNNAMED, pages=self._found.count, limit=MOST_PAGES
                    )
                self._page(posixpath.join(folder, page.get("BaseLoc", "")), area, fonts, templates)

    def _resources(self, folder: str, common: etree._Element) -> Iterator[etree._Element]:
        for kind in ("PublicRes", "DocumentRes"):
            for one in children(common, kind):
                part = self._part(posixpath.join(folder, (one.text or "").strip()))
                if part is not None:
                    yield part

    def _page(self, name: str, area: tuple[float, ...], fonts: Fonts, templates: dict[str, str]) -> None:
        found = self._found
        root = self._part(name)
        if root is None:
            found.broken.append(found.count)
            return
        left, top, width, height = box_of(next(children(root, "Area"), None)) or area
        own, background = (Canvas(left, top, height, fonts, found.characters) for _ in range(2))
        for one in children(root, "Template"):
            part = self._part(templates.get(one.get("TemplateID", ""), ""))
            if part is not None:
                background.draw(part)
        own.draw(root)
        if not own.characters and not background.characters:
            if own.pictures or background.pictures:
                found.pictures.append(found.count)
            return
        found.characters += len(own.characters) + len(background.characters)
        found.unreadable += sum(is_unreadable(one.text) for one in own.characters)
        self._add(own, background, width * POINTS, height * POINTS)

    def _add(self, own: Canvas, background: Canvas, width: float, height: float) -> None:
        """Put a page together; what its template prints is no part of its text."""
        number = self._found.count
        box = (0.0, 0.0, width, height)
        rules = tuple(own.rules + background.rules)
        aside = [piece for sheet in sheets_of(background.characters, box) for piece in pieces_of(sheet)]
        sheets = sheets_of(own.characters, box)
        for at, sheet in enumerate(sheets):
            level = rules if sheet.quarter == 0 else ()
            pieces = (*pieces_of(sheet, level), *(_aside(aside) if at == 0 else ()))
            self._found.documents[-1].append(Page(number, sheet.width, sheet.height, pieces, level))

    def _part(self, name: str) -> etree._Element | None:
        """An XML part; None where it is missing or damaged."""
        try:
            return self._package.xml(name) if name else None
        except KeyError:
            return None
        except DocumentError as error:
            if error.key != "documents.damaged":
                raise
            return None


def _one_after_the_other(readings: Sequence[Reading]) -> Reading:
    """Readings of several documents as one."""
    whole = readings[0]
    for one in readings[1:]:
        start = len(whole.text) + 1

        def moved(span: Span, by: int = start) -> Span:
            return Span(span.start + by, span.end + by)

        whole = replace(
            whole,
            text=f"{whole.text}\n{one.text}",
            units=(*whole.units, *(Unit(unit.name, moved(unit.span)) for unit in one.units)),
            headings=(*whole.headings, *(Heading(moved(head.span), head.level) for head in one.headings)),
            noise=(*whole.noise, *map(moved, one.noise)),
        )
    return whole


def _text(parent: etree._Element | None, name: str) -> str:
    child = next(children(parent, name), None) if parent is not None else None
    return "".join(map(str, child.itertext())).strip() if child is not None else ""


def _aside(pieces: list[Piece]) -> Iterator[Piece]:
    return (replace(piece, is_aside=True) for piece in pieces)


def _empty() -> DocumentError:
    return DocumentError("documents.empty", file=UNNAMED)
