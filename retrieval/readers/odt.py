"""OpenDocument texts (odt), as LibreOffice, WPS and Yozo write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from config.errors import DocumentError
from retrieval.documents.types import ReadWarning
from retrieval.readers.lines import Line, build_reading, line_of, table_lines
from retrieval.readers.numbering import LEVELS, Counters, NumberedList
from retrieval.readers.odt_styles import OFFICE, TEXT, OdtStyles, whole
from retrieval.readers.package import Package, damaged
from retrieval.readers.symbols import without_ornaments
from retrieval.readers.types import UNNAMED, Reading

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_SPACE = re.compile(r"[ \t\r\n]+")
_MOST_BLANKS = 1_000
_NO_START = ("", 0, 0, "")  # counters, depth, number, and a name by which it counts once
_INDEXES = frozenset(
    f"{TEXT}{name}"
    for name in ("table-of-content", "illustration-index", "table-index", "alphabetical-index", "user-index")
)
_SKIPPED = frozenset(
    (
        f"{OFFICE}annotation",
        f"{TEXT}page-number",
        f"{TEXT}page-count",
        f"{TEXT}ruby-text",
        f"{TEXT}hidden-text",
    )
)
_ROWS = frozenset(f"{_TABLE}{name}" for name in ("table-rows", "table-header-rows", "table-row-group"))


def read(data: bytes) -> Reading:
    """Read a document.

    Raises:
        DocumentError: it is encrypted, damaged or hostile.
    """
    package = Package(data)
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.part("META-INF/manifest.xml"):
        raise DocumentError("documents.encrypted", file=UNNAMED)
    styles = OdtStyles()
    warnings: list[ReadWarning] = []
    title = ""
    for name in ("styles.xml", "meta.xml"):
        try:
            root = package.xml(name)
        except KeyError:
            continue
        except DocumentError as error:
            if error.key != "documents.damaged":
                raise
            warnings.append(ReadWarning.PARTLY_READ)
            continue
        styles.add(root)
        title = next((one.text or "" for one in root.iter(_TITLE)), title)
    try:
        content = package.xml("content.xml")
    except KeyError as error:
        raise damaged("content.xml") from error
    styles.add(content)
    body = content.find(f"{OFFICE}body/{OFFICE}text")
    if body is None:
        raise damaged("content.xml: office:text")
    reader = _Odt(styles)
    lines = [*reader.blocks(body, ""), *reader.notes()]
    title = reader.title or " ".join(title.split())
    return build_reading(lines, reader="odt", encoding="", title=title, warnings=warnings)


@dataclass(slots=True)
class _List:
    """An open list: its style, how deep it is, and what it counts with."""

    style: str
    depth: int
    counts: str


@dataclass(slots=True)
class _Paragraph:
    pieces: list[tuple[str, bool]] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)


class _Odt:
    def __init__(self, styles: OdtStyles) -> None:
        self.title = ""
        self._styles = styles
        self._counters = Counters()
        self._tables = self._boxes = self._lists = 0
        self._counts: dict[str, str] = {}  # of the list that a style had last, and of every list by its id
        self._starts = _NO_START
        self._notes: dict[str, list[etree._Element]] = {"脚注": [], "尾注": []}

    def notes(self) -> Iterator[Line]:
        """The notes, in the order in which the text refers to them."""
        for name, bodies in self._notes.items():
            for number, body in enumerate(bodies, 1):
                yield from self.blocks(body, f"{name}{number}")

    def blocks(
        self, parent: etree._Element, place: str, within: _List | None = None, *, noise: bool = False
    ) -> Iterator[Line]:
        """The lines of what stands in an element; the first paragraph of a list's item is numbered."""
        number = within
        for child in parent:
            tag = child.tag
            if tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph(child, place, number, noise=noise)
                number = None
            elif tag == f"{TEXT}list":
                yield from self._list(child, place, within, noise=noise)
            elif tag == f"{_TABLE}table":
                yield from self._table(child, place)
            elif tag in _INDEXES:
                yield from self.blocks(child, place, noise=True)
            elif tag in (
                f"{TEXT}section",
                f"{TEXT}index-body",
                f"{TEXT}index-title",
                f"{TEXT}numbered-paragraph",
            ):
                yield from self.blocks(child, place, noise=noise)
            elif isinstance(tag, str) and tag.startswith(_DRAW):
                found = _Paragraph()
                self._inline(child, found, bold=False)
                yield from self._boxed(found, place)

    def _list(
        self, element: etree._Element, place: str, within: _List | None, *, noise: bool
    ) -> Iterator[Line]:
        style = element.get(f"{TEXT}style-name") or (within.style if within else "")
        depth = min(within.depth + 1, LEVELS - 1) if within else 0
        counts = self._counted(element, style, within)
        for item in element:
            if item.tag == f"{TEXT}list-item":
                start = whole(item.get(f"{TEXT}start-value"))
                one = _List(style, depth, counts)
                if start is not None:
                    self._restart(one, start)
                yield from self.blocks(item, place, one, noise=noise)
            elif item.tag == f"{TEXT}list-header":
                yield from self.blocks(item, place, noise=noise)

    def _counted(self, element: etree._Element, style: str, within: _List | None) -> str:
        """The counters of a list: its own, or those of the list that it goes on from."""
        if within is not None and within.style == style:
            return within.counts
        before = element.get(f"{TEXT}continue-list", "")
        if element.get(f"{TEXT}continue-numbering") == "true":
            before = f"style {style}"
        counts = self._counts.get(before, "") if before else ""
        if not counts:
            self._lists += 1
            counts = str(self._lists)
        self._counts[f"style {style}"] = counts
        self._counts[element.get("{http://www.w3.org/XML/1998/namespace}id", "")] = counts
        return counts

    def _restart(self, one: _List, start: int) -> None:
        """Let the next paragraph of this depth have that number."""
        self._lists += 1
        self._starts = (one.counts, one.depth, start, f"start {self._lists}")

    def _marker(self, style: str, depth: int, counts: str) -> str:
        levels = self._styles.lists.get(style)
        if not levels:
            return ""
        one, name = NumberedList(counts, levels), counts
        if self._starts[:2] == (counts, depth):
            one.starts[depth], name = self._starts[2], self._starts[3]
            self._starts = _NO_START
        return without_ornaments(self._counters.marker(name, one, depth))

    def _paragraph(
        self, element: etree._Element, place: str, within: _List | None, *, noise: bool
    ) -> Iterator[Line]:
        style = element.get(f"{TEXT}style-name", "")
        found = _Paragraph()
        if not self._styles.hidden("paragraph", style):
            self._inline(element, found, bold=bool(self._styles.bold("paragraph", style)))
        level = self._styles.level(style)
        marker = ""
        if element.tag == f"{TEXT}h":
            level = min(whole(element.get(f"{TEXT}outline-level")) or 1, LEVELS)
            if within is None and element.get(f"{TEXT}is-list-header") != "true":
                marker = self._marker("", level - 1, "outline")
        if within is not None:
            marker = self._marker(within.style, within.depth, within.counts)
        if any(text.strip() for text, _ in found.pieces):
            bold = next(bold for text, bold in found.pieces if text.strip())
            pieces = [*([(marker, bold)] if marker.strip() else []), *found.pieces]
            line = line_of(pieces, place)
            if not self.title and not noise and self._styles.is_title(style):
                self.title = " ".join(line.text.split())
            yield replace(line, level=level, noise=noise or self._styles.is_contents(style))
        yield from self._boxed(found, place)

    def _boxed(self, found: _Paragraph, place: str) -> Iterator[Line]:
        for box in found.boxes:
            self._boxes += 1
            yield from self.blocks(box, place or f"文本框{self._boxes}")

    def _inline(self, parent: etree._Element, into: _Paragraph, *, bold: bool) -> None:
        self._put(parent.text, into, bold=bold)
        for child in parent:
            tag = child.tag if isinstance(child.tag, str) else ""
            if tag == f"{TEXT}s":
                count = whole(child.get(f"{TEXT}c"))
                into.pieces.append((" " * min(1 if count is None else count, _MOST_BLANKS), bold))
            elif tag in (f"{TEXT}tab", f"{TEXT}line-break"):
                into.pieces.append(("\t" if tag.endswith("tab") else "\n", bold))
            elif tag == f"{TEXT}note":
                self._note(child)
            elif tag.startswith(_DRAW):
                self._shape(child, into)
            elif tag and tag not in _SKIPPED:
                style = child.get(f"{TEXT}style-name", "")
                own = self._styles.bold("text", style) if tag == f"{TEXT}span" else None
                if tag != f"{TEXT}span" or not self._styles.hidden("text", style):
                    self._inline(child, into, bold=bold if own is None else own)
            self._put(child.tail, into, bold=bold)

    def _put(self, text: str | None, into: _Paragraph, *, bold: bool) -> None:
        if text:
            text = _SPACE.sub(" ", text)
            if text[0] == " " and (not into.pieces or into.pieces[-1][0].endswith(" ")):
                text = text[1:]
            into.pieces.append((without_ornaments(text), bold))

    def _shape(self, shape: etree._Element, into: _Paragraph) -> None:
        if any(child.tag in (f"{TEXT}p", f"{TEXT}list", f"{_TABLE}table") for child in shape):
            into.boxes.append(shape)
            return
        for child in shape:
            if isinstance(child.tag, str) and child.tag.startswith(_DRAW):
                self._shape(child, into)

    def _note(self, note: etree._Element) -> None:
        body = note.find(f"{TEXT}note-body")
        if body is not None:
            self._notes["尾注" if note.get(f"{TEXT}note-class") == "endnote" else "脚注"].append(body)

    def _table(self, table: etree._Element, place: str) -> Iterator[Line]:
        self._tables += 1
        name = f"{place}表{self._tables}"
        rows = [
            [list(self.blocks(cell, place)) for cell in row.iterchildren(f"{_TABLE}table-cell")]
            for row in _rows(table)
        ]
        yield from table_lines(name, rows)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == f"{_TABLE}table-row":
            yield child
        elif child.tag in _ROWS:
            yield from _rows(child)
