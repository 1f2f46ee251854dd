"""Binary Word documents (doc, and wps of Kingsoft's Writer, which is the same): Word 6 to 2003."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from config.errors import DocumentError
from retrieval.documents.types import ReadWarning
from retrieval.readers import doc_file
from retrieval.readers.doc_file import DocFile, plc, spans
from retrieval.readers.doc_lists import read_lists
from retrieval.readers.doc_properties import Runs, runs_of
from retrieval.readers.doc_styles import Character, DocStyles, Paragraph
from retrieval.readers.lines import Line, build_reading
from retrieval.readers.numbering import Counters
from retrieval.readers.ole import Container
from retrieval.readers.package import damaged
from retrieval.readers.story import Story, Tables
from retrieval.readers.style_names import CONTENTS_FIELD
from retrieval.readers.symbols import symbol, without_ornaments
from retrieval.readers.types import UNNAMED, Reading

_OTHERS = (("Workbook", "xls"), ("Book", "xls"), ("PowerPoint Document", "ppt"), ("MatOST", "works"))
_SIGNS = re.compile("([\x00-\x08\x0a-\x1f])")
_CELL, _BREAK, _PAGE, _PARAGRAPH = "\x07", "\x0b", "\x0c", "\x0d"
_SHAPE = "\x08"
_MARKS = re.compile("[\x07\x0c\x0d]")
_BEGIN, _SEPARATOR, _END = "\x13", "\x14", "\x15"
_SHOWN = {_BREAK: "\n", "\x1e": "-"}
_MOST_FIELDS = 100
_BOX_SIZE, _BOX_SHAPE = 22, 14
_SHAPE_SIZE = 26


def read(data: bytes) -> Reading:
    """Read a document.

    Raises:
        DocumentError: it is encrypted, damaged, hostile, or no document of Word.
    """
    container = Container(data)
    if "WordDocument" not in container:
        kind = next((kind for name, kind in _OTHERS if name in container), "")
        if not kind:
            raise damaged("WordDocument")  # its name stands in the file, or it would not be taken for one
        raise DocumentError("documents.unsupported", file=UNNAMED, kind=kind)
    return _Doc(DocFile(container), container.title()).read()


class _Field:
    """An open field."""

    __slots__ = ("instruction", "result")

    def __init__(self) -> None:
        self.instruction = ""
        self.result = False


class _Doc:
    def __init__(self, file: DocFile, title: str) -> None:
        self._file = file
        self._property_title = title
        self._styles = DocStyles(file)
        self._lists = read_lists(file)
        self._counters = Counters()
        self._characters = Runs(file, doc_file.CHARACTER_RUNS, paragraphs=False)
        self._paragraphs = Runs(file, doc_file.PARAGRAPH_RUNS, paragraphs=True)
        self._tables = Tables()
        self._fields: list[_Field] = []
        self._title = ""
        self._section_ends = frozenset(plc(file.part(doc_file.SECTIONS), 12)[0])
        starts = list(itertools.accumulate((0, *file.lengths)))
        self._body, self._notes, self._end_notes, self._boxes_at = starts[0], starts[1], starts[5], starts[6]
        self._anchored = self._anchors()

    def read(self) -> Reading:
        lines = self._story("", self._body, self._file.lengths[0])
        for boxes in self._anchored.values():  # of shapes that stand nowhere
            lines += itertools.chain.from_iterable(self._box(box) for box in boxes)
        lines += self._noted("脚注", doc_file.NOTE_TEXTS, self._notes, self._file.lengths[1])
        lines += self._noted("尾注", doc_file.END_TEXTS, self._end_notes, self._file.lengths[5])
        warnings = [ReadWarning.LOST_CHARACTERS] if self._file.lost else []
        if len(self._file.text) < self._file.lengths[0]:
            warnings.append(ReadWarning.PARTLY_READ)
        title = self._title or " ".join(self._property_title.split())
        return build_reading(lines, reader="doc", encoding="", title=title, warnings=warnings)

    def _noted(self, name: str, index: int, start: int, length: int) -> Iterator[Line]:
        positions, _ = plc(self._file.part(index), 0)
        ends = [position for position in positions if position <= length]
        for number, (first, last) in enumerate(itertools.pairwise(ends), 1):
            if first < last:
                yield from self._story(f"{name}{number}", start + first, last - first)

    def _anchors(self) -> dict[int, list[tuple[int, int]]]:
        """Ranges of text boxes by the position that they are anchored at; by -1 and less where at none."""
        positions, boxes = plc(self._file.part(doc_file.BOX_TEXTS), _BOX_SIZE)
        places, shapes = plc(self._file.part(doc_file.SHAPES), _SHAPE_SIZE)
        by_shape = {shape[:4]: place for place, shape in zip(places, shapes, strict=False)}
        found: dict[int, list[tuple[int, int]]] = {}
        for number, (first, last, box) in enumerate(zip(positions, positions[1:], boxes, strict=False)):
            if 0 <= first < last <= self._file.lengths[6]:
                place = by_shape.get(box[_BOX_SHAPE : _BOX_SHAPE + 4], -1 - number)
                found.setdefault(place, []).append((first, last))
        return found

    def _box(self, box: tuple[int, int]) -> list[Line]:
        start = self._boxes_at + box[0]
        if not _SIGNS.sub("", self._file.text[start : start + box[1] - box[0]]).strip():
            return []
        self._tables.boxes += 1
        return self._story(f"文本框{self._tables.boxes}", start, box[1] - box[0])

    def _story(self, place: str, start: int, length: int) -> list[Line]:
        """The lines of a range of characters."""
        outer, self._fields = self._fields, []
        story = Story(place, self._tables)
        end = min(start + length, len(self._file.text))
        while start < end:
            stop, paragraph, mark = self._next_paragraph(start, end)
            self._read_paragraph(story, start, stop, paragraph, mark)
            start = stop
        self._fields = outer
        return story.finish()

    def _next_paragraph(self, start: int, end: int) -> tuple[int, Paragraph, str]:
        """Where a paragraph ends, what it is, and the character that ends it."""
        stop = end
        for found in _MARKS.finditer(self._file.text, start, end):
            if found[0] != _PAGE or found.end() in self._section_ends:
                stop = found.end()
                break
        piece = self._file.piece_at(stop - 1)
        run, _ = self._paragraphs.at(piece.at + (stop - 1 - piece.start) * piece.width)
        return stop, self._styles.paragraph(run, piece.changes), self._file.text[stop - 1]

    def _read_paragraph(self, story: Story, start: int, end: int, paragraph: Paragraph, mark: str) -> None:
        character = Character()
        for first, last, piece in spans(self._file, start, end):
            for begin, stop, run in runs_of(self._characters, first, last, piece):
                character = self._styles.character(paragraph.style, run, piece.changes)
                self._read_run(story, begin, stop, character)
        self._number(story, paragraph)
        if character.deleted and mark == _PARAGRAPH and self._goes_on(end, paragraph):
            return
        self._end(story, paragraph, mark)

    def _goes_on(self, at: int, paragraph: Paragraph) -> bool:
        """Whether a paragraph without its mark goes on in the next: not over the edge of a table."""
        if at >= len(self._file.text):
            return False
        _, after, _ = self._next_paragraph(at, len(self._file.text))
        return after.depth == paragraph.depth

    def _read_run(self, story: Story, start: int, end: int, character: Character) -> None:
        is_shown = not (character.hidden or character.deleted)
        at = start
        for part in _SIGNS.split(self._file.text[start:end]):
            at += len(part)
            if part in (_BEGIN, _SEPARATOR, _END):
                self._field(part)
            elif part == _SHAPE:
                for box in self._anchored.pop(at - 1, ()):
                    story.boxes += self._box(box)
            elif part:
                text = _SHOWN.get(part, "") if _SIGNS.match(part) else self._text(part, character)
                if self._fields and not self._fields[-1].result:
                    self._fields[-1].instruction += text[:100]
                elif is_shown and all(one.result for one in self._fields):
                    contents = any(CONTENTS_FIELD.match(one.instruction) for one in self._fields)
                    story.add(text, bold=character.bold, contents=contents)

    def _text(self, characters: str, character: Character) -> str:
        if character.symbol and characters == "(":
            return symbol(character.symbol)
        return without_ornaments(self._file.decoded(characters))

    def _field(self, sign: str) -> None:
        if sign == _BEGIN:
            if len(self._fields) < _MOST_FIELDS:
                self._fields.append(_Field())
        elif sign == _SEPARATOR and self._fields:
            self._fields[-1].result = True
        elif sign == _END and self._fields:
            self._fields.pop()

    def _number(self, story: Story, paragraph: Paragraph) -> None:
        """Count a paragraph."""
        one = self._lists.get(paragraph.list_number)
        if one is not None and not paragraph.row_end:
            marker = self._counters.marker(str(paragraph.list_number), one, paragraph.list_level)
            story.marker = story.marker or without_ornaments(marker)

    def _end(self, story: Story, paragraph: Paragraph, mark: str) -> None:
        if mark == _CELL and paragraph.row_end:
            story.end_row()
        elif mark == _CELL:
            story.end_cell(paragraph.level)
        elif paragraph.inner_cell:
            story.add(" ")
        else:
            if not story.place and not self._title and self._styles.is_title(paragraph.style):
                self._title = " ".join(story.text.split())
            noise = self._styles.is_contents(paragraph.style)
            story.end_paragraph(paragraph.level, in_table=paragraph.depth > 0, noise=noise)
