"""Lines of a reading under construction, and the reading that comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.readers.types import Heading, Reading, merged
from retrieval.types import ReadWarning, Span, Unit

LONGEST_HEADING = 70
"""A longer line is text, whatever its style says."""

_BOLD_SHARE = 0.4
"""Share of the text above which bold lines are how the text is printed, and head nothing."""

_SHORTEST_RUN_IN, _LONGEST_RUN_IN = 2, 40


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
