"""Finding what may be a heading by its marker or its bold print. Nesting decides later what is one."""

from __future__ import annotations

import enum
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from config.patterns import lazy_pattern
from retrieval.documents import shapes
from retrieval.documents.edits import EditedText
from retrieval.documents.sentences import CLOSERS, HALF_WIDTH_STOP, enclosed_ranges, is_enclosed

LONGEST_LINE = 70
"""A line with a marker and no closing punctuation is a heading up to this many characters."""

LONGEST_RUN_IN = 40
"""A run-in heading longer than this ends at its first comma."""

LONGEST_TITLE = 60
"""Characters of a heading that a section path shows."""

_LONGEST_COLON = 30
_SHORTEST_RUN_IN = 4
_WEB_PAGE = 500
"""A line of more characters may be a whole web page, where only a blank is left behind a heading."""


class Family(enum.Enum):
    """Kinds of headings. Members of one series are of one family."""

    PART = enum.auto()
    ORDINAL = enum.auto()
    CHINESE = enum.auto()
    CHINESE_BRACKETED = enum.auto()
    ARABIC = enum.auto()
    ARABIC_BRACKETED = enum.auto()
    CIRCLED = enum.auto()
    TASK = enum.auto()
    LINE = enum.auto()
    BOLD = enum.auto()
    RUN_IN = enum.auto()
    FINAL = enum.auto()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that looks like a heading, in offsets of the clean text.

    Attributes:
        start: where the marker begins.
        end: after the heading, closing punctuation included.
        number: what the marker counts; None for headings without one.
        suffix: 要 or 是 of a task marker, which tells two nested series apart.
        paragraph: number of the line it stands in.
        opens_line: nothing but white space stands before it on its line.
        owns_line: it is all there is on its line.
        line_end: end of its line.
        level: what the file itself gives as its level, 1 for the outermost; 0 when it gives none.
    """

    family: Family
    start: int
    end: int
    marker: str
    title: str
    number: int | None
    suffix: str
    paragraph: int
    opens_line: bool
    owns_line: bool
    line_end: int
    level: int = 0


_CN = "[一二三四五六七八九十]{1,3}"
_MARKERS: tuple[tuple[Family, re.Pattern[str]], ...] = (
    (Family.PART, lazy_pattern(rf"第(?P<n>{_CN})(?:部分|章|节)[、，,:：\s]*")),
    (Family.ORDINAL, lazy_pattern(rf"第(?P<n>{_CN})[、，,:：]")),
    # "一、二级" and "一、二、三" count things; they head nothing.
    (Family.CHINESE, lazy_pattern(rf"(?P<n>{_CN})[、．.](?!{_CN}(?:[、级类期批季等]|是))\s*")),
    (Family.CHINESE_BRACKETED, lazy_pattern(rf"[（(]\s*(?P<n>{_CN})\s*[）)][、．.]?\s*")),
    (
        Family.ARABIC_BRACKETED,
        lazy_pattern(r"(?:[（(]\s*(?P<n>\d{1,2})\s*[）)]|(?P<m>\d{1,2})[）)])[、．.]?\s*"),
    ),
    (Family.ARABIC, lazy_pattern(r"(?P<n>\d{1,2})[、．.](?!\d)\s*")),
    (Family.CIRCLED, lazy_pattern(rf"(?P<n>{shapes.CIRCLED})\s*")),
    (Family.TASK, lazy_pattern(rf"(?:第|其)?(?P<n>{_CN})(?P<suffix>要|是)(?!务|素|求|点|件)[，,、]?")),
)
_OPENING = lazy_pattern(rf"(?:[。！？!?；;：:]|…{{1,2}}|{HALF_WIDTH_STOP})[{re.escape(CLOSERS)}*]*\s*")
_LINE_PREFIX = lazy_pattern(r"[\s\u3000]*(?:#{1,6}\s*)?\**")
_CLOSING_MARKS = "。！？!?；;：:，,、….．"
_END = lazy_pattern(rf"[。！？!?；;]|{HALF_WIDTH_STOP}")
_COLON = lazy_pattern(r"[：:](?!\d)")
_COMMA = lazy_pattern(r"[，,]")
_BLANK = lazy_pattern(r"(?<=[\u4e00-\u9fff”])\s+(?=[\u4e00-\u9fff])")
_FINAL = lazy_pattern(
    r"最后[，,]?(?:我|还|再|要|想|着重|特别|就){0,4}(?:强调|讲|说|提|谈|重申|明确|部署|安排)"
)
_DIGITS = "一二三四五六七八九"


def marked_candidates(
    clean: EditedText, marked: Mapping[int, tuple[int, int]] | None = None
) -> list[Candidate]:
    """Markers, bold runs and "最后，再强调" wherever a heading may stand, in order.

    Args:
        clean: the clean text.
        marked: headings that the file itself marks, as (end, level) by start.
    """
    marked = marked or {}
    bold = sorted({*bold_runs(clean), *((start, end) for start, (end, _) in marked.items())})
    found: list[Candidate] = []
    start = 0
    for paragraph, line in enumerate(clean.text.split("\n")):
        found += _in_line(line, start, paragraph, bold)
        start += len(line) + 1
    return [replace(one, level=marked[one.start][1]) if one.start in marked else one for one in found]


def bold_runs(clean: EditedText) -> list[tuple[int, int]]:
    """Clean ranges that stood between two ``**`` marks in the source, told by the deletions around them."""
    marks: list[int] = []
    shift = 0
    for edit in clean.edits:
        if edit.end - edit.start == 2 and not edit.text:
            marks.append(edit.start + shift)
        shift += len(edit.text) - (edit.end - edit.start)
    runs: list[tuple[int, int]] = []
    at = 0
    while at + 1 < len(marks):
        start, end = marks[at], marks[at + 1]
        inside = clean.text[start:end]
        if _may_open(clean.text, start) and 2 <= len(inside) <= LONGEST_LINE and "\n" not in inside:
            runs.append((start, end))
            at += 1
        at += 1
    return runs


def clean_title(text: str) -> str:
    """A heading as a section path shows it: one line, no closing punctuation, at most LONGEST_TITLE."""
    title = " ".join(text.replace("**", "").split()).rstrip(_CLOSING_MARKS + " ")
    if len(title) <= LONGEST_TITLE:
        return title
    comma = max(title.rfind(mark, 0, LONGEST_TITLE) for mark in "，,、；;")
    return title[: comma if comma > LONGEST_TITLE // 3 else LONGEST_TITLE]


def _may_open(text: str, position: int) -> bool:
    before = text[text.rfind("\n", 0, position) + 1 : position].rstrip("\u3000 " + CLOSERS)
    return not before or before[-1] in "。！？!?；;：:/…."


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph with what its headings are told by: pairs, bold runs by start, place of the first word."""

    text: str
    pairs: Sequence[tuple[int, int]]
    bold: Mapping[int, int]
    first: int
    is_markdown: bool


def _in_line(text: str, offset: int, paragraph: int, bold: Sequence[tuple[int, int]]) -> Iterator[Candidate]:
    prefix = _LINE_PREFIX.match(text)
    first = prefix.end() if prefix else 0
    low, high = bisect_left(bold, (offset, 0)), bisect_left(bold, (offset + len(text) + 1, 0))
    runs = {start - offset: end - offset for start, end in bold[low:high]}
    line = _Line(text, enclosed_ranges(text), runs, first, "#" in text[:first])
    places = {first} | {mark.end() for mark in _OPENING.finditer(text)} | set(runs)
    taken = 0
    for place in sorted(places):
        found = None if place < taken or is_enclosed(line.pairs, place) else _heading_at(line, place)
        if found is None:
            continue
        family, marker_end, taken, number, suffix = found
        yield Candidate(
            family=family,
            start=offset + place,
            end=offset + taken,
            marker=text[place:marker_end].strip(),
            title=clean_title(text[place:taken]),
            number=number,
            suffix=suffix,
            paragraph=paragraph,
            opens_line=place == first,
            owns_line=place == first and not text[taken:].strip(" *\u3000"),
            line_end=offset + len(text),
        )


def _heading_at(line: _Line, place: int) -> tuple[Family, int, int, int | None, str] | None:
    """(family, end of marker, end of heading, number, suffix) of the heading that may begin here."""
    text = line.text
    for family, pattern in _MARKERS:
        marker = pattern.match(text, place)
        if marker is None:
            continue
        groups = marker.groupdict()
        number = _number(groups.get("n") or groups.get("m") or "")
        end = line.bold.get(place) or _heading_end(line, place, marker.end())
        if number and len(text[marker.end() : end].strip(_CLOSING_MARKS + " *")):
            return family, marker.end(), end, number, groups.get("suffix") or ""
    opens_line = place == line.first
    if opens_line and _FINAL.match(text, place):
        return Family.FINAL, place, _heading_end(line, place, place), None, ""
    if opens_line and line.is_markdown and 0 < len(text) - place <= LONGEST_LINE:
        return Family.LINE, place, len(text), None, ""
    if place in line.bold:
        end = line.bold[place]
        is_alone = opens_line and not text[end:].strip(" *")
        return (Family.LINE if is_alone else Family.BOLD), place, end, None, ""
    return None


def _heading_end(line: _Line, place: int, marker_end: int) -> int:
    """The end of a heading: its line, its first full stop, or a comma where that would be too long."""
    text = line.text
    stop = _first_outside(_END, line, marker_end, len(text))
    if stop is None and len(text.rstrip()) - place <= LONGEST_LINE:
        return len(text.rstrip())
    stop = stop or len(text)
    stop = _first_outside(_COLON, line, marker_end, min(stop, place + _LONGEST_COLON)) or stop
    if len(text) > _WEB_PAGE:
        blank = _first_outside(_BLANK, line, marker_end + _SHORTEST_RUN_IN, min(stop, place + LONGEST_RUN_IN))
        stop = blank or stop
    if stop - place <= LONGEST_RUN_IN:
        return stop
    return _first_outside(_COMMA, line, marker_end + _SHORTEST_RUN_IN, place + LONGEST_TITLE) or stop


def _first_outside(mark: re.Pattern[str], line: _Line, start: int, stop: int) -> int | None:
    """The end of the first such mark that stands in no quotes or brackets."""
    found = mark.finditer(line.text, start, stop)
    return next((one.end() for one in found if not is_enclosed(line.pairs, one.end())), None)


def _number(text: str) -> int:
    """The value of a marker's digits, 0 when they are no number."""
    if text.isdecimal():
        return int(text)
    if number := shapes.circled_number(text):
        return number
    tens, ten, ones = text.rpartition("十")
    if (tens and tens not in _DIGITS) or (ones and ones not in _DIGITS):
        return 0
    return (10 * (_DIGITS.find(tens) + 1 if tens else 1) if ten else 0) + _DIGITS.find(ones or "零") + 1
