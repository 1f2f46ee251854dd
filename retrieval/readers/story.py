"""A run of text under construction, as older formats give it: characters, then what their paragraph was.

Word's binary files and RTF tell only at a paragraph's end whether it stood in a table, was a heading or
closed a row. A story gathers paragraphs, cells and rows in that order and gives lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from retrieval.readers.lines import Line, line_of, table_lines

MOST_CELLS = 1_000
"""Cells of a row; Word itself stops at 63."""


@dataclass(slots=True)
class Tables:
    """How many tables and text boxes the file had so far: they are named by their number."""

    tables: int = 0
    boxes: int = 0


@dataclass(slots=True)
class Story:
    """The body of a document, a note or a text box.

    Attributes:
        place: what its lines are called; "" counts them as paragraphs.
        counted: shared by the stories of one file.
        pieces: of the paragraph that is open, each with whether it is bold.
        marker: the automatic number of the open paragraph; one without text does not show it.
        is_contents: whether the open paragraph belongs to a table of contents.
        boxes: lines of text boxes anchored in the open paragraph; they follow it.
    """

    place: str
    counted: Tables
    pieces: list[tuple[str, bool]] = field(default_factory=list)
    marker: str = ""
    is_contents: bool = False
    boxes: list[Line] = field(default_factory=list)
    _lines: list[Line] = field(default_factory=list)
    _rows: list[list[list[Line]]] = field(default_factory=list)
    _row: list[list[Line]] = field(default_factory=list)
    _cell: list[Line] = field(default_factory=list)

    def add(self, text: str, *, bold: bool = False, contents: bool = False) -> None:
        """Characters of the open paragraph; a line feed is a soft break."""
        if text:
            self.pieces.append((text, bold))
            self.is_contents |= contents

    @property
    def text(self) -> str:
        """The open paragraph so far."""
        return "".join(text for text, _ in self.pieces)

    def end_paragraph(self, level: int = 0, *, in_table: bool = False, noise: bool = False) -> None:
        """Close the paragraph.

        Args:
            level: of the heading that it is; 0 for text.
            in_table: whether it belongs to the cell that is open.
            noise: whether its style sets it apart from the text.
        """
        into = self._cell
        if not in_table:
            self._end_table()
            into = self._lines
        if self.text.strip():
            bold = next(bold for text, bold in self.pieces if text.strip())
            line = line_of([(self.marker, bold), *self.pieces], self.place)
            into.append(replace(line, level=level, noise=noise or self.is_contents))
        into += self.boxes
        self._clear()

    def end_cell(self, level: int = 0) -> None:
        """Close the cell with its last paragraph."""
        self.end_paragraph(level, in_table=True)
        if len(self._row) < MOST_CELLS:
            self._row.append(self._cell)
        else:
            self._row[-1] += self._cell
        self._cell = []

    def end_row(self) -> None:
        """Close the row; what stands between its last cell and its end is not shown."""
        self._clear()
        self._close_row()

    def finish(self) -> list[Line]:
        """The lines; what is still open is closed."""
        self.end_paragraph(in_table=bool(self._cell))
        self._end_table()
        return self._lines

    def _clear(self) -> None:
        self.pieces, self.boxes, self.marker, self.is_contents = [], [], "", False

    def _close_row(self) -> None:
        if self._cell:
            self._row.append(self._cell)
            self._cell = []
        if self._row:
            self._rows.append(self._row)
            self._row = []

    def _end_table(self) -> None:
        self._close_row()
        if self._rows:
            self.counted.tables += 1
            self._lines += table_lines(f"{self.place}表{self.counted.tables}", self._rows)
            self._rows = []
