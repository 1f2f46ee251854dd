"""Styles of a binary Word document ([MS-DOC] 2.9.271), and what paragraphs and characters inherit."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace

from retrieval.readers import style_names
from retrieval.readers.doc_file import STYLES, DocFile
from retrieval.readers.doc_properties import Run, changes_of, huge

_MOST_STYLES = 4_095
_DEEPEST = 30
_NO_STYLE = 0xFFF
_BODY_LEVEL = 9
_HEADINGS, _CONTENTS, _TITLE = range(1, 10), range(0x13, 0x1C), 0x3E
_PARAGRAPH, _CHARACTER = 1, 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What a paragraph is.

    Attributes:
        style: its number.
        depth: tables that it lies in.
        row_end: whether its mark ends a row of the outermost one.
        inner_cell, inner_row: whether its mark ends a cell or row of a table within a table.
        list_number: of its list, counted from 1; 0 for none.
        list_level: from 0.
        outline: from 0; None for text.
    """

    style: int = 0
    depth: int = 0
    row_end: bool = False
    inner_cell: bool = False
    inner_row: bool = False
    list_number: int = 0
    list_level: int = 0
    outline: int | None = None

    @property
    def level(self) -> int:
        """Of the heading that it is; 0 for text."""
        return self.outline + 1 if self.outline is not None and self.outline < _BODY_LEVEL else 0


@dataclass(frozen=True, slots=True)
class Character:
    """What characters are.

    Attributes:
        symbol: the code of a sign of another font that stands here; 0 for none.
    """

    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    symbol: int = 0


@dataclass(slots=True)
class _Style:
    builtin: int = _NO_STYLE
    kind: int = 0
    based_on: int = _NO_STYLE
    name: str = ""
    paragraph: bytes = b""
    character: bytes = b""


class DocStyles:
    """Resolves the properties of paragraphs and characters."""

    def __init__(self, file: DocFile) -> None:
        self._file = file
        self._styles = _read(file)
        self._paragraphs: dict[tuple[Run, bytes], Paragraph] = {}
        self._characters: dict[tuple[int, bytes, bytes], Character] = {}

    def paragraph(self, run: Run, changes: bytes) -> Paragraph:
        """A paragraph with these properties, and changes of the piece that holds its mark."""
        found = self._paragraphs.get((run, changes))
        if found is None:
            number = run.style
            for code, operand in changes_of(run.changes + changes, is_old=self._file.is_old):
                if code == 0x4600:
                    number = struct.unpack("<H", operand)[0]
            found = Paragraph(style=number)
            for style in reversed(self._chain(number)):
                if style.builtin in _HEADINGS:
                    found = replace(found, outline=style.builtin - 1)
                elif level := style_names.heading_level(style.name):
                    found = replace(found, outline=level - 1)
                found = self._changed(found, style.paragraph)
            found = self._changed(self._changed(found, run.changes), changes)
            self._paragraphs[run, changes] = found
        return found

    def character(self, style: int, run: Run, changes: bytes) -> Character:
        """Characters with these properties in a paragraph of that style."""
        key = (style, run.changes, changes)
        found = self._characters.get(key)
        if found is None:
            found = Character()
            for one in reversed(self._chain(style)):
                found = self._marked(found, one.character, Character())
            own = run.changes + changes
            for code, operand in changes_of(own, is_old=self._file.is_old):
                if code == 0x4A30:
                    for one in reversed(self._chain(struct.unpack("<H", operand)[0])):
                        found = self._marked(found, one.character, found)
            found = self._marked(found, own, found)
            self._characters[key] = found
        return found

    def is_title(self, number: int) -> bool:
        """Whether the style is that of the document's title."""
        return any(one.builtin == _TITLE or style_names.is_title(one.name) for one in self._chain(number))

    def is_contents(self, number: int) -> bool:
        """Whether the style is that of a table of contents."""
        return any(
            one.builtin in _CONTENTS or style_names.is_contents(one.name) for one in self._chain(number)
        )

    def _chain(self, number: int) -> list[_Style]:
        """A style and those that it is based on."""
        found: list[_Style] = []
        while number in self._styles and len(found) < _DEEPEST:
            found.append(self._styles[number])
            number = self._styles[number].based_on
        return found

    def _changed(self, paragraph: Paragraph, changes: bytes, *, nested: bool = False) -> Paragraph:
        for code, operand in changes_of(changes, is_old=self._file.is_old):
            first = operand[0] if operand else 0
            if code == 0x2416:
                paragraph = replace(paragraph, depth=max(1, paragraph.depth) if first else 0)
            elif code == 0x6649:
                paragraph = replace(paragraph, depth=min(struct.unpack("<I", operand)[0], 100))
            elif code == 0x2417:
                paragraph = replace(paragraph, row_end=bool(first))
            elif code == 0x244B:
                paragraph = replace(paragraph, inner_cell=bool(first))
            elif code == 0x244C:
                paragraph = replace(paragraph, inner_row=bool(first))
            elif code == 0x460B:
                paragraph = replace(paragraph, list_number=struct.unpack("<H", operand)[0])
            elif code == 0x260A:
                paragraph = replace(paragraph, list_level=min(first, 8))
            elif code == 0x2640:
                paragraph = replace(paragraph, outline=first)
            elif not nested and (more := huge(self._file, code, operand)):
                paragraph = self._changed(paragraph, more, nested=True)
        return paragraph

    def _marked(self, character: Character, changes: bytes, base: Character) -> Character:
        for code, operand in changes_of(changes, is_old=self._file.is_old):
            first = operand[0] if operand else 0
            if code == 0x0835:
                character = replace(character, bold=_switched(first, base=base.bold))
            elif code == 0x083C:
                character = replace(character, hidden=_switched(first, base=base.hidden))
            elif code == 0x0800:
                character = replace(character, deleted=bool(first))
            elif code == 0x6A09:
                character = replace(character, symbol=struct.unpack("<2xH", operand)[0])
            elif code == 0x2A33:
                character = replace(base, deleted=character.deleted)
        return character


def _switched(operand: int, *, base: bool) -> bool:
    """A switch that may also say "as the style" or "not as the style"."""
    return {0x80: base, 0x81: not base}.get(operand, bool(operand & 1))


def _read(file: DocFile) -> dict[int, _Style]:
    part = file.part(STYLES)
    if len(part) < 6:
        return {}
    head, count, size = struct.unpack_from("<HHH", part)
    at = 2 + head
    styles: dict[int, _Style] = {}
    for number in range(min(count, _MOST_STYLES)):
        if at + 2 > len(part):
            break
        (length,) = struct.unpack_from("<H", part, at)
        if length:
            style = _read_one(part[at + 2 : at + 2 + length], size, is_old=file.is_old)
            if style is not None:
                styles[number] = style
        at += 2 + length + (0 if file.is_old else length % 2)
    return styles


def _read_one(content: bytes, size: int, *, is_old: bool) -> _Style | None:
    if len(content) < max(size, 6):
        return None
    builtin, base, next_one = struct.unpack_from("<HHH", content)
    style = _Style(builtin & 0xFFF, base & 0xF, base >> 4)
    at = size
    if is_old:
        length = content[at] if at < len(content) else 0
        at += 2 + length
    elif at + 2 <= len(content):
        (length,) = struct.unpack_from("<H", content, at)
        style.name = content[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace")
        style.name = style.name.partition(",")[0].strip()
        at += 4 + 2 * length
    parts = []
    for _ in range(next_one & 0xF):
        at += at % 2
        if at + 2 > len(content):
            break
        (length,) = struct.unpack_from("<H", content, at)
        parts.append(content[at + 2 : at + 2 + length])
        at += 2 + length
    if style.kind == _PARAGRAPH:
        style.paragraph, style.character = (*(part for part in _padded(parts)),)
        style.paragraph = style.paragraph[2:]  # its own number
    elif style.kind == _CHARACTER and parts:
        style.character = parts[0]
    return style


def _padded(parts: list[bytes]) -> Iterable[bytes]:
    return [*parts, b"", b""][:2]
