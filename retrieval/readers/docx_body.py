"""The text of a docx: paragraphs, tables, text boxes and notes in the order in which they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from retrieval.readers.docx_numbering import Numbering
from retrieval.readers.docx_styles import Styles, W, numbered, outline, switch, value
from retrieval.readers.lines import Line, line_of, table_lines
from retrieval.readers.package import name_of
from retrieval.readers.style_names import CONTENTS_FIELD
from retrieval.readers.symbols import symbol

_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TRANSPARENT = frozenset(
    ("ins", "moveTo", "hyperlink", "smartTag", "sdt", "sdtContent", "customXml", "fldSimple", "dir", "bdo")
)
"""What may stand around runs or paragraphs without changing whether they are shown."""

_SPACE = re.compile(r"[\t\r\n]+")


@dataclass(slots=True)
class _Paragraph:
    """What a paragraph's runs gave so far."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    contents: bool = False

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)


@dataclass(slots=True)
class _Field:
    """An open field: its instruction, and whether its result has begun."""

    instruction: str = ""
    result: bool = False


@dataclass(slots=True)
class _Held:
    """Text whose paragraph mark is deleted or hidden: it opens the next paragraph."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)
    level: int = 0
    heading: int = 0


class Body:
    """Reads the stories of one document: the body first, then its notes.

    Attributes:
        title: the first paragraph in the style of titles.
        notes: ids of the notes that the text refers to, in order, by the kind of note.
        is_partial: whether the file points to text that is not in it in this form.
    """

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.title = ""
        self.notes: dict[str, list[str]] = {"footnote": [], "endnote": []}
        self.is_partial = False
        self._styles = styles
        self._numbering = numbering
        self._tables = self._boxes = 0
        self._fields: list[_Field] = []
        self._held = _Held()

    def read(self, story: etree._Element, place: str = "") -> list[Line]:
        """The lines of a story.

        Args:
            story: the element that holds its blocks.
            place: what its lines are called; "" counts them as paragraphs.
        """
        outer, self._fields = self._fields, []
        held, self._held = self._held, _Held()
        lines = list(self._blocks(story, place, contents=False))
        if rest := "".join(text for text, _ in self._held.pieces):
            lines.append(Line(rest, place))
        self._fields, self._held = outer, held
        return lines

    def _blocks(self, parent: etree._Element, place: str, *, contents: bool) -> Iterator[Line]:
        for child in parent:
            name = name_of(child)
            if name == "p":
                yield from self._paragraph(child, place, contents=contents)
            elif name == "tbl":
                yield from self._table(child, place)
            elif name == "sdt":
                yield from self._blocks(child, place, contents=contents or _is_contents(child))
            elif name == "AlternateContent":
                yield from self._blocks(_chosen(child), place, contents=contents)
            elif name in _TRANSPARENT:
                yield from self._blocks(child, place, contents=contents)
            elif name in ("altChunk", "subDoc"):
                self.is_partial = True

    def _paragraph(self, element: etree._Element, place: str, *, contents: bool) -> Iterator[Line]:
        properties = element.find(f"{W}pPr")
        style = value(properties, "pStyle") or self._styles.default
        mark = properties.find(f"{W}rPr") if properties is not None else None
        found = _Paragraph()
        self._inline(element, style, found)
        level = self._level(properties, style)
        if mark is not None and any(mark.find(f"{W}{name}") is not None for name in ("del", "moveFrom")):
            self._held.pieces += found.pieces
        elif found.text or not switch(mark, "vanish"):
            marker = self._numbering.marker(style, numbered(properties))
            held, self._held = self._held, _Held()
            pieces = [*held.pieces, *([(marker, _opens_bold(found))] if marker else []), *found.pieces]
            if switch(mark, "specVanish"):
                self._held = _Held(pieces, level, sum(len(text) for text, _ in pieces))
            elif found.text.strip() or held.pieces:
                line = line_of(pieces, place)
                noise = contents or found.contents or self._styles.is_contents(style)
                if held.level:
                    level = held.level
                if self._styles.is_title(style) and not self.title and not noise:
                    self.title = " ".join(line.text.split())
                yield replace(line, level=level, heading=held.heading, noise=noise)
        for box in found.boxes:
            self._boxes += 1
            yield from self.read(box, place or f"文本框{self._boxes}")

    def _level(self, properties: etree._Element | None, style: str) -> int:
        own = outline(properties)
        if own is not None:
            return own + 1 if own < 9 else 0
        return self._styles.heading_level(style)

    def _inline(self, parent: etree._Element, style: str, into: _Paragraph) -> None:
        for child in parent:
            name = name_of(child)
            if name == "r":
                self._run(child, style, into)
            elif name == "AlternateContent":
                self._inline(_chosen(child), style, into)
            elif name in _TRANSPARENT:
                self._inline(child, style, into)
            elif name in ("oMath", "oMathPara"):
                into.pieces += [(sign.text or "", False) for sign in child.iter() if name_of(sign) == "t"]

    def _run(self, run: etree._Element, style: str, into: _Paragraph) -> None:
        properties = run.find(f"{W}rPr")
        own = value(properties, "rStyle")
        hidden = switch(properties, "vanish")
        if hidden is None:
            hidden = self._styles.hidden(own) or self._styles.hidden(style)
        bold = switch(properties, "b")
        if bold is None:
            inherited = self._styles.bold(own)
            bold = bool(self._styles.bold(style) if inherited is None else inherited)
        self._run_content(run, into, bold=bold, hidden=hidden)

    def _run_content(self, run: etree._Element, into: _Paragraph, *, bold: bool, hidden: bool) -> None:
        for child in run:
            name = name_of(child)
            if name == "fldChar":
                self._field(child.get(f"{W}fldCharType", ""))
            elif name == "instrText":
                if self._fields and not self._fields[-1].result:
                    self._fields[-1].instruction += child.text or ""
            elif hidden or not all(one.result for one in self._fields):
                continue
            elif name == "AlternateContent":
                self._run_content(_chosen(child), into, bold=bold, hidden=hidden)
            elif name in ("drawing", "pict", "object"):
                into.boxes += _boxes(child)
            elif name in ("footnoteReference", "endnoteReference"):
                self.notes[name.removesuffix("Reference")].append(child.get(f"{W}id", ""))
            elif name == "ruby":
                for base in child.iterchildren(f"{W}rubyBase"):
                    self._inline(base, "", into)
            elif text := _character(name, child):
                into.pieces.append((text, bold))
                into.contents |= any(CONTENTS_FIELD.match(one.instruction) for one in self._fields)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].result = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _table(self, table: etree._Element, place: str) -> Iterator[Line]:
        self._tables += 1
        name = f"{place}表{self._tables}"
        rows = [
            list(_children(row, "tc"))
            for row in _children(table, "tr")
            if not _is_deleted(row, "trPr", "del")
        ]
        cells = (
            [
                list(self._blocks(cell, place, contents=False))
                for cell in row
                if not _is_deleted(cell, "tcPr", "cellDel") and not _continues(cell)
            ]
            for row in rows
        )
        yield from table_lines(name, list(cells), is_frame=all(len(row) <= 1 for row in rows))


def _opens_bold(paragraph: _Paragraph) -> bool:
    return next((bold for text, bold in paragraph.pieces if text.strip()), False)


def _character(name: str, element: etree._Element) -> str:
    """What one element of a run shows."""
    if name == "t":
        text = element.text or ""
        if element.get("{http://www.w3.org/XML/1998/namespace}space") != "preserve":
            text = text.strip(" \t\r\n")
        return _SPACE.sub(" ", text)
    if name == "br":
        return "" if element.get(f"{W}type") in ("page", "column") else "\n"
    if name == "sym":
        code = element.get(f"{W}char", "")
        return symbol(int(code, 16)) if re.fullmatch(r"[0-9A-Fa-f]{1,4}", code) else ""
    return {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}.get(name, "")


def _chosen(alternatives: etree._Element) -> etree._Element:
    """One of several ways to say the same: the first that has text, else the fallback."""
    choices = [
        *alternatives.iterchildren(f"{_CHOICE}Choice"),
        *alternatives.iterchildren(f"{_CHOICE}Fallback"),
    ]
    for choice in choices:
        if any(True for _ in choice.iter(f"{W}t")):
            return choice
    return choices[0] if choices else alternatives


def _boxes(element: etree._Element) -> list[etree._Element]:
    """The text boxes of a drawing, each once."""
    found: list[etree._Element] = []
    for child in element:
        name = name_of(child)
        if name == "txbxContent":
            found.append(child)
        else:
            found += _boxes(_chosen(child) if name == "AlternateContent" else child)
    return found


def _children(parent: etree._Element, wanted: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, whatever is wrapped around them."""
    for child in parent:
        name = name_of(child)
        if name == wanted:
            yield child
        elif name in _TRANSPARENT:
            yield from _children(child, wanted)


def _is_deleted(element: etree._Element, properties: str, mark: str) -> bool:
    return element.find(f"{W}{properties}/{W}{mark}") is not None


def _continues(cell: etree._Element) -> bool:
    """Whether a cell is covered by the one above it."""
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return merge is not None and merge.get(f"{W}val", "continue") == "continue"


def _is_contents(control: etree._Element) -> bool:
    """Whether a content control holds a table of contents."""
    gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and "contents" in gallery.get(f"{W}val", "").lower()
