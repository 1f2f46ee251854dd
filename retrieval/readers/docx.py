"""Word documents (docx): the text as Word shows it, automatic numbers and accepted changes included."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from config.errors import DocumentError
from retrieval.documents.types import ReadWarning
from retrieval.readers.docx_body import Body
from retrieval.readers.docx_numbering import Numbering
from retrieval.readers.docx_styles import Styles, W, read_styles
from retrieval.readers.lines import Line, build_reading
from retrieval.readers.package import Package, damaged
from retrieval.readers.types import Reading

_MAIN = "word/document.xml"
_NOTES = (("footnotes", "footnote", "脚注"), ("endnotes", "endnote", "尾注"))
_AROUND = {"header": "页眉", "footer": "页脚"}
_MOST_AROUND = 24
"""Parts of that kind that are read: a document has six for each section, nearly all of them the same."""
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def read(data: bytes) -> Reading:
    """Read a document.

    Raises:
        DocumentError: it is encrypted, damaged or hostile.
    """
    return _Docx(Package(data)).read()


class _Docx:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._warnings: list[ReadWarning] = []
        root = package.related("")
        self._main = root.get("officeDocument", _MAIN)
        self._core = root.get("core-properties", "")
        self._parts = package.related(self._main)
        self._relations = package.relations(self._main)

    def read(self) -> Reading:
        try:
            root = self._package.xml(self._main)
        except KeyError as error:
            raise damaged(self._main) from error
        body = root.find(f"{W}body")
        if body is None:
            raise damaged(f"{self._main}: w:body")
        styles = self._part("styles")
        known = read_styles(styles) if styles is not None else Styles()
        reader = Body(known, Numbering(self._part("numbering"), known))
        lines = reader.read(body)
        for part, element, name in _NOTES:
            lines += self._notes(reader, part, element, name)
        lines += self._around(reader) + self._comments(reader)
        if reader.is_partial:
            self._warnings.append(ReadWarning.PARTLY_READ)
        return build_reading(
            lines, reader="docx", encoding="", title=reader.title or self._title(), warnings=self._warnings
        )

    def _part(self, relation: str) -> etree._Element | None:
        """A part that the document can be read without."""
        name = self._parts.get(relation)
        return None if name is None else self._optional(name)

    def _optional(self, name: str) -> etree._Element | None:
        try:
            return self._package.xml(name)
        except KeyError:
            return None
        except DocumentError as error:
            if error.key != "documents.damaged":
                raise
            self._warnings.append(ReadWarning.PARTLY_READ)
            return None

    def _notes(self, reader: Body, part: str, element: str, name: str) -> list[Line]:
        """Notes in the order in which the text refers to them."""
        wanted = reader.notes[element]
        root = self._part(part) if wanted else None
        if root is None:
            return []
        by_id = {one.get(f"{W}id", ""): one for one in root.iterchildren(f"{W}{element}")}
        lines: list[Line] = []
        for number, note_id in enumerate(wanted, 1):
            if note_id in by_id:
                lines += reader.read(by_id[note_id], f"{name}{number}")
        return lines

    def _around(self, reader: Body) -> list[Line]:
        """What is printed above and below the text of pages, each text once: no words of the speech."""
        parts = [(kind, name) for kind, name in self._relations if kind in _AROUND]
        title, found = reader.title, dict[str, Line]()
        for kind, name in list(dict.fromkeys(parts))[:_MOST_AROUND]:
            root = self._optional(name)
            for line in reader.read(root, _AROUND[kind]) if root is not None else ():
                found.setdefault(line.text.strip(), _noise(line, _AROUND[kind]))
        reader.title = title
        return list(found.values())

    def _comments(self, reader: Body) -> list[Line]:
        """What others wrote beside the text."""
        root = self._part("comments")
        comments = root.iterchildren(f"{W}comment") if root is not None else ()
        return [
            _noise(line, f"批注{number}")
            for number, comment in enumerate(comments, 1)
            for line in reader.read(comment, f"批注{number}")
        ]

    def _title(self) -> str:
        try:
            root = self._package.xml(self._core)
        except (KeyError, DocumentError):
            return ""
        return (root.findtext(_TITLE) or "").strip()


def _noise(line: Line, place: str) -> Line:
    return replace(line, place=place, level=0, heading=0, bold=0, noise=True)
