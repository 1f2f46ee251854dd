"""Lines of a reading under construction, and the reading that comes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.documents.types import ReadWarning, Span, Unit
from retrieval.readers.types import Heading, Reading, merged

LONGEST_HEADING = 70
"""A longer line is text, whatever its style says."""

_BOLD_SHARE = 0.4
"""Share of the text above which bold lines are how the text is printed, and head nothing."""

_SHORTEST_RUN_IN, _LONGEST_RUN_IN = 2, 40

_CELL_TEXT = 150
"""Characters from which a cell with paragraphs is a frame around text and no entry of a table."""


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph or row.

    Attributes:
        text: may hold soft breaks.
        place: its name; "" for the next paragraph of the count.
        level: of the heading that the line is, or that it begins with; 0 for none.
        heading: characters of the heading from the line's first on; 0 when all of the line is one.
        bold: characters from the line's first on that are bold.
        noise: whether the file sets it apart from the text.
    """

    text: str
    place: str = ""
    level: int = 0
    heading: int = 0
    bold: int = 0
    noise: bool = False


def line_of(pieces: Sequence[tuple[str, bool]], place: str) -> Line:
    """A line of pieces of text, each with whether it is bold."""
    text = "".join(text for text, _ in pieces).rstrip()
    bold = 0
    for piece, is_bold in pieces:
        if not is_bold and piece.strip():
            break
        bold += len(piece)
    has_bold = any(is_bold and piece.strip() for piece, is_bold in pieces)
    return Line(text, place, bold=min(bold, len(text)) if has_bold else 0)


def table_lines(
    name: str, rows: Sequence[Sequence[Sequence[Line]]], *, is_frame: bool | None = None
) -> Iterator[Line]:
    """The lines of a table: a row each, or those of its cells where it only frames text.

    Args:
        name: of the table.
        rows: the lines of every cell of every row.
        is_frame: whether no row has several cells; by the rows where it is left out.
    """
    if is_frame is None:
        is_frame = all(len(row) <= 1 for row in rows)
    for number, row in enumerate(rows, 1):
        if is_frame or any(_is_text(cell) for cell in row):
            for cell in row:
                yield from cell
            continue
        texts = (" ".join(" ".join(line.text.split()) for line in cell) for cell in row)
        yield Line("\t".join(text for text in texts if text), f"{name}第{number}行")


def _is_text(cell: Sequence[Line]) -> bool:
    return len(cell) > 1 and sum(len(line.text) for line in cell) > _CELL_TEXT


def build_reading(
    lines: Sequence[Line],
    *,
    reader: str,
    encoding: str,
    title: str = "",
    warnings: Sequence[ReadWarning] = (),
) -> Reading:
    """Put lines together, one under the other; lines without text are left out."""
    kept = [line for line in lines if line.text.strip()]
    total = sum(len(line.text) for line in kept)
    bold = sum(line.bold for line in kept if line.bold >= len(line.text.rstrip()))
    units: list[Unit] = []
    headings: list[Heading] = []
    noise: list[Span] = []
    at = paragraphs = 0
    for line in kept:
        span = Span(at, at + len(line.text))
        at = span.end + 1
        if line.noise:
            noise.append(span)
            units.append(Unit(line.place, span))
            continue
        if not line.place:
            paragraphs += 1
        units.append(Unit(line.place or f"第{paragraphs}段", span))
        heading = _heading(line, span, trust_bold=bold <= _BOLD_SHARE * total)
        if heading is not None:
            headings.append(heading)
    return Reading(
        text="\n".join(line.text for line in kept),
        reader=reader,
        encoding=encoding,
        units=tuple(unit for unit in units if unit.name),
        headings=tuple(headings),
        noise=merged(noise),
        title=title,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _heading(line: Line, span: Span, *, trust_bold: bool) -> Heading | None:
    length = len(line.text)
    indent = length - len(line.text.lstrip())
    if line.level:
        end = line.heading or length
        if end - indent <= LONGEST_HEADING and "\n" not in line.text[:end].strip():
            return Heading(Span(span.start + indent, span.start + end), line.level)
        return None
    if not trust_bold or line.bold <= indent:
        return None
    whole = line.bold >= len(line.text.rstrip())
    bare = line.text[indent : line.bold]
    longest = LONGEST_HEADING if whole else _LONGEST_RUN_IN
    if not _SHORTEST_RUN_IN <= len(bare.strip()) <= longest or "\n" in bare:
        return None
    return Heading(Span(span.start + indent, span.start + indent + len(bare.rstrip())), 0)
