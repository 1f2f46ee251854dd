"""The clean text: body zones only, one paragraph a line, linked to the raw text by edits.

Paragraphs of real files are broken by page ends, by editors that wrap at a fixed width, or not at all
(web pages in one line). A line is joined with the next when it can't be whole; a bold heading glued to
the end of a paragraph is set apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.documents import shapes
from retrieval.documents.edits import Edit, EditedText, apply_edits
from retrieval.documents.line_layout import columns, joint
from retrieval.documents.masks import BoldRun, find_bold, is_markdown
from retrieval.documents.stretches import INVISIBLE, line_spans
from retrieval.documents.types import Span, Zone, ZoneKind

# Of a list's items also the box to tick: - [x] 报送名单. Of a transcript the time: [00:03:12] 主持人：…
_BLOCK_MARK = re.compile(
    r"[\[【(（]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d{1,3})?[\]】)）][ \t\u3000]*(?=\S)|"
    r"#{1,6}[ \t\u3000]+|>[ \t]+|[-+*][ \t]+(?:\[[ xX]\][ \t]+)?(?=[\u4e00-\u9fff“‘「《（(\d]|\*\*\S)"
)
_BLANK = " \t\u3000"
_SENTENCE_END = re.compile(r"[。！？!?；;]")
_UNFINISHED = tuple("，,、（(《“‘—-")
_CONTINUES = tuple("，,。、；;：:）)》”’！？!?%％")
# An unnumbered heading is shorter; a paragraph cut by a page end is longer.
_LONGEST_HEADING = 45
_SHORTEST_CUT = 26
_LONGEST_MARKED_HEADING = 60
# Columns (a Chinese character takes two) between which editors and mail programs wrap.
_WRAP_COLUMNS = range(36, 121)
_WRAP_MIN_LINES = 6
_WRAP_SLACK = 6
# A line this long that holds headings is a web page saved without its paragraphs; the only line sooner.
_FUSED_LINE = 400
_FUSED_ONLY_LINE = 120
FEWEST_NOTES = 12
"""Lines from which a text can pass for notes, of whose lines less than a third end a sentence."""
_N = shapes.NUMERAL
_FUSED_BREAK = re.compile(
    r"(?:(?<=[。！？!?；;：:”])\s*+|(?<!\s)\s++|(?<=[\u4e00-\u9fff])(?<!第)(?=[（(]一[）)])"
    # Behind a note in brackets, but not in 第（一）（二）项.
    rf"|(?<![{_N}][）)])(?<=[）)])(?=[（(][{_N}]{{1,3}}[）)](?![项款条目、（(])))"
    rf"(?=[{_N}]{{1,3}}、(?![{_N}]+[、级类期])|[（(][{_N}]{{1,3}}[）)]|第[{_N}]{{1,3}}[，、]|同志们[，、]"
    r"|最后[，,]?(?:我|还|再){0,2}(?:强调|讲|说|提))"
)
# A heading with the first item of what it heads right behind it, and what the next item must begin with.
_HEADING_START = rf"(?:[{_N}]{{1,3}}、|[（(][{_N}]{{1,3}}[）)]|第[{_N}]{{1,3}}[，、])"
_FUSED_ITEMS = tuple(
    (
        re.compile(rf"{_HEADING_START}[^。！？!?；;\n]{{3,45}}?(?P<gap>\s*)(?=(?:\*\*)?{first})"),
        re.compile(rf"[。！？!?；;”]\s*(?:\*\*)*\s*{second}"),
    )
    for first, second in (
        ("第一[，、]", "第二[，、]"),
        ("[（(]一[）)]", "[（(]二[）)]"),
        ("(?<!统)(?<!第)(?<!唯)一[是要](?![务素求点件])", "二[是要](?![务素求点件])"),
        (r"(?<!\d)1[.、．](?!\d)", r"2[.、．](?!\d)"),
    )
)

_FUSED_HEADING = re.compile(
    rf"(?:[{_N}]{{1,3}}、|[（(][{_N}]{{1,3}}[）)]|第[{_N}]{{1,3}}[，、])[^\s。！？!?；;]{{2,45}}(?P<gap>\s+)(?=[\u4e00-\u9fff“])"
)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    indented: bool
    same_line: bool
    bold: tuple[BoldRun, ...]
    mark: str
    is_glued: bool


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The clean text of a document and the bold runs whose marks it no longer shows."""

    text: EditedText
    bold: tuple[BoldRun, ...]


def clean_body(raw: str, zones: Sequence[Zone], headings: Sequence[Span] = ()) -> Cleaned:
    """Make the clean text; it is empty when there is no body zone.

    Args:
        raw: the text.
        zones: its zones.
        headings: where the file itself marks headings; no line is joined with one.
    """
    lines = list(_body_lines(raw, [zone.span for zone in zones if zone.kind is ZoneKind.BODY]))
    if not lines:
        return Cleaned(apply_edits(raw, [Edit(0, len(raw))] if raw else []), ())
    layout = _Layout.of(lines)
    shortest_fused = _FUSED_ONLY_LINE if len(lines) == 1 else _FUSED_LINE
    marked = {span.start: span.end for span in headings}
    edits = _delete(0, lines[0].start)
    for index, line in enumerate(lines):
        edits += _inside(raw, line, fused=line.end - line.start >= shortest_fused)
        if index + 1 == len(lines):
            edits += _delete(line.end, len(raw))
            continue
        following = lines[index + 1]
        is_marked = following.start in marked or marked.get(line.start, -1) >= line.end
        if not is_marked and layout.joins(line, following):
            edits += _joint(raw, line.end, following.start)
        else:
            edits.append(Edit(line.end, following.start, "\n"))
    return Cleaned(apply_edits(raw, edits), tuple(run for line in lines for run in line.bold))


def _body_lines(raw: str, body: Sequence[Span]) -> Iterator[_Line]:
    before = 0
    markdown = is_markdown(raw)
    for zone in body:
        for a, b in line_spans(raw[zone.start : zone.end]):
            start, end = zone.start + a, zone.start + b
            bold = tuple(find_bold(raw, start, end, markdown=markdown))
            mark = _BLOCK_MARK.match(raw, start, end)
            blank = re.search(r"[ \t\u3000\xa0]*$", raw[max(0, start - 8) : start])
            width = sum(2 if character == "\u3000" else 1 for character in blank[0]) if blank else 0
            gap = raw[before:start]
            same_line = before > 0 and "\n" not in gap and "\r" not in gap
            text = raw[mark.end() if mark else start : end].replace("**", "") if bold else raw[start:end]
            first = mark[0][0] if mark else ""
            yield _Line(
                start, end, text, width >= 4, same_line, bold, first, _is_glued(raw, start, bold, markdown)
            )
            before = end


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a file's lines came about.

    Attributes:
        width: columns at which it was wrapped, 0 when it was not.
        indents: whether an indented line begins a paragraph and any other does not.
        notes: whether it is an outline or a list, whose lines are numbered or marked and have no end.
    """

    width: int
    indents: bool
    notes: bool

    @classmethod
    def of(cls, lines: Sequence[_Line]) -> _Layout:
        widths = [columns(line.text) for line in lines]
        longest = max(widths)
        full = [i for i, width in enumerate(widths) if width >= longest - _WRAP_SLACK]
        cut = sum(not shapes.ends_sentence(lines[i].text) for i in full)
        wrapped = (
            len(lines) >= _WRAP_MIN_LINES
            and longest in _WRAP_COLUMNS
            and len(full) * 2 >= len(lines)
            and cut * 2 >= len(full)
        )
        indented = sum(line.indented for line in lines)
        ended = sum(shapes.ends_sentence(line.text) for line in lines)
        marked = sum(line.mark not in ("", ">") or shapes.has_marker(line.text) for line in lines)
        notes = len(lines) >= FEWEST_NOTES and ended * 3 < len(lines) <= marked * 2
        return cls(longest if wrapped and not notes else 0, 0 < indented <= len(lines) * 0.8, notes)

    def joins(self, line: _Line, following: _Line) -> bool:
        """Whether the break between two lines is a false one."""
        if following.same_line:
            return not shapes.ends_sentence(line.text) and not shapes.has_marker(following.text)
        # A paragraph in Markdown may be wrapped, and so may a quotation; a heading or an item begins anew.
        marked = following.mark not in ("", ">") or line.mark == "#"
        in_table = "\t" in line.text or "\t" in following.text
        if marked or in_table or shapes.has_marker(following.text) or _is_bold_line(following):
            return False
        if line.is_glued:
            return True
        if _is_bold_line(line) or (self.indents and following.indented):
            return False
        if self.width and columns(line.text) >= self.width - _WRAP_SLACK:
            return True
        return not self.notes and _is_cut(line.text, following.text)


def _is_cut(text: str, following: str) -> bool:
    """Whether a line stops in the middle of a sentence."""
    if shapes.ends_sentence(text):
        return False
    has_sentence = bool(_SENTENCE_END.search(text))
    if shapes.has_marker(text) and not has_sentence and len(text) <= _LONGEST_MARKED_HEADING:
        return False
    if text.endswith(_UNFINISHED) or following.startswith(_CONTINUES):
        return True
    if len(text) < _SHORTEST_CUT:
        return False
    if has_sentence or len(text) >= _LONGEST_HEADING:
        return True
    return "，" in text and not text.endswith(tuple(shapes.CLOSERS))


def _is_bold_line(line: _Line) -> bool:
    return len(line.bold) == 1 and line.bold[0].opens_line and line.bold[0].ends_line


def _is_glued(raw: str, start: int, bold: Sequence[BoldRun], markdown: bool) -> bool:
    """Whether a run-in bold heading ends a line that begins with something else.

    In Markdown bold may be the last words of a sentence as well; there the one before must have ended.
    """
    if not bold or not bold[-1].ends_line or bold[-1].opens_line:
        return False
    return not markdown or shapes.ends_sentence(raw[start : bold[-1].start])


def _inside(raw: str, line: _Line, *, fused: bool) -> list[Edit]:
    """Edits within one line: bold and block marks, invisible characters, breaks that are missing."""
    edits: list[Edit] = []
    start = line.start
    mark = _BLOCK_MARK.match(raw, start, line.end)
    if mark:
        start = mark.end()
        while start < line.end and (raw[start] in _BLANK or INVISIBLE.match(raw[start])):
            start += 1
        edits += _delete(line.start, start)
    for run in line.bold:
        if run is line.bold[-1] and line.is_glued:
            edits.append(Edit(run.start, run.start, "\n"))
        # Two characters each, on their own: by these edits bold headings are known again.
        edits += [Edit(run.start, run.start + 2), Edit(run.end - 2, run.end)]
    for found in INVISIBLE.finditer(raw, start, line.end):
        edits += _delete(*found.span())
    if fused:
        taken = {at for edit in edits for at in range(edit.start, edit.end + 1)}
        for start, end in _missing_breaks(raw, line):
            if not taken.intersection(range(start, end + 1)):
                edits.append(Edit(start, end, "\n"))
    return edits


def _missing_breaks(raw: str, line: _Line) -> list[tuple[int, int]]:
    """Where paragraphs of a line that holds many begin and end: at headings, and at the blank behind one."""
    gaps = {gap.span() for gap in _FUSED_BREAK.finditer(raw, line.start + 1, line.end)}
    for start in [line.start, *(end for _, end in gaps)]:
        heading = _FUSED_HEADING.match(raw, start, line.end)
        if heading:
            gaps.add(heading.span("gap"))
        for first, second in _FUSED_ITEMS:
            item = first.match(raw, start, line.end)
            if item and second.search(raw, item.end(), line.end):
                gaps.add(item.span("gap"))
    return _apart(sorted(gaps))


def _apart(gaps: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Gaps without those that lie in the one before."""
    kept: list[tuple[int, int]] = []
    for start, end in gaps:
        if not kept or start > kept[-1][1]:
            kept.append((start, end))
    return kept


def _joint(raw: str, end: int, start: int) -> list[Edit]:
    """Close the gap between two halves of a sentence."""
    blank = joint(raw[end - 1], raw[start])
    return [Edit(end, start, blank)] if blank else _delete(end, start)


def _delete(start: int, end: int) -> list[Edit]:
    """Delete a range; never as one edit of two characters, which would read as a bold mark."""
    if end - start == 2:
        return [Edit(start, start + 1), Edit(start + 1, end)]
    return [Edit(start, end)] if end > start else []
